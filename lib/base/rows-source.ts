import * as types from 'node:util/types';
import { CheckpointError } from './errors.js';
import { show } from './messages.js';
import { isPlainObject, type Row } from './rows.js';
import { unheeded } from './guarded.js';
import { itemsOf } from './value/items-of.js';
import { isRevoked } from './value/is-revoked.js';
import { copyRow } from './value/copy.js';
import { RowQueue } from './row-queue.js';
import { weigh } from './weigh.js';

/** What rows may come as. */
export type RowsSource = readonly Row[] | Iterable<Row> | AsyncIterable<Row>;

/** How {@link chunksOf} marks that the source itself failed: its errors must reach the user as they are, without a code of ours. */
export interface SourceFailure {
  happened: boolean;
  error: unknown;
}

/** The rows to save; throws `ERR_CKPT_ROWS_NOT_ITERABLE` for what cannot be rows. The rows themselves are not looked at. */
export function rowsSource(rows: unknown): RowsSource {
  if (!isRevoked(rows) && Array.isArray(rows)) return plainArray(rows);
  if (typeof rows === 'object' && rows !== null && !isRevoked(rows) && !ArrayBuffer.isView(rows) && !types.isStringObject(rows)) {
    const { [Symbol.asyncIterator]: each, [Symbol.iterator]: all } = rows as AsyncIterable<Row> & Iterable<Row>;
    if (typeof each === 'function' || typeof all === 'function') return rows as RowsSource;
  }
  const message = `rows must be an array, an iterable or an async iterable of plain objects, got ${show(rows)}`;
  throw new CheckpointError('ERR_CKPT_ROWS_NOT_ITERABLE', message);
}

/** An array as it is; a proxy of one as what it has now: its methods, its length and its iterator may be anything. */
function plainArray(rows: unknown[]): Row[] {
  const items = types.isProxy(rows) ? itemsOf(rows) : rows;
  if (items !== undefined) return items as Row[];
  throw new CheckpointError('ERR_CKPT_ROWS_NOT_ITERABLE', 'rows must be an array of some length, got a proxy of an array that tells none');
}

/** The row as a row; throws `ERR_CKPT_ROW_NOT_OBJECT` unless it is a plain object. */
export function checkRow(row: unknown, index: number): Row {
  if (isPlainObject(row)) return row;
  throw new CheckpointError('ERR_CKPT_ROW_NOT_OBJECT', `row ${index} is ${show(row)}; a row must be a plain object`, { row: index });
}

/** The number of rows where it is known beforehand. */
export function countOf(rows: RowsSource): number | undefined {
  return Array.isArray(rows) ? rows.length : undefined;
}

/** The rows as an array, the user's own where it is one: an iterator runs but once. */
export async function heldRows(rows: Iterable<Row> | AsyncIterable<Row>, signal: AbortSignal | undefined): Promise<Row[]> {
  const source = rowsSource(rows);
  if (Array.isArray(source)) return source as Row[];
  const all: Row[] = [];
  for await (const chunk of chunksOf(source, HELD_ROWS, { signal })) for (const row of chunk) all.push(row);
  return all;
}

/** Rows that are asked of an iterator at a time where all are held. */
const HELD_ROWS = 1024;

/**
 * The rows in arrays of up to `size`, fewer if they are large: an iterable's rows are held only here. None is empty. The caller must not
 * change them: one may be the user's own.
 *
 * - The rows of an iterator are copies: many give one object again and again, with other values, and whoever asks for the next row gives
 *   the last one back.
 * - Stopping early closes an iterator, as `for await` does.
 * - An abort does not wait for an async source that gives nothing: the next step rejects with `signal.reason`.
 * - When the source throws, its error is thrown as it is, and noted in `failure`.
 */
export async function* chunksOf(
  rows: RowsSource,
  size: number,
  { signal, failure }: { signal?: AbortSignal | undefined; failure?: SourceFailure } = {},
): AsyncGenerator<readonly Row[], void, undefined> {
  if (Array.isArray(rows)) {
    if (rows.length <= size) {
      if (rows.length > 0) yield rows as Row[];
      return;
    }
    for (let start = 0; start < rows.length; start += size) yield rows.slice(start, start + size) as Row[];
    return;
  }
  if (rows instanceof RowQueue) {
    try {
      for await (const array of rows.arrays())
        for (let start = 0; start < array.length; start += size) yield array.slice(start, start + size);
    } catch (error) {
      if (failure !== undefined && signal?.aborted !== true) Object.assign(failure, { happened: true, error });
      throw error;
    }
    return;
  }
  const isAsync = Symbol.asyncIterator in rows;
  const steps = isAsync ? asyncSteps(rows, signal) : syncSteps(rows as Iterable<Row>);
  let chunk: Row[] = [];
  let weight = 0;
  let count = 0;
  let ended = false;
  try {
    for (;;) {
      let row: Row;
      try {
        ended = true;
        // Awaited only where it must be: a turn of the microtask queue per row is a cost.
        const step = checkStep(isAsync ? await steps.next() : (steps.next() as IteratorResult<Row>));
        if (step.done === true) break;
        // From here on it is a row that fails, and the iterator is closed.
        ended = false;
        row = copyRow(step.value, count++ < THOROUGH_ROWS);
      } catch (error) {
        if (failure !== undefined && signal?.aborted !== true) Object.assign(failure, { happened: true, error });
        throw error;
      }
      if (chunk.length % ROWS_PER_WEIGHED === 0) weight += weigh(row);
      chunk.push(row);
      if (chunk.length < size && weight < MAX_WEIGHT) continue;
      // Stopped here, the iterator is closed, too.
      yield chunk;
      chunk = [];
      weight = 0;
    }
    ended = true;
    if (chunk.length > 0) yield chunk;
  } finally {
    if (ended) steps.forget();
    else await steps.close();
  }
}

