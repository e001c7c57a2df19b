import type { CheckpointError } from '../base/errors.js';
import type { Caller } from './caller.js';
import type { Flusher } from './flusher.js';
import type { Gate } from './gate.js';

/** How long a run that has failed waits for the rows that are on their way. They are paid for. */
export const DRAIN_MS = 10_000;

/** Why a run ends early. */
interface Failure {
  /** If it was asked to, made when it is known how far it came. */
  error: unknown;
  /** Calls that are running may end. */
  drains: boolean;
  /** It was asked to. */
  isStop: boolean;
}

/** What a run does with an end. */
interface EndingParts {
  calls: () => Caller;
  flusher: Flusher | null;
  signal: AbortSignal | undefined;
  /** Opened at the end: the loops see it. */
  room: Gate;
  ready: Gate;
  /** Aborted at the end: no more rows are wanted of the input. */
  feeding: AbortController;
  /** Called first of all. */
  endsEarly: () => void;
  /** The error of a run that was asked to end, as far as it is now. */
  stopped: () => CheckpointError;
}

/** The end of a run before all rows are done: its reason, and the time that calls on their way have. */
export class Ending {
  readonly #parts: EndingParts;
  #failure: Failure | undefined;
  /** Calls that are on their way when the run has failed, or was asked to end, may go on until then. */
  #deadline: NodeJS.Timeout | undefined;
  #isLate = false;

  constructor(parts: EndingParts) {
    this.#parts = parts;
  }

  /** The run ends early. */
  get hasCome(): boolean {
    return this.#failure !== undefined;
  }

  /** Ends the run with an error; the first one counts. `drains`: calls that are running may end. `isStop`: it is made later. */
  fail(error: unknown, drains: boolean, isStop = false): void {
    const { endsEarly, calls, feeding, room, ready } = this.#parts;
    const isFirst = this.#failure === undefined;
    this.#failure ??= { error, drains, isStop };
    endsEarly();
    if (!drains) calls().stop(isStop ? this.#reason(this.#failure) : error);
    else if (isFirst) {
      if (this.#deadline === undefined && !isStop) this.within(DRAIN_MS);
      calls().finish();
    }
    feeding.abort(error);
    room.open();
    ready.open();
  }

  /** The run is to end, and rows are left. */
  stopNow(): void {
    this.fail(undefined, true, true);
  }

  /** Calls that are on their way may go on for so long. */
  within(ms: number): void {
    clearTimeout(this.#deadline);
    const late = (): void => {
      this.#isLate = true;
      if (this.#parts.calls().running > 0) this.fail(undefined, false, true);
      this.#parts.ready.open();
    };
    this.#deadline = ms === Number.POSITIVE_INFINITY ? undefined : setTimeout(late, ms);
  }

  /** Once the run has failed: waits for the calls that may end, and gives what the run rejects with. */
  async drained(): Promise<unknown> {
    const { calls, flusher, signal, ready } = this.#parts;
    const failure = this.#failure as Failure;
    while (failure.drains && calls().running > 0 && !this.#isLate && signal?.aborted !== true) await ready.wait();
    const reason = this.#reason(failure);
    calls().stop(reason);
    // What is said to be kept is durable; where it cannot be, that is what is wrong.
    if (failure.isStop) await flusher?.flush();
    return reason;
  }

  /** No clock runs any more. */
  close(): void {
    clearTimeout(this.#deadline);
  }

  #reason(failure: Failure): unknown {
    if (failure.isStop) failure.error ??= this.#parts.stopped();
    return failure.error;
  }
}
