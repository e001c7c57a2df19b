/** What the server of `view` sends to its page, as JSON. The page is a program of its own, and imports these types only. */

/** An error as the page shows it. */
export interface Trouble {
  code: string;
  message: string;
}

/** What a value is. `missing`: the row has no such key. `chat`: a list of messages with a role each. */
export type CellKind =
  | 'missing'
  | 'null'
  | 'undefined'
  | 'number'
  | 'bigint'
  | 'boolean'
  | 'string'
  | 'date'
  | 'bytes'
  | 'image'
  | 'list'
  | 'chat'
  | 'object';

/**
 * A value of a table: a text of one line at most, and where that is not all of it, how much there is: code units, bytes, elements, keys.
 */
export type Cell = readonly [kind: CellKind, text: string, size?: number];

/** A value with what is in it. `size`: of the whole, in code units, bytes, elements or keys; what is cut has fewer. */
export type Shown =
  | { kind: 'null' | 'undefined' }
  | { kind: 'number' | 'bigint' | 'boolean' | 'date'; text: string }
  | { kind: 'string'; text: string; size: number }
  | { kind: 'bytes'; hex: string; size: number; image?: ImageKind; data?: string }
  | { kind: 'list'; items: Shown[]; size: number }
  | { kind: 'object'; entries: [key: string, value: Shown][]; size: number }
  /** It has more in it than one answer holds. */
  | { kind: 'more' };

export type ImageKind = 'png' | 'jpeg';

/** Keys and indexes from a row to a value in it. */
export type ValuePath = readonly (string | number)[];

/** What is known of the values of a checkpoint in another format. */
export interface JsonSize {
  bytes: number;
  /** Counted, not estimated from some rows. */
  isExact: boolean;
}

/** One checkpoint of a listing. */
export interface Entry {
  /** Names it in requests. */
  id: string;
  /** Null for a file that is in no step. */
  step: string | null;
  operation: string;
  path: string;
  format: string;
  rows: number;
  /** Of its own file. */
  bytes: number;
  /** Of other files that it needs; 0 for a whole one. */
  sharedBytes: number;
  /** Milliseconds since 1970; null where nobody says it. */
  modified: number | null;
  hash: string | null;
  /** Rows without a result, as they failed. */
  failed: number;
  /** What a map told of its cost. */
  usage: Usage | null;
  error: Trouble | null;
}

export interface Usage {
  calls: number;
  inputTokens: number;
  outputTokens: number;
  cost: number;
}

/** A map that runs, or that was interrupted. */
export interface RunningMap {
  step: string;
  operation: string;
  hash: string | null;
  state: 'running' | 'interrupted';
  rows: number;
  failed: number;
  usage: Usage;
  batches: number;
  bytes: number;
  modified: number;
}

/** A directory or a file that the viewer was started with. */
export interface Place {
  path: string;
  kind: 'directory' | 'file';
  entries: Entry[];
  maps: RunningMap[];
  /** What is wrong beside damaged checkpoints. */
  troubles: Trouble[];
}

export interface Listing {
  /** Of the program. */
  version: string;
  /** Milliseconds since 1970. */
  lookedAt: number;
  places: Place[];
}

interface ColumnFacts {
  name: string;
  type: string;
  bytes: number;
  nulls: number | null;
  exceptions: number | null;
}

/** A checkpoint that is open. */
export interface Opened {
  entry: Entry;
  /** Tells this state of the file from another. Requests that name another are answered by `ERR_CKPT_CHANGED`. */
  state: string;
  rows: number;
  hash: string | null;
  metadata: [key: string, value: string][];
  columns: ColumnFacts[];
}

/** Some rows of a table, filtered and sorted. */
export interface Rows {
  /** How many rows the filter takes. */
  total: number;
  offset: number;
  /** The number of each row in the file. */
  numbers: number[];
  cells: Cell[][];
}

/** One bar of a histogram: values from `from` to `to`, the last bar's end included. */
export interface Bar {
  from: number;
  to: number;
  count: number;
}

/** What a column holds. */
export interface Profile {
  name: string;
  type: string;
  rows: number;
  nulls: number;
  missing: number;
  /** How many values there are of each kind, where they are of more than one. */
  kinds: [kind: CellKind, count: number][];
  /** Different values; `isExact` is false where there are more than were counted. */
  distinct: { count: number; isExact: boolean } | null;
  min: string | null;
  max: string | null;
  mean: number | null;
  /** Of numbers, of dates (milliseconds), or of the lengths of lists and texts. */
  histogram: { of: 'values' | 'dates' | 'lengths'; bars: Bar[] } | null;
  /** The most frequent values. */
  top: { cell: Cell; count: number }[];
}

/** One place inside of a row that differs. */
export interface PlaceDifference {
  path: string;
  change: 'added' | 'removed' | 'changed' | 'order';
  from?: Shown;
  to?: Shown;
}

export interface RowChange {
  change: 'changed' | 'added' | 'removed';
  /** The number of the row in each file, or null. */
  a: number | null;
  b: number | null;
  key: Shown | null;
  differences: PlaceDifference[];
  /** Places that are left out. */
  more: number;
  /** Of an added or removed row. */
  row: Shown | null;
}

/** What differs between the rows of two checkpoints. */
export interface Difference {
  a: { path: string; rows: number };
  b: { path: string; rows: number };
  matchedBy: string[];
  counts: { equal: number; changed: number; added: number; removed: number };
  columns: { added: string[]; removed: string[]; changed: { name: string; from: string; to: string }[] };
  rows: RowChange[];
  notShown: number;
}

/** What the page asks for every few seconds. */
export interface Alive {
  /** Whether the checkpoint that it shows is another by now, or is gone. */
  changed: boolean;
}

/** Tables that a question may name. `problem`: why it cannot. */
export type SqlTables = { name: string; rows: number | null; problem: Trouble | null }[];

/** The answer to a question in SQL. */
export interface SqlRows {
  columns: { name: string; type: string }[];
  cells: Cell[][];
  /** There are more rows than are sent. */
  isMore: boolean;
  ms: number;
}
