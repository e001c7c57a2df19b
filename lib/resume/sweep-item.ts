/** A checkpoint or batch file that a sweep looks at. */
export interface SweepItem {
  kind: 'checkpoint' | 'batch';
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
  /** A batch that cannot be read. */
  isDamaged: boolean;
  /** A batch whose results are all in a checkpoint, as the records of rows say. */
  isFinished: boolean;
}
