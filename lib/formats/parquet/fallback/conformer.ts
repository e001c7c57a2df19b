import { setOwn } from '../../../base/build.js';
import type { Row } from '../../../base/rows.js';
import { corrupt } from '../references.js';
import { copied } from './copied.js';
import type { Field } from './fields.js';
import { typeName } from './field-type.js';
import { leafTypeName } from './leaf-type-name.js';

type Conform = (value: unknown) => unknown;

const same: Conform = (value) => value;

/** Types whose values can be changed by who has them: each row gets its own. */
const COPIED: ReadonlySet<string> = new Set(['binary', 'timestamp[ms, UTC]']);

const WRITTEN: ReadonlySet<string> = new Set(['string', 'binary', 'bool', 'int32', 'int64', 'float', 'double', 'timestamp[ms, UTC]']);

/** Whether we write columns of a type: another one has no business in a checkpoint that refers to others. */
export function isWritten(field: Field): boolean {
  if (field.kind === 'leaf') return WRITTEN.has(leafTypeName(field.element));
  return field.kind === 'struct' ? field.children.every(isWritten) : field.kind === 'list' && isWritten(field.item);
}

/** Whether two fields are of one type: names of the fields of structs, too. */
export function isSameType(one: Field, other: Field): boolean {
  if (one.kind === 'leaf' && other.kind === 'leaf') return leafTypeName(one.element) === leafTypeName(other.element);
  if (one.kind === 'struct' && other.kind === 'struct') {
    const { length } = one.children;
    return length === other.children.length && one.children.every((child, at) => isSameField(child, other.children[at] as Field));
  }
  return one.kind === 'list' && other.kind === 'list' && isSameType(one.item, other.item);
}

function isSameField(one: Field, other: Field): boolean {
  return one.name === other.name && isSameType(one, other);
}

/**
 * How a value of a holder's column becomes one of the column that refers to it, which may have a wider type; undefined where it cannot.
 * As `can_become` and `conform` of the core: texts that are all null stand for any type.
 */
export function conformer(from: Field, to: Field): Conform | undefined {
  if (from.kind === 'leaf' && leafTypeName(from.element) === 'string') return textConformer(to);
  if (from.kind === 'leaf' && to.kind === 'leaf') {
    const [type, wanted] = [leafTypeName(from.element), leafTypeName(to.element)];
    if (type === wanted) return COPIED.has(type) ? copied : same;
    return wanted === 'double' && (type === 'int64' || type === 'float') ? widened : undefined;
  }
  if (from.kind === 'list' && to.kind === 'list') {
    const item = conformer(from.item, to.item);
    if (item === undefined || item === same) return item;
    return (list) => (list === null ? null : (list as unknown[]).map(item));
  }
  return from.kind === 'struct' && to.kind === 'struct' ? structConformer(from.children, to.children) : undefined;
}

function textConformer(to: Field): Conform {
  const type = to.kind === 'leaf' ? leafTypeName(to.element) : '';
  if (type === 'string') return same;
  if (type === 'binary') return (text) => (text === null ? null : Uint8Array.from(Buffer.from(text as string)));
  return (text) => {
    if (text === null) return null;
    throw corrupt(`its values are not of the type ${typeName(to)}`);
  };
}

function widened(value: unknown): unknown {
  return value === null ? null : Number(value);
}

/** Fields that the holder does not have are null. */
function structConformer(from: readonly Field[], to: readonly Field[]): Conform | undefined {
  const members: [string, Conform][] = [];
  for (const field of to) {
    const found = from.find((other) => other.name === field.name);
    const conform = found === undefined ? () => null : conformer(found, field);
    if (conform === undefined) return undefined;
    members.push([field.name, conform]);
  }
  if (from.length === to.length && members.every(([, conform]) => conform === same)) return same;
  return (struct) => {
    if (struct === null) return null;
    const made: Row = {};
    for (const [name, conform] of members) setOwn(made, name, conform((struct as Row)[name]));
    return made;
  };
}
