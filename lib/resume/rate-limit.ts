import { MOST_INTERVAL_MS, type RateLimitOptions } from './rate-limit-options.js';

/** A call that takes a part of the limit. */
export interface Ticket {
  readonly cost: number;
  /** It has reached the service: it is known when its part is free again. */
  isCooling: boolean;
}

/** Parts of the limit that are free at a known time. */
interface Cooling {
  at: number;
  cost: number;
}

/** How long a request may take to its service: a share of the interval, and at least what a connection takes that is not open yet. */
const TRAVEL_SHARE = 0.1;
const LEAST_TRAVEL_MS = 500;

/**
 * A sliding window by the clock of the service: in no stretch of `interval` do more calls arrive than are allowed, whatever the times that
 * they take to get there. A call takes its part of the limit from its start until `interval` after it has arrived at the latest. That is
 * when it has ended; or, where that takes longer, a tenth of the interval after its start and at least half a second, by timers that a busy
 * event loop delays as it delays the request. So the service sees fewer calls than it allows: `interval` by `interval` and that time.
 *
 * Libraries count by their own clock, when a call starts: two calls that start an interval apart may arrive less than that apart. Beside
 * that, p-queue 9 (`strict`) counts calls only, not tokens; limiter 4 and bottleneck 2 count in fixed windows, of which two may meet in
 * one stretch, and rate-limiter-flexible counts for servers. Each brings a queue of its own beside the one of the run.
 */
export class RateLimit {
  readonly #options: RateLimitOptions;
  readonly #changed: () => void;
  readonly #travel: number;
  #calls = 0;
  #tokens = 0;
  /** Two queues, each in the order of time: of calls that ended, and of calls that run longer than a request travels. */
  readonly #ended: Cooling[] = [];
  readonly #arrived: Cooling[] = [];
  readonly #timers = new Set<NodeJS.Timeout>();
  /** Calls that started since the event loop turned: one timer for all. */
  #started: Ticket[] | undefined;
  #opening: NodeJS.Timeout | undefined;

  /** `changed`: calls may start again. */
  constructor(options: RateLimitOptions, changed: () => void) {
    this.#options = options;
    this.#changed = changed;
    this.#travel = Math.max(LEAST_TRAVEL_MS, options.interval * TRAVEL_SHARE);
  }

  /** Whether a call may start. If not, `changed` is called when that may be otherwise. */
  admits(cost: number): boolean {
    const { requests, tokens } = this.#options;
    const isFree = (): boolean => this.#calls < requests && (tokens === undefined || this.#tokens + cost <= tokens);
    if (isFree()) return true;
    this.#cool(performance.now());
    if (isFree()) return true;
    this.#openLater();
    return false;
  }

  /** When the next part of the limit is free, by `performance.now()`; undefined while that depends on calls that are on their way. */
  get opensAt(): number | undefined {
    const at = Math.min(this.#ended[0]?.at ?? Infinity, this.#arrived[0]?.at ?? Infinity);
    return at === Infinity ? undefined : at;
  }

  /** A call starts. */
  take(cost: number): Ticket {
    const ticket = { cost, isCooling: false };
    this.#calls++;
    this.#tokens += cost;
    if (this.#started === undefined) {
      const started = (this.#started = [ticket]);
      setImmediate(() => (this.#started = undefined));
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        this.#coolAll(started);
      }, this.#travel / 2);
      this.#timers.add(timer);
    } else this.#started.push(ticket);
    return ticket;
  }

  /** A call has ended: its request had arrived before. */
  end(ticket: Ticket): void {
    if (ticket.isCooling) return;
    ticket.isCooling = true;
    // A clock that counts whole milliseconds must not see one more.
    this.#ended.push({ at: performance.now() + this.#options.interval + 1, cost: ticket.cost });
    if (this.#opening !== undefined) this.#openLater();
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    clearTimeout(this.#opening);
  }

  /** Half of the travel time has gone by, or more if the event loop was busy: once more that much, and they have arrived. */
  #coolAll(tickets: readonly Ticket[]): void {
    const at = performance.now() + this.#travel / 2 + this.#options.interval + 1;
    for (const ticket of tickets) {
      if (ticket.isCooling) continue;
      ticket.isCooling = true;
      this.#arrived.push({ at, cost: ticket.cost });
    }
    if (this.#opening !== undefined) this.#openLater();
  }

  #cool(now: number): void {
    for (const queue of [this.#ended, this.#arrived]) {
      let gone = 0;
      for (const { at, cost } of queue) {
        if (at > now) break;
        gone++;
        this.#calls--;
        this.#tokens -= cost;
      }
      if (gone > 0) queue.splice(0, gone);
    }
    // Fractions leave crumbs.
    if (this.#calls === 0) this.#tokens = 0;
  }

  #openLater(): void {
    clearTimeout(this.#opening);
    const { opensAt } = this;
    // Nothing is known yet: a call that ends, or its timer, comes back here.
    const wait = opensAt === undefined ? MOST_INTERVAL_MS : Math.max(1, Math.ceil(opensAt - performance.now()));
    this.#opening = setTimeout(() => {
      this.#opening = undefined;
      this.#changed();
    }, wait);
  }
}
