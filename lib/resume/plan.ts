import { chunksOf, rowsSource } from '../base/rows-source.js';
import { isOfFile } from '../directory/checkpoint-file.js';
import { CheckpointError } from '../base/errors.js';
import { show } from '../base/messages.js';
import type { Row, RowLike } from '../base/rows.js';
import { Identifier } from './identifier.js';
import { findBatches, MOST_LOOKS } from './found-files.js';
import { addKept } from './kept-results.js';
import { Known } from './known.js';
import type { OperationFiles } from '../directory/operation-files.js';
import { readLedger } from './read-ledger.js';
import type { PlanOptions } from './plan-options.js';
import { keyOf, type RowKey } from './row-key.js';

/** What a `map` of these rows would do. */
export interface IncrementalPlan<T extends RowLike = Row> {
  /** Rows that no earlier run has met. */
  new: T[];
  /** Rows that an earlier run has met with other content, or under another hash: they would be computed again. */
  changed: T[];
  /** Rows whose results are there: in the checkpoint, in batches of a run that was interrupted, or among kept results. */
  unchanged: T[];
  /** The keys of rows of the checkpoint that are not in the input any more. */
  removed: RowKey[];
  /** The checkpoint that is there was made with another hash: all is computed again. */
  hashChanged: boolean;
  /** With the option `cost`: its sum over the rows that would be computed, new and changed ones. */
  cost?: number;
}

/** Compares rows with what earlier runs left. Changes nothing, and calls nothing. */
export async function planRows(
  files: OperationFiles | null,
  rows: Iterable<Row> | AsyncIterable<Row>,
  { cost, maxAge, ...given }: Pick<PlanOptions, 'key' | 'content' | 'maxAge' | 'cost'>,
): Promise<IncrementalPlan> {
  const known = new Known(false, maxAge);
  const final = files === null ? null : await takeIn(files, known);
  const plan: IncrementalPlan = { new: [], changed: [], unchanged: [], removed: [], hashChanged: final?.hashChanged === true };
  if (cost !== undefined) plan.cost = 0;
  const identifier = new Identifier(known, given);
  if (files !== null) known.more = () => addKept(known, files, () => {});
  let index = 0;
  for await (const chunk of chunksOf(rowsSource(rows), 1024)) {
    for (const each of chunk) {
      const identity = identifier.identify(each, index++);
      const { row, state, error } = identity;
      if (state === 'refused') throw error;
      const isKept = state !== 'known' && (await known.complete()) && identifier.isKnownNow(identity);
      const isUnchanged = state === 'known' || isKept;
      plan[isUnchanged ? 'unchanged' : state].push(row);
      if (cost !== undefined && !isUnchanged) plan.cost = (plan.cost ?? 0) + costOf(cost(row), index - 1);
    }
  }
  identifier.finish();
  if (final !== null) await addRemoved(plan, final.path, known);
  return plan;
}

/**
 * Takes in what is there, of the final checkpoint and of batches. A `map` may be running: a file that is gone when it is to be read was
 * merged into another, or replaced; where the final checkpoint is another one in the end, batches may have gone before they were looked
 * at. All is looked at once more then. What was taken in before stays: its rows were finished.
 */
async function takeIn(files: OperationFiles, known: Known): Promise<Final | null> {
  const taken = new Set<string>();
  for (let look = 1; ; look++) {
    let isWhole = true;
    const before = await files.version();
    const add = async (path: string, name: string): Promise<boolean> => {
      if (taken.has(name)) return true;
      try {
        if (!(await known.add(path, files))) return false;
      } catch (error) {
        // A damaged file is passed over, as by a map.
        if (!isOfFile(error)) throw error;
        if (error.code === 'ERR_CKPT_NOT_FOUND') isWhole = false;
        return false;
      }
      taken.add(name);
      return true;
    };
    const final = await finalOf(files, known, add);
    for (const folder of [await files.sharedBatches(), await files.batches()]) {
      for (const { path, modifiedMs, bytes, hash, error } of await findBatches(folder))
        if (error === undefined && hash === (files.hash ?? null)) await add(path, `${path} ${modifiedMs} ${bytes}`);
    }
    if ((isWhole && (await files.version()) === before) || look >= MOST_LOOKS) return final;
  }
}

interface Final {
  path: string;
  hashChanged: boolean;
}

/** The final checkpoint: of this hash if there is one, else the newest. */
async function finalOf(
  operation: OperationFiles,
  known: Known,
  add: (path: string, name: string) => Promise<boolean>,
): Promise<Final | null> {
  const files = (await operation.hashed()).filter(({ error }) => error === undefined);
  const wanted = operation.hash ?? null;
  for (const { found, hash } of [...files].sort((a, b) => Number(b.hash === wanted) - Number(a.hash === wanted))) {
    const count = known.files.length;
    if (!(await add(found.path, `${found.path} ${found.version}`))) continue;
    // With another hash it says which rows were met, and has no results.
    const file = known.files[count];
    if (hash !== wanted && file !== undefined) known.lose(file);
    return { path: found.path, hashChanged: hash !== wanted };
  }
  return null;
}

/** The keys of the rows of the checkpoint that this input has not. */
async function addRemoved(plan: IncrementalPlan, path: string, { table }: Known): Promise<void> {
  await readLedger(path, async (ledger, head) => {
    const isGone: boolean[] = [];
    await ledger.rows(head, ({ keyHigh, keyLow }) => {
      const number = table.find(keyHigh, keyLow);
      isGone.push(number >= 0 && table.seen.get(number) === 0);
    });
    let place = 0;
    await ledger.keys(head, (key) => {
      if (isGone[place++] === true) plan.removed.push(keyOf(key));
    });
  });
}

function costOf(cost: unknown, row: number): number {
  if (typeof cost === 'number' && cost >= 0 && cost < Number.POSITIVE_INFINITY) return cost;
  throw new CheckpointError('ERR_CKPT_INVALID_ARGUMENT', `cost must give a number from 0 on, got ${show(cost)} for row ${row}`, { row });
}
