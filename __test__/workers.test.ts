import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { CheckpointManager, type MapEvent, type MapOptions, type MapProgress, type MapResult } from 'arrow-ckpt';
import { FileLock } from '../lib/base/lock/file-lock.ts';
import { workersFolder } from '../lib/directory/workers-folder.ts';
import { rejectsWith } from './support/codes.ts';
import { assertExact } from './support/exact.ts';
import { allSummaries, articles, manager, MAP, Model, summaries, type Article, type Summary } from './support/map-rows.ts';
import { tempFolder } from './support/temp-folder.ts';

const folder = tempFolder('workers');
const HOLDER = fileURLToPath(new URL('./programs/lease-holder.mjs', import.meta.url));
const ROWS = articles(300);
const SHARED = { ...MAP, workers: 'shared', flushEvery: 20 } as const satisfies MapOptions<Article>;

let count = 0;
const fresh = (): string => join(folder, `d${count++}`);

/** A worker of its own on the directory: a manager, and a model that counts its calls. */
function worker(
  directory: string,
  options: Partial<MapOptions<Article>> = {},
  model = new Model(() => 3),
  rows: readonly Article[] = ROWS,
) {
  const run = manager(directory, options.metadata?.json !== 'yes').map('s', 'op', [...rows], model.summarise, { ...SHARED, ...options });
  return { model, run };
}

/** Until a worker has begun to call. */
async function begun(...models: Model[]): Promise<void> {
  while (models.some(({ calls }) => calls.length === 0)) await setTimeout(2);
}

function callsOf(models: readonly Model[]): number[] {
  return models.flatMap(({ calls }) => calls).sort((a, b) => a - b);
}

function isClean(directory: string): void {
  assert.deepEqual(
    readdirSync(directory).filter((name) => name.startsWith('.workers') || name.startsWith('.lease')),
    [],
  );
}

