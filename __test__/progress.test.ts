import assert from 'node:assert/strict';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { readCheckpoint, writeCheckpoint, type Progress, type Row } from 'arrow-ckpt';
import { FORMATS } from './support/codes.js';
import { tempFolder } from './support/temp-folder.js';

const COUNT = 300_000;
const ROWS: Row[] = Array.from({ length: COUNT }, (_, id) => ({ id, text: `row ${id}`, m: { a: [id, 'x'] } }));

function assertSane(calls: Progress[], totalRows: number | undefined): void {
  assert.ok(calls.length > 0);
  let before = 0;
  for (const call of calls) {
    assert.deepStrictEqual(Object.keys(call).sort(), ['rows', 'totalRows']);
    assert.ok(Number.isInteger(call.rows) && call.rows >= before && call.rows <= COUNT);
    assert.equal(call.totalRows, totalRows);
    before = call.rows;
  }
  assert.equal(before, COUNT);
}

for (const format of FORMATS) {
  describe(`onProgress, ${format}`, () => {
    const path = join(tempFolder('progress'), `a.${format}`);

    test('rows rise to their number, in saves and loads', async () => {
      for (const [rows, total] of [
        [ROWS, COUNT],
        [new Set(ROWS), undefined],
      ] as const) {
        const calls: Progress[] = [];
        await writeCheckpoint(path, rows, { onProgress: (progress) => calls.push(progress) });
        assertSane(calls, total);
      }
      const calls: Progress[] = [];
      await readCheckpoint(path, { onProgress: (progress) => calls.push(progress) });
      // Plain JSON and JSONL do not say how many rows there are.
      assertSane(calls, format === 'parquet' ? COUNT : undefined);
    });

    test('one that throws is warned of once, and breaks nothing', async () => {
      for (const work of [
        async (onProgress: () => void) => (await writeCheckpoint(path, ROWS, { onProgress })).rows,
        async (onProgress: () => void) => (await readCheckpoint(path, { onProgress })).length,
      ]) {
        let calls = 0;
        const warned = once(process, 'warning') as Promise<[Error]>;
        const done = await work(() => {
          calls++;
          throw new Error('no bar');
        });
        assert.equal(done, COUNT);
        assert.equal(calls, 1);
        assert.match((await warned)[0].message, /onProgress threw.*no bar/);
      }
    });
  });
}
