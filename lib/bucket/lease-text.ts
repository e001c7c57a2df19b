import { hasEnded, parseHolder, thisHolder, type Holder } from '../base/lock/holder.js';

/** Where clocks are all that tells of a holder, it is gone after so long: no two of them differ by as much, or their signatures fail. */
const SURELY_MS = 3_600_000;
/** The longest that a lease of others may want to be waited for. */
const MOST_STALE_MS = 3_600_000;

/** What the object of a lease says. */
export interface LeaseText {
  /** Undefined for a text of somebody else's. */
  holder: Holder | undefined;
  /** After so long without a heartbeat it is nobody's. @unit ms */
  staleMs: number;
  /** Counts heartbeats: no two states of a lease have the same text. */
  beat: number;
  /** When it was written, by the holder's clock, in milliseconds since 1970. 0: not said. */
  at: number;
  /** It was given back, and could not be removed. */
  isFree: boolean;
}

/** The text of a lease that this thread holds. */
export function leaseText(token: string, lease: Pick<LeaseText, 'staleMs' | 'beat' | 'isFree'>, stream: boolean): string {
  return JSON.stringify({ ...thisHolder(token, { stream }), ...lease, at: Date.now() });
}

/** What a text says; `staleMs` stands for what it does not say. */
export function parseLease(text: string, staleMs: number): LeaseText {
  const holder = parseHolder(text);
  if (holder === undefined) return { holder, staleMs, beat: 0, at: 0, isFree: false };
  const said = JSON.parse(text) as Partial<Record<keyof LeaseText, unknown>>;
  const number = (value: unknown, other: number): number => (typeof value === 'number' && value >= 0 ? value : other);
  return {
    holder,
    staleMs: Math.min(number(said.staleMs, staleMs), MOST_STALE_MS),
    beat: number(said.beat, 0),
    at: number(said.at, 0),
    isFree: said.isFree === true,
  };
}

/**
 * Whether a lease is nobody's, by its text alone: it was given back, its process has ended on this machine, or it was written so long ago
 * that no clock can be as wrong.
 */
export function isAbandoned({ holder, at, isFree }: LeaseText): boolean {
  if (isFree || (holder !== undefined && hasEnded(holder) === true)) return true;
  return at > 0 && Date.now() - at > SURELY_MS;
}
