// `fast` and `small` choose per column, as `auto` does: for less time, and for fewer bytes.
import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { CheckpointManager, ParquetCheckpointManager, readCheckpoint, writeCheckpoint, type Codec } from 'arrow-ckpt';
import { rejectsWith } from './support/codes.ts';
import { noBinding } from './support/readers.ts';
import { cliOk, noCli } from './support/run-cli.ts';
import { tempFolder } from './support/temp-folder.ts';

const root = tempFolder('compression-choices');
const WORDS = 'checkpoints hold the rows of a step so that no result is paid for twice'.split(' ');
const sentence = (seed: number): string =>
  Array.from({ length: 60 }, (_, i) => WORDS[(seed * 31 + i * i * 7 + ((seed * i) % 5)) % WORDS.length]).join(' ');
const ROWS = Array.from({ length: 4000 }, (_, id) => ({ id, text: sentence(id), noise: Math.sin(id) }));
const CODECS: Codec[] = ['fast', 'auto', 'small'];

async function save(path: string, compression: Codec): Promise<{ bytes: number; codecs: (string | undefined)[] }> {
  const { bytes, columns } = await writeCheckpoint(path, ROWS, { compression });
  return { bytes, codecs: ['text', 'noise'].map((name) => columns.find((column) => column.name === name)?.codec) };
}

test('fast is LZ4 and small a smaller zstd, where a column shrinks', { skip: noBinding }, async () => {
  const saved = [];
  for (const codec of CODECS) {
    const path = join(root, `${codec}.parquet`);
    saved.push(await save(path, codec));
    assert.deepEqual(await readCheckpoint(path), ROWS);
  }
  const [fast, auto, small] = saved;
  assert.deepEqual(
    saved.map(({ codecs }) => codecs),
    [
      ['lz4', 'none'],
      ['zstd', 'none'],
      ['zstd', 'none'],
    ],
  );
  assert.ok(small!.bytes < auto!.bytes && auto!.bytes < fast!.bytes, JSON.stringify(saved));
});

test('managers take them as defaults and for one save', { skip: noBinding }, async () => {
  const bytes = async (defaults: { compression?: Codec }, compression?: Codec): Promise<number> => {
    const manager = new CheckpointManager(root, defaults);
    return statSync(await manager.saveCheckpoint('step', 'operation', ROWS, { ...(compression && { compression }) })).size;
  };
  const [fast, small] = [await bytes({ compression: 'fast' }), await bytes({ compression: 'small' })];
  assert.ok(small < fast, `${small} and ${fast}`);
  assert.equal(await bytes({ compression: 'fast' }, 'small'), small);
  const kura = new ParquetCheckpointManager(join(root, 'kura'), { compression: 'small' });
  const path = await kura.saveCheckpoint('rows', ROWS);
  assert.ok(path !== null && statSync(path).size < fast);
});

test('they have no level of their own', async () => {
  const path = join(root, 'x.parquet');
  for (const compression of CODECS)
    await rejectsWith('ERR_CKPT_INVALID_OPTION', () => writeCheckpoint(path, ROWS, { compression, compressionLevel: 3 }));
});

test('in JSON they have no effect, as all codecs', async () => {
  const path = join(root, 'x.json');
  for (const compression of CODECS) {
    await writeCheckpoint(path, ROWS.slice(0, 3), { compression });
    assert.deepEqual(await readCheckpoint(path), ROWS.slice(0, 3));
  }
});

test('the command line takes them', { skip: noBinding || noCli }, async () => {
  const from = join(root, 'from.json');
  await writeCheckpoint(from, ROWS);
  const size = async (codec: Codec): Promise<number> => {
    const to = join(root, `cli-${codec}.parquet`);
    await cliOk(['convert', from, to, '--compression', codec]);
    return statSync(to).size;
  };
  assert.ok((await size('small')) < (await size('fast')));
});
