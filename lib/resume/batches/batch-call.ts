import { CheckpointError } from '../../base/errors.js';
import { show } from '../../base/messages.js';
import { isError } from '../../base/realm.js';
import type { Row } from '../../base/rows.js';
import { copyRow } from '../../base/value/copy.js';
import { itemsOf } from '../../base/value/items-of.js';
import type { ResultCheck } from '../../schema/result-check.js';
import { Call, type RunningCalls } from '../call.js';
import { callOutput } from '../call-output.js';
import { isLookedAt, warnOfChange } from '../changed-row.js';
import { keyOf } from '../row-key.js';
import { resultsOf, type Slot } from '../slot.js';
import type { Attempts } from '../usage/attempts.js';
import type { BatchContext, BatchFunction } from './map-batches-options.js';

/** Rows that are called together. */
export interface Batch {
  readonly slots: readonly Slot[];
  /** Calls of just these rows so far. */
  attempt: number;
}

/** What a call needs. */
export interface BatchCallParts {
  fn: BatchFunction<Row, Row>;
  run: RunningCalls;
  timers: Set<NodeJS.Timeout>;
  timeout: number | undefined;
  check: ResultCheck | undefined;
  call: <T>(work: () => T) => T;
  attempts: Attempts;
  /** What is wrong with what was told of usage. */
  wrong: (error: unknown) => void;
}

/** What came of one row of a call. `isThrown`: the function itself said so, and may say otherwise when it is asked again. */
export type RowOutcome = { slot: Slot; error?: undefined } | { slot: Slot; error: { cause: unknown; isThrown: boolean } };

/** Makes one call; gives what came of each row. @throws what fails the call as a whole */
export async function callBatch({ slots }: Batch, parts: BatchCallParts): Promise<RowOutcome[]> {
  const [first] = slots as [Slot];
  const call = new Call(first, parts.run, (_, usage) => parts.attempts.late(slots, usage));
  const keys = slots.map(({ key }) => keyOf(key));
  const context: BatchContext = {
    indexes: slots.map(({ index }) => index),
    keys,
    attempt: first.attempt,
    get signal() {
      return call.signal;
    },
    addUsage: (usage) => call.addUsage(usage),
  };
  parts.attempts.begin();
  let entries: readonly unknown[] | undefined;
  try {
    // What an attempt does to its rows must not reach the next.
    const rows = slots.map(({ row }) => copyRow(row));
    const given = [...rows];
    const output = await inTime(parts, call, slots, async () => parts.call(() => parts.fn(given, context)));
    entries = itemsOf(output);
    if (entries?.length !== slots.length) throw wrongResult(output, slots);
    const each = entries;
    return await Promise.all(slots.map((slot, at) => outcomeOf(slot, rows[at] as Row, each[at], parts.check)));
  } finally {
    call.end();
    const wrong = parts.attempts.end(slots, call.usage, entries, context);
    if (wrong !== undefined) queueMicrotask(() => parts.wrong(wrong.error));
  }
}

async function outcomeOf(slot: Slot, row: Row, entry: unknown, check: ResultCheck | undefined): Promise<RowOutcome> {
  if (isError(entry)) return { slot, error: { cause: entry, isThrown: true } };
  try {
    if (isLookedAt(slot)) warnOfChange(slot, row, entry);
    slot.results = callOutput(entry, slot.index);
    await check?.look(resultsOf(slot), slot.index);
    return { slot };
  } catch (cause) {
    slot.results = undefined;
    return { slot, error: { cause, isThrown: false } };
  }
}

async function inTime(
  { timeout, timers }: BatchCallParts,
  call: Call,
  slots: readonly Slot[],
  work: () => Promise<unknown>,
): Promise<unknown> {
  if (timeout === undefined) return work();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const [{ index }] = slots as [Slot];
      const error = new CheckpointError('ERR_CKPT_TIMEOUT', `the call for ${rowsText(slots)} took longer than ${timeout} ms`, {
        row: index,
      });
      call.abort(error);
      reject(error);
    }, timeout);
    timers.add(timer);
  });
  try {
    return await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
    timers.delete(timer as NodeJS.Timeout);
  }
}

function wrongResult(output: unknown, slots: readonly Slot[]): CheckpointError {
  const message = `the function returned ${show(output)} for ${rowsText(slots)}; it must return an array of ${slots.length}, an entry for each row`;
  return new CheckpointError('ERR_CKPT_BATCH_RESULT', message, { row: (slots[0] as Slot).index });
}

function rowsText(slots: readonly Slot[]): string {
  const [{ index }] = slots as [Slot];
  return slots.length === 1 ? `row ${index}` : `${slots.length} rows from row ${index} on`;
}
