import type { Row } from '../../base/rows.js';
import { rowFailure } from '../call-output.js';
import type { Caller, CallsSink, MakeCaller } from '../caller.js';
import type { RowFailure } from '../events.js';
import type { CheckedMapOptions, MapFunction } from '../map-options.js';

/** A map of rows that are done or have failed. */
interface Replay {
  fn: MapFunction<Row, Row>;
  caller: MakeCaller | undefined;
  options: CheckedMapOptions<Row>;
  /** Failures that were told again: no calls of the user's function. */
  readonly told: number;
}

/**
 * The map as it is run when all rows are done or have failed: those that have failed fail with what they failed with, without a call. A row
 * whose results are lost is computed as ever.
 */
export function replaying(
  { fn, caller, options }: Pick<Replay, 'fn' | 'caller' | 'options'>,
  failures: ReadonlyMap<number, RowFailure>,
): Replay {
  let told = 0;
  const causes = new Set<unknown>();
  const { onProgress: _progress, onEvent, progressBar: _bar, workers: _workers, retry, ...rest } = options;
  return {
    fn: (row, context) => {
      const failure = failures.get(context.index);
      if (failure === undefined) return fn(row, context);
      const { cause } = failure.error;
      told++;
      causes.add(cause);
      throw cause;
    },
    caller: caller && ((parts) => failingAgain(caller(parts), parts.sink, failures)),
    options: {
      ...rest,
      // The record of a failure stays as the worker has written it that met it.
      retryFailed: false,
      // The others were told when they happened.
      ...(onEvent !== undefined && { onEvent: (event) => (event.type === 'damaged' ? onEvent(event) : undefined) }),
      retry: { ...retry, retryIf: (error, attempt) => (causes.has(error) ? false : retry.retryIf(error, attempt)) },
    },
    get told() {
      return told;
    },
  };
}

/** The same for calls of several rows: rows that have failed come into none. */
function failingAgain<T extends Caller>(caller: T, sink: CallsSink, failures: ReadonlyMap<number, RowFailure>): T {
  const start = caller.start.bind(caller);
  caller.start = (slot) => {
    const failure = failures.get(slot.index);
    if (failure === undefined) return start(slot);
    slot.state = 'failed';
    sink.failed(slot, rowFailure(slot, failure.error.cause));
  };
  return caller;
}
