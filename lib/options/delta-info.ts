/** What a thin checkpoint shares with others: docs/deltas.md. */
export interface DeltaInfo {
  /** Of the file. */
  ownBytes: number;
  /** How many more it would have if it were whole, about. */
  sharedBytes: number;
  /** Rows of which a value is in another file, and the others. */
  rows: { own: number; shared: number };
  /**
   * The files that it refers to. `path`: where each was saved, from the folder of the pool; `step` and `operation` of a manager's, else
   * null. Without one that is not `present`, the columns that refer to it cannot be read.
   */
  holders: { id: string; path: string; step: string | null; operation: string | null; bytes: number; present: boolean }[];
  /** For each column that refers to others: rows whose value is there, and the others. */
  columns: Record<string, { shared: number; own: number }>;
}
