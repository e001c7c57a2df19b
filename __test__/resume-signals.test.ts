import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { type MapContext, type Row } from 'arrow-ckpt';
import { articles, manager, MAP } from './support/map-rows.ts';
import { resultOf } from './support/run-program.ts';
import { tempFolder } from './support/temp-folder.ts';

const folder = tempFolder('map-signals');

test('listeners that nobody removes go with their call: memory stays flat, and nothing is warned of', async () => {
  const rows = process.env['ARROW_CKPT_SIGNAL_ROWS'] ?? '20000';
  const start = { args: [join(folder, 'many'), rows], nodeArgs: ['--expose-gc'], timeout: 300_000 };
  const report = await resultOf<{ warnings: string[]; aborted: number; plain: number; timeout: number }>('map-signals.mjs', start);
  assert.deepStrictEqual(report.warnings, []);
  assert.equal(report.aborted, 0);
  // Before, each call left 0.4 to 1.3 kB.
  const most = 3 + Number(rows) / 20_000;
  assert.ok(report.plain < most && report.timeout < most, JSON.stringify(report));
});

test('an abort reaches each call that is on its way, and no other', async () => {
  const stop = new AbortController();
  const signals: AbortSignal[] = [];
  const contexts: MapContext[] = [];
  const fn = async (row: Row, context: MapContext): Promise<Row> => {
    contexts.push(context);
    if (row['id'] !== 9) signals.push(context.signal);
    if (row['id'] === 9) setTimeout(() => stop.abort(new Error('enough')), 30);
    if ((row['id'] as number) >= 6) await new Promise(() => {});
    return row;
  };
  const run = manager(join(folder, 'abort')).map('s', 'op', articles(10), fn, { ...MAP, concurrency: 10, signal: stop.signal });
  await assert.rejects(run, /enough/);
  assert.equal(new Set(signals).size, 9);
  assert.deepStrictEqual(
    signals.map(({ aborted }) => aborted),
    [...Array<boolean>(6).fill(false), true, true, true],
  );
  assert.match(String(signals[8]!.reason), /enough/);
  // Who asks late is told, too.
  assert.ok(contexts[9]!.signal.aborted);
  assert.equal(contexts[9]!.signal, contexts[9]!.signal);
  assert.deepStrictEqual(getEventListeners(stop.signal, 'abort'), [], 'the run leaves no listener behind');
});
