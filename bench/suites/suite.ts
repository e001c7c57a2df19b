/** A row of a suite: plain JSON values. */
export type Row = Record<string, unknown>;

/** One kind of data to save and load. */
export interface Suite {
  name: string;
  /** Rows when the command line does not say. */
  defaultRows: number;
  /** Rows of `--quick`. */
  quickRows: number;
  /** One line for the table's heading. */
  about: string;
  /** The rows: the same for the same count, always. */
  rows(count: number): Row[];
}
