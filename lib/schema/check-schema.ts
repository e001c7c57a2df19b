import * as types from 'node:util/types';
import { isValidDate } from '../base/realm.js';
import { CheckpointError } from '../base/errors.js';
import { show } from '../base/messages.js';
import { itemsOf, listOf } from '../base/value/items-of.js';
import { isRevoked } from '../base/value/is-revoked.js';
import { isPlainObject } from '../base/rows.js';
import type { CheckpointSchema, ColumnSchema, ValueSchema } from '../options/checkpoint-schema.js';

const TYPES: ReadonlySet<unknown> = new Set<ValueSchema['type']>([
  'number',
  'boolean',
  'string',
  'date',
  'bytes',
  'bigint',
  'float32array',
  'float64array',
  'list',
  'struct',
  'json',
  'any',
  'null',
]);
const EXTRA: ReadonlySet<unknown> = new Set<unknown>([undefined, 'keep', 'drop', 'refuse']);
const BOUNDS = ['min', 'max', 'above', 'below'] as const;
const LENGTHS = ['minLength', 'maxLength'] as const;
const FLAGS = ['nullable', 'finite', 'optional'] as const;
const TOLD = ['reason', 'irregular'] as const;
const VALUE_KEYS: readonly string[] = [
  'type',
  'stored',
  'element',
  'fields',
  'extra',
  'values',
  ...BOUNDS,
  ...LENGTHS,
  'nullable',
  'finite',
  ...TOLD,
];
const COLUMN_KEYS: readonly string[] = [...VALUE_KEYS, 'name', 'optional', 'default'];
const SCHEMA_KEYS: readonly string[] = ['columns', 'extra', 'rows', 'irregularRows'];
/** Deeper than any value that a checkpoint keeps; a schema that contains itself ends here. */
const MAX_DEPTH = 256;

/** A schema of the user's with every part checked; code is generated from it. @throws `ERR_CKPT_INVALID_OPTION` naming the part */
export function checkSchema(schema: CheckpointSchema): CheckpointSchema {
  refuseKeys(schema, SCHEMA_KEYS, 'schema');
  checkExtra(schema.extra, 'schema.extra');
  checkColumns(schema.columns, 'schema.columns', 0);
  return schema;
}

function checkColumns(columns: unknown, at: string, depth: number): void {
  const items = hasMethods(columns) ? itemsOf(columns) : undefined;
  if (items === undefined) throw invalid(at, 'an array of columns', columns);
  const names = new Set<string>();
  items.forEach((column, index) => {
    const here = `${at}[${index}]`;
    if (!isPlainObject(column)) throw invalid(here, 'an object with name and type', column);
    const { name } = column;
    if (typeof name !== 'string') throw invalid(`${here}.name`, 'a string', name);
    if (names.has(name)) throw new CheckpointError('ERR_CKPT_INVALID_OPTION', `${at} has two columns named ${show(name)}`);
    names.add(name);
    refuseKeys(column, COLUMN_KEYS, here);
    checkValue(column as Partial<ColumnSchema>, here, depth + 1);
  });
}

function checkValue(value: Partial<ColumnSchema>, at: string, depth: number): void {
  if (depth > MAX_DEPTH)
    throw new CheckpointError('ERR_CKPT_INVALID_OPTION', `${at.slice(0, 60)}... is nested more than ${MAX_DEPTH} deep`);
  const { type, stored, element, fields, extra, values } = value;
  if (!TYPES.has(type)) throw invalid(`${at}.type`, `one of ${[...TYPES].join(', ')}`, type);
  if (stored !== undefined && stored !== 'int64' && stored !== 'double') throw invalid(`${at}.stored`, `'int64' or 'double'`, stored);
  for (const flag of FLAGS)
    if (value[flag] !== undefined && typeof value[flag] !== 'boolean') throw invalid(`${at}.${flag}`, 'true or false', value[flag]);
  for (const key of BOUNDS)
    if (value[key] !== undefined && !isBound(type, value[key])) throw invalid(`${at}.${key}`, `a bound of type ${type}`, value[key]);
  for (const key of LENGTHS) {
    const length = value[key];
    if (length !== undefined && !(Number.isSafeInteger(length) && length >= 0))
      throw invalid(`${at}.${key}`, 'an integer from 0 on', length);
    if (length !== undefined && type !== 'string' && type !== 'list')
      throw invalid(`${at}.${key}`, 'there for strings and lists only', length);
  }
  if (values !== undefined && (!hasMethods(values) || listOf(values, (literal) => isLiteral(type, literal)) === undefined)) {
    throw invalid(`${at}.values`, 'an array of strings, numbers, booleans or bigints of its type', values);
  }
  checkExtra(extra, `${at}.extra`);
  if (element !== undefined) {
    if (type !== 'list') throw invalid(`${at}.element`, 'there for lists only', element);
    if (!isPlainObject(element)) throw invalid(`${at}.element`, 'an object with type', element);
    refuseKeys(element, VALUE_KEYS, `${at}.element`);
    checkValue(element, `${at}.element`, depth + 1);
  }
  if (fields !== undefined) {
    if (type !== 'struct') throw invalid(`${at}.fields`, 'there for structs only', fields);
    checkColumns(fields, `${at}.fields`, depth + 1);
  }
}

/** A proxy may say that it is an array and have no method of one: what the schema is used for calls them. */
function hasMethods(list: unknown): boolean {
  return !types.isProxy(list) || (!isRevoked(list) && (list as unknown[]).map === Array.prototype.map);
}

function isBound(type: unknown, bound: unknown): boolean {
  if (type === 'number') return typeof bound === 'number' && !Number.isNaN(bound);
  if (type === 'bigint') return typeof bound === 'bigint';
  return type === 'date' && isValidDate(bound);
}

function isLiteral(type: unknown, value: unknown): boolean {
  const kind = typeof value;
  return kind === type || ((type === 'any' || type === 'json') && ['string', 'number', 'boolean', 'bigint'].includes(kind));
}

function checkExtra(extra: unknown, at: string): void {
  if (!EXTRA.has(extra)) throw invalid(at, `'keep', 'drop' or 'refuse'`, extra);
}

function refuseKeys(object: object, known: readonly string[], at: string): void {
  for (const key of Object.keys(object)) {
    if (!known.includes(key))
      throw new CheckpointError('ERR_CKPT_INVALID_OPTION', `${at} has an unknown key ${show(key)}; it knows ${known.join(', ')}`);
  }
}

function invalid(at: string, what: string, got: unknown): CheckpointError {
  return new CheckpointError('ERR_CKPT_INVALID_OPTION', `${at} must be ${what}, got ${show(got)}`);
}
