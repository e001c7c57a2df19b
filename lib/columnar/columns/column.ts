/** What the values of a column mostly are. Values of another kind are in it too, where the rows have them: `at` gives each as the row has it. */
export type ColumnKind = 'number' | 'bigint' | 'boolean' | 'date' | 'string' | 'list' | 'bytes' | 'struct' | 'map' | 'mixed' | 'null';

/**
 * One column of some rows, without row objects. Its typed arrays are memory of its own: they stay valid, and may be changed or transferred.
 *
 * `T`: what `at` gives.
 */
export interface Column<T = unknown> extends Iterable<T> {
  /** The key in the rows, or the path into objects that was asked for. */
  readonly name: string;
  readonly kind: ColumnKind;
  /** Number of rows. */
  readonly length: number;
  /**
   * One byte a row: 1 where the typed arrays hold the row's value, 0 where it is null, missing, `undefined`, or of another kind than the column. Null: all ones. Of a mixed column, whose values are
   * only known one by one, an `undefined` may be among the ones.
   */
  readonly validity: Uint8Array | null;
  /** The value in row `index`, exactly as a load gives it; undefined for a missing key. @throws RangeError for an index that no row has */
  at(index: number): T;
  toArray(): T[];
}

/** `values[i]` is the number of row `i`; anything where `validity[i]` is 0. A bigint, which files of other writers may hold beyond the safe integers, is not valid. */
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

/** Texts, which become strings when they are asked for. */
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
   * The numbers of row `index` as a view, without a copy: floats where the file has floats, which is where every number of the column is one exactly. Undefined where the row has no list, or one
   * that is not of numbers only.
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
export interface ColumnBatch {
  /** Number of rows, of each column too. */
  readonly rows: number;
  /** In the order of the file. */
  readonly columns: readonly AnyColumn[];
  /** The column of a name, undefined if there is none. */
  column(name: string): AnyColumn | undefined;
}
