import { CheckpointError, isCheckpointError } from '../base/errors.js';
import { throwIfAborted } from '../base/halt.js';
import type { BucketPlace } from './bucket-of.js';
import { leaseText, parseLease } from './lease-text.js';
import { readSmall, writeSmall } from './small-object.js';

/** In so many parts of the time after which a lease is nobody's there is a heartbeat. */
const BEATS = 4;
/** A holder that could not beat for this part of the time does not count on having it any longer: others take it over at 1. */
const LOST_PART = 0.9;

type Condition = { ifAbsent: true } | { ifMatch: string };

/** The object of one holding of a lease: made, changed by heartbeats, and removed. */
export class LeaseBeats {
  readonly #place: BucketPlace;
  readonly #token: string;
  readonly #staleMs: number;
  readonly #stream: boolean;
  readonly #lost = new AbortController();
  #etag = '';
  #beat = 0;
  /** When the last heartbeat that succeeded was begun. */
  #lastMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #deadline: NodeJS.Timeout | undefined;
  /** Heartbeats one after the other. */
  #turn: Promise<unknown> = Promise.resolve();
  #ended = false;

  constructor(place: BucketPlace, { token, staleMs, stream }: { token: string; staleMs: number; stream: boolean }) {
    this.#place = place;
    this.#token = token;
    this.#staleMs = staleMs;
    this.#stream = stream;
  }

  /** Aborts when it is lost. */
  get signal(): AbortSignal {
    return this.#lost.signal;
  }

  /** Makes the object; false where the condition is not met. */
  async begin(condition: Condition, signal: AbortSignal | undefined): Promise<boolean> {
    try {
      if (!(await this.#write(condition, false, signal))) return false;
    } catch (error) {
      // It may have been made all the same, and nobody would hold it.
      if (signal?.aborted === true) await this.#undo().catch(() => {});
      throw error;
    }
    this.#next();
    return true;
  }

  async #undo(): Promise<void> {
    const { bucket, key } = this.#place;
    const found = await readSmall(bucket, key);
    if (found !== null && this.#isOurs(found.text)) await bucket.delete(key, { ifMatch: found.etag });
  }

  #isOurs(text: string): boolean {
    return parseLease(text, this.#staleMs).holder?.token === this.#token;
  }

  /** Shows that the holder lives. @throws `ERR_CKPT_LOCKED` when the lease is lost; what the bucket throws */
  beat(): Promise<void> {
    const beaten = this.#turn.then(() => this.#beatNow());
    this.#turn = beaten.catch(() => {});
    return beaten;
  }

  async #beatNow(): Promise<void> {
    throwIfAborted(this.signal);
    if (this.#ended) return;
    const left = this.#lastMs + this.#staleMs * LOST_PART - performance.now();
    const late = AbortSignal.timeout(Math.max(1, Math.ceil(left)));
    try {
      const isOurs = await this.#write({ ifMatch: this.#etag }, false, AbortSignal.any([late, this.signal]));
      if (!isOurs) this.#lose('was taken over by another, who saw no heartbeat of it');
    } catch (error) {
      if (late.aborted) this.#lose('could not be shown to live in time');
      throwIfAborted(this.signal);
      throw error;
    }
    throwIfAborted(this.signal);
  }

  /** Gives it back: removes the object, or says in it that it is free where nothing may be removed. */
  async end(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#turn;
    // Where it may be another's by now, it is looked at first: not every store obeys the condition of a delete.
    if (!this.signal.aborted && performance.now() - this.#lastMs > this.#staleMs / 2) await this.beat().catch(() => {});
    this.#ended = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#deadline);
    if (this.signal.aborted) return;
    const { bucket, key } = this.#place;
    // After that it is nobody's without a word, too.
    const signal = AbortSignal.timeout(Math.max(1, Math.ceil(this.#lastMs + this.#staleMs - performance.now())));
    try {
      await bucket.delete(key, { ifMatch: this.#etag, signal });
    } catch (error) {
      if (isCheckpointError(error) && error.code === 'ERR_CKPT_CONDITION') return;
      // What fails here, too, ends by itself.
      if (!signal.aborted) await this.#write({ ifMatch: this.#etag }, true, signal).catch(() => {});
    }
  }

  /** Writes the next state; whether it is there. A store that does not say is asked. */
  async #write(condition: Condition, isFree: boolean, signal: AbortSignal | undefined): Promise<boolean> {
    const { bucket, key } = this.#place;
    const beat = ++this.#beat;
    const begun = performance.now();
    const text = leaseText(this.#token, { staleMs: this.#staleMs, beat, isFree }, this.#stream);
    const options = signal && { signal };
    try {
      this.#etag = (await writeSmall(bucket, key, text, { ...condition, ...options })).etag;
    } catch (error) {
      if (!isCheckpointError(error) || !(error.code === 'ERR_CKPT_CONDITION' || error.code === 'ERR_CKPT_UNKNOWN_OUTCOME')) throw error;
      const found = await readSmall(bucket, key, signal);
      // Any state of ours: an earlier heartbeat without an answer may have come after all.
      if (found === null || !this.#isOurs(found.text)) {
        if (error.code === 'ERR_CKPT_UNKNOWN_OUTCOME' && found === null && 'ifAbsent' in condition) throw error;
        return false;
      }
      this.#etag = found.etag;
    }
    this.#lastMs = begun;
    return true;
  }

  #next(): void {
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(
      () => this.#lose('could not be shown to live in time'),
      this.#lastMs + this.#staleMs * LOST_PART - performance.now(),
    ).unref();
    this.#timer = setTimeout(() => void this.#again(), this.#staleMs / BEATS).unref();
  }

  async #again(): Promise<void> {
    // A failure is for the deadline to judge.
    await this.beat().catch(() => {});
    if (!this.#ended && !this.signal.aborted) this.#next();
  }

  #lose(why: string): void {
    if (this.signal.aborted || this.#ended) return;
    clearTimeout(this.#timer);
    clearTimeout(this.#deadline);
    const { url } = this.#place;
    const message = `the lease ${url} ${why}; what it was for may be done by another now. Run it again: what is done is found`;
    this.#lost.abort(new CheckpointError('ERR_CKPT_LOCKED', message, { path: url }));
  }
}
