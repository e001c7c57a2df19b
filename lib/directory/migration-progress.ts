import { deprecated } from '../base/deprecated.js';
import type { Progress } from '../base/pace.js';

/** What `onProgress` of {@link migrateDirectory} gets; the rows are those of `file`, written, then compared. */
export interface MigrationProgress extends Progress {
  /** The JSON file that is being migrated. */
  file: string;
  /** Files that are dealt with. */
  filesDone: number;
  /** Files in all. */
  files: number;
  /** @deprecated `filesDone` */
  readonly done: number;
  /** @deprecated `files` */
  readonly total: number;
}

/** The progress, with its old names. How many rows a JSON file has is known when it is read. */
export function migrationProgress(file: string, rows: number, filesDone: number, files: number): MigrationProgress {
  return Object.defineProperties({ rows, totalRows: undefined, file, filesDone, files }, OLD_NAMES) as MigrationProgress;
}

const OLD_NAMES: PropertyDescriptorMap & ThisType<MigrationProgress> = {
  done: {
    get() {
      deprecated('ARROW_CKPT_DEP0003');
      return this.filesDone;
    },
  },
  total: {
    get() {
      deprecated('ARROW_CKPT_DEP0004');
      return this.files;
    },
  },
};
