import assert from 'node:assert/strict';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { CheckpointManager, type MapEvent, type MapProgress, type Row } from 'arrow-ckpt';
import { rejectsWith } from './support/codes.ts';
import { assertExact } from './support/exact.ts';
import { allSummaries, articles, manager, MAP, Model, type Article } from './support/map-rows.ts';
import { tempFolder } from './support/temp-folder.ts';

const folder = tempFolder('map');
const ROWS = articles(300);

for (const enableArrow of [true, false]) {
  describe(`map, ${enableArrow ? 'Parquet' : 'JSON'}`, () => {
    const directory = join(folder, String(enableArrow));
    const checkpoints = manager(directory, enableArrow);
    const run = async (rows: Article[], model: Model, options = {}) =>
      checkpoints.map('s', 'op', rows, model.summarise, { ...MAP, ...options });

    test('each row is called once; results come in the order of the input, whatever the order of the answers', async () => {
      const model = new Model(() => Math.random() * 4);
      const result = await run(ROWS, model);
      assertExact(result.rows, allSummaries(ROWS));
      assert.equal(model.mostRunning, 8);
      const { rows: _, path, ...counts } = result;
      assert.deepStrictEqual(counts, { input: 300, resumed: 0, computed: 300, removed: 0, calls: 300, usage: calls(300), failed: [] });
      assert.equal(path, join(directory, 's', enableArrow ? 'op.parquet' : 'op.json'));
      assertExact(await checkpoints.loadCheckpoint('s', 'op', { hash: 'h' }), allSummaries(ROWS));
      assert.deepStrictEqual(
        readdirSync(directory).sort(),
        ['.docetl_intermediate_config.json', 's'],
        'no batches, no lease: all is in the final checkpoint',
      );
    });

    test('the same call again calls nothing and writes nothing', async () => {
      const before = statSync((await checkpoints.getCheckpointInfo('s', 'op'))!.path).mtimeMs;
      const model = new Model();
      const result = await run(ROWS, model);
      assert.deepStrictEqual(model.calls, []);
      assert.equal(result.resumed, 300);
      assertExact(result.rows, allSummaries(ROWS));
      assert.equal(statSync((await checkpoints.getCheckpointInfo('s', 'op'))!.path).mtimeMs, before);
    });

    test('a row at the head, one edited, one gone, all reversed: only what is new or changed is called', async () => {
      const steps: [Article[], number[], number][] = [
        [[{ id: -1, title: 'first' }, ...ROWS], [-1], 0],
        [[{ id: -1, title: 'first' }, ...ROWS].map((row) => (row.id === 155 ? { id: 155, title: 'other' } : row)), [155], 0],
        // What it was before is kept.
        [ROWS.filter(({ id }) => id !== 42), [], 2],
        [ROWS.filter(({ id }) => id !== 42).reverse(), [], 0],
        [ROWS.slice(0, 100), [], 200],
        [[], [], 100],
        [ROWS, [], 0],
      ];
      for (const [rows, calls, removed] of steps) {
        const model = new Model();
        const result = await run(rows, model);
        assert.deepStrictEqual(model.calls, calls);
        assert.equal(result.removed, removed);
        assertExact(result.rows, allSummaries(rows));
        assertExact(await checkpoints.loadCheckpoint('s', 'op', { hash: 'h' }), allSummaries(rows));
      }
    });

    test('another hash computes all again', async () => {
      const model = new Model();
      const result = await run(ROWS, model, { hash: 'other' });
      assert.equal(model.calls.length, 300);
      assert.equal(result.resumed, 0);
      assert.equal(await checkpoints.loadCheckpoint('s', 'op', { hash: 'h' }), null);
    });

    test('what was flushed before an abort is not called again', async () => {
      const stop = new AbortController();
      const first = new Model(
        () => 1,
        () => {
          if (first.calls.length >= 150) stop.abort(new Error('enough'));
          return false;
        },
      );
      await assert.rejects(run(ROWS, first, { hash: 'aborted', signal: stop.signal, batchSize: 20 }), /enough/);
      assert.ok(existsSync(join(directory, 's', 'op_batches')));
      const second = new Model();
      const result = await run(ROWS, second, { hash: 'aborted' });
      assertExact(result.rows, allSummaries(ROWS));
      assert.ok(result.resumed >= 150 - 8, `${result.resumed} resumed`);
      assert.equal(first.calls.length + second.calls.length <= 300 + 8, true);
      assert.ok(!existsSync(join(directory, 's', 'op_batches')));
    });
  });
}

