/** The listeners of each signal: one listener of the signal serves all, since a signal warns of many and keeps what it is given. */
const WATCHED = new WeakMap<AbortSignal, { stops: Set<() => void>; listener: () => void }>();

/** Calls `stop` once when the signal aborts. What it returns ends that; the last end takes the listener off the signal. */
export function watchAbort(signal: AbortSignal, stop: () => void): () => void {
  const watched = WATCHED.get(signal) ?? watch(signal);
  watched.stops.add(stop);
  return () => {
    watched.stops.delete(stop);
    if (watched.stops.size > 0 || WATCHED.get(signal) !== watched) return;
    WATCHED.delete(signal);
    signal.removeEventListener('abort', watched.listener);
  };
}

function watch(signal: AbortSignal): { stops: Set<() => void>; listener: () => void } {
  const stops = new Set<() => void>();
  const listener = (): void => {
    WATCHED.delete(signal);
    for (const stop of stops) stop();
  };
  signal.addEventListener('abort', listener, { once: true });
  const watched = { stops, listener };
  WATCHED.set(signal, watched);
  return watched;
}

/** Throws `signal.reason` after an abort: `throwIfAborted`, which a signal of another make may lack. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw signal.reason;
}
