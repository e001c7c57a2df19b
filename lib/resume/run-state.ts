import type { RowFailure } from './events.js';
import { Gate } from './gate.js';
import { Window, type Slot } from './slot.js';

/** What the two loops of a run share. */
export class RunState {
  /** The rows that were taken in and not given out yet. */
  readonly window = new Window();
  /** What the inputs in the window weigh: in characters and bytes. */
  weight = 0;
  /** Rows whose known results could not be read: they have a place in the window, and want a call. */
  readonly lost: Slot[] = [];
  /** Opened when a call may have room to start, and when results may be there. */
  readonly room = new Gate();
  readonly ready = new Gate();
  /** Rows of the input so far. */
  input = 0;
  /** All rows of the input were taken in. */
  isFed = false;
  resumed = 0;
  computed = 0;
  readonly failures: RowFailure[] = [];
  /** No row has failed that the final checkpoint would have to have. */
  isFinalWanted = true;
  /** Asked to come to an end: no call begins. */
  isStopping = false;

  roomMade(): void {
    this.room.open();
    // The other loop starts lost rows, too: the one that feeds may have come to its end.
    if (this.lost.length > 0) this.ready.open();
  }
}