describe('workers share the rows of a map', () => {
  for (const [what, workers, rows] of [
    ['one', 1, 300],
    ['four', 4, 300],
    ['more than there are rows', 6, 3],
    ['without rows', 2, 0],
  ] as const) {
    for (const json of [false, true]) {
      test(`${what}${json ? ', as JSON' : ''}`, async () => {
        const directory = fresh();
        const input = articles(rows);
        const given = { ...(json && { metadata: { json: 'yes' } }) };
        const all = Array.from({ length: workers }, () => worker(directory, given, new Model(() => 3), input));
        const results = await Promise.all(all.map(({ run }) => run));
        assert.deepEqual(
          callsOf(all.map(({ model }) => model)),
          input.map(({ id }) => id),
        );
        for (const [at, result] of results.entries()) {
          assertExact(result.rows, allSummaries(input));
          const own = all[at]?.model.calls.length;
          assert.deepEqual(
            [result.input, result.computed, result.resumed, result.calls, result.failed],
            [rows, own, rows - (own ?? 0), own, []],
          );
          assert.equal(result.path, results[0]?.path);
        }
        assertExact(await manager(directory).loadCheckpoint('s', 'op'), allSummaries(input));
        isClean(directory);
        assert.ok(!existsSync(join(directory, 's', 'op_batches')));
      });
    }
  }

  test('one that comes when all is done calls nothing, and writes nothing', async () => {
    const directory = fresh();
    await worker(directory).run;
    const late = worker(directory);
    const { rows, resumed, calls } = await late.run;
    assert.deepEqual([resumed, calls, late.model.calls.length], [300, 0, 0]);
    assertExact(rows, allSummaries(ROWS));
    isClean(directory);
  });

  test('one that comes late, and what an interrupted map has left', async () => {
    const directory = fresh();
    const broken = new Model(
      () => 1,
      ({ id }) => id === 150,
    );
    await rejectsWith('ERR_CKPT_ROW_FAILED', () => manager(directory).map('s', 'op', ROWS, broken.summarise, { ...MAP, flushEvery: 1 }));
    const known = (await manager(directory).loadPartialResults('s', 'op', { hash: 'h' }))?.inputRows ?? 0;
    assert.ok(known > 50);
    const first = worker(directory, {}, new Model(() => 20));
    await begun(first.model);
    const second = worker(directory);
    const [one, two] = await Promise.all([first.run, second.run]);
    assert.equal(first.model.calls.length + second.model.calls.length, 300 - known);
    assert.ok(second.model.calls.length > 0);
    assertExact(one.rows, allSummaries(ROWS));
    assertExact(two.rows, allSummaries(ROWS));
  });

  test('changed rows only are computed, and those that are gone go', async () => {
    const directory = fresh();
    await worker(directory).run;
    const rows = ROWS.slice(10).map(({ id, title }) => ({ id, title: id % 50 === 0 ? 'new' : title }));
    const all = [worker(directory, {}, new Model(), rows), worker(directory, {}, new Model(), rows)];
    const [result] = await Promise.all(all.map(({ run }) => run));
    assert.deepEqual(callsOf(all.map(({ model }) => model)), [50, 100, 150, 200, 250]);
    assertExact(result?.rows, allSummaries(rows));
    assert.equal(result?.removed, 10);
  });

  test('kept results count: those of the hash before, and of rows that came back', async () => {
    const directory = fresh();
    await worker(directory).run;
    await worker(directory, { hash: 'other' }, new Model(), ROWS.slice(100)).run;
    const all = [worker(directory), worker(directory)];
    const [result] = await Promise.all(all.map(({ run }) => run));
    assert.deepEqual(callsOf(all.map(({ model }) => model)), []);
    assertExact(result?.rows, allSummaries(ROWS));
  });

  test('the function gets copies of its rows and their places; a stream of rows is held', async () => {
    const directory = fresh();
    const rows = articles(40);
    const places: [number, number][] = [];
    const call = (input: Iterable<Article> | AsyncIterable<Article>) =>
      manager(directory).map(
        's',
        'op',
        input,
        async (row: Article, { index }): Promise<Summary[]> => {
          places.push([row.id, index]);
          const made = summaries(row);
          row.title = 'spoilt';
          return made;
        },
        SHARED,
      );
    const stream = async function* (): AsyncGenerator<Article> {
      yield* articles(40);
    };
    const [one, two] = await Promise.all([call(rows), call(stream())]);
    assertExact(one.rows, allSummaries(articles(40)));
    assertExact(two.rows, one.rows);
    assert.deepEqual(rows, articles(40));
    assert.ok(places.length === 40 && places.every(([id, index]) => id === index));
  });

  test('the progress is that of all workers', async () => {
    const directory = fresh();
    const told: MapProgress[][] = [[], []];
    const all = told.map((list) => worker(directory, { onProgress: (progress) => void list.push(progress) }));
    await Promise.all(all.map(({ run }) => run));
    for (const list of told) {
      const last = list.at(-1);
      assert.deepEqual([last?.rows, last?.totalRows, last?.failed, last?.secondsLeft], [300, 300, 0, 0]);
      for (const { rows, resumed, computed, failed } of list) assert.equal(rows, resumed + computed + failed);
    }
  });
});

