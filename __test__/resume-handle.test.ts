import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { inspect, types } from 'node:util';
import type { CheckpointError, CheckpointSchema, MapItem, MapRun, Row } from 'arrow-ckpt';
import { rejectsWith } from './support/codes.ts';
import { assertExact } from './support/exact.ts';
import { allSummaries, articles, manager, MAP, Model, summaries, type Article, type Summary } from './support/map-rows.ts';
import { resultOf, runProgram } from './support/run-program.ts';
import { tempFolder } from './support/temp-folder.ts';

const folder = tempFolder('map-handle');
const ROWS = articles(100);

/** A function whose calls end when they are told to, one by one. */
class Held {
  readonly waiting = new Map<number, (results: Summary[]) => void>();
  readonly signals = new Map<number, AbortSignal>();
  readonly fn = (row: Article, { signal }: { signal: AbortSignal }): Promise<Summary[]> => {
    this.signals.set(row.id, signal);
    return new Promise((end) => this.waiting.set(row.id, end));
  };

  end(...ids: number[]): void {
    for (const id of ids) {
      this.waiting.get(id)?.(summaries({ id, title: `article ${id}` }));
      this.waiting.delete(id);
    }
  }

  /** Waits until calls for these rows are on their way. */
  async until(...ids: number[]): Promise<void> {
    for (let turns = 0; !ids.every((id) => this.waiting.has(id)); turns++) {
      assert.ok(turns < 1000, `calls for ${ids.join()}, got ${[...this.waiting.keys()].join()}`);
      await setTimeout(1);
    }
  }
}

async function all(items: AsyncIterable<MapItem<Summary>>): Promise<MapItem<Summary>[]> {
  const got: MapItem<Summary>[] = [];
  for await (const item of items) got.push(item);
  return got;
}

