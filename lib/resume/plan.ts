import { chunksOf, rowsSource } from '../files/rows-source.js';
import { checkpointFiles } from '../managers/checkpoint-file.js';
import { filesOf } from '../managers/layout.js';
import { keysOf } from '../option-keys.js';
import { asOptions, checkKeys } from '../options.js';
import type { Row, RowLike } from '../rows.js';
import { Identifier } from './identifier.js';
import { findBatches, Known, openLedger } from './known.js';
import type { KnownFile } from './known-file.js';
import { checkHash, checkKey } from './map-options.js';
import type { Place } from './place.js';
import { keyOf, type KeyOption, type RowKey } from './row-key.js';

/** Options of {@link CheckpointManager.planIncremental}. */
export interface PlanOptions<T extends RowLike = Row> {
  /** What tells a row from all others, as of the `map`. */
  key: KeyOption<T>;
  /** The hash of the operation, as of the `map`. */
  hash?: string;
}

/** What a `map` of these rows would do. */
export interface IncrementalPlan<T extends RowLike = Row> {
  /** Rows that no earlier run has met. */
  new: T[];
  /** Rows that an earlier run has met with other content, or under another hash: they would be computed again. */
  changed: T[];
  /** Rows whose results are there, in the checkpoint or in the batches of a run that was interrupted. */
  unchanged: T[];
  /** The keys of rows of the checkpoint that are not in the input any more. */
  removed: RowKey[];
  /** The checkpoint that is there was made with another hash: all is computed again. */
  hashChanged: boolean;
}

const KEYS = keysOf<PlanOptions>({ key: true, hash: true });

export function checkPlanOptions<T extends RowLike>(given: PlanOptions<T>): PlanOptions<T> {
  const options = asOptions(given, 'planIncremental') as PlanOptions<T>;
  checkKeys(options, KEYS, 'planIncremental');
  checkKey(options.key);
  checkHash(options.hash);
  return options;
}

/** Compares rows with what earlier runs left. Changes nothing, and calls nothing. */
export async function planRows(
  place: Place | null,
  rows: Iterable<Row> | AsyncIterable<Row>,
  { key }: Pick<PlanOptions, 'key'>,
): Promise<IncrementalPlan> {
  const known = new Known(false);
  const final = place === null ? null : await finalOf(place, known);
  if (place !== null) {
    for (const batch of await findBatches(place.batches))
      if (batch.error === undefined && batch.hash === (place.hash ?? null)) await known.add(batch.path, place);
  }
  const plan: IncrementalPlan = { new: [], changed: [], unchanged: [], removed: [], hashChanged: final?.hashChanged === true };
  const identifier = new Identifier(known, key);
  let index = 0;
  for await (const chunk of chunksOf(rowsSource(rows), 1024)) {
    for (const given of chunk) {
      const { row, state } = identifier.identify(given, index++);
      plan[state === 'known' ? 'unchanged' : state].push(row);
    }
  }
  if (final !== null) await addRemoved(plan, final.path, known);
  return plan;
}

/** The final checkpoint: of this hash if there is one, else the newest. Taken in first, so that the numbers of its rows are their places. */
async function finalOf(place: Place, known: Known): Promise<{ path: string; hashChanged: boolean } | null> {
  const files = (await checkpointFiles(await filesOf(place.stem), place.mirror)).filter(({ error }) => error === undefined);
  const wanted = place.hash ?? null;
  for (const { found, hash } of [...files].sort((a, b) => Number(b.hash === wanted) - Number(a.hash === wanted))) {
    if (!(await known.add(found.path, place))) continue;
    // With another hash it says which rows were met, and has no results.
    if (hash !== wanted) known.lose(known.files[0] as KnownFile);
    return { path: found.path, hashChanged: hash !== wanted };
  }
  return null;
}

async function addRemoved(plan: IncrementalPlan, path: string, { table }: Known): Promise<void> {
  const opened = await openLedger(path);
  if (opened === null) return;
  const { head, ledger } = opened;
  try {
    await ledger.rows(head, () => {});
    let number = 0;
    await ledger.keys(head, (key) => {
      if (table.seen.get(number++) === 0) plan.removed.push(keyOf(key));
    });
  } finally {
    await ledger.close();
  }
}
