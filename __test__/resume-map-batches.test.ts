import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { type BatchContext, type BatchFunction, type MapBatchesOptions, type MapEvent, type Row } from 'arrow-ckpt';
import { rejectsWith } from './support/codes.ts';
import { allSummaries, articles, manager, MAP, summaries, type Article, type Summary } from './support/map-rows.ts';
import { tempFolder } from './support/temp-folder.ts';

const folder = tempFolder('map-batches');
const OPTIONS = { key: 'id', hash: 'h', size: 10, concurrency: 2 } as const satisfies MapBatchesOptions<Article>;

/** Notes the rows of each call, and how many run at a time. */
class Service {
  calls: number[][] = [];
  contexts: BatchContext[] = [];
  running = 0;
  most = 0;

  constructor(
    readonly fails: (ids: number[], call: number) => unknown = () => undefined,
    readonly ms = 1,
  ) {}

  readonly summarise: BatchFunction<Article, Summary> = async (rows, context) => {
    const ids = rows.map(({ id }) => id);
    this.calls.push(ids);
    this.contexts.push(context);
    const call = this.calls.length;
    this.most = Math.max(this.most, ++this.running);
    try {
      await setTimeout(this.ms);
      const error = this.fails(ids, call);
      if (error !== undefined) throw error;
      return rows.map(summaries);
    } finally {
      this.running--;
    }
  };

  get sizes(): number[] {
    return this.calls.map(({ length }) => length);
  }
}

const ids = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, at) => from + at);

