// Maps against a service that limits, refuses, hangs and breaks connections, in a process with a clock of its own.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import type { CheckpointError, MapEvent, MapOptions, MapProgress, Row } from 'arrow-ckpt';
import { rejectsWith } from './support/codes.ts';
import { LimitedServer, mostIn } from './support/limited-server.ts';
import { manager } from './support/map-rows.ts';
import { tempFolder } from './support/temp-folder.ts';

const checkpoints = manager(join(tempFolder('map-rates'), 'checkpoints'));
const rowsOf = (count: number): { id: number }[] => Array.from({ length: count }, (_, id) => ({ id }));
const KEYED = { key: 'id', flushEvery: 1000 } as const;
let server: LimitedServer;
let maps = 0;
before(async () => (server = await LimitedServer.start()));
after(() => server.close());

type Options = Partial<MapOptions<{ id: number }>>;
const call =
  (ms: number | (() => number), tokens?: (id: number) => number) =>
  async (row: { id: number }, { signal }: { signal: AbortSignal }) => {
    await server.call({ ms: typeof ms === 'number' ? ms : ms(), ...(tokens && { tokens: tokens(row.id) }) }, signal);
    return row;
  };

describe('rateLimit', () => {
  test('1,000 calls under 100 a second: never more in any second of the service, and not much fewer', async () => {
    await server.set({});
    const from = performance.now();
    const options = { ...KEYED, concurrency: 200, rateLimit: { requests: 100, interval: 1000 } };
    await checkpoints.map(
      's',
      'rate',
      rowsOf(1000),
      call(() => Math.random() * 60),
      options,
    );
    const seconds = (performance.now() - from) / 1000;
    const seen = await server.seen();
    assert.equal(seen.length, 1000);
    const most = mostIn(seen, 1000);
    assert.ok(most <= 100 && most >= 90, `${most} in a second`);
    assert.ok(seconds < 30, `${seconds} s`);
  });

  test('calls longer than the interval, an event loop that is busy at times, retries', async () => {
    await server.set({ limit: 30, interval: 300, after: '' });
    const fn = call(() => Math.random() * 500);
    const busy = async (row: { id: number }, context: { signal: AbortSignal; attempt: number }): Promise<Row> => {
      if (row.id % 40 === 7) for (const until = performance.now() + 150; performance.now() < until;);
      const answer = fn(row, context);
      if (row.id % 50 === 9) for (const until = performance.now() + 150; performance.now() < until;);
      await answer;
      if (row.id % 3 === 0 && context.attempt === 1) throw new Error('once more');
      return row;
    };
    const options = { ...KEYED, concurrency: 200, retries: { times: 1, minDelay: 1 }, rateLimit: { requests: 30, interval: 300 } };
    await checkpoints.map('s', 'busy', rowsOf(300), busy, options);
    const seen = await server.seen();
    assert.equal(seen.length, 400);
    assert.ok(mostIn(seen, 300) <= 30, `${mostIn(seen, 300)} in 300 ms`);
    assert.deepStrictEqual(
      seen.filter(({ status }) => status !== 200),
      [],
    );
  });

  test('tokens', async () => {
    await server.set({});
    const tokens = (id: number): number => (id % 7) * 10;
    const rateLimit = { requests: 1000, tokens: 400, interval: 250, cost: ({ id }: { id: number }) => tokens(id) };
    await checkpoints.map('s', 'tokens', rowsOf(140), call(5, tokens), { ...KEYED, concurrency: 50, rateLimit });
    const most = mostIn(await server.seen(), 250, (seen) => seen.tokens);
    assert.ok(most <= 400 && most > 300, `${most} tokens`);
  });

  test('calls of mapBatches count as one, with the tokens of their rows', async () => {
    await server.set({});
    const rateLimit = { requests: 4, tokens: 25, interval: 200, cost: () => 2 };
    const fn = async (rows: { id: number }[]) => (await server.call({ ms: 5, tokens: rows.length * 2 }), rows);
    await checkpoints.mapBatches('s', 'batches', rowsOf(60), fn, { ...KEYED, size: 5, concurrency: 10, rateLimit });
    const seen = await server.seen();
    assert.equal(seen.length, 12);
    assert.ok(mostIn(seen, 200) <= 4);
    assert.ok(mostIn(seen, 200, ({ tokens }) => tokens) <= 25);
  });

  test('no call of mapBatches takes more tokens than there are in an interval', async () => {
    await server.set({});
    const cost = ({ id }: { id: number }): number => (id % 3) * 10;
    const rateLimit = { requests: 1000, tokens: 25, interval: 100, cost };
    const fn = async (rows: { id: number }[]) => {
      await server.call({ ms: 1, tokens: rows.reduce((sum, row) => sum + cost(row), 0) });
      return rows;
    };
    await checkpoints.mapBatches('s', 'batches that fit', rowsOf(30), fn, { ...KEYED, size: 10, concurrency: 4, rateLimit });
    const seen = await server.seen();
    assert.equal(
      seen.reduce((sum, { tokens }) => sum + tokens, 0),
      300,
    );
    const most = mostIn(seen, 100, ({ tokens }) => tokens);
    assert.ok(most <= 25, `${most} tokens`);
  });

  test('a wait is seen in the progress', async () => {
    await server.set({});
    const told: MapProgress[] = [];
    const options = {
      ...KEYED,
      rateLimit: { requests: 2, interval: 60_000 },
      onProgress: (progress: MapProgress) => void told.push(progress),
    };
    const run = checkpoints.map('s', 'seen', rowsOf(4), call(1), options);
    while (run.progress.computed < 2 || run.progress.pausedUntil === undefined) await setTimeout(10);
    const left = run.progress.pausedUntil.getTime() - Date.now();
    assert.ok(left > 50_000 && left <= 61_100, `${left} ms`);
    while (told.at(-1)?.pausedUntil === undefined) await setTimeout(10);
    run.stop();
    await rejectsWith('ERR_CKPT_STOPPED', () => run, { done: 2, left: 2 });
  });

  test('a cost that throws, is none, or is more than there is fails its row; nothing is called', async () => {
    await server.set({});
    const costs: Record<number, () => unknown> = {
      1: () => {
        throw new Error('no cost');
      },
      2: () => Number.NaN,
      3: () => -1,
      4: () => 11,
      5: () => Promise.reject(new Error('later')),
      6: () => 10,
    };
    const cost = ({ id }: { id: number }): number => (costs[id]?.() ?? 0) as number;
    const options = { ...KEYED, rateLimit: { requests: 10, tokens: 10, interval: 10, cost } };
    const { failed, calls } = await checkpoints.map('s', 'cost', rowsOf(8), call(0), { ...options, onError: 'collect' });
    assert.equal(calls, 3);
    assert.deepStrictEqual(
      failed.map(({ key, error }) => [key, (error.cause as CheckpointError).code ?? (error.cause as Error).message]),
      [[1, 'no cost'], ...[2, 3, 4, 5].map((id) => [id, 'ERR_CKPT_INVALID_OPTION'])],
    );
    await rejectsWith('ERR_CKPT_ROW_FAILED', () => checkpoints.map('s', 'cost', rowsOf(8), call(0), options), { row: 1 });
  });
});

