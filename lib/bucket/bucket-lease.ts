import { setTimeout as delay } from 'node:timers/promises';
import { nodeCrypto } from '../base/node-modules.js';
import { CheckpointError } from '../base/errors.js';
import { throwIfAborted } from '../base/halt.js';
import { isOfThisProcess, thisHolder } from '../base/lock/holder.js';
import { circle, locked } from '../base/lock/locked.js';
import { duringTurn, endTurn, enterTurn, takeTurn, type Turn } from '../base/lock/turns.js';
import type { BucketPlace } from './bucket-of.js';
import { ensureConditional } from './ensure-conditional.js';
import { LeaseBeats } from './lease-beats.js';
import { isAbandoned, parseLease, type LeaseText } from './lease-text.js';
import { readSmall } from './small-object.js';

/** A lease without a heartbeat for so long is nobody's. */
const STALE_MS = 60_000;
const MIN_LOOK_MS = 50;
const MAX_LOOK_MS = 2_000;

/** How a lease is taken. */
export interface BucketLeaseOptions {
  /** How long to wait for another holder; then `ERR_CKPT_LOCKED`. @default 0 @unit ms */
  waitMs?: number;
  /** Others may take it over when they have seen no heartbeat for so long; there is one in each quarter of it. @default 60000 @unit ms */
  staleMs?: number;
  signal?: AbortSignal | undefined;
  /** What the lease is for, in the words of the error. */
  what?: string;
  /** Calls of this thread wait for each other, however long that takes. @default false */
  queues?: boolean;
  /** A stream holds it: whoever reads that may take its time, or have left it. @default false */
  stream?: boolean;
}

/**
 * The state in which this process has first seen a lease, by its URL: how long it has not changed is known across calls. Two stores may
 * have the same URLs and ETags, but not a holder's token.
 */
const seen = new Map<string, { state: string; since: number }>();
const MAX_SEEN = 10_000;

/**
 * A lease that is an object of a bucket: whoever made it holds it, and shows by heartbeats that it lives.
 *
 * - It is made by a put that succeeds once (`ifAbsent`), and taken over by one that succeeds once for the state that was seen (`ifMatch`).
 * - A heartbeat changes the object. Who waits takes it over when the object has not changed for `staleMs`, by the waiting process's own
 *   clock: clocks of machines are not compared. That of a process that has ended on this machine is taken over at once, and one that was
 *   last written more than an hour ago by its own time.
 * - A holder that could not beat in time, or finds that another has taken it over, has lost it: `signal` aborts, and `confirm` throws.
 * - It is advisory. A holder that was stopped for minutes may go on for a moment beside the next one: look at the output after the lease is
 *   taken, `confirm` before it is saved, and save with a condition where two outputs would harm.
 */
export class BucketLease {
  /** Whether it was another's, who did not give it back. Its work may be done, or done in part: look. */
  readonly tookOver: boolean;
  readonly #beats: LeaseBeats;
  readonly #turn: Turn | undefined;

  private constructor(beats: LeaseBeats, tookOver: boolean, turn: Turn | undefined) {
    this.#beats = beats;
    this.tookOver = tookOver;
    this.#turn = turn;
  }

  /**
   * Takes the lease at the key of `place`. @throws `ERR_CKPT_LOCKED` when another holds it for longer than `waitMs`;
   * `ERR_CKPT_NOT_CONDITIONAL`; what the bucket throws
   */
  static async take(place: BucketPlace, options: BucketLeaseOptions = {}): Promise<BucketLease> {
    const { waitMs = 0, signal, queues = false, stream = false } = options;
    throwIfAborted(signal);
    await ensureConditional(place, signal);
    const { url } = place;
    const turn = queues
      ? await takeTurn(url, { waitMs, signal, stream }, (why) =>
          why === 'circle' ? circle(url, options) : locked(url, thisHolder('', { stream: true }), undefined, options),
        )
      : undefined;
    try {
      return await claim(place, options, (beats, tookOver) => new BucketLease(beats, tookOver, turn));
    } catch (error) {
      if (turn !== undefined) endTurn(turn);
      throw error;
    }
  }

