import { dirname } from 'node:path';
import { throwIfAborted, watchAbort } from '../base/halt.js';
import type { CheckpointError } from '../base/errors.js';
import type { HeldLease } from '../base/lock/held-lease.js';
import { heldRows, rowsSource, type RowsSource } from '../base/rows-source.js';
import { isOfFile } from '../directory/checkpoint-file.js';
import { noteUse } from '../directory/use-record.js';
import type { ColumnTypes } from '../formats/parquet/column-types.js';
import { fixedTypes } from '../formats/parquet/fixed-columns.js';
import { schemaTypes } from '../formats/parquet/schema-types.js';
import { invalid, show } from '../base/messages.js';
import type { WriteOptions } from '../options/options.js';
import type { Row } from '../base/rows.js';
import type { ResultCheck } from '../schema/result-check.js';
import { BatchLog } from './batch-log.js';
import { isUnwritable } from './is-unwritable.js';
import type { MakeCaller } from './caller.js';
import { clearBatches, ownOf } from './clear-batches.js';
import { Engine } from './engine.js';
import type { MapEvent, MapSummary } from './events.js';
import { failedRows } from './ledger-head.js';
import { FinalSave } from './final-save.js';
import { Flusher } from './flusher.js';
import { findBatches, findFinal, type FoundBatch } from './found-files.js';
import { addKept, beforeFinal, noteKeptUse, tried } from './kept-results.js';
import { Known } from './known.js';
import type { FilePart } from './known-file.js';
import type { CheckedMapOptions, MapFunction } from './map-options.js';
import { guarded } from '../base/guarded.js';
import type { OperationFiles } from '../directory/operation-files.js';
import { openBar, type MapBar } from './progress-bar.js';
import type { RunControl } from './run-control.js';
import type { RunAlone } from './workers/run-shared.js';

/** What a `map` is asked for. */
export interface MapCall {
  /** Null: nothing is kept. */
  files: OperationFiles | null;
  rows: Iterable<Row> | AsyncIterable<Row>;
  fn: MapFunction<Row, Row>;
  /** Computes the rows in place of calls of `fn`; undefined for those. */
  caller?: MakeCaller | undefined;
  /** Rows of a call, at most. @default 1 */
  width?: number;
  /** Calls a function of the user's; set where the run has a lease. */
  call?: <T>(work: () => T) => T;
  options: CheckedMapOptions<Row>;
  /** Of what the function returns. */
  check: ResultCheck | undefined;
  control: RunControl;
  /** Of the final checkpoint. */
  save: WriteOptions;
  /** The caller holds all results: what was read may stay in memory. */
  keepsAll: boolean;
}

/** Runs a `map`: gives the results in the order of the input, and at the end what it did. */
export async function* runMap(call: MapCall): AsyncGenerator<Row[], MapSummary, undefined> {
  const { files, options } = call;
  const source = rowsSource(call.rows);
  if (typeof call.fn !== 'function') throw invalid(`what a map calls for each row must be a function, got ${show(call.fn)}`);
  throwIfAborted(options.signal);
  const bar = options.progressBar === true ? await openBar(files?.operation ?? 'map') : undefined;
  if (options.workers !== undefined && files !== null) {
    try {
      return yield* asWorker(call, files, await heldRows(source, options.signal), bar?.update);
    } finally {
      bar?.close();
    }
  }
  const { lease, cannotSave } = files === null ? {} : await leaseOf(files, call);
  const inside = lease?.enter();
  const told = withLease(call, lease, inside);
  try {
    if (files === null) return yield* withNothing(told, source, bar?.update);
    const summary = yield* withFiles(told, files, source, bar?.update, cannotSave);
    return { ...summary, path: summary.path === null ? null : files.nameOf(summary.path) };
  } catch (error) {
    throw files === null ? error : files.told(error);
  } finally {
    inside?.leave();
    await (lease === undefined ? files?.close() : lease.release());
    bar?.close();
  }
}

/** The call as it runs under a lease. */
function withLease(call: MapCall, lease: HeldLease | undefined, inside: ReturnType<HeldLease['enter']>): MapCall {
  const { fn, options } = call;
  const { signal } = lease ?? {};
  // Whoever has lost the lease must not go on.
  const ends = signal === undefined ? {} : { signal: options.signal === undefined ? signal : AbortSignal.any([options.signal, signal]) };
  const leased: MapCall = { ...call, options: { ...options, ...ends } };
  if (inside === undefined) return leased;
  // A call that waits for the map that it belongs to gets an error instead of waiting for ever.
  return { ...leased, fn: (row, context) => inside.run(() => fn(row, context)), call: (work) => inside.run(work) };
}

/** A worker of a map that several share. Where nothing may be written there are no others. */
async function* asWorker(
  call: MapCall,
  files: OperationFiles,
  rows: readonly Row[],
  update: Update | undefined,
): AsyncGenerator<Row[], MapSummary, undefined> {
  const { fn, caller, width = 1, options, check, control, save } = call;
  const alone: RunAlone = (changes) => withFiles({ ...call, ...changes }, files, rows, undefined, undefined);
  const shared = { files, fn, caller, width, options, check, control, compat: save.compat, update, onEvent: listenerOf(files, options) };
  const { runShared } = await import('./workers/run-shared.js');
  const outcome = await runShared(shared, rows, alone);
  return 'error' in outcome ? yield* withFiles(call, files, rows, update, outcome) : outcome.summary;
}

