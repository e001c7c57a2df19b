/**
 * The types of values, as JavaScript knows them: `list` is an array, `struct` a plain object, `json` any value, kept as JSON text, and
 * `any` any value in a column whose type the values decide. A `date` is a valid one, and `bytes` is a Uint8Array.
 */
export type ColumnType =
  | 'number'
  | 'boolean'
  | 'string'
  | 'date'
  | 'bytes'
  | 'bigint'
  | 'float32array'
  | 'float64array'
  | 'list'
  | 'struct'
  | 'json'
  | 'any'
  | 'null';

/** What becomes of keys that a schema does not name. */
export type ExtraKeys = 'keep' | 'drop' | 'refuse';

/** A value that `values` may list. */
export type Literal = string | number | boolean | bigint;

/** What a value is: of a column, of a list's elements. */
export interface ValueSchema {
  type: ColumnType;
  /**
   * Numbers: `int64` if all are safe integers; `inferSchema` says what a save chooses. In a schema of yours `int64` asks for integers (-0
   * makes the column one of doubles); other numbers are stored as doubles. @default any number
   */
  stored?: 'int64' | 'double';
  /** Whether null is one of the values. Always so for `json`, `any` and `null`. @default false */
  nullable?: boolean;
  /** Lists: what the elements are. @default anything */
  element?: ValueSchema;
  /** Structs: the keys. @default any keys */
  fields?: ColumnSchema[];
  /** Structs with `fields`: other keys. A save keeps or refuses them; a load does as it says. @default 'drop' */
  extra?: ExtraKeys;
  /** The only values there are, besides null if `nullable`. @default all of the type */
  values?: readonly Literal[];
  /** Numbers, bigints, dates: the least value. */
  min?: number | bigint | Date;
  /** Numbers, bigints, dates: the greatest value. */
  max?: number | bigint | Date;
  /** Numbers, bigints, dates: all values are greater than this. */
  above?: number | bigint | Date;
  /** Numbers, bigints, dates: all values are less than this. */
  below?: number | bigint | Date;
  /** Numbers: neither NaN nor infinite. @default false */
  finite?: boolean;
  /** Strings, in UTF-16 units, and lists, in elements. @default 0 */
  minLength?: number;
  /** As `minLength`. */
  maxLength?: number;
}

/** A column of the rows, or a key of a struct. */
export interface ColumnSchema extends ValueSchema {
  /** The key. */
  name: string;
  /** Whether the key may be missing, or its value be undefined. @default false */
  optional?: boolean;
  /** What a load puts where the key is missing or undefined; plain objects and arrays are copied. */
  default?: unknown;
  /** From `inferSchema`: values of another type, which are kept as JSON text. Ignored in a schema of yours. */
  irregular?: number;
  /** From `inferSchema`: why the type was chosen. Ignored in a schema of yours. */
  reason?: string;
}

/** The columns of rows. {@link inferSchema} makes one; the `schema` options of saves and loads take one. */
export interface CheckpointSchema {
  columns: ColumnSchema[];
  /** Keys of rows that are no column: see `extra` of {@link ValueSchema}. @default 'drop' */
  extra?: ExtraKeys;
  /** From `inferSchema`: the number of rows. */
  rows?: number;
  /** From `inferSchema`: rows with too many different keys for columns, which are kept whole as JSON text. */
  irregularRows?: number;
}

/** Whether null is one of the values. */
export function takesNull(schema: ValueSchema): boolean {
  return schema.nullable === true || schema.type === 'null' || takesAll(schema);
}

/** Whether any value fits, undefined too. */
export function takesAll({ type, values }: ValueSchema): boolean {
  return (type === 'any' || type === 'json') && values === undefined;
}

/** Whether a load has something to put where the key is missing. */
export function hasDefault(column: ColumnSchema): boolean {
  // Not looked at: a default that is computed is computed where it is needed, and not before.
  const property = Object.getOwnPropertyDescriptor(column, 'default');
  return property !== undefined && (property.get !== undefined || property.value !== undefined);
}

/** Whether rows may lack the column. */
export function mayLack(column: ColumnSchema): boolean {
  return column.optional === true || hasDefault(column);
}
