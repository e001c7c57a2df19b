import { CheckpointError } from '../errors.js';
import { show } from '../messages.js';
import { isPlainObject, type Row } from '../rows.js';
import { JsonTree } from '../value/json-tree.js';
import type { MapEvent } from './events.js';
import { MAX_MS, type CheckedMapOptions, type MapContext, type MapFunction } from './map-options.js';
import { showKey } from './row-key.js';
import type { Slot } from './slot.js';

/** What becomes of the calls. */
export interface CallsSink {
  /** The results of a row are there. */
  done(slot: Slot): void;
  /** A row has failed for good. */
  failed(slot: Slot, error: CheckpointError): void;
  event(event: MapEvent): void;
}

/** Calls the function of a `map`: tries again what failed, ends what takes too long, and looks at what it returns. */
export class Calls {
  /** Calls so far, retries among them. */
  made = 0;
  /** Rows on their way, those that wait for a retry among them. */
  running = 0;
  readonly #fn: MapFunction<Row, Row>;
  readonly #options: CheckedMapOptions<Row>;
  readonly #sink: CallsSink;
  readonly #stop = new AbortController();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #tree = new JsonTree();

  constructor(fn: MapFunction<Row, Row>, options: CheckedMapOptions<Row>, sink: CallsSink) {
    this.#fn = fn;
    this.#options = options;
    this.#sink = sink;
  }

  start(slot: Slot): void {
    slot.state = 'running';
    this.running++;
    this.#call(slot);
  }

  /** Nothing that is on its way is wanted any more. */
  stop(reason: unknown): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#stop.abort(reason);
  }

  #call(slot: Slot): void {
    this.made++;
    slot.attempt++;
    const { timeout } = this.#options;
    const context = new Context(slot, this.#stop.signal, timeout !== undefined);
    let output: unknown;
    try {
      output = this.#fn(slot.row, context);
    } catch (error) {
      return this.#threw(slot, error);
    }
    if (!isThenable(output)) return this.#returned(slot, output);
    if (timeout === undefined) {
      Promise.resolve(output).then(
        (value) => this.#returned(slot, value),
        (error: unknown) => this.#threw(slot, error),
      );
      return;
    }
    let settled = false;
    const timer = setTimeout(() => {
      settled = true;
      this.#timers.delete(timer);
      const error = new CheckpointError('ERR_CKPT_TIMEOUT', `row ${slot.index} took longer than ${timeout} ms`, { row: slot.index });
      context.abort(error);
      this.#threw(slot, error);
    }, timeout);
    this.#timers.add(timer);
    const settle = (how: () => void): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      this.#timers.delete(timer);
      how();
    };
    Promise.resolve(output).then(
      (value) => settle(() => this.#returned(slot, value)),
      (error: unknown) => settle(() => this.#threw(slot, error)),
    );
  }

  #returned(slot: Slot, output: unknown): void {
    if (this.#stop.signal.aborted) return this.#end();
    try {
      slot.results = this.#results(output, slot.index);
    } catch (error) {
      // It would return the same again: no retry.
      return this.#failed(slot, error);
    }
    this.#end();
    this.#sink.done(slot);
  }

  #threw(slot: Slot, error: unknown): void {
    if (this.#stop.signal.aborted) return this.#end();
    const { times, retryIf, minDelay, maxDelay } = this.#options.retry;
    let verdict: unknown;
    try {
      verdict = slot.attempt <= times && retryIf(error, slot.attempt);
    } catch (thrown) {
      return this.#failed(slot, thrown);
    }
    if (verdict === false) return this.#failed(slot, error);
    const usual = Math.min(maxDelay, minDelay * 2 ** (slot.attempt - 1)) * (0.5 + Math.random() / 2);
    const delay = typeof verdict === 'number' && verdict >= 0 ? Math.min(verdict, MAX_MS) : usual;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#call(slot);
    }, delay);
    this.#timers.add(timer);
    this.#sink.event({ type: 'retry', row: slot.index, attempt: slot.attempt, delay, error });
  }

  #failed(slot: Slot, cause: unknown): void {
    this.#end();
    slot.state = 'failed';
    const tries = slot.attempt === 1 ? '' : ` after ${slot.attempt} attempts`;
    const message = `row ${slot.index} (key ${showKey(slot.key)}) failed${tries}: ${cause instanceof Error ? cause.message : show(cause)}`;
    this.#sink.failed(slot, new CheckpointError('ERR_CKPT_ROW_FAILED', message, { row: slot.index, cause }));
  }

  #end(): void {
    this.running--;
  }

  #results(output: unknown, row: number): Row | readonly Row[] | undefined {
    if (output === undefined || output === null) return undefined;
    if (!Array.isArray(output)) return this.#result(output, row);
    for (const result of output) this.#result(result, row);
    return output as Row[];
  }

  /** A result that no checkpoint can keep must not stop the saving of others with it. */
  #result(result: unknown, row: number): Row {
    if (!isPlainObject(result)) {
      const message = `the function returned ${show(result)} for row ${row}; it must return a plain object, an array of them, or nothing`;
      throw new CheckpointError('ERR_CKPT_ROW_NOT_OBJECT', message, { row });
    }
    this.#tree.of(result, { row, path: '' });
    return result;
  }
}

class Context implements MapContext {
  readonly index: number;
  readonly attempt: number;
  readonly #run: AbortSignal;
  readonly #hasOwn: boolean;
  #own: AbortController | undefined;
  #aborted: { reason: unknown } | undefined;

  constructor({ index, attempt }: Slot, run: AbortSignal, hasOwn: boolean) {
    this.index = index;
    this.attempt = attempt;
    this.#run = run;
    this.#hasOwn = hasOwn;
  }

  /** Made when it is asked for: a controller a call costs more than a small function. */
  get signal(): AbortSignal {
    if (!this.#hasOwn) return this.#run;
    this.#own ??= new AbortController();
    if (this.#aborted !== undefined) this.#own.abort(this.#aborted.reason);
    return AbortSignal.any([this.#run, this.#own.signal]);
  }

  abort(reason: unknown): void {
    this.#aborted = { reason };
    this.#own?.abort(reason);
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as PromiseLike<unknown>).then === 'function';
}