for (const enableArrow of [true, false]) {
  describe(`the handle of a map, ${enableArrow ? 'Parquet' : 'JSON'}`, () => {
    const checkpoints = manager(join(folder, `handle ${enableArrow}`), enableArrow);

    test('it is a promise, and behaves as one', async () => {
      const run = checkpoints.map('s', 'promise', ROWS, new Model().summarise, MAP);
      assert.ok(run instanceof Promise && types.isPromise(run));
      assert.match(inspect(run), /^Promise/);
      assert.deepStrictEqual(Object.keys(run), []);
      const [first, second, third] = await Promise.all([run, run.then((result) => result.computed), run.finally(() => {})]);
      assertExact(first.rows, allSummaries(ROWS));
      assert.equal(second, 100);
      assert.equal(third, first);
      assert.equal(run.progress.rows, 100);
      const failing = checkpoints.map('s', 'promise', ROWS, undefined as never, MAP);
      assert.equal(await failing.catch((error: CheckpointError) => error.code), 'ERR_CKPT_INVALID_OPTION');
      await rejectsWith('ERR_CKPT_INVALID_OPTION', () => checkpoints.map('s', 'promise', ROWS, () => null, { key: '' as 'id' }));
    });

    test('results come as their calls end, those of earlier runs before slow rows; each once', async () => {
      const known = ROWS.filter(({ id }) => id % 4 === 0 && id > 0);
      await checkpoints.map('s', 'unordered', known, new Model().summarise, MAP);
      const held = new Held();
      const run = checkpoints.map('s', 'unordered', ROWS, held.fn, MAP);
      const items = run.unordered();
      const got: MapItem<Summary>[] = [];
      const take = async (ids: number[]): Promise<void> => {
        const wanted = allSummaries(ids.map((id) => ROWS[id]!)).length;
        for (let count = 0; count < wanted; count++) got.push((await items.next()).value as MapItem<Summary>);
        assert.deepStrictEqual([...new Set(got.slice(-wanted).map(({ key }) => key))].sort(), ids.filter((id) => id % 10 !== 3).sort());
      };
      await take([4, 8]);
      await held.until(0, 1, 9);
      held.end(7, 9);
      await take([9, 7]);
      await take([12]);
      held.end(0);
      await take([0]);
      void (async () => {
        while (got.length < allSummaries(ROWS).length) {
          held.end(...held.waiting.keys());
          await setTimeout(1);
        }
      })();
      got.push(...(await all(items)));
      assertExact((await run).rows, allSummaries(ROWS));
      assertExact(
        [...got].sort((a, b) => a.index - b.index || a.row.part - b.row.part).map(({ row }) => row),
        allSummaries(ROWS),
      );
      for (const { row, key, index, resumed } of got) {
        assert.deepStrictEqual([key, index, resumed], [row.id, row.id, row.id % 4 === 0 && row.id > 0]);
      }
      assertExact(await checkpoints.loadCheckpoint('s', 'unordered', { hash: 'h' }), allSummaries(ROWS));
    });

    test('whoever asks later, again, or after the end gets all, too; copies', async () => {
      const held = new Held();
      const run = checkpoints.map('s', 'later', ROWS.slice(0, 8), held.fn, MAP);
      await held.until(0, 7);
      held.end(0, 1, 5);
      await setTimeout(5);
      assertExact(run.results(), allSummaries([0, 1, 5].map((id) => ROWS[id]!)));
      run.results()[0]!.text = 'changed';
      const early = all(run.unordered());
      held.end(2, 3, 4, 6, 7);
      const got = await early;
      for (const { row } of got) row.text = 'changed';
      const { rows } = await run;
      assertExact(rows, allSummaries(ROWS.slice(0, 8)));
      assert.deepStrictEqual(new Set(got.slice(0, 3).map(({ key }) => key)), new Set([0, 1, 5]));
      assertExact(
        (await all(run.unordered())).map(({ row }) => row).sort((a, b) => a.id - b.id || a.part - b.part),
        rows,
      );
      assertExact(run.results(), rows);
      assertExact(await checkpoints.loadCheckpoint('s', 'later', { hash: 'h' }), rows);
      // Whoever asks for the first time after the end.
      const again = checkpoints.map('s', 'later', ROWS.slice(0, 8), held.fn, MAP);
      await again;
      assert.deepStrictEqual(
        (await all(again.unordered())).map(({ resumed, row }) => [resumed, row.id]),
        rows.map(({ id }) => [true, id]),
      );
    });

    test('leaving the loop does not end the run, and a slow reader does not hold it back', async () => {
      const run = checkpoints.map('s', 'leave', ROWS, new Model().summarise, MAP);
      for await (const { key } of run.unordered()) if (key === 0) break;
      const slow = run.unordered();
      await slow.next();
      assertExact((await run).rows, allSummaries(ROWS));
      await slow.return();
      assert.deepStrictEqual(await slow.next(), { done: true, value: undefined });
    });

    test('stop: no further call begins, those on their way end, what is finished is kept', async () => {
      const held = new Held();
      const run = checkpoints.map('s', 'stop', ROWS, held.fn, { ...MAP, flushEvery: 1_000_000 });
      const items = all(run.unordered());
      await held.until(0, 7);
      run.stop();
      assert.deepStrictEqual(
        [...held.signals.values()].filter(({ aborted }) => aborted),
        [],
      );
      held.end(0, 1, 2, 3, 4, 5, 6);
      await setTimeout(10);
      assert.equal(held.signals.size, 8, 'no further call');
      held.end(7);
      const error = await rejectsWith('ERR_CKPT_STOPPED', () => run, { message: /stopped after 8 of 100 rows.*call it again/ });
      assert.deepStrictEqual([error.done, error.left], [8, 92]);
      await assert.rejects(items, error);
      assert.equal(run.progress.computed, 8);
      const again = await checkpoints.map('s', 'stop', ROWS, new Model().summarise, MAP);
      assert.deepStrictEqual([again.resumed, again.calls], [8, 92]);
      assertExact(again.rows, allSummaries(ROWS));
    });

    test('drain ends the wait, and a second stop ends it at once', async () => {
      for (const [name, stop] of [
        ['drain', (run: MapRun<Summary>) => run.stop({ drain: 20 })],
        ['second', (run: MapRun<Summary>) => (run.stop({ drain: Number.POSITIVE_INFINITY }), run.stop({ drain: 0 }))],
      ] as const) {
        const held = new Held();
        const run = checkpoints.map('s', name, ROWS, held.fn, MAP);
        await held.until(0, 7);
        held.end(3);
        stop(run);
        const error = await rejectsWith('ERR_CKPT_STOPPED', () => run, { message: /after 2 of|after 1 of/ });
        assert.equal(held.signals.get(0)!.reason, error);
        const again = await checkpoints.map('s', name, ROWS, new Model().summarise, MAP);
        assert.equal(again.resumed, error.done);
        assertExact(again.rows, allSummaries(ROWS));
      }
    });

    test('a run that is stopped when all its rows are called is done', async () => {
      const held = new Held();
      const run = checkpoints.map('s', 'whole', ROWS.slice(0, 8), held.fn, MAP);
      await held.until(0, 7);
      run.stop();
      held.end(0, 1, 2, 3, 4, 5, 6, 7);
      assertExact((await run).rows, allSummaries(ROWS.slice(0, 8)));
      run.stop();
      assert.ok(!readdirSync(join(folder, `handle ${enableArrow}`, 's')).includes('whole_batches'));
    });
  });
}

const checkpoints = manager(join(folder, 'others'));