const calls = (count: number): object => {
  const used = { calls: count, inputTokens: 0, outputTokens: 0, cost: 0 };
  return { run: used, total: used };
};

describe('failures', () => {
  const checkpoints = manager(join(folder, 'failures'));

  test('collect: others are done, no checkpoint is made, and the next call is for the failed ones only', async () => {
    const first = new Model(
      () => 0,
      ({ id }) => id % 50 === 0,
    );
    const result = await checkpoints.map('s', 'collect', ROWS, first.summarise, { ...MAP, onError: 'collect' });
    assert.deepStrictEqual(
      result.failed.map(({ row, key, error }) => [row, key, error.code, (error.cause as Error).message]),
      [0, 50, 100, 150, 200, 250].map((id) => [id, id, 'ERR_CKPT_ROW_FAILED', `the model is busy with ${id}`]),
    );
    assert.equal(result.path, null);
    assertExact(result.rows, allSummaries(ROWS.filter(({ id }) => id % 50 !== 0)));
    assert.equal(await checkpoints.loadCheckpoint('s', 'collect'), null);
    const second = new Model();
    assertExact((await checkpoints.map('s', 'collect', ROWS, second.summarise, MAP)).rows, allSummaries(ROWS));
    assert.deepStrictEqual(second.calls, [0, 50, 100, 150, 200, 250]);
  });

  test('throw: the first failure ends the run, with what is finished kept', async () => {
    const first = new Model(
      () => 1,
      ({ id }) => id === 100,
    );
    const error = await rejectsWith('ERR_CKPT_ROW_FAILED', () => checkpoints.map('s', 'throw', ROWS, first.summarise, MAP), { row: 100 });
    assert.match(error.message, /row 100 \(key 100\) failed: the model is busy with 100/);
    const second = new Model();
    await checkpoints.map('s', 'throw', ROWS, second.summarise, MAP);
    // Rows that were on their way came to their end.
    assert.equal(first.calls.length + second.calls.length, 301);
  });

  test('retries, with waits that double, and a say of the caller', async () => {
    const delays: number[] = [];
    let calls = 0;
    const onEvent = (event: MapEvent): void => void (event.type === 'retry' && delays.push(event.delay));
    const busy = async (): Promise<Row> => {
      if (++calls <= 3) throw new Error('429');
      return { calls };
    };
    const retries = { times: 3, minDelay: 8, maxDelay: 20 };
    const { rows } = await checkpoints.map('s', 'retries', articles(1), busy, { ...MAP, retries, onEvent });
    assert.deepStrictEqual(rows, [{ calls: 4 }]);
    for (const [index, most] of [8, 16, 20].entries()) assert.ok(delays[index]! >= most / 2 && delays[index]! <= most, `${delays}`);

    delays.length = calls = 0;
    const told = {
      times: 5,
      retryIf: (error: unknown, attempt: number) => ((error as Error).message === '429' && attempt < 3 ? 1 : false),
    };
    await rejectsWith('ERR_CKPT_ROW_FAILED', () => checkpoints.map('s', 'told', articles(1), busy, { ...MAP, retries: told, onEvent }), {
      message: /after 3 attempts: 429/,
    });
    assert.deepStrictEqual(delays, [1, 1]);
  });

  test('a function that never resolves is ended by its timeout, and sees the abort', async () => {
    const seen: unknown[] = [];
    const hang = (row: Article, { signal, attempt }: { signal: AbortSignal; attempt: number }): Promise<Row> => {
      if (row.id === 1 && attempt === 1) {
        signal.addEventListener('abort', () => seen.push((signal.reason as { code: string }).code));
        return new Promise(() => {});
      }
      return Promise.resolve({ id: row.id });
    };
    const { rows } = await checkpoints.map('s', 'hang', articles(3), hang, { ...MAP, timeout: 20, retries: { times: 1, minDelay: 0 } });
    assert.deepStrictEqual(rows, [{ id: 0 }, { id: 1 }, { id: 2 }]);
    assert.deepStrictEqual(seen, ['ERR_CKPT_TIMEOUT']);
    const failed = await rejectsWith('ERR_CKPT_ROW_FAILED', () => checkpoints.map('s', 'h2', articles(3), hang, { ...MAP, timeout: 20 }));
    await rejectsWith('ERR_CKPT_TIMEOUT', () => Promise.reject(failed.cause as Error), { row: 1 });
  });

  test('a function that throws synchronously, or returns what is no row', async () => {
    const outputs: [unknown, string][] = [
      [7, 'ERR_CKPT_ROW_NOT_OBJECT'],
      ['text', 'ERR_CKPT_ROW_NOT_OBJECT'],
      [[{ a: 1 }, null], 'ERR_CKPT_ROW_NOT_OBJECT'],
      [{ at: { f: () => 1 } }, 'ERR_CKPT_UNSUPPORTED_VALUE'],
      [new Map(), 'ERR_CKPT_ROW_NOT_OBJECT'],
    ];
    const fn = (row: Article): Row => {
      if (row.id === 0) throw new TypeError('at once');
      return outputs[row.id - 1]![0] as Row;
    };
    const rows = articles(outputs.length + 1);
    const { failed } = await checkpoints.map('s', 'sync', rows, fn, { ...MAP, onError: 'collect', retries: 0 });
    assert.deepStrictEqual(
      failed.map(({ error: { cause } }) => (cause as { code?: string }).code),
      [undefined, ...outputs.map(([, code]) => code)],
    );
    assert.ok(failed[0]!.error.cause instanceof TypeError);
  });

  test('an error of the input is the user’s, and ends the run', async () => {
    async function* source(): AsyncGenerator<Article> {
      yield* articles(5);
      throw new RangeError('the source is gone');
    }
    await assert.rejects(checkpoints.map('s', 'source', source(), new Model().summarise, MAP), RangeError);
    await rejectsWith('ERR_CKPT_ROW_NOT_OBJECT', () => checkpoints.map('s', 'source', [1 as unknown as Article], () => null, MAP), {
      row: 0,
    });
    await rejectsWith('ERR_CKPT_ROWS_NOT_ITERABLE', () => checkpoints.map('s', 'source', 7 as unknown as Article[], () => null, MAP));
  });
});

