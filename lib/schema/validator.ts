import * as types from 'node:util/types';
import { setOwn } from '../base/build.js';
import { show } from '../base/messages.js';
import { isPlainObject, type Row } from '../base/rows.js';
import { joinPath } from '../base/value/refusal.js';
import {
  hasDefault,
  takesAll,
  takesNull,
  type ColumnSchema,
  type ExtraKeys,
  type Literal,
  type ValueSchema,
} from '../options/checkpoint-schema.js';
import type { Violations } from './violations.js';
import { expectedWords } from './words.js';

/** The shape of a struct or of the rows. */
export interface Fields {
  columns: readonly ColumnSchema[];
  extra: ExtraKeys;
}

/**
 * Looks at rows cell by cell and notes what does not fit. Any row at all: the generated code (lib/schema/generate-predicate.ts) lets most
 * rows pass before they come here.
 *
 * `makes`: for a load. Defaults are put where keys are missing, and extra keys are dropped. Else rows stay as they are.
 */
export class Validator {
  readonly #fields: Fields;
  readonly #makes: boolean;
  readonly #violations: Violations;
  readonly #names = new Map<Fields['columns'], ReadonlySet<string>>();
  readonly #literals = new Map<readonly Literal[], ReadonlySet<unknown>>();
  /** Where the value at hand stands. */
  readonly #path: (string | number)[] = [];
  #row = 0;

  constructor(fields: Fields, makes: boolean, violations: Violations) {
    this.#fields = fields;
    this.#makes = makes;
    this.#violations = violations;
  }

  /** The row, or what a load makes of it: the same object, changed, or another. */
  row(row: Row, index: number): Row {
    this.#row = index;
    this.#path.length = 0;
    return this.#struct(this.#fields, row);
  }

  #value(schema: ValueSchema, value: unknown): unknown {
    if (value === null) {
      if (!takesNull(schema)) this.#wrong(expectedWords(schema), value);
      return value;
    }
    if (!isOfType(schema, value)) {
      this.#wrong(expectedWords(schema), value);
      return value;
    }
    if (schema.values !== undefined && !this.#literalsOf(schema.values).has(value)) this.#wrong(expectedWords(schema), value);
    else if (!isWithin(schema, value)) this.#wrong(expectedWords(schema), value);
    if (schema.type === 'list' && schema.element !== undefined) return this.#list(schema.element, value as unknown[]);
    if (schema.type === 'struct' && schema.fields !== undefined) {
      return this.#struct({ columns: schema.fields, extra: schema.extra ?? 'drop' }, value as Row);
    }
    return value;
  }

  #list(element: ValueSchema, list: unknown[]): unknown[] {
    for (let index = 0; index < list.length; index++) {
      const given = list[index];
      this.#path.push(index);
      if (given === undefined && !takesAll(element)) this.#wrong(expectedWords(element), given);
      else {
        const made = this.#value(element, given);
        if (made !== given && this.#makes) list[index] = made;
      }
      this.#path.pop();
    }
    return list;
  }

  #struct({ columns, extra }: Fields, object: Row): Row {
    for (const column of columns) {
      const { name } = column;
      const has = Object.hasOwn(object, name);
      const given = has ? object[name] : undefined;
      this.#path.push(name);
      if (given !== undefined) {
        const made = this.#value(column, given);
        if (made !== given && this.#makes) setOwn(object, name, made);
      } else if (hasDefault(column)) {
        if (this.#makes) setOwn(object, name, copied(column.default));
      } else if (column.optional !== true && !(has && takesAll(column))) this.#wrong(expectedWords(column), given, has);
      this.#path.pop();
    }
    if (extra === 'keep' || (extra === 'drop' && !this.#makes)) return object;
    return this.#extra(columns, extra, object);
  }

  #extra(columns: Fields['columns'], extra: ExtraKeys, object: Row): Row {
    let names = this.#names.get(columns);
    if (names === undefined) this.#names.set(columns, (names = new Set(columns.map((column) => column.name))));
    const keys = Object.keys(object);
    const others = keys.filter((key) => !names.has(key));
    if (others.length === 0) return object;
    if (extra === 'drop') {
      const kept: Row = {};
      for (const key of keys) if (names.has(key)) setOwn(kept, key, object[key]);
      return kept;
    }
    for (const key of others) {
      this.#path.push(key);
      this.#wrong('no such key', object[key]);
      this.#path.pop();
    }
    return object;
  }

  #literalsOf(values: readonly Literal[]): ReadonlySet<unknown> {
    let known = this.#literals.get(values);
    if (known === undefined) this.#literals.set(values, (known = new Set(values)));
    return known;
  }

  #wrong(expected: string, value: unknown, present = true): void {
    const path = this.#violations.wanted ? this.#path.reduce<string>(joinPath, '') : '';
    this.#violations.add({ row: this.#row, path, expected, got: present ? pictureOf(value) : 'no such key' });
  }
}

function isOfType({ type, stored, finite }: ValueSchema, value: unknown): boolean {
  switch (type) {
    case 'number':
      return typeof value === 'number' && (stored === 'int64' ? Number.isSafeInteger(value) : finite !== true || Number.isFinite(value));
    case 'string':
    case 'boolean':
    case 'bigint':
      return typeof value === type;
    case 'date':
      return types.isDate(value) && !Number.isNaN(Date.prototype.getTime.call(value));
    case 'bytes':
      return types.isUint8Array(value);
    case 'float32array':
      return types.isFloat32Array(value);
    case 'float64array':
      return types.isFloat64Array(value);
    case 'list':
      return Array.isArray(value);
    case 'struct':
      return isPlainObject(value);
    case 'json':
    case 'any':
      return true;
    case 'null':
      return false;
  }
}

function isWithin({ min, max, above, below, minLength, maxLength }: ValueSchema, value: unknown): boolean {
  const measured = value as number;
  // Written so that NaN is never within.
  if (min !== undefined && !(measured >= (min as number))) return false;
  if (max !== undefined && !(measured <= (max as number))) return false;
  if (above !== undefined && !(measured > (above as number))) return false;
  if (below !== undefined && !(measured < (below as number))) return false;
  if (minLength === undefined && maxLength === undefined) return true;
  const { length } = value as string;
  return length >= (minLength ?? 0) && length <= (maxLength ?? Number.POSITIVE_INFINITY);
}

/** A default for one row: what rows could change must not be shared by them. */
function copied(value: unknown): unknown {
  return Array.isArray(value) || isPlainObject(value) ? structuredClone(value) : value;
}

/** A value in few words; numbers that look alike as text are told apart. */
export function pictureOf(value: unknown): string {
  if (typeof value === 'bigint') return `${value}n`;
  if (Object.is(value, -0)) return '-0';
  return isPlainObject(value) ? 'an object' : show(value);
}
