import type { Row } from '../../base/rows.js';
import { Claims } from './claims.js';
import type { Membership } from './membership.js';
import type { ResultsSoFar } from './results-so-far.js';

/** How long a worker that has nothing to do waits before it looks again: at first, and at most. */
const LEAST_WAIT_MS = 10;
const MOST_WAIT_MS = 250;
/** How often a worker that has enough to do looks what others have claimed. */
const LOOK_MS = 500;
/** With more ranges than these to claim, the next is claimed before there is room for it: a claim takes a millisecond. */
const PLENTY = 32;
/** Workers begin far from each other: shares of the golden ratio are spread evenly, however many there are. */
const GOLDEN = 0.618_033_988_749_895;

/** What the rows are taken for. */
interface Taker {
  /** Resolves when a call may begin: a range that waits here is one that another worker cannot have. */
  room(): Promise<void>;
  /** Makes durable what is finished: other workers wait for it. */
  flush(): Promise<void>;
  /** There is nothing to do but to wait for other workers. */
  waits(): void;
  signal: AbortSignal | undefined;
}

/** The rows that this worker computes: range by range, as it claims them. It ends when no row is left, whoever computed it. */
export class ClaimedRows implements AsyncIterable<Row> {
  readonly #rows: readonly Row[];
  readonly #member: Membership;
  readonly #results: ResultsSoFar;
  readonly #taker: Taker;
  readonly #indexes: number[] = [];
  #claims: Claims;
  /** The range to look at next. */
  #next: number;
  /** Ranges that nobody had when this worker last looked, but for those that it has claimed since. */
  #unclaimed = 0;
  #looked = 0;
  #isStopped = false;
  #wake: () => void = () => {};

  constructor(rows: readonly Row[], member: Membership, results: ResultsSoFar, taker: Taker) {
    this.#rows = rows;
    this.#member = member;
    this.#results = results;
    this.#taker = taker;
    this.#claims = new Claims(member.folder);
    this.#next = this.#start();
  }

  /** The index in the input of the row that was given out at a place. */
  indexOf(place: number): number {
    return this.#indexes[place] as number;
  }

  /** No more are wanted. */
  stop(): void {
    this.#isStopped = true;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Row, void, undefined> {
    let wait = LEAST_WAIT_MS;
    let ahead: Promise<number | undefined> | undefined;
    while (this.#results.left > 0 && !this.#isStopped) {
      await this.#taker.room();
      if (this.#isStopped) return;
      const range = (await ahead) ?? (await this.#claimNew()) ?? (await this.#takeOver());
      ahead = undefined;
      if (range === undefined) {
        await this.#wait(wait);
        wait = Math.min(MOST_WAIT_MS, wait * 1.5);
        continue;
      }
      wait = LEAST_WAIT_MS;
      if (this.#unclaimed > PLENTY) {
        ahead = this.#claimNew();
        // It is told where it is awaited.
        ahead.catch(() => {});
      }
      for (const index of this.#indexesOf(range)) {
        if (!this.#results.isOpen(index)) continue;
        this.#indexes.push(index);
        yield this.#rows[index] as Row;
      }
    }
  }

  get #ranges(): number {
    return Math.ceil(this.#rows.length / this.#member.record.rangeRows);
  }

  #start(): number {
    return Math.floor(((this.#member.number * GOLDEN) % 1) * this.#ranges);
  }

  *#indexesOf(range: number): Generator<number, void, undefined> {
    const { rangeRows } = this.#member.record;
    const end = Math.min(this.#rows.length, (range + 1) * rangeRows);
    for (let index = range * rangeRows; index < end; index++) yield index;
  }

  #isOpen(range: number): boolean {
    for (const index of this.#indexesOf(range)) if (this.#results.isOpen(index)) return true;
    return false;
  }

  /** A range that no worker has had. */
  async #claimNew(): Promise<number | undefined> {
    if (performance.now() - this.#looked > LOOK_MS) await this.#look();
    for (let looked = 0; looked < this.#ranges && !this.#isStopped; looked++) {
      const range = this.#next;
      this.#next = (range + 1) % this.#ranges;
      if (this.#claims.generationOf(range) > 0 || !this.#isOpen(range)) continue;
      this.#unclaimed--;
      if (await this.#claim(range)) return range;
      // Another is at work here: which others has it?
      await this.#look();
    }
    return undefined;
  }

  async #look(): Promise<void> {
    await this.#claims.look();
    this.#looked = performance.now();
    this.#unclaimed = 0;
    for (let range = 0; range < this.#ranges; range++) if (this.#claims.generationOf(range) === 0 && this.#isOpen(range)) this.#unclaimed++;
  }

  /** A range whose worker is gone. What that made durable is looked at only when the range is this worker's, and nobody adds to it. */
  async #takeOver(): Promise<number | undefined> {
    await this.#taker.flush();
    await this.#claims.look();
    await this.#results.look();
    const gone = new Map<number, boolean>();
    for (let range = 0; range < this.#ranges && !this.#isStopped; range++) {
      if (!this.#isOpen(range) || !(await this.#claims.isAbandoned(range, gone)) || !(await this.#claim(range))) continue;
      await this.#results.look();
      if (this.#isOpen(range)) return range;
    }
    return undefined;
  }

  async #claim(range: number): Promise<boolean> {
    const { number } = this.#member;
    await this.#member.renew(this.#taker.signal);
    if (this.#member.number === number) return this.#claims.claim(range, this.#claims.generationOf(range), number);
    // Taken for dead: the claims of that time are others' now, and the ranges may be other ones.
    this.#claims = new Claims(this.#member.folder);
    this.#next = this.#start();
    await this.#look();
    return false;
  }

  async #wait(ms: number): Promise<void> {
    if (this.#results.left === 0) return;
    this.#taker.waits();
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.#isStopped) this.#wake();
    });
  }
}
