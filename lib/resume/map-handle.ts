import { throwIfAborted } from '../base/halt.js';
import { once } from '../base/once.js';
import type { Row, RowLike } from '../base/rows.js';
import { keysOf } from '../options/option-keys.js';
import { asOptions, checkKeys } from '../options/options.js';
import { Arrivals, type MapItem } from './arrivals.js';
import type { MapProgress, MapResult, MapSummary } from './events.js';
import { checkConcurrency, ms } from './check-number.js';
import { RunControl } from './run-control.js';
import type { MapCall, runMap } from './run-map.js';

/** Options of {@link MapHandle.stop}. */
export interface StopOptions {
  /**
   * How long calls that are on their way may go on; then their `signal` is aborted. `Infinity` waits for all of them.
   * @default `timeout` of the map, else 10000 @unit ms
   */
  drain?: number;
}

/** What can be asked of a `map` or a `mapStream` while it runs. */
export interface MapHandle {
  /** How far it is, at this moment. */
  readonly progress: MapProgress;
  /** The most rows that are being computed at a time, from now on: 1 to 100,000. Calls that are on their way go on. */
  setConcurrency(concurrency: number): void;
  /**
   * Ends the run in order: no further call begins, no row is tried again, those on their way may end. What is finished is made durable, and
   * the run rejects with `ERR_CKPT_STOPPED`; if it had all results in the end, it resolves. A second call counts in place of the first:
   * `drain: 0` ends the wait.
   */
  stop(options?: StopOptions): void;
}

/** A `map` on its way: a promise of its result, and a handle. */
export interface MapRun<T extends RowLike = Row> extends Promise<MapResult<T>>, MapHandle {
  /** Copies of the results that are there, in the order of the input: of rows that are done, of earlier runs as far as they were read. */
  results(): T[];
  /**
   * All results as they come, whenever it is called: first those that are there, in the order of the input. A row of the input that gives
   * several results gives as many items, one that gives none or fails gives none. Leaving the loop does not end the run, and a slow reader
   * does not hold it back. At its end the loop ends, or throws what the run rejects with; then the promise need not be awaited as well.
   */
  unordered(): AsyncGenerator<MapItem<T>, void, undefined>;
}

/** A `mapStream` on its way: a generator of its results, and a handle. */
export interface MapStream<T extends RowLike = Row> extends AsyncGenerator<T, MapSummary, undefined>, MapHandle {}

const STOP = keysOf<StopOptions>({ drain: true });
const CONTROLS = new WeakMap<object, RunControl>();

/** Of a handle; undefined for anything else. */
export function controlOf(handle: unknown): RunControl | undefined {
  return typeof handle === 'object' && handle !== null ? CONTROLS.get(handle) : undefined;
}

/** Makes the call of a map; throws what is wrong with it. */
type Begin = (control: RunControl) => Promise<MapCall>;

/** What runs a map: loaded by the first. */
const runner = once(async () => (await import('./run-map.js')).runMap);

/** Runs a map whose results are all kept. */
export function startMap<T extends RowLike>(begin: Begin): MapRun<T> {
  const arrivals = new Arrivals();
  const control = new RunControl(arrivals);
  const run = result<T>(begin, control, arrivals, () => void run.catch(() => {}));
  return withHandle(run, control, {
    results: () => arrivals.soFar() as T[],
    unordered: () => arrivals.read() as AsyncGenerator<MapItem<T>, void, undefined>,
  }) as MapRun<T>;
}

/** Runs a map whose results are given out in the order of the input, and not kept. */
export function startStream<T extends RowLike>(begin: Begin): MapStream<T> {
  const control = new RunControl();
  return withHandle(stream<T>(begin, control), control, {}) as MapStream<T>;
}

/** `heeded`: whoever reads results as they come learns of the error there. */
async function result<T extends RowLike>(begin: Begin, control: RunControl, arrivals: Arrivals, heeded: () => void): Promise<MapResult<T>> {
  try {
    const call = await begin(control);
    const run = (await runner())(call);
    for (;;) {
      const next = await run.next();
      if (next.done !== true) continue;
      control.end({});
      return { ...next.value, rows: arrivals.rows as T[] };
    }
  } catch (error) {
    if (arrivals.hasReaders) heeded();
    control.end({ error });
    throw error;
  }
}

async function* stream<T extends RowLike>(begin: Begin, control: RunControl): AsyncGenerator<T, MapSummary, undefined> {
  let run: ReturnType<typeof runMap> | undefined;
  try {
    const call = await begin(control);
    run = (await runner())(call);
    for (;;) {
      const next = await run.next();
      if (next.done === true) return next.value;
      for (const row of next.value as T[]) {
        yield row;
        throwIfAborted(call.options.signal);
      }
    }
  } finally {
    await run?.return(undefined as never);
    control.end({});
  }
}

/** The promise or generator itself, with members that are not shown when it is printed. */
function withHandle<T extends object>(run: T, control: RunControl, more: Record<string, unknown>): T {
  CONTROLS.set(run, control);
  const methods = {
    setConcurrency: (concurrency: number): void => {
      checkConcurrency('the argument of setConcurrency', concurrency);
      control.setConcurrency(concurrency);
    },
    stop: (options?: StopOptions): void => control.stop(checkStop(options)),
    ...more,
  };
  Object.defineProperty(run, 'progress', { get: () => control.progress });
  for (const [name, value] of Object.entries(methods)) Object.defineProperty(run, name, { value });
  return run;
}

/** @throws `ERR_CKPT_UNKNOWN_OPTION`, `ERR_CKPT_INVALID_OPTION` */
function checkStop(options: StopOptions | undefined): number | undefined {
  const { drain } = asOptions(options, 'stop') as StopOptions;
  checkKeys(options ?? {}, STOP, 'stop');
  checkDrain(drain);
  return drain;
}

export function checkDrain(drain: unknown): void {
  if (drain !== undefined && drain !== Number.POSITIVE_INFINITY) ms('drain', drain);
}
