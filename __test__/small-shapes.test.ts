import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import { CheckpointError, openCheckpoint, readCheckpoint, writeCheckpoint, type Row } from 'arrow-ckpt';

const folder = await mkdtemp(join(tmpdir(), 'arrow-ckpt-shapes-'));
after(() => rm(folder, { recursive: true, force: true }));

/** More shapes than are remembered, of columns that are alike: what is remembered of one must not make the rows of another. */
const SHAPES: Row[][] = [
  ...Array.from({ length: 20 }, (_, shape) => Array.from({ length: 3 }, (_, row) => ({ id: row, [`value ${shape}`]: row / 2 }))),
  // The same columns in the file, and other plans.
  [{ a: '{"x":1}' }, { a: 'text' }],
  [{ a: { x: 1 } }, { a: 'text' }],
  [{ a: 1, b: 2 }],
  [{ b: 2, a: 1 }],
  [{ a: 1, b: 2 }, { b: 2 }],
  [{ a: 1n }],
  [{ a: new Date(0) }],
  // The same names with and without dictionaries, nulls, lists.
  Array.from({ length: 40 }, () => ({ text: 'the same' })),
  Array.from({ length: 40 }, (_, row) => ({ text: `another ${row}` })),
  [{ text: null }, { text: 'x' }],
  [{ text: ['x'] }],
  [{ text: [{ y: 'x' }] }],
  [],
];

test('a save tells of a small file what the file tells', async () => {
  const path = join(folder, 'told.parquet');
  for (const rows of SHAPES) {
    const metadata = rows.length > 2 ? { model: 'm', __proto__x: '\ud800' } : undefined;
    const saved = await writeCheckpoint(path, rows, { ...(metadata && { metadata }), hash: `h${rows.length}` });
    const file = await openCheckpoint(path);
    assert.deepStrictEqual(saved, file.info);
    await file.close();
  }
});

test('files of many shapes, one after another and again, have their own rows', async () => {
  const at = (shape: number) => join(folder, `${shape}.parquet`);
  for (const [shape, rows] of SHAPES.entries()) await writeCheckpoint(at(shape), rows);
  for (let round = 0; round < 3; round++)
    for (const [shape, rows] of SHAPES.entries()) assert.deepEqual(await readCheckpoint(at(shape)), rows);
  const together = await Promise.all(SHAPES.map((_, shape) => readCheckpoint(at(shape))));
  assert.deepEqual(together, SHAPES);
});

test('the name of a column is its own where all else is the same', async () => {
  const names = ['a', 'b', 'A', 'ä', 'a.b', '__proto__'];
  for (const name of names) {
    const path = join(folder, 'name.parquet');
    const rows = [JSON.parse(`{${JSON.stringify(name)}:"x"}`) as Row];
    await writeCheckpoint(path, rows);
    assert.deepEqual(Object.keys((await readCheckpoint(path))[0] as Row), [name]);
  }
});

test('rows in the form of another program come back each time', async () => {
  const rows = [{ id: 1, tags: ['a'], note: { deep: 1 } }];
  const path = join(folder, 'docetl.parquet');
  await writeCheckpoint(path, rows, { compat: 'docetl' });
  const first = await readCheckpoint(path);
  assert.deepEqual(await readCheckpoint(path), first);
  assert.deepEqual(await readCheckpoint(path, { compat: 'docetl' }), first);
  assert.deepEqual(first, rows);
});

test('a pipe is refused, and not opened', { skip: process.platform === 'win32' && 'no pipes with names' }, async () => {
  const path = join(folder, 'pipe.parquet');
  await promisify(execFile)('mkfifo', [path]);
  await assert.rejects(readCheckpoint(path), (error) => error instanceof CheckpointError && error.code === 'ERR_CKPT_NOT_A_FILE');
});