describe('calls of several rows', () => {
  test('are full but for the last, which waits for no timer; results are those of a map', async () => {
    const service = new Service();
    const rows = articles(95);
    const checkpoints = manager(join(folder, 'full'));
    const began = performance.now();
    const result = await checkpoints.mapBatches('s', 'op', rows, service.summarise, { ...OPTIONS, linger: 60_000 });
    assert.ok(performance.now() - began < 30_000);
    assert.deepStrictEqual(result.rows, allSummaries(rows));
    assert.deepStrictEqual(service.calls, [...Array.from({ length: 9 }, (_, at) => ids(at * 10, at * 10 + 10)), ids(90, 95)]);
    assert.equal(result.calls, 10);
    assert.equal(result.computed, 95);
    assert.equal(service.most, 2);
    const { indexes, keys, attempt, signal } = service.contexts[9]!;
    assert.deepStrictEqual([indexes, keys, attempt, signal.aborted], [ids(90, 95), ids(90, 95), 1, false]);
    assert.deepStrictEqual(await checkpoints.loadCheckpoint('s', 'op', { hash: 'h' }), allSummaries(rows));
    const again = await checkpoints.mapBatches('s', 'op', rows, service.summarise, OPTIONS);
    assert.deepStrictEqual([again.calls, again.resumed, again.rows], [0, 95, result.rows]);
    // A map goes on where a mapBatches was, and the other way round.
    const plain = await checkpoints.map('s', 'op', articles(96), async (row) => summaries(row), MAP);
    assert.deepStrictEqual([plain.calls, plain.resumed], [1, 95]);
  });

  test('known rows between do not make them small, in arrays, generators and async generators', async () => {
    const sources = {
      array: (rows: Article[]) => rows,
      generator: function* (rows: Article[]): Generator<Article> {
        yield* rows;
      },
      'async generator': async function* (rows: Article[]): AsyncGenerator<Article> {
        for (const row of rows) {
          if (row.id % 500 === 0) await setTimeout(1);
          yield row;
        }
      },
    };
    for (const [name, source] of Object.entries(sources)) {
      const checkpoints = manager(join(folder, `known-${name}`));
      const rows = articles(20_000);
      const known = rows.filter(({ id }) => id % 100 !== 7);
      await checkpoints.mapBatches('s', 'op', known, new Service().summarise, { ...OPTIONS, size: 5000 });
      const service = new Service();
      const result = await checkpoints.mapBatches('s', 'op', source(rows), service.summarise, { ...OPTIONS, size: 60, linger: 5 });
      assert.deepStrictEqual(service.sizes, [60, 60, 60, 20], name);
      assert.equal(result.rows.length, allSummaries(rows).length);
    }
  });

  test('an input that comes slowly is waited for as long as `linger` says', async () => {
    const slow = async function* (): AsyncGenerator<Article> {
      for (const row of articles(7)) {
        if (row.id === 3) await setTimeout(400);
        yield row;
      }
    };
    const run = async (linger: number): Promise<number[]> => {
      const service = new Service();
      await manager(join(folder, `linger-${linger}`)).mapBatches('s', 'op', slow(), service.summarise, { ...OPTIONS, linger });
      return service.sizes;
    };
    assert.deepStrictEqual(await run(60), [3, 4]);
    assert.deepStrictEqual(await run(0), [3, 4]);
    assert.deepStrictEqual(await run(30_000), [7]);
  });

  test('maxTokens limits the sum of a call; a row that is larger goes alone', async () => {
    const service = new Service();
    const sizes = [3, 3, 3, 3, 20, 1, 9, 10, 1, 1];
    const rows = sizes.map((tokens, id) => ({ id, title: '', tokens }));
    const options = { ...OPTIONS, maxTokens: 10, tokens: (row: Row) => row['tokens'] as number };
    await manager(join(folder, 'tokens')).mapBatches('s', 'op', rows, service.summarise, options);
    assert.deepStrictEqual(service.calls, [[0, 1, 2], [3], [4], [5, 6], [7], [8, 9]]);
  });

  test('tokens that throw or answer nonsense fail their row, and no other', async () => {
    const answers: Record<number, () => unknown> = { 1: () => NaN, 2: () => -1, 3: () => '5', 4: () => Promise.resolve(1) };
    const tokens = ({ id }: Article): number => {
      if (id === 5) throw new RangeError('too odd');
      return (answers[id]?.() ?? 1) as number;
    };
    const options = { ...OPTIONS, maxTokens: 10, tokens, onError: 'collect' } as const;
    const { failed, rows } = await manager(null).mapBatches('s', 'op', articles(10), new Service().summarise, options);
    assert.deepStrictEqual(
      failed.map(({ row, error }) => [row, (error.cause as { code?: string }).code]),
      [...ids(1, 5).map((row) => [row, 'ERR_CKPT_INVALID_OPTION']), [5, undefined]],
    );
    assert.deepStrictEqual(rows, allSummaries(articles(10).filter(({ id }) => id === 0 || id > 5)));
  });

  test('functions need not be async, get copies, and may return rows, arrays, null and errors', async () => {
    const rows = articles(6);
    const fn = (given: Article[]): (Row | Row[] | null | undefined | Error)[] => {
      const entries = [{ id: 0 }, [], [{ id: 2 }, { id: 22 }], null, undefined, new Error('not this one')];
      for (const row of given) row.title = 'changed';
      given.length = 0;
      return entries;
    };
    const result = await manager(join(folder, 'entries')).mapBatches('s', 'op', rows, fn, { ...OPTIONS, onError: 'collect' });
    assert.deepStrictEqual(result.rows, [{ id: 0 }, { id: 2 }, { id: 22 }]);
    assert.deepStrictEqual(rows, articles(6));
    assert.deepStrictEqual(
      result.failed.map(({ row, key, error }) => [row, key, error.code, (error.cause as Error).message]),
      [[5, 5, 'ERR_CKPT_ROW_FAILED', 'not this one']],
    );
  });
});

