import { isKnown, neededOf, type Needed } from './needed.js';
import type { Load } from './native/load.js';
import type { ReadOptions } from '../../options/options.js';
import { Projection } from '../../select/projection.js';
import type { Selection } from '../../select/selection.js';
import { refusedPaths, unknownColumn } from '../../select/unknown-columns.js';
import type { NativeParquet } from './native-parquet.js';

/** The top-level keys of a file's rows, but for those of whole rows. */
export function keysOf({ plan, footer }: NativeParquet<Load>): readonly string[] {
  return plan === undefined ? footer.columns : plan.row.f.map((field) => field.k);
}

/** What a reading takes of the columns of a file: `keep` of the rows, from the `needed` columns. Undefined both where it takes all. */
interface ColumnsTaken {
  keep: Projection | undefined;
  needed: Needed | undefined;
}

/**
 * What a reading takes where the caller wants `names`, all if undefined, and a selection looks at more.
 * @throws `ERR_CKPT_UNKNOWN_COLUMN` for what the options refuse: see `refusedPaths`. Without rows nothing is unknown
 */
export function columnsTaken(
  file: NativeParquet<Load>,
  names: readonly string[] | undefined,
  selection: Selection | undefined,
  { unknownColumns }: Pick<ReadOptions, 'unknownColumns'>,
): ColumnsTaken {
  const { plan, description } = file;
  const asked = { ...(names !== undefined && { columns: names }), ...(unknownColumns !== undefined && { unknownColumns }) };
  const refused = description.rows === 0 ? [] : refusedPaths(asked, selection?.paths ?? []);
  const unknown = refused.find((path) => !isKnown(path, plan, description.tree));
  if (unknown !== undefined) throw unknownColumn(file.path, unknown.text, keysOf(file));
  const keep = selection === undefined ? names && new Projection(names) : selection.keeping(names);
  return { keep, needed: keep && neededOf(plan, description.tree, keep) };
}