  /** Whether somebody holds the lease at the key of `place`, as far as one look tells. Changes nothing. */
  static async isSeen({ bucket, key }: BucketPlace, signal?: AbortSignal): Promise<boolean> {
    const found = await readSmall(bucket, key, signal);
    return found !== null && !isAbandoned(parseLease(found.text, STALE_MS));
  }

  /** Aborts when the lease is lost, with the error as its reason. */
  get signal(): AbortSignal {
    return this.#beats.signal;
  }

  /** Whether this holder still has it, as far as it knows: asks nobody. */
  async isHeld(): Promise<boolean> {
    return !this.signal.aborted;
  }

  /** Makes sure, by a heartbeat, that this holder still has it. @throws `ERR_CKPT_LOCKED` when it has not; what the bucket throws */
  confirm(): Promise<void> {
    return this.#beats.beat();
  }

  /** Runs what the lease is for: a wait for itself in there is `ERR_CKPT_LOCKED`, and does not last for ever. */
  during<T>(work: () => Promise<T>): Promise<T> {
    return this.#turn === undefined ? work() : duringTurn(this.#turn, work);
  }

  /** {@link during} for work that is done piece by piece, until `leave`. Undefined where calls of this thread have no turns. */
  enter(): ReturnType<typeof enterTurn> | undefined {
    return this.#turn === undefined ? undefined : enterTurn(this.#turn);
  }

  /** Gives it back. Harmless when it is lost. What cannot be given back is nobody's after `staleMs`. */
  async release(): Promise<void> {
    try {
      await this.#beats.end();
    } finally {
      if (this.#turn !== undefined) endTurn(this.#turn);
    }
  }
}

async function claim(
  place: BucketPlace,
  options: BucketLeaseOptions,
  made: (beats: LeaseBeats, tookOver: boolean) => BucketLease,
): Promise<BucketLease> {
  const { waitMs = 0, staleMs = STALE_MS, signal, stream = false } = options;
  const { bucket, key, url } = place;
  const beats = new LeaseBeats(place, { token: nodeCrypto().randomBytes(8).toString('hex'), staleMs, stream });
  const from = performance.now();
  for (let attempt = 0; ; attempt++) {
    if (attempt === 0 && (await beats.begin({ ifAbsent: true }, signal))) return made(beats, false);
    const found = await readSmall(bucket, key, signal);
    if (found === null) {
      if (await beats.begin({ ifAbsent: true }, signal)) return made(beats, false);
      continue;
    }
    const lease = parseLease(found.text, staleMs);
    if (isAbandoned(lease) || unchangedFor(url, `${found.etag} ${found.text}`) >= lease.staleMs) {
      if (await beats.begin({ ifMatch: found.etag }, signal)) return made(beats, !lease.isFree);
      continue;
    }
    const isOurs = options.queues === true && lease.holder?.stream === false && isOfThisProcess(lease.holder);
    if (performance.now() - from >= waitMs && !isOurs) throw held(url, lease, options);
    await pause(Math.min(MIN_LOOK_MS * 2 ** Math.min(attempt, 8), MAX_LOOK_MS, lease.staleMs / 4) * (0.5 + Math.random() / 2), signal);
  }
}

/** For how long this process has seen a lease in this state. @unit ms */
function unchangedFor(url: string, state: string): number {
  const now = performance.now();
  const known = seen.get(url);
  if (known?.state === state) return now - known.since;
  if (seen.size >= MAX_SEEN) seen.clear();
  seen.set(url, { state, since: now });
  return 0;
}

function held(url: string, { holder, staleMs, at }: LeaseText, options: BucketLeaseOptions): CheckpointError {
  const error = locked(url, holder, at === 0 ? undefined : Date.now() - at, options);
  const seconds = Math.ceil(staleMs / 1000);
  const message = `${error.message}. One that has died is nobody's after ${seconds} s of waiting: give lockWait, or ask again`;
  return new CheckpointError('ERR_CKPT_LOCKED', message, { path: url });
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  // The wait ends with an error of Node's own.
  await delay(ms, undefined, signal && { signal }).catch(() => throwIfAborted(signal));
}