/** Runs so many rows at 50 at a time, and gives what happened: what the service saw, and by the clock of the run when calls started. */
async function refused(settings: Record<string, string | number>, count: number, ms: number) {
  await server.set(settings);
  const starts: number[] = [];
  const told: number[] = [];
  const pauses: number[] = [];
  const fn = async (row: { id: number }, context: { signal: AbortSignal }): Promise<Row> => {
    starts.push(performance.now());
    try {
      return await call(100)(row, context);
    } catch (error) {
      told.push(performance.now());
      throw error;
    }
  };
  const onEvent = (event: MapEvent): void => void (event.type === 'paused' && pauses.push(event.delay));
  const retries = { times: 10, minDelay: 10, maxDelay: 50 };
  const run = checkpoints.map('s', `refused ${maps++}`, rowsOf(count), fn, { ...KEYED, concurrency: 50, retries, onEvent });
  while (starts.length < 50) await setTimeout(1);
  await setTimeout(40);
  await server.ask('refuse', { ms });
  await run;
  return { seen: await server.seen(), starts, told, pauses };
}

describe('a service that says to wait', () => {
  test('429 at 50 calls in flight: all pause at once; at most 5% of the calls after that are refused', async () => {
    const { seen, starts, told, pauses } = await refused({ limit: 100, interval: 1000, after: '1' }, 600, 900);
    const [from] = told as [number];
    assert.deepStrictEqual(
      starts.filter((at) => at > from + 50 && at < from + 990),
      [],
      'calls in the pause',
    );
    const first = Math.min(...seen.filter(({ status }) => status === 429).map(({ answered }) => answered));
    const later = seen.filter(({ at }) => at >= first + 950);
    const refusals = later.filter(({ status }) => status === 429).length;
    assert.ok(refusals <= later.length * 0.05, `${refusals} of ${later.length} calls after the first pause`);
    assert.equal(pauses[0], 1000);
  });

  for (const [name, settings] of Object.entries({ date: { after: 'date', status: 503 }, nothing: { after: '' } })) {
    test(`Retry-After as ${name}`, async () => {
      const { starts, told } = await refused(settings, 120, 300);
      const [from] = told as [number];
      const gap = Math.min(...starts.filter((at) => at > from + 50)) - from;
      // A date has whole seconds, and the test is told of it later than the service says it.
      assert.ok(gap >= (name === 'date' ? 51 : 990), `called again after ${gap} ms`);
      assert.ok(gap < 2500);
    });
  }

  test('pauseFor: a function of one’s own, none at all, and wrong answers', async () => {
    class Busy extends Error {}
    let failures = 0;
    const fn = async (row: { id: number }): Promise<Row> => {
      if (row.id === 3 && failures++ < 2) throw new Busy();
      await setTimeout(5);
      return row;
    };
    const events: MapEvent[] = [];
    const onEvent = (event: MapEvent): void => void events.push(event);
    const retries = { times: 3, minDelay: 1 };
    const pauseFor = (error: unknown): number | undefined => (error instanceof Busy ? 150 : undefined);
    const from = performance.now();
    await checkpoints.map('s', 'own', rowsOf(20), fn, { ...KEYED, retries, pauseFor, onEvent });
    assert.ok(performance.now() - from >= 300);
    assert.deepStrictEqual(
      events.flatMap((event) => (event.type === 'paused' ? [event.delay] : [])),
      [150, 150],
    );
    const status = Object.assign(new Error('busy'), { status: 429, headers: { 'retry-after': '3600' } });
    const throws = async (row: { id: number }, { attempt }: { attempt: number }): Promise<Row> =>
      attempt === 1 ? Promise.reject(status) : row;
    await checkpoints.map('s', 'none', rowsOf(20), throws, { ...KEYED, retries, pauseFor: false });
    for (const wrong of [() => Number.NaN, () => -1, () => '5', () => Promise.reject(new Error('later')), () => true]) {
      const options = { ...KEYED, retries, pauseFor: wrong as () => number };
      const error = await rejectsWith('ERR_CKPT_ROW_FAILED', () => checkpoints.map('s', `wrong ${maps++}`, rowsOf(2), throws, options));
      assert.equal((error.cause as CheckpointError).code, 'ERR_CKPT_INVALID_OPTION');
    }
  });

  test('a wait of a year is an hour, and said; it can be seen, and stopped', async () => {
    const warned = new Promise<Error>((resolve) => process.once('warning', resolve));
    await server.set({ limit: 0, after: String(365 * 86_400) });
    const events: MapEvent[] = [];
    const options = { ...KEYED, retries: 3, onEvent: (event: MapEvent) => void events.push(event) };
    const run = checkpoints.map('s', 'year', rowsOf(5), call(0), options);
    assert.match((await warned).message, /said to wait for 31536000 s; the map asks again after 3600 s/);
    const left = run.progress.pausedUntil!.getTime() - Date.now();
    assert.ok(left > 3_500_000 && left <= 3_600_000);
    const paused = events.find((event) => event.type === 'paused');
    assert.deepStrictEqual(paused?.type === 'paused' && [paused.delay, paused.told], [3_600_000, 31_536_000_000]);
    run.stop();
    await rejectsWith('ERR_CKPT_STOPPED', () => run, { done: 0, left: 5 });
  });

  test('broken connections and timeouts pause nobody', async () => {
    await server.set({});
    const events: MapEvent[] = [];
    const fn = async (row: { id: number }, { signal, attempt }: { signal: AbortSignal; attempt: number }): Promise<Row> => {
      if (attempt === 1 && row.id % 3 === 0) await fetch(`${server.url}/${row.id % 2 === 0 ? 'break' : 'hang'}`, { signal });
      else await server.call({ ms: 1 }, signal);
      return row;
    };
    const options = { ...KEYED, timeout: 300, retries: { times: 2, minDelay: 1 }, rateLimit: { requests: 1000, interval: 1000 } };
    const { calls } = await checkpoints.map('s', 'broken', rowsOf(60), fn, { ...options, onEvent: (event) => void events.push(event) });
    // On a busy machine other calls may take too long as well.
    assert.ok(calls >= 80, `${calls} calls`);
    assert.deepStrictEqual(
      events.filter(({ type }) => type === 'paused'),
      [],
    );
  });
});

