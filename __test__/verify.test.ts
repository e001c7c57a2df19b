import assert from 'node:assert/strict';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { verifyCheckpoint, writeCheckpoint, type Progress, type Row } from 'arrow-ckpt';
import { failureOf, FORMATS, rejectsWith } from './support/codes.js';
import { resultOf } from './support/run-program.js';
import { tempFolder } from './support/temp-folder.js';
import { dataPath, noTestData } from './support/test-data.js';

const ROWS: Row[] = Array.from({ length: 5000 }, (_, id) => ({ id, title: `title ${id}`, tags: ['a', `t${id % 7}`] }));
const folder = tempFolder('verify');

for (const format of FORMATS) {
  describe(`verifyCheckpoint of ${format}`, () => {
    const path = join(folder, `a.${format}`);

    test('reads all rows and tells what it read', async () => {
      await writeCheckpoint(path, ROWS, { hash: 'h' });
      const expected = { path, format, rows: ROWS.length, bytes: statSync(path).size, checksums: format === 'parquet' };
      assert.deepStrictEqual(await verifyCheckpoint(path), expected);
      await writeCheckpoint(path, []);
      assert.equal((await verifyCheckpoint(path)).rows, 0);
    });

    test('tells the progress and obeys an abort', async () => {
      await writeCheckpoint(path, ROWS);
      const told: Progress[] = [];
      await verifyCheckpoint(path, { onProgress: (progress) => told.push(progress) });
      assert.equal(told.at(-1)?.rows, ROWS.length);
      const reason = new Error('enough');
      assert.equal(await failureOf(() => verifyCheckpoint(path, { signal: AbortSignal.abort(reason) })), reason);
      const controller = new AbortController();
      const running = verifyCheckpoint(path, { signal: controller.signal });
      controller.abort(reason);
      assert.equal(await failureOf(() => running), reason);
    });

    test('throws what is wrong with the file', async () => {
      await writeCheckpoint(path, ROWS);
      const bytes = readFileSync(path);
      writeFileSync(path, bytes.subarray(0, bytes.length - 9));
      await rejectsWith('ERR_CKPT_TRUNCATED', () => verifyCheckpoint(path), { path });
      bytes[bytes.length >> 1] = 0;
      writeFileSync(path, bytes);
      await rejectsWith('ERR_CKPT_CORRUPT', () => verifyCheckpoint(path), { path });
      await rejectsWith('ERR_CKPT_NOT_FOUND', () => verifyCheckpoint(join(folder, 'none')));
      await rejectsWith('ERR_CKPT_NOT_A_FILE', () => verifyCheckpoint(folder));
    });
  });
}

test('verifyCheckpoint takes only its own options', async () => {
  await rejectsWith('ERR_CKPT_UNKNOWN_OPTION', () => verifyCheckpoint('x', { columns: ['a'] } as object), {
    message: /it knows limits, signal, onProgress/,
  });
  await rejectsWith('ERR_CKPT_INVALID_OPTION', () => verifyCheckpoint('x', { signal: 1 } as object));
  await rejectsWith('ERR_CKPT_INVALID_ARGUMENT', () => verifyCheckpoint(''));
});

test('verifyCheckpoint compares checksums without the binary, too', async () => {
  const path = join(folder, 'fallback.parquet');
  await writeCheckpoint(path, ROWS);
  const program = 'verify-one.mjs';
  const env = { ARROW_CKPT_FORCE_JSON: '1' };
  const good = await resultOf<object>(program, { args: [path], env });
  assert.deepStrictEqual(good, { path, format: 'parquet', rows: ROWS.length, bytes: statSync(path).size, checksums: true });
  const bytes = readFileSync(path);
  bytes[200] = bytes[200]! ^ 1;
  writeFileSync(path, bytes);
  assert.deepStrictEqual(await resultOf(program, { args: [path], env }), { code: 'ERR_CKPT_CORRUPT' });
});

test('files of other writers have no checksums, and are read all the same', { skip: noTestData }, async () => {
  const { format, rows, checksums } = await verifyCheckpoint(dataPath('kura/parquet/summaries.parquet'));
  assert.deepStrictEqual([format, rows, checksums], ['parquet', 1000, false]);
});
