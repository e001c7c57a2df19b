import { isKnown, neededOf, type Needed } from './needed.js';
import type { ReadOptions } from '../../options/options.js';
import { Projection } from '../../select/projection.js';
import type { Selection } from '../../select/selection.js';
import { refusedPaths, unknownColumn } from '../../select/unknown-columns.js';
import type { ParquetFacts } from './parquet-facts.js';

/** What a reading takes of the columns of a file: `keep` of the rows, from the `needed` columns. Undefined both where it takes all. */
export interface ColumnsTaken {
  keep: Projection | undefined;
  needed: Needed | undefined;
}

/**
 * What a reading takes where the caller wants `names`, all if undefined, and a selection looks at more.
 * @throws `ERR_CKPT_UNKNOWN_COLUMN` for what the options refuse: see `refusedPaths`. Without rows nothing is unknown
 */
export function columnsTaken(
  facts: ParquetFacts,
  names: readonly string[] | undefined,
  selection: Selection | undefined,
  { unknownColumns }: Pick<ReadOptions, 'unknownColumns'>,
): ColumnsTaken {
  const { plan, tree } = facts;
  const asked = { ...(names !== undefined && { columns: names }), ...(unknownColumns !== undefined && { unknownColumns }) };
  const refused = facts.rows === 0 ? [] : refusedPaths(asked, selection?.paths ?? []);
  const unknown = refused.find((path) => !isKnown(path, plan, tree));
  if (unknown !== undefined) throw unknownColumn(facts.path, unknown.text, facts.keys);
  const keep = selection === undefined ? names && new Projection(names) : selection.keeping(names);
  return { keep, needed: keep && neededOf(plan, tree, keep) };
}
