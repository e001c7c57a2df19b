import type { PhysicalNode } from '../../../columnar/physical-node.js';
import type { Field } from './fields.js';
import { leafKind, leafTypeName } from './leaf-type-name.js';

/** A field as the core describes it. */
export function nodeOf(field: Field): PhysicalNode {
  const { name } = field;
  if (field.kind === 'struct') {
    const children = field.children.map(nodeOf);
    return field.variant === undefined ? { name, kind: 'struct', children } : { name, kind: 'variant', children, text: field.variant };
  }
  return field.kind === 'leaf' ? { name, kind: leafKind(field.element) } : { name, kind: field.kind, children: [nodeOf(field.item)] };
}

/** The type of a field in words. */
export function typeName(field: Field): string {
  if (field.kind === 'leaf') return leafTypeName(field.element);
  if (field.kind === 'struct' && field.variant !== undefined) return 'variant';
  if (field.kind === 'struct') return `struct<${field.children.map((child) => `${child.name}: ${typeName(child)}`).join(', ')}>`;
  if (field.kind === 'list') return `list<${typeName(field.item)}>`;
  const [key, value] = field.item.kind === 'struct' ? field.item.children.map(typeName) : [];
  return `map<${key}, ${value}>`;
}