describe('a call that fails', () => {
  const poison = (bad: number): Service => new Service((given) => (given.includes(bad) ? new Error(`no ${bad}`) : undefined));

  test('is halved down to the row at fault; the others are done', async () => {
    const service = poison(13);
    const events: MapEvent[] = [];
    const options = { ...OPTIONS, onError: 'collect', onEvent: (event: MapEvent) => void events.push(event) } as const;
    const checkpoints = manager(join(folder, 'halve'));
    const { failed, rows, computed, calls } = await checkpoints.mapBatches('s', 'op', articles(30), service.summarise, options);
    assert.deepStrictEqual(failed.map(({ row, key }) => [row, key]), [[13, 13]]); // prettier-ignore
    assert.match(failed[0]!.error.message, /no 13/);
    assert.deepStrictEqual(rows, allSummaries(articles(30).filter(({ id }) => id !== 13)));
    assert.equal(computed, 29);
    assert.equal(calls, service.calls.length);
    assert.ok(calls <= 3 + 8, `${calls} calls`);
    assert.deepStrictEqual(
      events.flatMap((event) => (event.type === 'halved' ? [event.rows] : [])),
      [ids(10, 20), ids(10, 15), ids(13, 15)],
    );
    // The next run calls it alone.
    const next = poison(-1);
    assert.equal((await checkpoints.mapBatches('s', 'op', articles(30), next.summarise, OPTIONS)).calls, 1);
    assert.deepStrictEqual(next.calls, [[13]]);
  });

  test('ends the run at the row at fault without collect; what is done is kept', async () => {
    const checkpoints = manager(join(folder, 'throw'));
    const run = (service: Service): Promise<{ calls: number; resumed: number }> =>
      checkpoints.mapBatches('s', 'op', articles(1000), service.summarise, OPTIONS);
    const began = performance.now();
    await rejectsWith('ERR_CKPT_ROW_FAILED', () => run(poison(205)), { row: 205 });
    assert.ok(performance.now() - began < 9000, 'rows that wait for a call are not waited for');
    const service = poison(-1);
    const { calls, resumed } = await run(service);
    assert.ok(resumed >= 190, `${resumed} resumed`);
    assert.equal(calls, service.calls.length);
    assert.equal(service.calls.flat().length, 1000 - resumed);
  });

  test('is made again as often as retries say, first as it is', async () => {
    const service = new Service((_, call) => (call <= 2 ? new Error('busy') : undefined));
    const options = { ...OPTIONS, concurrency: 1, retries: { times: 2, minDelay: 1 } };
    const { rows } = await manager(null).mapBatches('s', 'op', articles(20), service.summarise, options);
    assert.deepStrictEqual(service.calls, [ids(0, 10), ids(0, 10), ids(0, 10), ids(10, 20)]);
    assert.deepStrictEqual(service.contexts.map(({ attempt }) => attempt), [1, 2, 3, 1]); // prettier-ignore
    assert.deepStrictEqual(rows, allSummaries(articles(20)));
  });

  test('retry: all its rows fail when retries are used up; fail: at once', async () => {
    for (const [onBatchError, retries, calls] of [
      ['retry', { times: 2, minDelay: 1 }, 3],
      ['fail', 0, 1],
    ] as const) {
      const service = poison(13);
      const options = { ...OPTIONS, onBatchError, retries, onError: 'collect' } as const;
      const { failed, computed } = await manager(null).mapBatches('s', 'op', articles(30), service.summarise, options);
      assert.deepStrictEqual(failed.map(({ row }) => row), ids(10, 20)); // prettier-ignore
      assert.equal(computed, 20);
      assert.equal(service.calls.filter((given) => given.includes(13)).length, calls);
    }
  });

  test('retryIf says no: it is halved at once; nonsense fails the rows', async () => {
    const service = poison(3);
    const retryIf = (error: unknown): boolean => !(error as Error).message.startsWith('no');
    const options = { ...OPTIONS, retries: { times: 5, minDelay: 60_000, retryIf }, onError: 'collect' } as const;
    const { failed } = await manager(null).mapBatches('s', 'op', articles(10), service.summarise, options);
    assert.deepStrictEqual(failed.map(({ row }) => row), [3]); // prettier-ignore
    const nonsense = { ...options, retries: { times: 1, retryIf: () => 'yes' as unknown as boolean } };
    const odd = await manager(null).mapBatches('s', 'op', articles(10), poison(3).summarise, nonsense);
    assert.deepStrictEqual(
      odd.failed.map(({ error }) => (error.cause as { code?: string }).code),
      ids(0, 10).map(() => 'ERR_CKPT_INVALID_OPTION'),
    );
  });

  test('an entry that is an Error is tried again alone', async () => {
    const calls: number[][] = [];
    const fn: BatchFunction<Article, Summary> = async (rows) => {
      calls.push(rows.map(({ id }) => id));
      return rows.map((row) => (row.id % 5 === 2 && calls.length === 1 ? new Error('busy') : summaries(row)));
    };
    const { rows } = await manager(null).mapBatches('s', 'op', articles(10), fn, { ...OPTIONS, retries: { times: 1, minDelay: 1 } });
    assert.deepStrictEqual(calls, [ids(0, 10), [2, 7]]);
    assert.deepStrictEqual(rows, allSummaries(articles(10)));
  });

  test('takes too long: its signal is aborted, and the time is that of the call', async () => {
    const aborted: number[] = [];
    const fn: BatchFunction<Article, Summary> = async (rows, { signal, indexes }) => {
      if (rows.length > 2 && indexes.includes(1)) {
        signal.addEventListener('abort', () => aborted.push(rows.length));
        await setTimeout(60_000, undefined, { signal });
      }
      return rows.map(summaries);
    };
    const { rows, failed } = await manager(null).mapBatches('s', 'op', articles(10), fn, { ...OPTIONS, timeout: 30 });
    assert.deepStrictEqual(rows, allSummaries(articles(10)));
    assert.deepStrictEqual([aborted, failed], [[10, 5, 3], []]);
    const late = { ...OPTIONS, timeout: 20, onBatchError: 'fail', onError: 'collect' } as const;
    const all = await manager(null).mapBatches('s', 'op', articles(10), fn, late);
    assert.deepStrictEqual(
      all.failed.map(({ error }) => (error.cause as { code?: string }).code),
      ids(0, 10).map(() => 'ERR_CKPT_TIMEOUT'),
    );
  });

  for (const [name, answer] of Object.entries<(rows: Article[]) => unknown>({
    'one entry too few': (rows) => rows.slice(1).map(summaries),
    'one too many': (rows) => [...rows, ...rows.slice(0, 1)].map(summaries),
    nothing: () => undefined,
    'an object': () => ({}),
    'a row': (rows) => summaries(rows[0]!)[0],
    'a text': () => 'all of them',
  }))
    test(`returned ${name}: a coded error that fails the call`, async () => {
      const fn = (async (rows: Article[]) => answer(rows)) as unknown as BatchFunction<Article, Summary>;
      const options = { ...OPTIONS, onBatchError: 'fail', onError: 'collect' } as const;
      const { failed } = await manager(null).mapBatches('s', 'op', articles(4), fn, options);
      assert.deepStrictEqual(failed.map(({ error }) => (error.cause as { code?: string }).code), ids(0, 4).map(() => 'ERR_CKPT_BATCH_RESULT')); // prettier-ignore
    });

  test('a model that answers for nine of ten rows is asked for halves', async () => {
    const fn: BatchFunction<Article, Summary> = async (rows) => rows.map(summaries).slice(rows.length === 10 ? 1 : 0);
    const { rows, calls } = await manager(null).mapBatches('s', 'op', articles(20), fn, OPTIONS);
    assert.deepStrictEqual([rows, calls], [allSummaries(articles(20)), 6]);
  });

  test('entries that cannot be kept, or do not fit the schema, fail their rows', async () => {
    const fn = async (rows: Article[]): Promise<Row[]> =>
      rows.map(({ id }) => ({ id, text: id === 3 ? new Map() : id === 4 ? 7 : 'x' })) as Row[];
    const schema = { columns: [{ name: 'id', type: 'number' }, { name: 'text', type: 'string' }] } as never; // prettier-ignore
    const { failed, computed } = await manager(null).mapBatches('s', 'op', articles(10), fn, { ...OPTIONS, schema, onError: 'collect' });
    assert.deepStrictEqual(
      failed.map(({ row, error }) => [row, (error.cause as { code?: string }).code]),
      [[3, 'ERR_CKPT_UNSUPPORTED_VALUE'], [4, 'ERR_CKPT_SCHEMA']], // prettier-ignore
    );
    assert.equal(computed, 8);
  });
});

