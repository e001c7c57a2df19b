import { neededOf, type Needed } from '../columnar/read/needed.js';
import { CheckpointError } from '../errors.js';
import type { Load } from '../native/load.js';
import { Projection } from '../select/projection.js';
import type { Selection } from '../select/selection.js';
import type { NativeParquet } from './native-parquet.js';

/** The top-level keys of a file's rows, but for those of whole rows. */
export function keysOf({ plan, footer }: NativeParquet<Load>): readonly string[] {
  return plan === undefined ? footer.columns : plan.row.f.map((field) => field.k);
}

/** What a reading takes of the columns of a file: `keep` of the rows, from the `needed` columns. Undefined both where it takes all. */
export interface ColumnsTaken {
  keep: Projection | undefined;
  needed: Needed | undefined;
}

/** What a reading takes where the caller wants `names`, all if undefined, and a selection looks at more. @throws `ERR_CKPT_UNKNOWN_COLUMN` */
export function columnsTaken(
  file: NativeParquet<Load>,
  names: readonly string[] | undefined,
  selection: Selection | undefined,
): ColumnsTaken {
  const { plan, description } = file;
  const { columns, unknown } = selection?.columns(names, new Set(keysOf(file))) ?? { columns: names, unknown: undefined };
  // Whole rows are in no column: any key may be in one of them.
  if (unknown !== undefined && plan?.x === undefined) throw unknownColumn(file, unknown);
  if (columns === undefined) return { keep: undefined, needed: undefined };
  const keep = new Projection(columns);
  const needed = neededOf(plan, description.tree, keep);
  if (needed.unknown !== undefined) throw unknownColumn(file, needed.unknown);
  return { keep, needed };
}

/** The error of a column that the file does not have. */
export function unknownColumn(file: NativeParquet<Load>, column: string): CheckpointError {
  const message = `${file.path} has no column '${column}'; it has ${keysOf(file).slice(0, 20).join(', ')}`;
  return new CheckpointError('ERR_CKPT_UNKNOWN_COLUMN', message, { path: file.path, column });
}