describe('keys', () => {
  const checkpoints = manager(join(folder, 'keys'));
  const map = (rows: Row[], key: unknown = 'k') =>
    checkpoints.map('s', 'keys', rows, (row) => row, { key: key as string, onError: 'throw' });

  test('1, "1", 1n, true, [1] are different keys', async () => {
    const rows = [1, '1', 1n, true, 'true', -0, 0, '', '\ud800', '\ufffd', '[1]', Number.POSITIVE_INFINITY].map((k) => ({ k }));
    assertExact((await map(rows)).rows, rows);
    const composite = [[1], ['1'], [1, 2], ['1,2'], ['1', '2'], ['"', ',']].map((k) => ({ k }));
    assertExact((await map(composite)).rows, composite);
    assertExact((await map(composite, (row: Row) => row.k)).rows, composite);
  });

  test('a key that two rows have', async () => {
    await rejectsWith('ERR_CKPT_DUPLICATE_KEY', () => map([{ k: 'a' }, { k: 'b' }, { k: 'a' }]), { row: 2, message: /"a"/ });
    await rejectsWith('ERR_CKPT_DUPLICATE_KEY', () => map([{ k: 1 }, { k: 1.0 }]), { row: 1 });
  });

  test('a row without a key', async () => {
    for (const k of [undefined, null, Number.NaN, {}, new Date(), [], [null]])
      await rejectsWith('ERR_CKPT_MISSING_KEY', () => map([{ k: 1 }, { k }]), { row: 1, column: 'k' });
    await rejectsWith('ERR_CKPT_MISSING_KEY', () => map([{ a: 1 }], 'constructor'), { row: 0, column: 'constructor' });
  });
});