describe('adaptive concurrency', () => {
  test('it doubles up to max while all goes well, halves on overload, and goes up again', async () => {
    let busy = false;
    const seen: number[] = [];
    const fn = async (row: { id: number }, { attempt }: { attempt: number }): Promise<Row> => {
      await setTimeout(20);
      if (busy && attempt === 1) throw Object.assign(new Error('busy'), { status: 503 });
      return row;
    };
    const endless = async function* (): AsyncGenerator<{ id: number }> {
      for (let id = 0; ; id++) yield { id };
    };
    const options = { ...KEYED, retries: { times: 5, minDelay: 20 }, concurrency: { initial: 4, min: 3, max: 16 } };
    const run = checkpoints.map('s', 'adaptive', endless(), fn, options);
    const until = async (limit: number): Promise<void> => {
      for (let turns = 0; run.progress.concurrency !== limit; turns++) {
        assert.ok(turns < 1000, `${limit}, had ${seen.join()}`);
        if (seen.at(-1) !== run.progress.concurrency) seen.push(run.progress.concurrency);
        await setTimeout(10);
      }
    };
    await until(4);
    await until(8);
    await until(16);
    busy = true;
    await until(3);
    busy = false;
    await until(5);
    run.setConcurrency(2);
    assert.equal(run.progress.concurrency, 2);
    run.stop();
    await rejectsWith('ERR_CKPT_STOPPED', () => run);
    assert.ok(
      seen.every((limit) => limit === 0 || (limit >= 3 && limit <= 16)),
      seen.join(),
    );
  });

  test('a timeout is overload only where the number is to be found out', async () => {
    const fn = async (row: { id: number }, { attempt }: { attempt: number }): Promise<Row> => {
      if (row.id < 8 && attempt === 1) await setTimeout(100);
      return row;
    };
    const options = { ...KEYED, timeout: 30, retries: { times: 2, minDelay: 1 } };
    const fixed = checkpoints.map('s', 'timeout fixed', rowsOf(20), fn, options);
    await fixed;
    assert.equal(fixed.progress.concurrency, 8);
    const found = checkpoints.map('s', 'timeout found', rowsOf(20), fn, { ...options, concurrency: { initial: 8, max: 8 } });
    await found;
    assert.equal(found.progress.concurrency, 4);
  });
});

