import { isCheckpointError, type CheckpointError } from '../../base/errors.js';
import { guarded } from '../../base/guarded.js';
import type { Row } from '../../base/rows.js';
import type { OperationFiles } from '../../directory/operation-files.js';
import { schemaTypes } from '../../formats/parquet/schema-types.js';
import type { ResultCheck } from '../../schema/result-check.js';
import { initialOf } from '../adaptive-options.js';
import type { MakeCaller } from '../caller.js';
import { isUnwritable } from '../is-unwritable.js';
import { Engine } from '../engine.js';
import type { MapEvent, MapProgress, MapSummary } from '../events.js';
import { Flusher } from '../flusher.js';
import { Known } from '../known.js';
import type { CheckedMapOptions, MapFunction } from '../map-options.js';
import type { RunControl } from '../run-control.js';
import { noUsage } from '../usage/spending.js';
import { addUsage, type UsageTotals } from '../usage/usage.js';
import { usageIn } from '../usage/usage-in.js';
import { ClaimedRows } from './claimed-rows.js';
import { Membership } from './membership.js';
import { replaying } from './replaying.js';
import { ResultsSoFar } from './results-so-far.js';
import { runRecord } from './run-record.js';
import { AllArrivals, OwnArrivals, OwnResults } from './shared-arrivals.js';
import { SharedControl, stoppedAfter } from './shared-control.js';
import { sharedInput, type SharedInput } from './shared-input.js';
import { SharedLog } from './shared-log.js';
import { SharedProgress } from './shared-progress.js';
import { whole, type Whole } from './whole.js';

/** What a worker is asked for. */
interface SharedCall {
  files: OperationFiles;
  fn: MapFunction<Row, Row>;
  /** Computes the rows in place of calls of `fn`, so many by one call; undefined for those. */
  caller: MakeCaller | undefined;
  width: number;
  options: CheckedMapOptions<Row>;
  check: ResultCheck | undefined;
  control: RunControl;
  compat: string | undefined;
  /** Shows the progress. */
  update: ((progress: MapProgress) => void) | undefined;
  onEvent: (event: MapEvent) => void;
}

/** Runs the map alone: with the function and the options that it is given, and without a lease. */
export type RunAlone = (call: Pick<SharedCall, 'fn' | 'caller' | 'options' | 'control'>) => AsyncGenerator<Row[], MapSummary, undefined>;

/**
 * One worker of a map that several share: docs/RELIABILITY.md, "Several workers on one map". It joins the others, computes what it can
 * claim until no row is left, and has the whole result, of which one of them makes the checkpoint. `error`: it cannot join, as nothing can
 * be written.
 */
export async function runShared(
  call: SharedCall,
  rows: readonly Row[],
  runAlone: RunAlone,
): Promise<{ summary: MapSummary } | { error: CheckpointError }> {
  const { files, options } = call;
  const input = await sharedInput(rows, options);
  const concurrency = initialOf(options.concurrency);
  const before = { rows: 0, totalRows: rows.length, resumed: 0, computed: 0, failed: 0, calls: 0, concurrency, usage: noUsage(), rate: 0 };
  let member: Membership;
  const control = new SharedControl(call.control, { ...before, pausedUntil: undefined, secondsLeft: undefined }, options.signal);
  try {
    const record = runRecord(files, input, options, call.compat, call.width);
    member = await Membership.join(files, record, { lockWait: options.lockWait, signal: control.signal });
  } catch (error) {
    control.end();
    if (isUnwritable(error)) return { error };
    throw error;
  }
  try {
    return { summary: await asMember(call, input, member, control, runAlone) };
  } finally {
    control.end();
    await member.leave();
  }
}

