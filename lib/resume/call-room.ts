import { CheckpointError } from '../base/errors.js';
import { rowFailure } from './call-output.js';
import type { Caller } from './caller.js';
import type { Ending } from './ending.js';
import type { Identifier } from './identifier.js';
import type { RunParts } from './run-parts.js';
import type { RunState } from './run-state.js';
import type { Slot } from './slot.js';
import type { Throttle } from './throttle.js';
import type { Attempts } from './usage/attempts.js';

interface CallRoomParts {
  run: RunParts;
  state: RunState;
  ending: Ending;
  calls: Caller;
  throttle: Throttle;
  attempts: Attempts;
  identifier: Identifier;
  /** A row has failed. */
  failed: (slot: Slot, error: CheckpointError) => void;
  /** No further call fits the budget. */
  overspent: () => void;
}

/** Says when a call may begin. Lost rows come first. */
export class CallRoom {
  readonly #parts: CallRoomParts;

  constructor(parts: CallRoomParts) {
    this.#parts = parts;
  }

  /** Waits until a call may begin: for a source that takes no row before. */
  async wait(): Promise<void> {
    while (!this.hasRoom()) await this.#parts.state.room.wait();
  }

  /** Whether a call may begin, and may also when the run has ended. `cost`: what the call would take of the rate limit. */
  hasRoom(cost = 0): boolean {
    if (this.#parts.ending.hasCome) return true;
    if (this.#parts.state.lost.length > 0) this.startLosts();
    return this.#parts.state.lost.length === 0 && this.#hasCallRoom(cost);
  }

  /** Starts calls of lost rows, as far as there is room. */
  startLosts(): void {
    for (;;) {
      const [slot] = this.#parts.state.lost;
      if (slot === undefined || this.#parts.ending.hasCome || !this.#hasCallRoom(slot.cost)) return;
      this.#parts.state.lost.shift();
      if (!this.#parts.throttle.needsCost || this.isPriced(slot)) this.#startLost(slot);
    }
  }

  /** Looks what a call for the row takes of the rate limit. False: the row has failed by that. */
  isPriced(slot: Slot): boolean {
    try {
      slot.cost = this.#parts.run.call(() => this.#parts.throttle.costOf(slot.row, slot.index));
      return true;
    } catch (error) {
      slot.state = 'failed';
      this.#parts.failed(slot, rowFailure(slot, error));
      return false;
    }
  }

  #hasCallRoom(cost = 0): boolean {
    const { batchSize } = this.#parts.run.options;
    const { running, width } = this.#parts.calls;
    if (!this.#parts.attempts.mayBegin) {
      // Those on their way may cost less than is thought.
      if (this.#parts.attempts.running === 0) this.#parts.overspent();
      return false;
    }
    const most = this.#parts.throttle.limit * width;
    if (running >= most || running + (this.#parts.run.flusher?.pending ?? 0) >= most + batchSize) return false;
    return this.#parts.calls.takes?.(cost) ?? true;
  }

  /** The row came long ago: the record must not say of what it was then that it gave these results. */
  #startLost(slot: Slot): void {
    const { cannotSave } = this.#parts.run;
    if (cannotSave !== undefined) return this.#parts.ending.fail(cannotSave.error, false);
    if (this.#parts.identifier.isAsItWas(slot)) return this.#parts.calls.start(slot);
    slot.state = 'failed';
    const { index } = slot;
    const message = `row ${index} has changed while the map was running; its earlier results cannot be read, and were of other content`;
    this.#parts.failed(slot, new CheckpointError('ERR_CKPT_ROW_FAILED', message, { row: index }));
  }
}
