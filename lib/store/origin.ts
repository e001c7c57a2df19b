import type { Compat } from '../options/compat.js';
import type { CheckpointInfo } from '../options/options.js';

/** Who wrote a file, as far as it says so. */
export interface FileOrigin {
  /** The `created_by` of a Parquet footer; null where there is none. */
  createdBy: string | null;
  /** The version of the checkpoint's format; null for files of other writers. */
  formatVersion: number | null;
  /** The program in whose form the rows were saved; null for our own. */
  compat: Compat | null;
  /** Whether the file has checksums that a load compares. */
  checksums: boolean;
}

/** What is known of a file before its rows. */
export interface FileHead extends Pick<CheckpointInfo, 'hash' | 'metadata'> {
  /** Left out by formats that do not say it. */
  origin?: FileOrigin;
}
