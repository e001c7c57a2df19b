import { ListNode, StructNode } from './containers.js';
import type { WriteNode } from './nodes.js';
import type { Observed } from './observed.js';
import { JsonNode, TextNode } from './text-nodes.js';

/**
 * Tells a plan that has just been made of the rows of a chunk what else they show: the shapes of objects, and which texts repeat. Code can
 * be generated for these rows then: they need not go through closures, and not once more when they turn out to be of several shapes.
 * False if the plan has no place for some of them yet, and closures are to find it.
 */
export function learn(root: StructNode, seen: Observed, rows: number): boolean {
  return learnStruct(root, seen, rows);
}

function learnStruct(node: StructNode, seen: Observed, slots: number): boolean {
  let isPlanned = true;
  for (const { keys, objects } of seen.shapes.values()) {
    const shape = keys.every((key) => node.shapes.fieldOf.has(key)) ? node.shapes.add(keys) : undefined;
    if (shape === undefined) isPlanned = false;
    else shape.rows = objects;
  }
  node.settleShapes();
  for (const [key, field] of seen.fields) {
    const index = node.shapes.fieldOf.get(key);
    if (index === undefined || !learnNode(node.fields[index] as WriteNode, field, slots)) isPlanned = false;
  }
  return isPlanned;
}

function learnNode(node: WriteNode, seen: Observed, slots: number): boolean {
  if (node instanceof JsonNode) return true;
  // What is of another kind is an exception, for which the plan has no column yet. It may be an array with extra keys, too, and code
  // searches one in many for those: all of the first chunk have been, by now.
  if (seen.kinds.length > 1) return false;
  if (node instanceof StructNode) return learnStruct(node, seen, slots);
  if (node instanceof ListNode && seen.element !== undefined) return learnNode(node.child, seen.element, seen.element.slots);
  if (node instanceof TextNode) node.learn(seen.texts, seen.total, slots);
  return true;
}
