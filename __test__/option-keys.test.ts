import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  CheckpointManager,
  openCheckpoint,
  verifyCheckpoint,
  writeCheckpoint,
  type ReadOptions,
  type StepOptions,
  type WriteOptions,
} from 'arrow-ckpt';
import { noBinding } from './support/readers.ts';
import { tempFolder } from './support/temp-folder.ts';

const folder = tempFolder('option-keys');
const rows = Array.from({ length: 20_000 }, (_, id) => ({ id: `${(id * 2654435761) % 4294967296}` }));

/** A value of every option of a save. The compiler asks for one when an option is added. */
const WRITE: { [K in keyof Required<WriteOptions>]: WriteOptions[K] } = {
  compression: 'zstd',
  compressionLevel: 3,
  rowGroupRows: 1000,
  pages: 'content',
  bloomFilter: true,
  parts: undefined,
  hash: 'h',
  metadata: { made: 'here' },
  schema: { columns: [{ name: 'id', type: 'string' }] },
  fixedColumns: true,
  compat: undefined,
  base: 'auto',
  share: 'values',
  pool: folder,
  threads: 1,
  signal: new AbortController().signal,
  onProgress: () => {},
};

test('a step takes every option of a save, and uses it', { skip: noBinding }, async () => {
  const manager = new CheckpointManager(folder, { logger: false });
  let told = 0;
  const all: StepOptions = { ...(WRITE as StepOptions), lockWait: 10, onProgress: (progress) => (told = progress.rows) };
  await manager.step('s', 'all', all, () => rows);
  await manager.step('s', 'plain', { ...all, bloomFilter: false }, () => rows);
  assert.equal(told, rows.length);
  const info = (await manager.getCheckpointInfo('s', 'all'))!;
  assert.deepStrictEqual([info.hash, info.metadata, info.columns[0]?.codec], ['h', { made: 'here' }, 'zstd']);
  // A bloom filter takes more than a byte a value.
  const plain = (await manager.getCheckpointInfo('s', 'plain'))!;
  assert.ok(info.bytes > plain.bytes + rows.length, `${info.bytes} and ${plain.bytes} bytes`);
});

test('each call takes exactly the options that its type has', async () => {
  const path = join(folder, 'a.jsonl');
  await writeCheckpoint(path, rows.slice(0, 10), WRITE as WriteOptions);
  const manager = new CheckpointManager(folder, { logger: false });
  const unknown = { code: 'ERR_CKPT_UNKNOWN_OPTION' };
  const read: ReadOptions = { columns: ['id'], offset: 1, limit: 2, threads: 1, verify: true };
  await using reader = await openCheckpoint(path, { verify: true, limits: { columns: 10 }, signal: new AbortController().signal });
  assert.equal((await reader.read({ columns: ['id'], offset: 1, limit: 2, threads: 1, onProgress: () => {} })).length, 2);
  await assert.rejects(reader.read(read), unknown);
  await assert.rejects(openCheckpoint(path, { columns: ['id'] } as object), unknown);
  await assert.rejects(verifyCheckpoint(path, { verify: true } as object), unknown);
  await assert.rejects(reader.sample(1, { offset: 1 } as object), unknown);
  await assert.rejects(reader.count({ columns: ['id'] } as object), unknown);
  await assert.rejects(
    manager.step('s', 'o', { hsah: 'h' } as object, () => rows),
    unknown,
  );
  await assert.rejects(manager.loadCheckpoint('s', 'o', { torn: 'keep' } as object), unknown);
});