/** The lease; where nothing may be written none, as nobody else writes either. Known results can be read all the same. */
async function leaseOf(
  files: OperationFiles,
  { options, keepsAll, control }: MapCall,
): Promise<{ lease?: HeldLease; cannotSave?: CannotSave }> {
  const waiting = new AbortController();
  const ends = [options.signal, control.signal].map((signal) => signal && watchAbort(signal, () => waiting.abort(signal.reason)));
  try {
    if (control.signal.aborted) throw control.signal.reason;
    const patience = AbortSignal.any([options.signal, control.signal, control.ending].filter((signal) => signal !== undefined));
    return { lease: await files.lease({ lockWait: options.lockWait, signal: waiting.signal, streams: !keepsAll, patience }) };
  } catch (error) {
    if (!isUnwritable(error)) throw error;
    await files.bring(options.signal);
    return { cannotSave: { error } };
  } finally {
    for (const end of ends) end?.();
  }
}

interface CannotSave {
  error: unknown;
}

type Update = MapBar['update'];

function plainly<T>(work: () => T): T {
  return work();
}

async function* withNothing(
  { fn, caller, call = plainly, options, check, control, keepsAll }: MapCall,
  source: RowsSource,
  update: Update | undefined,
): AsyncGenerator<Row[], MapSummary, undefined> {
  const onEvent = guarded(options.onEvent, 'onEvent') ?? ((): void => {});
  const known = new Known(keepsAll);
  return yield* new Engine({ source, fn, caller, call, options, check, known, flusher: null, final: null, onEvent, control, update }).run();
}

async function* withFiles(
  { fn, caller, call = plainly, options, check, control, save, keepsAll }: MapCall,
  files: OperationFiles,
  source: RowsSource,
  update: Update | undefined,
  cannotSave: CannotSave | undefined,
): AsyncGenerator<Row[], MapSummary, undefined> {
  const onEvent = listenerOf(files, options);
  const damaged = (path: string, error: CheckpointError): void => onEvent({ type: 'damaged', path, error });
  const folder = await files.batches();
  const shared = await findBatches(await files.sharedBatches());
  const batches = [...shared, ...(await findBatches(folder))];
  for (const { path, error } of batches) {
    if (error === undefined) continue;
    // The system, or a later version: what cannot be read now may be there later.
    if (!isOfFile(error)) throw error;
    damaged(path, error);
  }
  for (const { path, modifiedMs } of ownOf(batches, files)) await noteUse(dirname(path), modifiedMs);
  const types = [schemaTypes(check?.columns ?? [])];
  const known = new Known(keepsAll, options.maxAge);
  const compacted = async (parts: FilePart[], path: string): Promise<void> => {
    await known.moved(parts, path);
    onEvent({ type: 'compacted', files: parts.length, path });
  };
  const log = logOf(files, folder, types, batches, shared, compacted);
  if (cannotSave === undefined) await log.compact();
  try {
    await takeIn(known, files, log, damaged);
    known.more = () => addKept(known, files, damaged);
    // They were paid for, too.
    if (options.usage !== undefined || options.budget !== undefined) await known.complete();
  } catch (error) {
    await known.close();
    throw error;
  }
  const keeps = options.removed === 'keep';
  const clear = async (): Promise<void> => {
    // Windows removes no file that is open.
    await known.close();
    await clearBatches(files, folder, log, batches, keeps);
    await files.publish();
  };
  const flusher = cannotSave === undefined ? new Flusher(log, known.table, options, onEvent, clear) : null;
  // Another program's form has types of its own.
  const fixed = options.fixedColumns === true ? { fixed: fixedTypes(check?.columns ?? []) } : {};
  const final = new FinalSave(files, known, save.compat === undefined ? { ...save, types, ...fixed } : save, async (replaces) => {
    const dropping = { files, known, batches: log.batches.map(({ path }) => path), replaces, damaged };
    if (cannotSave === undefined) await beforeFinal(dropping, keeps, onEvent);
  });
  try {
    return yield* new Engine({
      source,
      fn,
      caller,
      call,
      options,
      check,
      known,
      flusher,
      final,
      onEvent,
      cannotSave,
      control,
      update,
    }).run();
  } finally {
    await noteKeptUse(known);
  }
}

function listenerOf(files: OperationFiles, options: CheckedMapOptions<Row>): (event: MapEvent) => void {
  const listener = guarded(options.onEvent, 'onEvent');
  return (given) => {
    const event = 'path' in given ? { ...given, path: files.nameOf(given.path) } : given;
    if (event.type === 'damaged')
      files.logger?.warn(
        `could not read results of an earlier run, its rows are computed again: ${event.error.message} (${event.error.code})`,
      );
    listener?.(event.type === 'damaged' ? { ...event, error: files.told(event.error) as CheckpointError } : event);
  };
}

function logOf(
  files: OperationFiles,
  folder: string,
  types: readonly ColumnTypes[],
  batches: readonly FoundBatch[],
  shared: readonly FoundBatch[],
  compacted: (files: FilePart[], path: string) => Promise<void>,
): BatchLog {
  const own = ownOf(batches, files);
  const logged = own.map(({ index, path, head }) => ({ index, path, rows: head === null ? 0 : head.rows + failedRows(head) }));
  const next = batches.reduce((most, batch) => (shared.includes(batch) ? most : Math.max(most, batch.index + 1)), 0);
  return new BatchLog(files, folder, types, logged, next, compacted);
}

/** What earlier runs left: the final checkpoint first, then the batches, which are newer. */
async function takeIn(
  known: Known,
  files: OperationFiles,
  log: BatchLog,
  damaged: (path: string, error: CheckpointError) => void,
): Promise<void> {
  const final = await findFinal(files, damaged);
  if (final !== null && (await tried(known, final.path, files, damaged))) {
    known.finalRows = known.table.size;
    known.finalFailures = new Set(known.failures.values());
    await noteUse(files.stem, final.modifiedMs);
  }
  for (const { path } of log.batches) await tried(known, path, files, damaged);
}
