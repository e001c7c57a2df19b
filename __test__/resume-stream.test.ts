import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { type MapSummary, type Row } from 'arrow-ckpt';
import { rejectsWith } from './support/codes.ts';
import { assertExact } from './support/exact.ts';
import { allSummaries, articles, manager, MAP, Model, type Article } from './support/map-rows.ts';
import { resultOf } from './support/run-program.ts';
import { tempFolder } from './support/temp-folder.ts';

const folder = tempFolder('map-stream');
const ROWS = articles(500);

async function* stream(rows: readonly Article[]): AsyncGenerator<Article> {
  for (const row of rows) {
    if (row.id % 97 === 5) await setTimeout(1);
    yield row;
  }
}

async function collect<T>(run: AsyncGenerator<T, MapSummary>): Promise<{ rows: T[]; summary: MapSummary }> {
  const rows: T[] = [];
  for (;;) {
    const next = await run.next();
    if (next.done === true) return { rows, summary: next.value };
    rows.push(next.value);
  }
}

for (const enableArrow of [true, false]) {
  test(`rows in as a stream, results out in order, and only what changed the next time: ${enableArrow ? 'Parquet' : 'JSON'}`, async () => {
    const checkpoints = manager(join(folder, `order ${enableArrow}`), enableArrow);
    const first = await collect(checkpoints.mapStream('s', 'op', stream(ROWS), new Model(() => Math.random() * 3).summarise, MAP));
    assertExact(first.rows, allSummaries(ROWS));
    assert.equal(first.summary.computed, 500);
    assertExact(await checkpoints.loadCheckpoint('s', 'op', { hash: 'h' }), allSummaries(ROWS));
    const steps: [Article[], number[]][] = [
      [ROWS, []],
      [
        [...ROWS, ...articles(510).slice(500)],
        [500, 501, 502, 503, 504, 505, 506, 507, 508, 509],
      ],
      [[{ id: -1, title: 'first' }, ...ROWS], [-1]],
      [[...ROWS].reverse(), []],
      [ROWS.filter(({ id }) => id % 3 === 0), []],
    ];
    for (const [rows, calls] of steps) {
      const model = new Model();
      const again = await collect(checkpoints.mapStream('s', 'op', stream(rows), model.summarise, MAP));
      assertExact(again.rows, allSummaries(rows));
      assert.deepStrictEqual(model.calls, calls);
      assertExact(await checkpoints.loadCheckpoint('s', 'op', { hash: 'h' }), allSummaries(rows));
    }
  });
}

test('who stops early keeps what is finished, and closes the input', async () => {
  const directory = join(folder, 'early');
  const checkpoints = manager(directory);
  let closed = false;
  async function* source(): AsyncGenerator<Article> {
    try {
      yield* ROWS;
    } finally {
      closed = true;
    }
  }
  const first = new Model(() => 1);
  let taken = 0;
  for await (const _ of checkpoints.mapStream('s', 'op', source(), first.summarise, { ...MAP, batchSize: 50 })) if (++taken === 100) break;
  for (let turns = 0; !closed && turns < 100; turns++) await setTimeout(5);
  assert.ok(closed);
  assert.ok(!readdirSync(directory).some((name) => name.startsWith('.lease')), 'nobody holds the operation any more');
  const second = new Model();
  const { rows, summary } = await collect(checkpoints.mapStream('s', 'op', stream(ROWS), second.summarise, MAP));
  assertExact(rows, allSummaries(ROWS));
  assert.ok(summary.resumed >= 90);
  assert.ok(first.calls.length + second.calls.length <= 500 + 8);
});

test('an abort does not wait for an input that gives nothing, nor for a call that hangs', async () => {
  const checkpoints = manager(join(folder, 'hangs'));
  async function* source(): AsyncGenerator<Article> {
    yield* articles(20);
    await new Promise(() => {});
  }
  const fn = (row: Article): Promise<Row> => (row.id === 3 ? new Promise(() => {}) : Promise.resolve({ id: row.id }));
  const stop = new AbortController();
  // AbortSignal.timeout would not keep the process alive.
  globalThis.setTimeout(() => stop.abort(new Error('enough')), 50);
  const options = { ...MAP, signal: stop.signal, lockWait: 1000 };
  await assert.rejects(collect(checkpoints.mapStream('s', 'op', source(), fn, options)), /enough/);
  const { resumed } = await checkpoints.map('s', 'op', articles(20), (row) => ({ id: row.id }), MAP);
  assert.equal(resumed, 19);
});

test('a consumer that is slow holds the input back', async () => {
  const checkpoints = manager(join(folder, 'slow'));
  let given = 0;
  async function* source(): AsyncGenerator<Row> {
    for (let id = 0; id < 2000; id++) {
      given++;
      yield { id, text: 'x'.repeat(100_000) };
    }
  }
  const run = checkpoints.mapStream('s', 'op', source(), ({ id }) => ({ id }), { key: 'id' });
  await run.next();
  await setTimeout(100);
  assert.ok(given < 1500, `${given} rows of 100 kB were read ahead of the first result`);
  await run.return(undefined as never);
  assert.ok(existsSync(join(folder, 'slow', 's', 'op_batches')));
});

test('errors of the call come with the first row that is asked for', async () => {
  const checkpoints = manager(join(folder, 'errors'));
  await rejectsWith('ERR_CKPT_INVALID_OPTION', () => checkpoints.mapStream('s', 'op', [], () => null, {} as { key: 'id' }).next());
  await rejectsWith('ERR_CKPT_DUPLICATE_KEY', () =>
    collect(checkpoints.mapStream('s', 'op', stream([...ROWS, ROWS[0]!]), new Model().summarise, MAP)),
  );
});

test('memory does not grow with the rows', async (t) => {
  const rows = Number(process.env['ARROW_CKPT_STREAM_ROWS'] ?? 200_000);
  const report = await resultOf<{ fresh: number; resumed: number; rows: number; results: number }>('map-memory.mjs', {
    args: [join(folder, 'memory'), String(rows)],
    timeout: 600_000,
  });
  t.diagnostic(JSON.stringify(report));
  assert.equal(report.results, rows);
  assert.ok(report.fresh <= 200 && report.resumed <= 200, JSON.stringify(report));
});
