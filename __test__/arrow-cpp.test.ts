// Builds examples/cpp-consumer, and hands it C streams.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { openCheckpoint, writeCheckpoint, type ArrowStream } from 'arrow-ckpt';
import { buildAddon, noCompiler, type CppConsumer } from './support/cpp-consumer.ts';
import { damagedCopy } from './support/damaged-copy.ts';
import { noBinding } from './support/readers.ts';
import { tempFolder } from './support/temp-folder.ts';

const ROWS = 20_000;
const rows = Array.from({ length: ROWS }, (_, id) => ({
  id,
  score: id % 10 === 3 ? null : id / 4 + 0.25,
  vector: id % 100 === 7 ? null : Float32Array.of(3 * (id % 5), 4 * (id % 5)),
}));

describe('C++ reads C streams', { skip: noBinding || noCompiler }, () => {
  const folder = tempFolder('arrow-cpp');
  const path = join(folder, 'rows.parquet');
  let cpp: CppConsumer;
  before(async () => {
    cpp = buildAddon<CppConsumer>('examples/cpp-consumer/src/addon.cc', folder);
    await writeCheckpoint(path, rows, { rowGroupRows: 7000 });
  });

  test('sums a column and computes norms, on other threads, side by side', async () => {
    const reader = await openCheckpoint(path);
    const streams = [reader.arrowStream({ columns: ['score'], batchRows: 999 }), reader.arrowStream({ columns: ['vector', 'id'] })];
    await reader.close();
    const [summed, norms] = await Promise.all([
      cpp.sum(streams[0] as ArrowStream, 'score'),
      cpp.norms(streams[1] as ArrowStream, 'vector'),
    ]);
    assert.deepStrictEqual([summed.rows, summed.sum], [ROWS, rows.reduce((sum, { score }) => sum + (score ?? 0), 0)]);
    assert.ok(summed.batches >= 21, `${summed.batches} batches`);
    assert.deepStrictEqual(
      [...norms],
      rows.map(({ vector }, id) => (vector === null ? Number.NaN : 5 * (id % 5))),
    );
    assert.equal(cpp.sumArray(Float64Array.of(1, 2, 3.5)).sum, 6.5);
  });

  test('a stream is taken once; other values are none', async () => {
    await using reader = await openCheckpoint(path);
    const stream = reader.arrowStream({ columns: ['score'] });
    await cpp.sum(stream, 'score');
    assert.throws(() => cpp.sum(stream, 'score'), /taken before/);
    for (const other of [{}, 1, null, new Uint8Array(8)]) assert.throws(() => cpp.sum(other as ArrowStream, 'score'), /not an External/);
  });

  test('an error of the core arrives with its code', async () => {
    await using reader = await openCheckpoint(await damagedCopy(path, join(folder, 'damaged.parquet')));
    await assert.rejects(cpp.norms(reader.arrowStream({ columns: ['vector'] }), 'vector'), /ERR_CKPT_CORRUPT: .*column 'vector'/);
    await using whole = await openCheckpoint(path);
    await assert.rejects(cpp.sum(whole.arrowStream(), 'vector'), /format \+l/);
  });
});