test('options are checked', async () => {
  const checkpoints = manager(join(folder, 'options'));
  const map = (options: object) => () => checkpoints.map('s', 'o', [], () => null, { key: 'id', ...options });
  await rejectsWith('ERR_CKPT_UNKNOWN_OPTION', map({ batch: 1 }));
  await rejectsWith('ERR_CKPT_UNKNOWN_OPTION', map({ retries: { count: 1 } }));
  await rejectsWith('ERR_CKPT_UNKNOWN_CODEC', map({ compression: 'zip' }));
  const wrong = [
    { key: undefined },
    { key: '' },
    { hash: 1 },
    { concurrency: 0 },
    { batchSize: 0.5 },
    { flushEvery: -1 },
    { retries: -1 },
    { retries: { times: 1, retryIf: 1 } },
    { retries: { times: 1, minDelay: 20, maxDelay: 10 } },
    { retries: { times: Number.NaN } },
    { timeout: 0 },
    { onError: 'ignore' },
    { lockWait: Number.NaN },
    { progressBar: 1 },
    { onProgress: 1 },
    { onEvent: {} },
    { signal: {} },
  ];
  for (const options of wrong) await rejectsWith('ERR_CKPT_INVALID_OPTION', map(options));
  // One delay that lies beyond what is usual for the other is no contradiction.
  await map({ retries: { times: 1, minDelay: 60_000 } })();
  await map({ retries: { times: 1, maxDelay: 10 } })();
  await rejectsWith('ERR_CKPT_INVALID_OPTION', () => checkpoints.map('s', 'o', [], 1 as never, { key: 'id' }));
  await rejectsWith('ERR_CKPT_INVALID_ARGUMENT', () => checkpoints.map('', 'o', [], () => null, { key: 'id' }));
});

test('batches that single rows leave are merged', async () => {
  const directory = join(folder, 'merged');
  const checkpoints = manager(directory);
  const events: MapEvent[] = [];
  let most = 0;
  const model = new Model(() => 1);
  await checkpoints.map('s', 'op', articles(300), model.summarise, {
    ...MAP,
    concurrency: 1,
    batchSize: 1,
    onEvent: (event) => {
      events.push(event);
      most = Math.max(most, readdirSync(join(directory, 's', 'op_batches')).filter((name) => !name.startsWith('.')).length);
    },
  });
  const flushed = events.filter(({ type }) => type === 'flushed').length;
  const compacted = events.filter((event) => event.type === 'compacted');
  assert.ok(flushed >= 250, `${flushed} flushes`);
  assert.ok(compacted.length >= 15, `${compacted.length} merges`);
  assert.ok(most <= 3 * 16 + 2, `${most} files at most`);
});

test('progress tells all, and a listener that throws does not break the run', async () => {
  const checkpoints = manager(join(folder, 'progress'));
  const told: MapProgress[] = [];
  await checkpoints.map('s', 'op', articles(50), new Model(() => 5).summarise, { ...MAP, onProgress: (progress) => told.push(progress) });
  assert.ok(told.length >= 2);
  const { rate, ...last } = told.at(-1)!;
  assert.deepStrictEqual(last, {
    rows: 50,
    totalRows: 50,
    resumed: 0,
    computed: 50,
    failed: 0,
    calls: 50,
    concurrency: 8,
    usage: calls(50),
    pausedUntil: undefined,
    secondsLeft: 0,
  });
  assert.ok(rate > 0);
  const again: MapProgress[] = [];
  await checkpoints.map('s', 'op', articles(60), new Model().summarise, { ...MAP, onProgress: (progress) => again.push(progress) });
  assert.equal(again.at(-1)!.resumed, 50);
  assert.equal(again.at(-1)!.computed, 10);

  const warned = new Promise<Error>((resolve) => process.once('warning', resolve));
  const fails = (): never => {
    throw new Error('no terminal');
  };
  await checkpoints.map('s', 'other', articles(5), new Model().summarise, { ...MAP, onProgress: fails });
  assert.match((await warned).message, /onProgress threw.*no terminal/);
});

test('the final checkpoint may be in DocETL’s form, and is known the next time', async () => {
  const checkpoints = new CheckpointManager(join(folder, 'docetl'), { logger: false, compat: 'docetl' });
  const fn = ({ id, title }: Article) => ({ id, words: title.split(' '), meta: {} });
  const first = await checkpoints.map('s', 'op', ROWS, fn, { ...MAP, flushEvery: 0, batchSize: 10 });
  const again = await checkpoints.map('s', 'op', [...ROWS, { id: 300, title: 'one more' }], fn, MAP);
  assert.equal(again.calls, 1);
  assertExact(again.rows, [...first.rows, { id: 300, words: ['one', 'more'], meta: {} }]);
  const json = new CheckpointManager(join(folder, 'docetl-json'), { logger: false, compat: 'docetl', enableArrow: false });
  await rejectsWith('ERR_CKPT_INVALID_OPTION', () => json.map('s', 'op', ROWS, fn, MAP), { message: /needs Parquet/ });
});

test('a manager without a directory maps, and keeps nothing', async () => {
  const { rows, path } = await manager(null as unknown as string).map('s', 'op', ROWS, new Model().summarise, MAP);
  assertExact(rows, allSummaries(ROWS));
  assert.equal(path, null);
});
