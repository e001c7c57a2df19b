import type { CheckpointError } from '../base/errors.js';
import type { Row } from '../base/rows.js';
import type { ResultCheck } from '../schema/result-check.js';
import type { MapEvent } from './events.js';
import type { Known } from './known.js';
import type { CheckedMapOptions } from './map-options.js';
import type { Slot } from './slot.js';
import type { Attempts } from './usage/attempts.js';
import type { Throttle } from './throttle.js';

/** What becomes of rows that a {@link Caller} was given. */
export interface CallsSink {
  /** The results of a row are there. */
  done(slot: Slot): void;
  /** A row has failed for good. */
  failed(slot: Slot, error: CheckpointError): void;
  /** A row is given up before it was done or has failed: no further call begins. */
  left(): void;
  /** The budget allows no further call. */
  overspent(): void;
  /** What went wrong beside the results of a row, which are kept: the run cannot go on. */
  wrong(error: unknown): void;
  event(event: MapEvent): void;
}

/** Computes the rows of an engine: by one call each, several rows a call, or by jobs of a provider. */
export interface Caller {
  /** Calls so far, retries among them. */
  readonly made: number;
  /** Rows on their way: those that it was given, and that are not settled. */
  readonly running: number;
  /** How many rows may be on their way for each one of `concurrency`. */
  readonly width: number;
  /** Whether a row of this cost may come now, as far as pauses and the rate limit go; undefined: it takes rows, and waits itself. */
  takes?(cost: number): boolean;
  /** Calls may start that had to wait. */
  opened?(): void;
  start(slot: Slot): void;
  /** Nothing that is on its way is wanted any more. */
  stop(reason: unknown): void;
  /** No further call begins: those on their way may end, rows that wait for one are given up. */
  finish(): void;
  /** No row comes before one that is on its way is settled. `isEnd`: no row of the input comes any more. */
  stalled(isEnd: boolean): void;
  /** All results are durable, or no more will be. `isDone`: the run has ended well. */
  close?(isDone: boolean): Promise<void>;
}

/** What a caller works with. */
export interface CallerParts {
  options: CheckedMapOptions<Row>;
  sink: CallsSink;
  /** Nobody else has the rows of the slots. */
  ownsRows: boolean;
  /** Of what functions return. */
  check: ResultCheck | undefined;
  known: Known;
  attempts: Attempts;
  /** How many calls may be on their way now, and whether one may start. */
  throttle: Throttle;
  /** How many rows of the input were taken so far; undefined where nobody waits for them, as the input is there. */
  taken: (() => number) | undefined;
  /** Calls a function of the user's: inside of the lease of the operation. */
  call: <T>(work: () => T) => T;
}

export type MakeCaller = (parts: CallerParts) => Caller;
