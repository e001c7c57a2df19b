import { throwIfAborted } from '../halt.js';
import { AsyncLocalStorage } from 'node:async_hooks';

/** A call of this process that has its turn at a lock, or waits for it. */
export interface Turn {
  path: string;
  /** Whoever has the turn may stop asking and never come back: a stream that its reader holds. */
  isStream: boolean;
  /** The turns that this call is inside of. */
  outer: readonly Turn[];
  /** The lock that something inside of it waits for. */
  waitsFor: Set<string>;
}

const holders = new Map<string, Turn>();
const waiting = new Map<string, (() => void)[]>();
const inside = new AsyncLocalStorage<readonly Turn[]>();
let runs = 0;

/**
 * The turn of a call among those of this thread, after all that came before, however long these take. For a stream, which lasts as long as
 * its reader wants, it waits `waitMs`. Throws what `failed` gives: `circle` where the wait would never end.
 */
export async function takeTurn(
  path: string,
  { waitMs, signal, stream }: { waitMs: number; signal: AbortSignal | undefined; stream: boolean },
  failed: (why: 'circle' | 'stream') => Error,
): Promise<Turn> {
  const until = performance.now() + waitMs;
  for (;;) {
    const turn = beginTurn(path, stream);
    if (turn !== undefined) return turn;
    if (isCircle(path)) throw failed('circle');
    const left = holders.get(path)?.isStream === true ? until - performance.now() : Number.POSITIVE_INFINITY;
    if (left <= 0) throw failed('stream');
    await nextTurn(path, left, signal);
  }
}

/** Begins a turn; undefined where another call has it. */
function beginTurn(path: string, isStream: boolean): Turn | undefined {
  if (holders.has(path)) return undefined;
  const turn: Turn = { path, isStream, outer: inside.getStore() ?? [], waitsFor: new Set() };
  holders.set(path, turn);
  return turn;
}

/** Ends a turn: the next may begin. */
export function endTurn({ path }: Turn): void {
  holders.delete(path);
  waiting.get(path)?.shift()?.();
}

/** Runs what happens during a turn, so that a wait in there for itself is seen. */
export async function duringTurn<T>(turn: Turn, work: () => Promise<T>): Promise<T> {
  const { run, leave } = enterTurn(turn);
  try {
    return await run(work);
  } finally {
    leave();
  }
}

/** The same for work that is done piece by piece: `run` for each, and `leave` after the last. */
export function enterTurn(turn: Turn): { run<T>(work: () => T): T; leave(): void } {
  const turns = [...turn.outer, turn];
  runs++;
  return {
    run: (work) => inside.run(turns, work),
    leave: () => {
      // Before Node 24 a storage that is in use costs every promise of the process a little.
      if (--runs === 0) inside.disable();
    },
  };
}

/** Whether a wait for the lock would never end: its holder waits, over others or not, for a call that this one is inside of. */
function isCircle(path: string): boolean {
  const outer = new Set(inside.getStore() ?? []);
  const seen = new Set<string>();
  const paths = [path];
  for (let at = paths.pop(); at !== undefined; at = paths.pop()) {
    const holder = holders.get(at);
    if (holder === undefined || seen.has(at)) continue;
    if (outer.has(holder)) return true;
    seen.add(at);
    paths.push(...holder.waitsFor);
  }
  return false;
}

/** Waits until the turn of another may have ended, for `ms` at most. Rejects with the reason of the signal. */
async function nextTurn(path: string, ms: number, signal: AbortSignal | undefined): Promise<void> {
  throwIfAborted(signal);
  const outer = inside.getStore() ?? [];
  for (const turn of outer) turn.waitsFor.add(path);
  let wake: () => void = () => {};
  let timer: NodeJS.Timeout | undefined;
  let abort: () => void = () => {};
  try {
    await new Promise<void>((resolve, reject) => {
      wake = resolve;
      const list = waiting.get(path) ?? [];
      waiting.set(path, list);
      list.push(wake);
      abort = () => reject(signal?.reason);
      signal?.addEventListener('abort', abort, { once: true });
      if (Number.isFinite(ms)) timer = setTimeout(resolve, ms);
    });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
    for (const turn of outer) turn.waitsFor.delete(path);
    const list = waiting.get(path) ?? [];
    const at = list.indexOf(wake);
    if (at >= 0) list.splice(at, 1);
    // It was woken and gives up: the next is to be woken in its place.
    else if (signal?.aborted === true && !holders.has(path)) list[0]?.();
    if (list.length === 0) waiting.delete(path);
  }
}
