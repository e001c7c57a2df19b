import { CheckpointError } from '../../base/errors.js';
import { show } from '../../base/messages.js';
import { isPlainObject, type Row } from '../../base/rows.js';
import type { PhysicalPlan } from '../plan.js';
import { ListNode, StructNode } from './containers.js';
import { NumberNode } from './data-nodes.js';
import { FloatsNode } from './floats-node.js';
import type { FillContext, WriteNode } from './nodes.js';
import { JsonNode } from './text-nodes.js';

const EXPECTED: Partial<Record<PhysicalPlan['t'], string>> = {
  num: 'a number',
  bool: 'a boolean',
  text: 'text without lone surrogates',
  date: 'a valid date',
  bytes: 'a Uint8Array',
  big: 'a bigint of 64 bits',
  struct: 'an object',
};

/** What a value lacks of which each part has its place. */
const FEW_SHAPES = 'objects with no more than 4,096 different sets and orders of keys';

interface Misfit {
  path: string;
  expected: string;
  got: unknown;
}

/**
 * The error of a value that has no place in columns that are fixed. What it finds first is told; the chunk is of no use afterwards.
 * `path`: the key of the column, empty for a whole row.
 */
export function misfit(node: WriteNode, value: unknown, path: string, context: FillContext): CheckpointError {
  const row = context.firstRow + context.row;
  const found = find(node, value, path, context) ?? { path, expected: FEW_SHAPES, got: value };
  const violation = { row, path: found.path, expected: found.expected, got: Object.is(found.got, -0) ? '-0' : show(found.got) };
  const where = `row ${row}${found.path === '' ? '' : `, ${found.path}`}`;
  const message = `the columns are fixed, and have no place for ${where}: expected ${violation.expected}, got ${violation.got}`;
  const column = found.path === '' ? {} : { column: found.path };
  return new CheckpointError('ERR_CKPT_SCHEMA', message, { row, ...column, violations: [violation], count: 1 });
}

function find(node: WriteNode, value: unknown, path: string, context: FillContext): Misfit | undefined {
  if (value === undefined && !(node instanceof JsonNode)) return { path, expected: `${expectedOf(node)}, or no such key`, got: value };
  if (value === null) return undefined;
  if (node instanceof StructNode && isPlainObject(value)) return findInObject(node, value, path, context);
  if (node instanceof ListNode && !(node instanceof FloatsNode) && Array.isArray(value)) {
    for (const [index, element] of value.entries()) {
      const found = find(node.child, element, `${path}[${index}]`, context);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  return node.put(0, value, context) ? undefined : { path, expected: expectedOf(node), got: value };
}

function findInObject(node: StructNode, value: Row, path: string, context: FillContext): Misfit | undefined {
  for (const key of Object.keys(value)) {
    const below = path === '' ? key : `${path}.${key}`;
    const field = node.shapes.fieldOf.get(key);
    const found =
      field === undefined
        ? { path: below, expected: 'no key that the schema does not name', got: value[key] }
        : find(node.fields[field] as WriteNode, value[key], below, context);
    if (found !== undefined) return found;
  }
  return undefined;
}

function expectedOf(node: WriteNode): string {
  if (node instanceof NumberNode && node.isInteger) return 'a safe integer that is not -0';
  if (node instanceof FloatsNode) return node.child.kind === 'f64' ? 'a Float64Array' : 'a Float32Array';
  return EXPECTED[node.kind] ?? 'an array of what the schema says';
}