test('stop: rows that wait for a call are left, calls on their way end; setConcurrency counts calls', async () => {
  const checkpoints = manager(join(folder, 'stop'));
  const service = new Service(() => undefined, 20);
  const run = checkpoints.mapBatches('s', 'op', articles(1000), service.summarise, { ...OPTIONS, concurrency: 1 });
  while (service.calls.length < 2) await setTimeout(1);
  run.setConcurrency(3);
  while (service.most < 3) await setTimeout(1);
  assert.equal(run.progress.concurrency, 3);
  run.stop();
  await rejectsWith('ERR_CKPT_STOPPED', () => run);
  assert.ok(service.calls.length < 20);
  assert.equal(service.most, 3);
  const next = new Service();
  const { resumed, rows } = await checkpoints.mapBatches('s', 'op', articles(1000), next.summarise, OPTIONS);
  assert.equal(resumed, service.calls.length * 10);
  assert.equal(next.calls.flat().length, 1000 - resumed);
  assert.deepStrictEqual(rows, allSummaries(articles(1000)));
});

test('results that are refused are asked for again with badResults, without the others', async () => {
  const calls: number[][] = [];
  const fn = async (rows: Article[]): Promise<Row[]> => {
    calls.push(rows.map(({ id }) => id));
    return rows.map(({ id }) => ({ id, text: id === 3 && calls.length === 1 ? 7 : 'x' }));
  };
  const schema = { columns: [{ name: 'id', type: 'number' }, { name: 'text', type: 'string' }] } as never; // prettier-ignore
  const retries = { times: 1, minDelay: 0, badResults: true };
  const { rows } = await manager(null).mapBatches('s', 'op', articles(10), fn, { ...OPTIONS, schema, retries });
  assert.deepStrictEqual([rows.length, calls], [10, [ids(0, 10), [3]]]);
});

