import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { openCheckpoint, readCheckpoint, verifyCheckpoint, type CheckpointInfo, type Row } from 'arrow-ckpt';
import { fallbackStore } from '../lib/formats/parquet/fallback/fallback-store.js';
import { describeFiles } from '../lib/formats/parquet/describe-files.js';
import { rejectsWith } from './support/codes.js';
import { noBinding } from './support/readers.js';
import { tempFolder } from './support/temp-folder.js';
import { writeThin } from './support/thin-files.js';

const ROWS: Row[] = Array.from({ length: 500 }, (_, id) => ({
  id,
  text: id % 7 ? `text ${id} 漢字` : null,
  meta: { tags: ['a', `t${id % 5}`], n: id / 4, at: new Date(id * 1e6) },
  vector: Float32Array.from([id, 1, 2]),
}));
const PICKS = Array.from({ length: 800 }, (_, at) => (at * 7) % 500);
const PICKED = PICKS.map((at) => ROWS[at] as Row);
const SHARED = ['text', 'meta', 'vector'];

async function infoOf(path: string): Promise<CheckpointInfo> {
  await using reader = await openCheckpoint(path);
  return reader.info;
}

describe('thin checkpoints', { skip: noBinding }, () => {
  const folder = tempFolder('thin');

  test('read as whole ones, by every call', async () => {
    const { path } = await writeThin(join(folder, 'read'), ROWS, PICKS, SHARED);
    assert.deepStrictEqual(await readCheckpoint(path), PICKED);
    const some = PICKED.slice(100, 107).map(({ text, meta }) => ({ text, meta: { n: (meta as { n: number }).n } }));
    assert.deepStrictEqual(await readCheckpoint(path, { columns: ['text', 'meta.n'], offset: 100, limit: 7 }), some);
    const where = { 'meta.n': { $lt: 10 }, text: { $ne: null } };
    const wanted = PICKED.filter((row) => (row.meta as { n: number }).n < 10 && row.text !== null);
    assert.ok(wanted.length > 30);
    assert.deepStrictEqual(await readCheckpoint(path, { where }), wanted);
    await using reader = await openCheckpoint(path);
    const scanned: Row[] = [];
    for await (const row of reader.rows()) scanned.push(row);
    assert.deepStrictEqual(scanned, PICKED);
    assert.equal(await reader.count({ where }), wanted.length);
    const columns = await reader.columns(['id', 'text', 'meta.n']);
    assert.equal(columns.rows, PICKED.length);
    assert.deepStrictEqual(
      columns.column('text')?.toArray(),
      PICKED.map((row) => row.text),
    );
  });

  test('are described as whole ones', async () => {
    const { path, whole } = await writeThin(join(folder, 'described'), ROWS, PICKS, SHARED);
    const [thin, other] = await Promise.all([path, whole].map(infoOf));
    assert.equal(thin?.rows, PICKS.length);
    const told = (info?: CheckpointInfo) => info?.columns.map(({ name, type }) => ({ name, type }));
    assert.deepStrictEqual(told(thin), told(other));
    const [listed] = await describeFiles([path]);
    assert.deepStrictEqual(listed?.info(), thin);
  });

  test('are verified with all that they refer to', async () => {
    const { path, whole, pool } = await writeThin(join(folder, 'verified'), ROWS, PICKS, ['text']);
    const { rows, checksums } = await verifyCheckpoint(path);
    assert.deepStrictEqual({ rows, checksums }, { rows: PICKS.length, checksums: true });
    const bytes = readFileSync(whole);
    let failed = 0;
    for (const flipped of [600, 1500, 3000]) {
      const bad = Buffer.from(bytes);
      bad[flipped]! ^= 1;
      // In place: the pool has the same file.
      writeFileSync(whole, bad);
      try {
        await verifyCheckpoint(path);
      } catch {
        await rejectsWith('ERR_CKPT_CORRUPT', () => verifyCheckpoint(path), { path: pool, message: /thin\.parquet/ });
        failed++;
      }
    }
    assert.ok(failed > 0);
  });

  test('without the other file all but its columns can be read', async () => {
    const { path, whole, pool, id } = await writeThin(join(folder, 'missing'), ROWS, PICKS, SHARED);
    rmSync(whole);
    assert.deepStrictEqual(await readCheckpoint(path), PICKED);
    rmSync(pool);
    const message = new RegExp(`'text'.*${id}.*step/whole\\.parquet.*columns.*materialize`);
    await rejectsWith('ERR_CKPT_BASE', () => readCheckpoint(path), { path, column: 'text', message });
    await rejectsWith('ERR_CKPT_BASE', () => verifyCheckpoint(path), { path });
    await rejectsWith('ERR_CKPT_BASE', () => readCheckpoint(path, { where: { text: 'text 1' } }), { path });
    const ids = PICKED.map(({ id: own }) => ({ id: own }));
    assert.deepStrictEqual(await readCheckpoint(path, { columns: ['id'] }), ids);
    assert.equal((await infoOf(path)).columns.length, 4);
  });

  test('read without the binary, too', async () => {
    const { path } = await writeThin(join(folder, 'fallback'), ROWS, PICKS, SHARED);
    assert.deepStrictEqual(await fallbackStore.read(path, {}), PICKED);
    const { columns } = await fallbackStore.info(path);
    assert.deepStrictEqual(columns, (await infoOf(path)).columns);
  });
});