describe('rows that fail', () => {
  const fails = ({ id }: Article): boolean => id % 100 === 7;

  test('collect: each is computed once, every worker lists all, and the next run computes them again', async () => {
    const directory = fresh();
    const all = [1, 2, 3].map(() => worker(directory, { onError: 'collect' }, new Model(() => 3, fails)));
    const results = await Promise.all(all.map(({ run }) => run));
    assert.equal(callsOf(all.map(({ model }) => model)).length, 300);
    for (const [at, { rows, failed, path, computed, resumed, calls }] of results.entries()) {
      assert.equal(path, null);
      assert.deepEqual(
        failed.map(({ row, key, error }) => [row, key, error.code, (error.cause as Error).message]),
        [7, 107, 207].map((id) => [id, id, 'ERR_CKPT_ROW_FAILED', `the model is busy with ${id}`]),
      );
      assert.match(failed[0]?.error.message ?? '', /^row 7 \(key 7\) failed: the model is busy with 7$/);
      assertExact(rows, allSummaries(ROWS.filter((row) => !fails(row))));
      assert.equal(computed + resumed + failed.length, 300);
      assert.equal(calls, all[at]?.model.calls.length);
    }
    isClean(directory);
    const again = [worker(directory, { onError: 'collect' }), worker(directory, { onError: 'collect' })];
    const [result] = await Promise.all(again.map(({ run }) => run));
    assert.deepEqual(callsOf(again.map(({ model }) => model)), [7, 107, 207]);
    assertExact(result?.rows, allSummaries(ROWS));
  });

  test('skip: the checkpoint is without them, and retryFailed: false holds for all workers', async () => {
    const directory = fresh();
    const run = async (options: Partial<MapOptions<Article>>): Promise<{ calls: number; results: MapResult<Summary>[] }> => {
      const all = [1, 2, 3].map(() => worker(directory, { onError: 'skip', ...options }, new Model(() => 2, fails)));
      const results = await Promise.all(all.map((each) => each.run));
      return { calls: callsOf(all.map(({ model }) => model)).length, results };
    };
    assert.equal((await run({})).calls, 300);
    const recorded = await manager(directory).failures('s', 'op');
    assert.deepEqual(recorded.map(({ key }) => key).sort(), [107, 207, 7]);
    for (const { failed } of (await run({})).results) assert.equal(failed.length, 3);
    const { calls, results } = await run({ retryFailed: false });
    assert.equal(calls, 0);
    for (const { failed, path, rows } of results) {
      assert.deepEqual(
        failed.map(({ key, resumed }) => [key, resumed]),
        [7, 107, 207].map((key) => [key, true]),
      );
      assert.ok(path !== null);
      assertExact(rows, allSummaries(ROWS.filter((row) => !fails(row))));
    }
    assert.equal((await run({})).calls, 3);
    isClean(directory);
  });

  test('collect: one that comes late does not compute them again; retries are made by one worker', async () => {
    const directory = fresh();
    const options = { onError: 'collect', retries: { times: 2, minDelay: 1, maxDelay: 1 } } as const;
    const first = worker(directory, options, new Model(() => 10, fails));
    await begun(first.model);
    const second = worker(directory, options, new Model(() => 10, fails));
    await Promise.all([first.run, second.run]);
    assert.equal(callsOf([first.model, second.model]).length, 306);
    const recorded = await manager(directory).failures('s', 'op');
    assert.deepEqual(
      recorded.map(({ attempts }) => attempts),
      [3, 3, 3],
    );
  });

  test('throw: the worker that met it ends with it; the others go on, and meet it', async () => {
    const directory = fresh();
    const all = [1, 2].map(() =>
      worker(
        directory,
        {},
        new Model(
          () => 3,
          ({ id }) => id === 7,
        ),
      ),
    );
    for (const { run } of all) run.catch(() => {});
    for (const { run } of all) await rejectsWith('ERR_CKPT_ROW_FAILED', () => run, { row: 7 });
    assert.equal(callsOf(all.map(({ model }) => model)).filter((id) => id === 7).length, 2);
    isClean(directory);
    const last = worker(directory);
    assertExact((await last.run).rows, allSummaries(ROWS));
    assert.ok(last.model.calls.length < 300);
  });

  test('rows that cannot be compared fail without a call', async () => {
    const rows = [...articles(20), { id: 20, title: new Map() as unknown as string }];
    const directory = fresh();
    await rejectsWith('ERR_CKPT_UNSUPPORTED_VALUE', () => worker(directory, {}, new Model(), rows).run);
    const all = [1, 2].map(() => worker(directory, { onError: 'collect' }, new Model(), rows));
    for (const { failed, rows: results } of await Promise.all(all.map(({ run }) => run))) {
      assert.deepEqual(
        failed.map(({ row }) => row),
        [20],
      );
      assertExact(results, allSummaries(articles(20)));
    }
    assert.equal(callsOf(all.map(({ model }) => model)).length, 20);
  });
});

