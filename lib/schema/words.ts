import { isValidDate } from '../base/realm.js';
import { show } from '../base/messages.js';
import { takesNull, type ColumnSchema, type ValueSchema } from '../options/checkpoint-schema.js';

/** Literals named in a message; more are counted. */
const MAX_LITERALS = 8;

/** A type in words, without its bounds: `int64`, `list<string> | null`, `struct<a: string, b?: number>`. */
export function typeWords(schema: ValueSchema): string {
  return takesNull(schema) && schema.type !== 'null' && schema.type !== 'any' && schema.type !== 'json'
    ? `${core(schema)} | null`
    : core(schema);
}

function core({ type, stored, element, fields, values }: ValueSchema): string {
  if (values !== undefined) return literals(values);
  if (type === 'number') return stored ?? type;
  if (type === 'list') return element === undefined ? 'list' : `list<${typeWords(element)}>`;
  if (type === 'struct') return fields === undefined ? 'struct' : `struct<${fields.map(fieldWords).join(', ')}>`;
  return type;
}

function fieldWords(column: ColumnSchema): string {
  return `${column.name}${column.optional === true ? '?' : ''}: ${typeWords(column)}`;
}

function literals(values: readonly unknown[]): string {
  const shown = values.slice(0, MAX_LITERALS).map(literal).join(' | ');
  return values.length > MAX_LITERALS ? `${shown} | ${values.length - MAX_LITERALS} more` : shown;
}

function literal(value: unknown): string {
  return typeof value === 'bigint' ? `${value}n` : show(value);
}

/** What a message says was expected: the type and its bounds. */
export function expectedWords(schema: ValueSchema): string {
  const { type, stored, values, min, max, above, below, finite, minLength, maxLength } = schema;
  const units = (count: number): string => `${count} ${type === 'list' ? 'element' : 'character'}${count === 1 ? '' : 's'}`;
  const bounds = [
    min === undefined ? '' : `at least ${bound(min)}`,
    above === undefined ? '' : `greater than ${bound(above)}`,
    max === undefined ? '' : `at most ${bound(max)}`,
    below === undefined ? '' : `less than ${bound(below)}`,
    minLength === undefined ? '' : `at least ${units(minLength)}`,
    maxLength === undefined ? '' : `at most ${units(maxLength)}`,
  ].filter((text) => text !== '');
  const noun =
    values === undefined && stored === 'int64'
      ? 'integer'
      : values === undefined && finite === true
        ? 'finite number'
        : expectedCore(schema);
  return [noun, ...bounds].join(', ') + (takesNull(schema) && type !== 'null' ? ' or null' : '');
}

function expectedCore(schema: ValueSchema): string {
  if (schema.values === undefined && schema.type === 'struct') return 'plain object';
  if (schema.values === undefined && schema.type === 'number') return 'number';
  return core(schema);
}

function bound(value: number | bigint | Date): string {
  return isValidDate(value) ? Date.prototype.toISOString.call(value) : String(value);
}