/** In this number of rows arrays are searched for keys of their own, as in the first rows of a save. */
const THOROUGH_ROWS = 1024;
/** One row in this number is weighed: to weigh each would cost a third of a save of small rows. */
const ROWS_PER_WEIGHED = 8;
/** Characters and bytes in the weighed rows of a chunk. */
const MAX_WEIGHT = 1 << 20;

interface Steps {
  next(): IteratorResult<Row> | Promise<IteratorResult<Row>>;
  close(): unknown;
  forget(): void;
}

/** Throws for what the user's `[Symbol.iterator]` gave if no loop could take it. */
function checkIterator<T extends { next: unknown }>(iterator: T): T {
  if (((typeof iterator === 'object' && iterator !== null) || typeof iterator === 'function') && typeof iterator.next === 'function')
    return iterator;
  unheeded(iterator);
  throw new CheckpointError('ERR_CKPT_ROWS_NOT_ITERABLE', `rows must have iterators with a method next, got ${show(iterator)}`);
}

/** Throws for what no iterator may give. An async `next` under `Symbol.iterator` would give neither a row nor an end. */
function checkStep(step: IteratorResult<Row>): IteratorResult<Row> {
  if (typeof step !== 'object' || step === null || isRevoked(step)) throw noStep(step);
  if (step.done !== undefined || !types.isPromise(step)) return step;
  unheeded(step);
  const message = 'the iterator of rows gives promises; it must be the Symbol.asyncIterator of the rows, not their Symbol.iterator';
  throw new CheckpointError('ERR_CKPT_ROWS_NOT_ITERABLE', message);
}

function noStep(step: unknown): CheckpointError {
  const message = `the iterator of rows must give objects with done and value, got ${show(step)}`;
  return new CheckpointError('ERR_CKPT_ROWS_NOT_ITERABLE', message);
}

/** What an async iterator gave, to be awaited: that of a revoked proxy would be a TypeError. */
function checkPending<T>(step: T): T {
  if (isRevoked(step)) throw noStep(step);
  return step;
}

/** The rows of an iterable, for a loop; with errors of ours where the iterator of a user is none. */
export function checkedRows(rows: Iterable<Row>): Iterable<Row> {
  if (Array.isArray(rows)) return plainArray(rows);
  const start = (): Iterator<Row> => {
    const iterator = checkIterator(rows[Symbol.iterator]());
    const close = (): IteratorResult<Row> => {
      const closed = iterator.return?.() ?? { done: true, value: undefined };
      // A loop takes a promise for an object like any other.
      unheeded(closed);
      return closed;
    };
    return { next: () => checkStep(iterator.next()), return: close };
  };
  return { [Symbol.iterator]: start };
}

function syncSteps(rows: Iterable<Row>): Steps {
  const iterator = checkIterator(rows[Symbol.iterator]());
  return { next: () => iterator.next(), close: () => iterator.return?.(), forget: () => {} };
}

function asyncSteps(rows: AsyncIterable<Row>, signal: AbortSignal | undefined): Steps {
  const iterator = checkIterator(rows[Symbol.asyncIterator]());
  if (signal === undefined) return { next: () => checkPending(iterator.next()), close: () => iterator.return?.(), forget: () => {} };
  // One listener and one slot, not Promise.race: that would collect a reaction per row on a promise that never settles.
  let abort: ((reason: unknown) => void) | undefined;
  const onAbort = (): void => {
    abort?.(signal.reason);
    // Not awaited: a generator that waits for ever would never end.
    Promise.resolve(iterator.return?.()).catch(() => {});
  };
  signal.addEventListener('abort', onAbort, { once: true });
  const forget = (): void => signal.removeEventListener('abort', onAbort);
  return {
    next: () =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        abort = reject;
        return Promise.resolve(checkPending(iterator.next())).then(resolve, reject);
      }),
    close: () => {
      forget();
      return signal.aborted ? undefined : iterator.return?.();
    },
    forget,
  };
}