test('setConcurrency counts at once, up and down, and before the run has begun', async () => {
  const held = new Held();
  const run = checkpoints.map('s', 'concurrency', ROWS, held.fn, MAP);
  run.setConcurrency(3);
  await held.until(0, 1, 2);
  await setTimeout(5);
  assert.equal(held.signals.size, 3);
  assert.equal(run.progress.concurrency, 3);
  run.setConcurrency(20);
  await held.until(0, 19);
  run.setConcurrency(1);
  held.end(...Array.from({ length: 19 }, (_, id) => id));
  await setTimeout(5);
  assert.equal(held.signals.size, 20);
  held.end(19);
  await held.until(20);
  await setTimeout(5);
  assert.equal(held.signals.size, 21);
  for (const wrong of [0, Number.NaN, 1.5, 100_001, '3' as never, undefined as never]) {
    assert.throws(() => run.setConcurrency(wrong), { code: 'ERR_CKPT_INVALID_OPTION' });
  }
  run.stop({ drain: 0 });
  await rejectsWith('ERR_CKPT_STOPPED', () => run);
  run.setConcurrency(5);
});

test('progress is that of the moment, without a listener', async () => {
  const held = new Held();
  const run = checkpoints.map('s', 'progress', ROWS, held.fn, MAP);
  assert.equal(run.progress.rows, 0);
  await held.until(0, 7);
  held.end(0, 1, 2, 3);
  await held.until(8, 11);
  const { rate: _, secondsLeft: __, usage, ...counts } = run.progress;
  assert.equal(usage.run.calls, 4);
  assert.deepStrictEqual(counts, {
    rows: 4,
    totalRows: 100,
    resumed: 0,
    computed: 4,
    failed: 0,
    calls: 12,
    concurrency: 8,
    pausedUntil: undefined,
  });
  run.stop({ drain: 0 });
  await rejectsWith('ERR_CKPT_STOPPED', () => run);
});

test('stop before the run has begun, and while it waits for another process', async () => {
  let calls = 0;
  const run = checkpoints.map('s', 'before', ROWS, () => void calls++, MAP);
  run.stop();
  await rejectsWith('ERR_CKPT_STOPPED', () => run, { done: 0, message: /before it began/ });
  assert.equal(calls, 0);
  const held = new Held();
  const holder = checkpoints.map('s', 'waits', ROWS, held.fn, MAP);
  await held.until(0);
  const waits = checkpoints.map('s', 'waits', ROWS, held.fn, { ...MAP, lockWait: Number.POSITIVE_INFINITY });
  await setTimeout(20);
  waits.stop();
  await rejectsWith('ERR_CKPT_STOPPED', () => waits, { message: /before it began/ });
  holder.stop({ drain: 0 });
  await rejectsWith('ERR_CKPT_STOPPED', () => holder);
});

test('rows that wait for another attempt are left at a stop, and so is one that throws then', async () => {
  const retries = { times: 5, minDelay: 60_000, maxDelay: 60_000 };
  const model = new Model(
    () => 0,
    ({ id }) => id === 0,
  );
  let retried = 0;
  const onEvent = (): void => void retried++;
  const run = checkpoints.map('s', 'retries', ROWS.slice(0, 4), model.summarise, { ...MAP, retries, onEvent });
  while (retried === 0 || run.progress.rows < 3) await setTimeout(1);
  run.stop();
  await rejectsWith('ERR_CKPT_STOPPED', () => run, { done: 3, left: 1 });
  let fail: ((error: Error) => void) | undefined;
  const fn = (row: Article) => (row.id === 1 ? summaries(row) : new Promise<Summary[]>((_, reject) => (fail = reject)));
  const throwing = checkpoints.map('s', 'throws', ROWS.slice(0, 2), fn, { ...MAP, retries });
  while (fail === undefined) await setTimeout(1);
  throwing.stop();
  fail(new Error('busy'));
  await rejectsWith('ERR_CKPT_STOPPED', () => throwing, { done: 1, left: 1 });
  // Without retries it has failed: that is what ends the run.
  fail = undefined;
  const failing = checkpoints.map('s', 'throws', ROWS.slice(0, 2), fn, { ...MAP, onError: 'collect' });
  while (fail === undefined) await setTimeout(1);
  failing.stop();
  (fail as (error: Error) => void)(new Error('busy'));
  const { failed, resumed } = await failing;
  assert.deepStrictEqual([failed.length, resumed], [1, 1]);
});

test('an error or an abort counts before a stop, if it comes before', async () => {
  const abort = new AbortController();
  const held = new Held();
  const run = checkpoints.map('s', 'aborted', ROWS, held.fn, { ...MAP, signal: abort.signal });
  await held.until(0, 7);
  abort.abort(new Error('enough'));
  run.stop();
  await assert.rejects(run, /enough/);
  const later = new Held();
  const fn = (row: Article) => (row.id === 7 ? Promise.reject(new Error('no')) : later.fn(row, abort));
  const fails = checkpoints.map('s', 'fails', ROWS, fn, MAP);
  await later.until(0, 6);
  fails.stop({ drain: 20 });
  await rejectsWith('ERR_CKPT_ROW_FAILED', () => fails, { row: 7 });
});

