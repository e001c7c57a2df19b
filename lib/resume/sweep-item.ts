/** A file of results that a sweep looks at. */
export interface SweepItem {
  kind: 'checkpoint' | 'batch' | 'kept';
  path: string;
  /** Null: a batch that does not say. */
  step: string | null;
  operation: string;
  bytes: number;
  /** When it was last written, or used if that is later. */
  usedMs: number;
  /** Of the file that was looked at: see `FoundFile.version`. */
  version: string;
  hash: string | null;
  /** A batch, or kept results, that cannot be read. */
  isDamaged: boolean;
  /** A batch, or kept results, whose rows are all in a checkpoint, as the records of rows say. */
  isFinished: boolean;
}
