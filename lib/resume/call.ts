import { setMaxListeners } from 'node:events';
import type { MapContext } from './map-options.js';
import type { Ticket } from './rate-limit.js';
import type { Slot } from './slot.js';
import { checkUsage, merged, type Usage } from './usage/usage.js';
import type { Throttle } from './throttle.js';

/**
 * The calls of a run that have asked for their signal. Each has a controller of its own: clients add listeners to the signal of a call and
 * never remove them, and on one signal of the whole run these would gather.
 */
export class RunningCalls {
  readonly #calls = new Set<Call>();
  #stopped: { reason: unknown } | undefined;

  get isStopped(): boolean {
    return this.#stopped !== undefined;
  }

  /** Aborts all that are on their way, and those that ask for their signal later. */
  stop(reason: unknown): void {
    if (this.#stopped !== undefined) return;
    this.#stopped = { reason };
    for (const call of this.#calls) call.abort(reason);
    this.#calls.clear();
  }

  add(call: Call): void {
    if (this.#stopped === undefined) this.#calls.add(call);
    else call.abort(this.#stopped.reason);
  }

  remove(call: Call): void {
    this.#calls.delete(call);
  }
}

/** One attempt, as the function of a `map` sees it. */
export class Call implements MapContext {
  readonly index: number;
  readonly attempt: number;
  readonly #run: RunningCalls;
  readonly #ticket: Ticket | undefined;
  readonly #number: number;
  #controller: AbortController | undefined;
  #aborted: { reason: unknown } | undefined;
  #ended = false;
  readonly #slot: Slot;
  readonly #late: (slot: Slot, usage: Usage) => void;
  /** What the function has told so far; undefined for nothing. */
  usage: Usage | undefined;

  /**
   * `late` is told of what the function uses after its attempt has ended: one for all calls, as a closure for each costs. `ticket`: its
   * part of the rate limit. `number`: of all calls.
   */
  constructor(slot: Slot, run: RunningCalls, late: (slot: Slot, usage: Usage) => void, ticket?: Ticket, number = 0) {
    this.index = slot.index;
    this.attempt = slot.attempt;
    this.#slot = slot;
    this.#run = run;
    this.#late = late;
    this.#ticket = ticket;
    this.#number = number;
  }

  /** A function of its own: whoever takes the context apart has it without the rest. */
  get addUsage(): (usage: Usage) => void {
    return (given) => {
      const usage = checkUsage(given, 'addUsage');
      if (this.#ended) return this.#late(this.#slot, usage);
      this.usage = merged(this.usage, usage);
    };
  }

  /** Made when it is asked for: a controller costs more than a small function. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      // It goes with the call, so that nothing leaks, however many listen.
      setMaxListeners(0, this.#controller.signal);
      if (this.#aborted !== undefined) this.#controller.abort(this.#aborted.reason);
      else if (!this.#ended) this.#run.add(this);
    }
    return this.#controller.signal;
  }

  abort(reason: unknown): void {
    if (this.#ended) return;
    this.#aborted ??= { reason };
    this.#controller?.abort(reason);
  }

  /** It failed: the throttle looks whether others must wait. @throws what `pauseFor` throws */
  tell(throttle: Throttle, error: unknown): void {
    throttle.failed(error, this.#number);
  }

  /** Its place is free. `hasArrived`: its request has certainly reached the service. */
  leave(throttle: Throttle, hasArrived: boolean): void {
    throttle.end(this.#ticket, hasArrived);
  }

  /** It has come to its end: nobody aborts it any more. */
  end(): void {
    this.#ended = true;
    if (this.#controller !== undefined) this.#run.remove(this);
  }
}
