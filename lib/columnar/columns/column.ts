/** What most values of a column are. `at` gives each value as the row has it, those of another kind too. */
export type ColumnKind = 'number' | 'bigint' | 'boolean' | 'date' | 'string' | 'list' | 'bytes' | 'struct' | 'map' | 'mixed' | 'null';

/** One column of some rows; `T`: what `at` gives. Its typed arrays are its own: they stay valid, and may be changed or transferred. */
export interface Column<T = unknown> extends Iterable<T> {
  /** The key in the rows, or the path into objects that was asked for. */
  readonly name: string;
  readonly kind: ColumnKind;
  /** Number of rows. */
  readonly length: number;
  /**
   * One byte a row: 1 where the typed arrays hold its value, 0 where it is null, missing, `undefined` or of another kind. Null: all ones.
   * In a mixed column `undefined` and null may be among the ones.
   */
  readonly validity: Uint8Array | null;
  /** The value in row `index`, as a load gives it; undefined for a missing key. @throws RangeError for no such row */
  at(index: number): T;
  toArray(): T[];
}

/** `values[i]` is the number of row `i`, anything where `validity[i]` is 0: also for bigints beyond the safe integers. */
export interface NumberColumn extends Column {
  readonly kind: 'number';
  readonly values: Float64Array;
}

/** Bigints of 64 bits. Larger ones are not valid. */
export interface BigIntColumn extends Column {
  readonly kind: 'bigint';
  readonly values: BigInt64Array;
}

/** 1 for true, 0 for false. */
export interface BooleanColumn extends Column {
  readonly kind: 'boolean';
  readonly values: Uint8Array;
}

/** Milliseconds since 1970 UTC. */
export interface DateColumn extends Column {
  readonly kind: 'date';
  readonly values: Float64Array;
}

/** Texts; they become strings when they are asked for. */
export interface StringColumn extends Column {
  readonly kind: 'string';
  readonly chunks: readonly StringChunk[];
}

/** Some rows of a {@link StringColumn}: a text each, or the number of one in a dictionary. */
export type StringChunk = TextChunk | DictionaryChunk;

/** The text of row `i` of the chunk is that of the code units from `offsets[i]` to `offsets[i + 1]`. */
export interface TextChunk {
  readonly length: number;
  /** `length + 1` offsets in code units. */
  readonly offsets: Uint32Array;
  /** Code units: Latin-1 if they are bytes, else UTF-16. */
  readonly data: Uint8Array | Uint16Array;
}

/** The text of row `i` of the chunk is `dictionary[codes[i]]`. */
export interface DictionaryChunk {
  readonly length: number;
  readonly codes: Uint32Array;
  readonly dictionary: readonly string[];
}

/** Lists. Those of numbers are there as numbers. */
export interface ListColumn extends Column {
  readonly kind: 'list';
  readonly chunks: readonly ListChunk[];
  /**
   * The numbers of row `index` without a copy, floats where the file has floats (every number of the column is one exactly). Undefined for
   * no list, or one that is not of numbers only.
   */
  view(index: number): Float64Array | Float32Array | undefined;
}

/** The elements of row `i` of the chunk are those from `offsets[i]` to `offsets[i + 1]`. */
export interface ListChunk {
  readonly length: number;
  /** `length + 1` offsets in elements. */
  readonly offsets: Uint32Array;
  /** The elements, where all of them are numbers; else null. */
  readonly values: Float64Array | Float32Array | null;
}

/** Columns whose values are only there as values. */
export interface ValueColumn extends Column {
  readonly kind: 'bytes' | 'struct' | 'map' | 'mixed' | 'null';
}

/** A column of any kind: `kind` says which. */
export type AnyColumn = NumberColumn | BigIntColumn | BooleanColumn | DateColumn | StringColumn | ListColumn | ValueColumn;

/** The columns of some rows. */
export interface Columns {
  /** Number of rows, of each column too. */
  readonly rows: number;
  /** In the order of the file. */
  readonly columns: readonly AnyColumn[];
  /** The column of a name, undefined if there is none. */
  column(name: string): AnyColumn | undefined;
}

/** @deprecated {@link Columns} */
export type ColumnBatch = Columns;
