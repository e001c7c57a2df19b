import { useEffect, useState } from 'preact/hooks';
import type { Entry, JsonSize } from '../../lib/cli/view/wire.js';
import { ask } from './api.js';

/** Questions at a time, and answers that are drawn together. */
const AT_ONCE = 2;
const TOGETHER_MS = 400;

/** What checkpoints would take as JSON, found out one after another while the page is looked at. */
export function useSizes(entries: readonly Entry[]): ReadonlyMap<string, JsonSize> {
  const [sizes, setSizes] = useState<ReadonlyMap<string, JsonSize>>(new Map());
  useEffect(() => {
    const gone = new AbortController();
    const found = new Map<string, JsonSize>(sizes);
    const waiting = entries.filter(
      ({ id, error, format, path }) => error === null && format === 'parquet' && !found.has(id) && !path.includes('://'),
    );
    let timer: ReturnType<typeof setTimeout> | undefined;
    const draw = (): void => {
      timer = undefined;
      setSizes(new Map(found));
    };
    const work = async (): Promise<void> => {
      for (let entry = waiting.shift(); entry !== undefined && !gone.signal.aborted; entry = waiting.shift()) {
        try {
          found.set(entry.id, await ask<JsonSize>('size', { id: entry.id }, gone.signal));
          timer ??= setTimeout(draw, TOGETHER_MS);
        } catch {
          // One that cannot be read has no size; a server that has ended is told elsewhere.
        }
      }
    };
    for (let at = 0; at < AT_ONCE; at++) void work();
    return () => {
      gone.abort();
      clearTimeout(timer);
    };
  }, [entries]);
  return sizes;
}