describe('who may come to a map that workers share', () => {
  const others: [string, Partial<MapOptions<Article>>, readonly Article[], RegExp][] = [
    ['another hash', { hash: 'other' }, ROWS, /hash: theirs h, here other/],
    ['no hash', { hash: undefined as never }, ROWS, /hash: theirs h, here none/],
    ['fewer rows', {}, ROWS.slice(1), /number of rows: theirs 300, here 299; digest of the rows in their order: theirs [0-9a-f]+, here/],
    [
      'other content',
      {},
      ROWS.map(({ id, title }) => ({ id, title: id === 9 ? 'x' : title })),
      /digest of the rows.*theirs [0-9a-f]{64}, here/,
    ],
    ['another order', {}, [...ROWS].reverse(), /digest of the rows/],
    ['other rules for failures', { onError: 'collect' }, ROWS, /onError: theirs throw, here collect/],
  ];
  for (const [what, options, rows, message] of others) {
    test(`not a worker with ${what}: both are named, and it may wait`, async () => {
      const directory = fresh();
      const first = worker(directory, {}, new Model(() => 20));
      await begun(first.model);
      const given = Object.fromEntries(Object.entries({ ...SHARED, ...options }).filter(([, value]) => value !== undefined));
      const call = (lockWait: number) =>
        manager(directory).map('s', 'op', [...rows], new Model().summarise, { ...given, lockWait } as MapOptions<Article>);
      const error = await rejectsWith('ERR_CKPT_WORKERS_DIFFER', () => call(0), { message });
      assert.match(error.message, new RegExp(`theirs began in process ${process.pid} on `));
      const waiting = call(60_000);
      assertExact((await first.run).rows, allSummaries(ROWS));
      assertExact((await waiting).rows, allSummaries(rows));
    });
  }

  test('not one of another format', async () => {
    const directory = fresh();
    const first = worker(directory, {}, new Model(() => 20));
    await begun(first.model);
    const call = (): Promise<unknown> => manager(directory, false).map('s', 'op', ROWS, new Model().summarise, SHARED);
    await rejectsWith('ERR_CKPT_WORKERS_DIFFER', call, { message: /format: theirs parquet, here json/ });
    await first.run;
  });

  test('not a map without workers, until they are done; nor the reverse', async () => {
    const directory = fresh();
    const first = worker(directory, {}, new Model(() => 20));
    await begun(first.model);
    const plain = (lockWait: number): Promise<{ calls: number }> =>
      manager(directory).map('s', 'op', ROWS, new Model(() => 10).summarise, { ...MAP, lockWait });
    await rejectsWith('ERR_CKPT_LOCKED', () => plain(0), { message: /a worker works on it, with workers: 'shared'/ });
    const waiting = plain(60_000);
    await first.run;
    assert.equal((await waiting).calls, 0);

    const other = fresh();
    const child = spawn(process.execPath, [HOLDER, other, '600000'], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    await rejectsWith('ERR_CKPT_LOCKED', () => worker(other).run, { message: /in use by process/ });
    const late = worker(other, { lockWait: 60_000 });
    child.kill('SIGKILL');
    assertExact((await late.run).rows, allSummaries(ROWS));
  });

  test('mapStream and other words are refused, and so is a manager without a directory', async () => {
    await rejectsWith('ERR_CKPT_INVALID_ARGUMENT', () => new CheckpointManager(null).map('s', 'op', ROWS, new Model().summarise, SHARED), {
      message: /workers need a directory/,
    });
    await rejectsWith('ERR_CKPT_INVALID_OPTION', () => manager(fresh()).mapStream('s', 'op', ROWS, new Model().summarise, SHARED).next(), {
      message: /mapStream cannot have workers/,
    });
    const given = { ...SHARED, workers: 4 as never };
    await rejectsWith('ERR_CKPT_INVALID_OPTION', () => manager(fresh()).map('s', 'op', ROWS, new Model().summarise, given), {
      message: /workers must be 'shared', got the number 4|workers must be 'shared', got 4/,
    });
  });
});

describe('workers that end early', () => {
  test('an abort of one leaves the rest running', async () => {
    const directory = fresh();
    const abort = new AbortController();
    const first = worker(directory, { signal: abort.signal }, new Model(() => 10));
    const second = worker(directory, {}, new Model(() => 10));
    await begun(first.model, second.model);
    await setTimeout(40);
    const reason = new Error('enough');
    abort.abort(reason);
    await assert.rejects(first.run, (error) => error === reason);
    assertExact((await second.run).rows, allSummaries(ROWS));
    assert.ok(callsOf([first.model, second.model]).length <= 300 + SHARED.concurrency);
    isClean(directory);
  });

  test('one that waits for the others ends at once', async () => {
    const directory = fresh();
    const abort = new AbortController();
    const slow = worker(directory, { concurrency: 300 }, new Model(() => 700));
    await begun(slow.model);
    while (slow.model.calls.length < 300) await setTimeout(5);
    const idle = worker(directory, { signal: abort.signal });
    await setTimeout(200);
    const from = performance.now();
    abort.abort(new Error('enough'));
    await assert.rejects(idle.run, /enough/);
    assert.ok(performance.now() - from < 400);
    assert.deepEqual(idle.model.calls, []);
    assertExact((await slow.run).rows, allSummaries(ROWS));
  });

  test('one that is taken for dead does no harm, and comes in again', async () => {
    const directory = fresh();
    const first = worker(directory, {}, new Model(() => 15));
    await begun(first.model);
    const place = workersFolder({ directory, step: 's', operation: 'op' });
    for (const name of readdirSync(place)) if (/^worker_\d+\.lock$/.test(name)) rmSync(join(place, name));
    const second = worker(directory, {}, new Model(() => 15));
    const [one, two] = await Promise.all([first.run, second.run]);
    assertExact(one.rows, allSummaries(ROWS));
    assertExact(two.rows, allSummaries(ROWS));
    assert.ok(callsOf([first.model, second.model]).length <= 300 + 2 * SHARED.concurrency);
    assert.ok(first.model.calls.length > 32 && second.model.calls.length > 32);
    isClean(directory);
  });

  test('what dead workers have left is in nobody’s way, and goes', async () => {
    for (const how of ['worker', 'plain', 'sweep'] as const) {
      const directory = fresh();
      const place = workersFolder({ directory, step: 's', operation: 'op' });
      mkdirSync(place, { recursive: true });
      const dead = { pid: 2 ** 22 + 1, host: 'nowhere', started: '', token: 't' };
      const { thisHolder } = await import('../lib/base/lock/holder.ts');
      writeFileSync(join(place, 'worker_5.lock'), JSON.stringify({ ...thisHolder('t'), ...dead, host: thisHolder('t').host }));
      for (const name of ['worker_5.id', 'claim_0_1', 'claim_1_1']) writeFileSync(join(place, name), '5');
      writeFileSync(join(place, 'run.json'), '{"version":7}');
      if (how === 'worker') await worker(directory).run;
      else if (how === 'plain') await manager(directory).map('s', 'op', ROWS, new Model().summarise, MAP);
      else {
        assert.ok((await manager(directory).sweep({ dryRun: true })).removed.some(({ kind }) => kind === 'temporary'));
        assert.ok(existsSync(place));
        await manager(directory).sweep();
      }
      isClean(directory);
    }
  });
});

describe('the handle of a worker', () => {
  test('stop ends this one in order, the others go on; also one that only waits', async () => {
    const directory = fresh();
    const all = [1, 2].map(() => worker(directory, {}, new Model(() => 10)));
    const [first, second] = all as [(typeof all)[0], (typeof all)[0]];
    await begun(first.model, second.model);
    await setTimeout(30);
    first.run.stop();
    const error = await rejectsWith('ERR_CKPT_STOPPED', () => first.run, {
      message: /stopped after \d+ of 300 rows.*call it again to join/,
    });
    assert.equal((error.done ?? 0) + (error.left ?? 0), 300);
    assertExact((await second.run).rows, allSummaries(ROWS));
    assert.equal(callsOf([first.model, second.model]).length, 300);

    const other = fresh();
    const slow = worker(other, { concurrency: 300 }, new Model(() => 500));
    while (slow.model.calls.length < 300) await setTimeout(5);
    const idle = worker(other);
    await setTimeout(100);
    idle.run.stop();
    await rejectsWith('ERR_CKPT_STOPPED', () => idle.run);
    await slow.run;
    isClean(other);
    const none = worker(fresh());
    none.run.stop();
    await rejectsWith('ERR_CKPT_STOPPED', () => none.run);
    assert.deepEqual(none.model.calls, []);
  });

  test('unordered gives each result once, progress is of all, concurrency changes', async () => {
    const directory = fresh();
    const all = [1, 2].map(() => worker(directory, { concurrency: 2 }, new Model(() => 4)));
    const [first, second] = all as [(typeof all)[0], (typeof all)[0]];
    await begun(first.model);
    first.run.setConcurrency(20);
    await setTimeout(50);
    const items: Summary[] = [];
    const fresh_ = new Set<number>();
    let early = 0;
    for await (const { row, key, index, resumed } of first.run.unordered()) {
      assert.ok(row.id === key && index === key);
      if (!resumed) fresh_.add(index);
      items.push(row as Summary);
      if (first.run.progress.rows < 300) early++;
    }
    assertExact(
      items.sort((a, b) => a.id - b.id || a.part - b.part),
      allSummaries(ROWS),
    );
    assert.ok(early > 50, `${early} before the end`);
    assert.equal(first.model.mostRunning, 20);
    const withResults = first.model.calls.filter((id) => id % 10 !== 3);
    assert.deepEqual(
      [...fresh_].sort((a, b) => a - b),
      withResults.sort((a, b) => a - b),
    );
    const result = await first.run;
    assert.deepEqual([first.run.progress.rows, first.run.progress.totalRows, first.run.results().length], [300, 300, result.rows.length]);
    await second.run;
  });
});

describe('calls beside running workers', () => {
  test('no batches are merged while another worker makes the checkpoint of them', async () => {
    const directory = fresh();
    let merges = 0;
    const onEvent = ({ type }: MapEvent): void => void (type === 'compacted' && merges++);
    const model = new Model(() => 3);
    const { run } = worker(directory, { flushEvery: 0, concurrency: 1, onEvent }, model);
    await begun(model);
    const lock = await FileLock.take(join(workersFolder({ directory, step: 's', operation: 'op' }), 'final.lock'), { waitMs: 5000 });
    const before = merges;
    const from = model.calls.length;
    while (model.calls.length < from + 60) await setTimeout(5);
    assert.equal(merges, before);
    await lock.release();
    while (merges === before && model.calls.length < 300) await setTimeout(5);
    assert.ok(merges > before);
    assertExact((await run).rows, allSummaries(ROWS));
    assert.equal(model.calls.length, 300);
  });

  test('partial results, plans, listings and sweeps', async () => {
    const directory = fresh();
    const all = [1, 2].map(() => worker(directory, { flushEvery: 0, batchSize: 4 }, new Model(() => 5)));
    await begun(...all.map(({ model }) => model));
    const seen: number[] = [];
    const checkpoints = manager(directory);
    let running = true;
    const runs = Promise.all(all.map(({ run }) => run)).finally(() => (running = false));
    while (running) {
      const partial = await checkpoints.loadPartialResults('s', 'op', { hash: 'h' });
      const ids = new Set((partial?.rows ?? []).map(({ id }) => id));
      assert.ok((partial?.inputRows ?? 0) >= ids.size);
      // Once all are done, the sweep below may remove their checkpoint before the runs have told.
      if (callsOf(all.map(({ model }) => model)).length < 300) seen.push(partial?.inputRows ?? 0);
      const plan = await checkpoints.planIncremental('s', 'op', ROWS, { key: 'id', hash: 'h' });
      assert.equal(plan.new.length + plan.unchanged.length, 300);
      await checkpoints.listCheckpoints();
      const [map] = await checkpoints.listMaps();
      if (running && map !== undefined) assert.equal(map.state, 'running');
      for (const dryRun of [true, false]) {
        const swept = await checkpoints.sweep({ dryRun });
        // At the end it may find all of them gone before they have told.
        const isAtWork = running && callsOf(all.map(({ model }) => model)).length < 300;
        if (isAtWork) for (const { path } of swept.removed) assert.ok(!/batch_|\.workers/.test(path), path);
      }
    }
    const results = await runs;
    for (const { rows } of results) assertExact(rows, allSummaries(ROWS));
    assert.equal(callsOf(all.map(({ model }) => model)).length, 300);
    // On a busy machine a look may take longer than the workers.
    assert.ok(seen.length > 0 && seen.every((rows) => rows <= 300));
    for (const [at, rows] of seen.entries()) assert.ok(at === 0 || rows >= (seen[at - 1] ?? 0), seen.join());
  });

  test(
    'in a read-only folder known results are read, and others are not paid for',
    { skip: process.getuid?.() === 0 && 'root may write anywhere' },
    async () => {
      const directory = fresh();
      await worker(directory).run;
      chmodSync(directory, 0o555);
      try {
        assertExact((await worker(directory).run).rows, allSummaries(ROWS));
        const more = worker(directory, {}, new Model(), articles(301));
        await rejectsWith('ERR_CKPT_PERMISSION', () => more.run);
        assert.deepEqual(more.model.calls, []);
      } finally {
        chmodSync(directory, 0o755);
      }
    },
  );
});
