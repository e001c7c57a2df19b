import { CheckpointError } from '../errors.js';
import type { Load } from '../native/load.js';
import type { NativeParquet } from './native-parquet.js';

/** The top-level keys of a file's rows, but for those of whole rows. */
export function keysOf({ plan, footer }: NativeParquet<Load>): readonly string[] {
  return plan === undefined ? footer.columns : plan.row.f.map((field) => field.k);
}

/** The error of a column that the file does not have. */
export function unknownColumn(file: NativeParquet<Load>, column: string): CheckpointError {
  const message = `${file.path} has no column '${column}'; it has ${keysOf(file).slice(0, 20).join(', ')}`;
  return new CheckpointError('ERR_CKPT_UNKNOWN_COLUMN', message, { path: file.path, column });
}