async function asMember(
  call: SharedCall,
  input: SharedInput,
  member: Membership,
  control: SharedControl,
  runAlone: RunAlone,
): Promise<MapSummary> {
  const { files, options, onEvent } = call;
  const count = input.rows.length;
  const results = new ResultsSoFar(files, input, member.folder, (path, error) => onEvent({ type: 'damaged', path, error }));
  await results.begin();
  const tell = [guarded(options.onProgress, 'onProgress'), call.update].filter((told) => told !== undefined);
  const progress = new SharedProgress(results, count, initialOf(options.concurrency), tell);
  control.follow(() => progress.now());
  const computed = new OwnResults();
  const own = await compute(call, input, member, results, progress, control, computed);
  const replay = replaying(call, results.failures);
  const arrivals = call.control.arrivals && new AllArrivals(call.control.arrivals, computed);
  const alone = async (): Promise<MapSummary> => {
    const run = runAlone({ fn: replay.fn, caller: replay.caller, options: replay.options, control: control.next(arrivals) });
    try {
      return await lastOf(run);
    } finally {
      control.wait();
    }
  };
  const all = await whole(files, input, member, results, control.signal, arrivals, call.options.onError, alone);
  progress.tell(true);
  return {
    input: count,
    path: all.path,
    resumed: count - own.computed - all.computed - all.failed.length,
    computed: own.computed + all.computed,
    removed: Math.max(results.removed, all.removed),
    calls: own.calls + all.calls - replay.told,
    usage: await usageOf(own, all, replay.told),
    failed: all.failed.map((failure) => (input.refused.has(failure.row) ? failure : (results.failures.get(failure.row) ?? failure))),
  };
}

/** `told`: calls that were none, as what they gave was known. */
async function usageOf({ usage: own }: MapSummary, { usage: all, path }: Whole, told: number): Promise<MapSummary['usage']> {
  const run: UsageTotals = { ...own.run, calls: own.run.calls - (all === undefined ? 0 : told) };
  if (all !== undefined) addUsage(run, all.run);
  // Where no call told what it used, nothing is kept with the results.
  const kept = all?.total ?? (path === null ? undefined : await usageIn(path));
  return { run, total: kept === undefined || kept.calls < own.total.calls ? { ...own.total } : kept };
}

/** Computes what this worker can claim, until no row is left to any. */
async function compute(
  { files, fn, caller, options, check, control: { arrivals }, onEvent }: SharedCall,
  input: SharedInput,
  member: Membership,
  results: ResultsSoFar,
  progress: SharedProgress,
  control: SharedControl,
  computed: OwnResults,
): Promise<MapSummary> {
  const known = new Known(true);
  for (const [name, failure] of results.recorded) known.failures.set(name, failure);
  const types = [schemaTypes(check?.columns ?? [])];
  const log = new SharedLog(files, await files.batches(), member.folder, types, member.firstIndex, results, (parts, path) =>
    onEvent({ type: 'compacted', files: parts.length, path }),
  );
  const flusher = new Flusher(log, known.table, options, onEvent, async () => {});
  const heard = (event: MapEvent): void => {
    if (event.type === 'failed') {
      const { row, key, error, resumed } = event;
      results.failed({ row, key, error, resumed });
      // With 'throw' this worker ends: whether the others do is theirs to find out.
      if (options.onError !== 'throw') results.notes.add(member.number, { row, key, error, resumed });
    }
    onEvent(event);
  };
  const source = new ClaimedRows(input.rows, member, results, {
    room: () => engine.room(),
    flush: () => flusher.flush(),
    waits: () => {
      engine.idle();
      progress.tell();
    },
    signal: control.signal,
  });
  const engine = new Engine({
    source,
    fn,
    caller,
    call: (work) => work(),
    options: { ...options, onProgress: (own) => progress.own(own) },
    check,
    known,
    flusher,
    final: null,
    onEvent: heard,
    control: control.next(arrivals && new OwnArrivals(arrivals, computed)),
    indexOf: (place) => source.indexOf(place),
    update: undefined,
  });
  try {
    // The results are read from the batches, those of other workers among them.
    return await lastOf(engine.run());
  } catch (error) {
    if (!isCheckpointError(error) || error.code !== 'ERR_CKPT_STOPPED') throw error;
    const { rows } = progress.now();
    throw stoppedAfter(rows, input.rows.length);
  } finally {
    control.wait();
    source.stop();
    await results.notes.settled().catch(() => {});
  }
}

async function lastOf<T>(run: AsyncGenerator<unknown, T, undefined>): Promise<T> {
  for (;;) {
    const step = await run.next();
    if (step.done === true) return step.value;
  }
}
