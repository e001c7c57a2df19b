// A service that takes 100 calls a second refuses 50 calls in flight with 429 and Retry-After: what the map does in the minute after.
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { CheckpointManager } from 'arrow-ckpt';
import { LimitedServer } from '../../__test__/support/limited-server.ts';

const MINUTE_MS = 60_000;

export async function overload(folder: string): Promise<unknown> {
  const service = await LimitedServer.start();
  try {
    await service.set({ limit: 100, interval: 1000, after: '1' });
    const starts: number[] = [];
    const told: number[] = [];
    const pauses: number[] = [];
    const rows = Array.from({ length: 100_000 }, (_, id) => ({ id }));
    const fn = async (row: { id: number }, { signal }: { signal: AbortSignal }): Promise<{ id: number }> => {
      starts.push(performance.now());
      try {
        await service.call({ ms: 100 }, signal);
        return row;
      } catch (error) {
        if ((error as { status?: number }).status === 429) told.push(performance.now());
        throw error;
      }
    };
    const run = new CheckpointManager(join(folder, 'overload'), { logger: false }).map('s', 'op', rows, fn, {
      key: 'id',
      concurrency: 50,
      retries: { times: 20, minDelay: 10, maxDelay: 50 },
      onEvent: (event) => void (event.type === 'paused' && pauses.push(event.delay)),
    });
    while (starts.length < 50) await setTimeout(1);
    await setTimeout(40);
    await service.ask('refuse', { ms: 900 });
    while (told.length === 0) await setTimeout(1);
    await setTimeout(MINUTE_MS);
    run.stop();
    await run.catch(() => {});
    const [from] = told as [number];
    const inPause = starts.filter((at) => at > from && at < from + 990);
    const seen = await service.seen();
    const first = Math.min(...seen.filter(({ status }) => status === 429).map(({ answered }) => answered));
    const minute = seen.filter(({ at }) => at > first && at <= first + MINUTE_MS);
    const refused = minute.filter(({ status }) => status === 429).length;
    return {
      inFlight: 50,
      lastStartAfterFirstRefusalMs: inPause.length === 0 ? 0 : Math.max(...inPause) - from,
      callsInTheMinute: minute.length,
      refused,
      refusedPercent: Math.round((refused / minute.length) * 1000) / 10,
      pauses: pauses.length,
    };
  } finally {
    service.close();
  }
}
