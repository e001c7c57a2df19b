import { setImmediate } from 'node:timers/promises';
import { guarded } from './guarded.js';

/**
 * How long a loop may keep the event loop before it yields: a quarter of a frame, so that with a collection of young objects on top timers
 * and sockets stay lively.
 */
const YIELD_MS = 4;
/** How often `onProgress` is called at most. */
const PROGRESS_MS = 50;

/** Milliseconds on a clock that never goes back. Node loads `performance` when it is first used: 0.9 ms of the first save of a process. */
function now(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e3 + nanoseconds / 1e6;
}

/** What `onProgress` of a running save or load gets. */
export interface Progress {
  /** Rows handed over so far. */
  rows: number;
  /** Rows in all, where that is known (an array, a file); else undefined. */
  totalRows: number | undefined;
  /** Of a URL: the bytes that were sent or received so far, while no row is handed over; else undefined. */
  bytes?: number;
}

/** The options of a call that a pace serves. */
interface Running {
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
}

/**
 * The pace of a long loop: lets the event loop run, obeys an abort, reports the progress.
 *
 * ```ts
 * const pace = new Pace(options, rows.length);
 * for (const part of parts) {
 *   work(part);
 *   pace.advance(part.length);
 *   if (pace.due) await pace.turn();
 * }
 * pace.finish();
 * ```
 *
 * An `onProgress` that throws, or whose promise rejects, does not break the save: it gets a process warning and is not called again.
 */
export class Pace {
  /** Rows so far. */
  rows = 0;
  totalRows: number | undefined;
  readonly #signal: AbortSignal | undefined;
  readonly #onProgress: ((progress: Progress) => void) | undefined;
  #yielded = now();
  #told = this.#yielded;

  constructor({ signal, onProgress }: Running, totalRows?: number) {
    this.#signal = signal;
    this.#onProgress = guarded(onProgress, 'onProgress');
    this.totalRows = totalRows;
  }

  /** Whether {@link turn} has anything to do. Some tens of nanoseconds: ask once in many rows. */
  get due(): boolean {
    return this.#signal?.aborted === true || now() - this.#yielded > YIELD_MS;
  }

  /** Counts rows as done. */
  advance(rows: number): void {
    this.rows += rows;
  }

  /** Throws `signal.reason` after an abort. */
  check(): void {
    if (this.#signal?.aborted === true) throw this.#signal.reason;
  }

  /** Yields if that is due; throws `signal.reason` after an abort; reports the progress. */
  async turn(): Promise<void> {
    this.check();
    const at = now();
    if (at - this.#told >= PROGRESS_MS) this.#tell(at);
    if (at - this.#yielded <= YIELD_MS) return;
    await setImmediate();
    this.#yielded = now();
    this.check();
  }

  /** Tells the progress once more. To be called when all rows are done. */
  finish(): void {
    this.#tell(now());
  }

  #tell(at: number): void {
    this.#told = at;
    this.#onProgress?.({ rows: this.rows, totalRows: this.totalRows });
  }
}