test('an abort ends calls and waits; what is done is kept', async () => {
  const checkpoints = manager(join(folder, 'abort'));
  const ending = new AbortController();
  const service = new Service((_, call) => void (call === 6 && ending.abort(new Error('enough'))));
  const run = checkpoints.mapBatches('s', 'op', articles(1000), service.summarise, { ...OPTIONS, signal: ending.signal });
  await assert.rejects(run, /enough/);
  const made = service.calls.length;
  await setTimeout(30);
  assert.equal(service.calls.length, made);
  const { resumed, rows } = await checkpoints.mapBatches('s', 'op', articles(1000), new Service().summarise, OPTIONS);
  assert.ok(resumed >= 40, `${resumed}`);
  assert.deepStrictEqual(rows, allSummaries(articles(1000)));
});

describe('wrong calls', () => {
  for (const [name, wrong] of Object.entries<Record<string, unknown>>({
    'size 0': { size: 0 },
    'size NaN': { size: NaN },
    'size 1.5': { size: 1.5 },
    'no size': { size: undefined },
    'size too large': { size: 100_001 },
    'maxTokens without tokens': { maxTokens: 5 },
    'tokens without maxTokens': { tokens: () => 1 },
    'maxTokens 0': { maxTokens: 0, tokens: () => 1 },
    'maxTokens NaN': { maxTokens: NaN, tokens: () => 1 },
    'tokens of no function': { maxTokens: 5, tokens: 5 },
    'linger NaN': { linger: NaN },
    'linger -1': { linger: -1 },
    'onBatchError of no name': { onBatchError: 'stop' },
    'retry without retries': { onBatchError: 'retry' },
    'fail with retries': { onBatchError: 'fail', retries: 2 },
    'concurrency 0': { concurrency: 0 },
  }))
    test(name, async () => {
      const options = { ...OPTIONS, ...wrong } as never;
      await rejectsWith('ERR_CKPT_INVALID_OPTION', () =>
        manager(null).mapBatches('s', 'op', articles(3), new Service().summarise, options),
      );
    });
  test('an unknown option, no function, no options', async () => {
    const call = (fn: unknown, options: unknown): Promise<unknown> =>
      manager(null).mapBatches('s', 'op', articles(3), fn as never, options as never);
    await rejectsWith('ERR_CKPT_UNKNOWN_OPTION', () => call(new Service().summarise, { ...OPTIONS, sizes: 3 }));
    await rejectsWith('ERR_CKPT_INVALID_OPTION', () => call(undefined, OPTIONS));
    await rejectsWith('ERR_CKPT_INVALID_OPTION', () => call(new Service().summarise, undefined));
  });
});
