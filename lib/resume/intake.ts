import { CheckpointError } from '../base/errors.js';
import { show } from '../base/messages.js';
import { Pace } from '../base/pace.js';
import { chunksOf } from '../base/rows-source.js';
import { weigh } from '../base/weigh.js';
import type { CallRoom } from './call-room.js';
import type { Caller } from './caller.js';
import type { Ending } from './ending.js';
import { failedBefore, isRetried } from './failed-rows.js';
import type { Identifier, Identity } from './identifier.js';
import type { Meter } from './meter.js';
import { showKey } from './row-key.js';
import type { RunParts } from './run-parts.js';
import type { RunState } from './run-state.js';
import type { Slot } from './slot.js';
import type { Throttle } from './throttle.js';

const CHUNK_ROWS = 1024;
/** How far a stream may read ahead of the row whose results are given out next: in rows, and in characters and bytes of inputs. */
const AHEAD_ROWS = 4096;
const AHEAD_WEIGHT = 1 << 25;

interface IntakeParts {
  run: RunParts;
  state: RunState;
  ending: Ending;
  calls: Caller;
  callRoom: CallRoom;
  throttle: Throttle;
  identifier: Identifier;
  meter: Meter;
  /** Aborted when no more rows are wanted of the input. */
  feeding: AbortSignal;
  /** A row has failed. */
  failed: (slot: Slot, error: CheckpointError) => void;
}

/** The loop that takes rows from the input, looks whether their results are known, and starts a call where they are not. */
export class Intake {
  readonly #parts: IntakeParts;
  #isLookedAhead = false;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
  }

  /** Takes all rows in: a known one goes on at once, any other when there is room for its call. */
  async takeIn(): Promise<void> {
    const { source, indexOf, control, known } = this.#parts.run;
    const { state: shared, identifier, calls, throttle, meter, callRoom, ending } = this.#parts;
    const pace = new Pace({});
    // A source that waits for its rows is not waited for until there are many.
    const size = Symbol.asyncIterator in source ? 1 : CHUNK_ROWS;
    for await (const chunk of chunksOf(source, size, { signal: this.#parts.feeding })) {
      for (const given of chunk) {
        const place = shared.input++;
        const index = indexOf?.(place) ?? place;
        const identity = identifier.identify(given, index);
        if ((identity.state === 'new' || identity.state === 'changed') && known.more !== undefined) await this.#askKept(identity);
        const { row, number, key: text, state, error } = identity;
        // Weighed once: a function may make its row smaller.
        const weight = known.keepsAll ? 0 : weigh(row);
        const slot: Slot = {
          index,
          number,
          key: text,
          state: state === 'known' ? state : 'waiting',
          row,
          weight,
          attempt: 0,
          results: undefined,
        };
        shared.window.push(slot);
        shared.weight += weight;
        if (slot.state === 'known') {
          shared.resumed++;
          meter.tick();
        } else if (state === 'refused') {
          this.#refused(slot, error);
        } else if (!this.#failsAgain(slot)) {
          if (!this.#isLookedAhead) await this.#lookAhead(index + 1, pace);
          if (throttle.needsCost && !callRoom.isPriced(slot)) continue;
          while (!callRoom.hasRoom(slot.cost)) {
            if (throttle.isHeld) meter.tell();
            if (control.arrivals?.isRead === true) shared.ready.open();
            await shared.room.wait();
          }
          if (ending.hasCome) return;
          calls.start(slot);
        }
        while (this.#isFarAhead()) {
          calls.stalled(false);
          shared.ready.open();
          await shared.room.wait();
        }
        if ((index & 31) === 0 && pace.due) {
          shared.ready.open();
          await pace.turn();
        }
        if (ending.hasCome) return;
      }
      shared.ready.open();
    }
    // A worker has only some of the rows, and whoever gave it those has looked at all.
    if (indexOf === undefined) identifier.finish();
  }

  /** The first row that is not among the usual results: kept ones may have it. They are looked at only now. */
  async #askKept(identity: Identity): Promise<void> {
    this.#parts.state.ready.open();
    if ((await this.#parts.run.known.complete()) && this.#parts.identifier.isKnownNow(identity)) identity.state = 'known';
  }

  /** Before the first call: what is wrong with later keys, and whether results can be kept at all. */
  async #lookAhead(from: number, pace: Pace): Promise<void> {
    this.#isLookedAhead = true;
    const { source, cannotSave } = this.#parts.run;
    if (cannotSave !== undefined) throw cannotSave.error;
    this.#parts.state.ready.open();
    if (Array.isArray(source)) await this.#parts.identifier.lookAhead(source, from, pace);
  }

  /** A row of the input that cannot be compared has no results that could be found again. */
  #refused(slot: Slot, cause: unknown): void {
    if (this.#parts.run.options.onError === 'throw') throw cause;
    slot.state = 'failed';
    const { index, key } = slot;
    const message = `row ${index} (key ${showKey(key)}) cannot be compared with earlier runs: ${cause instanceof Error ? cause.message : show(cause)}`;
    this.#parts.failed(slot, new CheckpointError('ERR_CKPT_ROW_FAILED', message, { row: index, cause }));
  }

  /** Whether a row failed in an earlier run, with this content, and is not to be called again. */
  #failsAgain(slot: Slot): boolean {
    const recorded = this.#parts.run.known.failureOf(slot.number);
    if (recorded === undefined || isRetried(recorded, this.#parts.run.options)) return false;
    slot.state = 'failed';
    slot.recorded = recorded;
    this.#parts.failed(slot, failedBefore(slot, recorded));
    return true;
  }

  #isFarAhead(): boolean {
    if (this.#parts.run.known.keepsAll || this.#parts.ending.hasCome) return false;
    const { size } = this.#parts.state.window;
    const most = this.#parts.throttle.limit * this.#parts.calls.width;
    return size > most && (size > AHEAD_ROWS + most || this.#parts.state.weight > AHEAD_WEIGHT);
  }
}
