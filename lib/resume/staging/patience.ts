import { setTimeout as delay } from 'node:timers/promises';
import type { CheckpointError } from '../../base/errors.js';
import { throwIfAborted } from '../../base/halt.js';
import type { Logger } from '../../directory/log-lines.js';

/** How often a store that cannot be reached is asked again. */
const AGAIN_MS = 1000;
/** And for how long when the run has come to its end before all is done. */
const ENDING_MS = 2000;

/** How long a store that cannot be reached is asked again: a run of hours does not end by a minute without a network. */
export class Patience {
  /** The log has a line of it; false when the store has answered. */
  isTold = false;
  readonly #ending: AbortSignal | undefined;
  readonly #logger: Logger | null;
  #endsAt = Number.POSITIVE_INFINITY;

  /** `ending`: see `LeaseOptions.patience`. */
  constructor(ending: AbortSignal | undefined, logger: Logger | null) {
    this.#ending = ending;
    this.#logger = logger;
  }

  /** Waits before `name` is sent again. @throws `error` where there is no more time; the reason of `signal`, that of the lease */
  async wait(name: string, error: CheckpointError, signal: AbortSignal | undefined): Promise<void> {
    if (this.#ending === undefined) throw error;
    if (this.#ending.aborted) this.#endsAt = Math.min(this.#endsAt, performance.now() + ENDING_MS);
    if (performance.now() >= this.#endsAt) throw error;
    if (!this.isTold) this.#logger?.warn(`could not save ${name}, the store is asked again: ${error.message} (${error.code})`);
    this.isTold = true;
    await delay(AGAIN_MS, undefined, signal && { signal }).catch(() => throwIfAborted(signal));
  }
}
