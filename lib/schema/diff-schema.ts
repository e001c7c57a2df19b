import { joinPath } from '../base/value/refusal.js';
import { mayLack, takesAll, takesNull, type ColumnSchema, type ValueSchema } from '../options/checkpoint-schema.js';
import { schemaOf, type SchemaSource } from './schema-of.js';
import { fits } from './fits.js';
import { typeWords } from './words.js';

/** A column, or a key of a struct, that only one of two schemas has. */
export interface SchemaDifference {
  /** `meta.score`, `tags[]` for the elements of a list. */
  path: string;
  /** Its type in words: `int64`, `list<string> | null`. */
  type: string;
  /** Whether rows of the first schema can be loaded with the second. */
  compatible: boolean;
}

/** A column, a key or an element that both schemas have, of different types. */
export interface SchemaChange {
  path: string;
  /** The type in words in the first schema; `?` at its end: it may be missing. */
  from: string;
  /** The same in the second. */
  to: string;
  /** Whether every value of `from` is one of `to`. */
  compatible: boolean;
}

/** What {@link diffSchema} gives; all lists are empty for equal schemas. */
export interface SchemaDiff {
  /** Only in the second. Compatible if it is optional or has a default. */
  added: SchemaDifference[];
  /** Only in the first. Compatible unless the second refuses other keys (`z.strictObject`). */
  removed: SchemaDifference[];
  changed: SchemaChange[];
}

/**
 * What changes from one schema, or the `info` of a checkpoint, to a newer one. Where all is `compatible`, rows saved under the first can be
 * loaded with the second.
 *
 * An info has the types of columns, not whether values may be null or missing, nor the keys of structs: these are not compared then. A
 * bigint column in an info is an int64, like one of integers.
 *
 * @throws `ERR_CKPT_INVALID_ARGUMENT` for a schema whose columns cannot be read, and for the info of a JSON checkpoint
 */
export function diffSchema(first: SchemaSource, second: SchemaSource): SchemaDiff {
  const a = schemaOf(first, 'the first schema');
  const b = schemaOf(second, 'the second schema');
  const diff: SchemaDiff = { added: [], removed: [], changed: [] };
  new Comparison(diff, a.vague, b.vague).fields(a.schema.columns, b.schema.columns, b.schema.extra === 'refuse', '');
  return diff;
}

class Comparison {
  readonly #diff: SchemaDiff;
  readonly #fromInfo: boolean;
  readonly #vague: boolean;

  constructor(diff: SchemaDiff, fromInfo: boolean, toInfo: boolean) {
    this.#diff = diff;
    this.#fromInfo = fromInfo;
    this.#vague = fromInfo || toInfo;
  }

  fields(a: readonly ColumnSchema[], b: readonly ColumnSchema[], refuses: boolean, path: string): void {
    const older = new Map(a.map((column) => [column.name, column]));
    const newer = new Set(b.map((column) => column.name));
    for (const column of a) {
      if (newer.has(column.name)) continue;
      this.#diff.removed.push({ path: joinPath(path, column.name), type: typeWords(column), compatible: !refuses });
    }
    for (const column of b) {
      const at = joinPath(path, column.name);
      const before = older.get(column.name);
      if (before === undefined) this.#diff.added.push({ path: at, type: typeWords(column), compatible: mayLack(column) });
      else
        this.#value(
          before,
          column,
          at,
          !this.#vague && (before.optional === true) !== (column.optional === true),
          before.optional === true && !mayLack(column),
        );
    }
  }

  /** `differs`: whether the key may be missing has changed; `lacks`: it may in the first and may not in the second. */
  #value(a: ValueSchema, b: ValueSchema, path: string, differs: boolean, lacks: boolean): void {
    const [from, to] = this.#vague ? [asStored(a, b, this.#fromInfo), asStored(b, a, !this.#fromInfo)] : [a, b];
    const shallow = !this.#vague && takesNull(a) !== takesNull(b) && !takesAll(b) && !takesAll(a);
    const isSame = from.type === to.type && !shallow && !differs && fits(from, to) && fits(to, from);
    if (!isSame) {
      const compatible = !lacks && (this.#vague || !takesNull(a) || takesNull(b)) && fits(from, to);
      this.#diff.changed.push({ path, from: words(a), to: words(b), compatible });
    }
    if (a.type !== b.type) return;
    if (a.element !== undefined && b.element !== undefined) this.#value(a.element, b.element, `${path}[]`, false, false);
    if (a.fields !== undefined && b.fields !== undefined) this.fields(a.fields, b.fields, b.extra === 'refuse', path);
  }
}

function words(schema: ValueSchema & { optional?: boolean }): string {
  // What is inside has lines of its own.
  const outer = schema.type === 'struct' ? { ...schema, fields: undefined } : schema;
  const { fields: _, ...known } = outer;
  return `${typeWords(known)}${schema.optional === true ? '?' : ''}`;
}

/** A type of a schema as the info of a file would have it: without bounds, nulls and keys. */
function asStored(schema: ValueSchema, other: ValueSchema, isInfo: boolean): ValueSchema {
  const { type, stored } = schema;
  if (isInfo) return schema;
  // A column whose type the values decide has the one that they decided.
  if (type === 'any' || (type === 'bigint' && other.stored === 'int64')) return other;
  if ((type === 'float64array' || type === 'float32array') && other.type === 'list') return other;
  // All numbers may turn out to be integers.
  if (type === 'number') return { type, stored: stored ?? other.stored ?? 'double' };
  return { type };
}