test('wrong options of stop', async () => {
  const run = checkpoints.map('s', 'wrong', ROWS, new Model().summarise, MAP);
  assert.throws(() => run.stop({ drain: -1 }), { code: 'ERR_CKPT_INVALID_OPTION' });
  assert.throws(() => run.stop({ drain: Number.NaN }), { code: 'ERR_CKPT_INVALID_OPTION' });
  assert.throws(() => run.stop({ wait: 1 } as object), { code: 'ERR_CKPT_UNKNOWN_OPTION' });
  assert.throws(() => run.stop(5 as never), { code: 'ERR_CKPT_INVALID_OPTION' });
  await run;
});

test('a map that keeps nothing has a handle, too', async () => {
  const held = new Held();
  const run = manager(null as never).map('s', 'op', ROWS, held.fn, MAP);
  await held.until(0, 7);
  held.end(0);
  run.stop({ drain: 0 });
  await rejectsWith('ERR_CKPT_STOPPED', () => run, { message: /nothing is kept without a directory/ });
});

test('a stream has progress, setConcurrency and stop', async () => {
  const held = new Held();
  const stream = checkpoints.mapStream('s', 'stream', ROWS, held.fn, MAP);
  assert.equal(typeof stream.return, 'function');
  assert.equal(stream[Symbol.asyncIterator](), stream);
  stream.setConcurrency(4);
  const first = stream.next();
  await held.until(0, 3);
  assert.equal(held.signals.size, 4);
  held.end(0);
  assert.equal(((await first).value as Summary).id, 0);
  assert.deepStrictEqual([stream.progress.computed, stream.progress.concurrency], [1, 4]);
  await held.until(4);
  stream.stop({ drain: 30 });
  held.end(1);
  await setTimeout(60);
  assert.ok(held.signals.get(4)!.aborted, 'though nobody asks for the next row');
  const error = await rejectsWith('ERR_CKPT_STOPPED', () => stream.next());
  const { resumed } = await checkpoints.map('s', 'stream', ROWS, new Model().summarise, MAP);
  assert.equal(resumed, error.done);
  assert.ok(resumed >= 2);
});

test('without badResults a result that does not fit fails its row at once; with it the row is tried again', async () => {
  const schema: CheckpointSchema = { columns: [{ name: 'id', type: 'number' }] };
  const attempts: Row = {};
  const fn = ({ id }: Article, { attempt }: { attempt: number }): Row => {
    attempts[id] = attempt;
    return id === 3 && attempt < 3 ? { id: 'three' } : id === 5 && attempt === 1 ? (7 as never) : { id };
  };
  const seen: unknown[] = [];
  const retries = { times: 3, minDelay: 1, retryIf: (error: unknown) => (seen.push((error as CheckpointError).code), true) };
  const options = { ...MAP, schema, onError: 'collect' as const };
  const once = await checkpoints.map('s', 'misfit', ROWS.slice(0, 8), fn, { ...options, retries });
  assert.deepStrictEqual(
    once.failed.map(({ key, error }) => [key, (error.cause as CheckpointError).code]),
    [
      [3, 'ERR_CKPT_SCHEMA'],
      [5, 'ERR_CKPT_ROW_NOT_OBJECT'],
    ],
  );
  assert.deepStrictEqual([seen, attempts[3]], [[], 1]);
  const { rows, calls } = await checkpoints.map('s', 'misfit', ROWS.slice(0, 8), fn, {
    ...options,
    retries: { ...retries, badResults: true },
  });
  assertExact(
    rows,
    Array.from({ length: 8 }, (_, id) => ({ id })),
  );
  assert.deepStrictEqual([calls, seen.sort()], [5, ['ERR_CKPT_ROW_NOT_OBJECT', 'ERR_CKPT_SCHEMA', 'ERR_CKPT_SCHEMA']]);
  await rejectsWith('ERR_CKPT_INVALID_OPTION', () =>
    checkpoints.map('s', 'misfit', ROWS, fn, { ...MAP, retries: { times: 1, badResults: 1 as never } }),
  );
});

test('a failure that nobody handles ends the process, one that a reader of results gets does not', async () => {
  const nobody = await runProgram('map-unhandled.mjs', { args: [folder, 'nobody'] });
  assert.equal(nobody.code, 1);
  assert.match(nobody.stderr, /ERR_CKPT_ROW_FAILED/);
  assert.equal(await resultOf('map-unhandled.mjs', { args: [folder, 'reader'] }), 'ERR_CKPT_ROW_FAILED');
});
