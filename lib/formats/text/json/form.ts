/** What the envelope says of the rows in it. */
export interface EnvelopeHeader {
  rows: number;
  /** Whether the rows hold escape objects (lib/base/value/extended-json.ts). */
  escapes: boolean;
  hash: string | null;
  metadata: Record<string, string>;
}

/** How rows stand in a file of JSON text: what is before, between and behind them. A row is JSON text without line ends. */
export interface RowsForm {
  /** Before the first row. */
  readonly first: string;
  /** Before each other row. */
  readonly next: string;
  /** What a file without a header begins with: it can say neither escapes nor hash nor metadata. */
  readonly bare: string;
  /** What a file with a header begins with. As long for any number of rows and any `escapes`. */
  head(header: EnvelopeHeader): string;
  /** Behind the last row, or behind the head if there are no rows. */
  end(isBare: boolean, rows: number): string;
  /** Whether this row, as the first of a file without a header, would be taken for a header. */
  isLikeHeader?(row: string): boolean;
}