test('wrong options', async () => {
  const cost = (): number => 1;
  const wrong: Options[] = [
    ...[0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '5'].map((requests) => ({
      rateLimit: { requests: requests as number, interval: 10 },
    })),
    ...[0, -1, Number.NaN, Number.POSITIVE_INFINITY, 86_400_001].map((interval) => ({ rateLimit: { requests: 1, interval } })),
    ...[0, Number.NaN, Number.POSITIVE_INFINITY, -5].map((tokens) => ({ rateLimit: { requests: 1, interval: 1, tokens, cost } })),
    { rateLimit: { requests: 1, interval: 1, tokens: 5 } },
    { rateLimit: { requests: 1, interval: 1, cost } },
    { rateLimit: { requests: 1, interval: 1, tokens: 5, cost: 5 as never } },
    { rateLimit: {} as never },
    { rateLimit: null as never },
    { concurrency: { max: 0 } },
    { concurrency: { max: Number.NaN } },
    { concurrency: { max: 4, min: 5 } },
    { concurrency: { max: 4, initial: 5 } },
    { concurrency: { max: 4, min: 2, initial: 1 } },
    { concurrency: {} as never },
    { concurrency: null as never },
    { pauseFor: true as never },
    { pauseFor: 5 as never },
  ];
  for (const options of wrong) {
    const made = (): unknown => checkpoints.map('s', 'wrong', rowsOf(1), () => null, { ...KEYED, ...options });
    await rejectsWith('ERR_CKPT_INVALID_OPTION', made);
  }
  for (const options of [
    { rateLimit: { requests: 1, interval: 1, burst: 1 } },
    { concurrency: { max: 5, least: 1 } as object },
  ] as Options[]) {
    await rejectsWith('ERR_CKPT_UNKNOWN_OPTION', () => checkpoints.map('s', 'wrong', rowsOf(1), () => null, { ...KEYED, ...options }));
  }
});
