import { throwIfAborted } from '../base/halt.js';
import { Pace } from '../base/pace.js';
import { checkRow, heldRows } from '../base/rows-source.js';
import { rowsOfCall } from '../base/rows-of-call.js';
import { isOfFile } from '../directory/checkpoint-file.js';
import type { Logger } from '../directory/log-lines.js';
import { invalid, show } from '../base/messages.js';
import { keysOf } from '../options/option-keys.js';
import { asOptions, checkKeys, WRITE_RECORD, type WriteOptions } from '../options/options.js';
import type { Row, RowLike } from '../base/rows.js';
import { copyAsLoaded } from '../base/value/copy.js';
import { ms } from './check-number.js';
import type { OperationPlace } from './places/directory-place.js';

/** Options of {@link CheckpointManager.step}. The options of a save apply when the rows are computed. */
export interface StepOptions extends WriteOptions {
  /**
   * How long to wait for another process; then it is `ERR_CKPT_LOCKED`.
   *
   * That is another process that computes the same operation. `Infinity` waits for it to end, and loads what it has saved.
   * @default 0 @unit ms
   */
  lockWait?: number;
}

/** What makes the rows of a step. */
export type Compute<T extends RowLike> = () => Iterable<T> | AsyncIterable<T> | Promise<Iterable<T> | AsyncIterable<T>>;

/** How a step loads and saves. */
interface StepCalls {
  load(): Promise<Row[] | null>;
  save(rows: Row[]): Promise<unknown>;
}

/** How a step runs. */
interface StepRun {
  lockWait: number;
  signal: AbortSignal | undefined;
  logger: Logger | null;
  /** A load does not give back the rows that were saved, but what a schema makes of them, or another program's form. */
  isLoadedAnew: boolean;
}

const KEYS = keysOf<StepOptions>({ ...WRITE_RECORD, lockWait: true });

/** The options of the save, and how long to wait. */
export function checkStepOptions(given: StepOptions | undefined): { save: WriteOptions; lockWait: number } {
  const options = asOptions(given, 'step') as StepOptions;
  checkKeys(options, KEYS, 'step');
  const { lockWait = 0, ...save } = options;
  if (lockWait !== Number.POSITIVE_INFINITY) ms('lockWait', lockWait);
  return { save, lockWait };
}

/** Loads the rows of an operation if they are there, else computes and saves them. */
export async function runStep(
  files: Pick<OperationPlace, 'lease'> | null,
  { lockWait, signal, logger, isLoadedAnew }: StepRun,
  compute: Compute<Row>,
  { load, save }: StepCalls,
): Promise<Row[]> {
  if (typeof compute !== 'function') throw invalid(`what computes a step must be a function, got ${show(compute)}`);
  const loaded = await loadOrWarn(load, logger);
  if (loaded !== null) return loaded;
  const lease = files === null ? undefined : await files.lease({ lockWait, signal });
  try {
    // Another process may have saved it in between.
    const now = lease === undefined ? null : await loadOrWarn(load, null);
    if (now !== null) return now;
    const computed = await (lease === undefined ? compute() : lease.during(async () => compute()));
    const rows = await asLoaded(rowsOfCall(await heldRows(computed, signal)), signal);
    throwIfAborted(signal);
    // In a bucket another may have taken it over from a process that was stopped for long.
    await lease?.confirm?.();
    await save(rows);
    // What a schema or another program's form makes of the rows, only a load can say.
    return (isLoadedAnew ? await load() : null) ?? rows;
  } finally {
    await lease?.release();
  }
}

/** The rows as every later run gets them. Copies: what computed them may go on and change its own. */
async function asLoaded(rows: readonly Row[], signal: AbortSignal | undefined): Promise<Row[]> {
  const pace = new Pace(signal === undefined ? {} : { signal });
  const copies: Row[] = [];
  for (const [row, given] of rows.entries()) {
    copies.push(copyAsLoaded(checkRow(given, row), { row, path: '' }));
    if ((row & 255) === 0 && pace.due) await pace.turn();
  }
  return copies;
}

async function loadOrWarn(load: StepCalls['load'], logger: Logger | null): Promise<Row[] | null> {
  try {
    return await load();
  } catch (error) {
    if (!isOfFile(error)) throw error;
    logger?.warn(`could not load a checkpoint, it is computed again: ${error.message} (${error.code})`);
    return null;
  }
}
