// Columns that are encoded while their row group fills, in saves that may share them.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { openCheckpoint, readCheckpoint, writeCheckpoint, type CheckpointInfo, type Row } from 'arrow-ckpt';
import { assertExact } from './support/exact.ts';
import { noBinding } from './support/readers.ts';
import { tempFolder } from './support/temp-folder.ts';

const folder = tempFolder('deltas-early');
const DIGEST_BYTES = 16;

/** A text that no codec makes small. */
function textOf(seed: number, length: number): string {
  let [state, text] = [(seed + 1) * 2654435761, ''];
  while (text.length < length) {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9;
    text += (state >>> 0).toString(36);
  }
  return text.slice(0, length);
}

/** Texts that have a digest each, of 1 KB, or one a block of 1,024, of 100 bytes. */
const LONG = { rows: 3000, text: (id: number) => textOf(id, 1000) };
const SHORT = { rows: 30_720, text: (id: number) => textOf(id, 100) };

const rowsOf = ({ rows, text }: typeof LONG, from = 0): Row[] => Array.from({ length: rows }, (_, id) => ({ id, text: text(from + id) }));

async function infoOf(path: string): Promise<CheckpointInfo> {
  await using checkpoint = await openCheckpoint(path);
  return checkpoint.info;
}

/** Saves rows of `before` and then these, which may refer to them; gives what the second file tells. */
async function saved(name: string, before: Row[], rows: Row[]): Promise<CheckpointInfo> {
  const directory = join(folder, name);
  mkdirSync(directory);
  const [base, path] = [join(directory, 'base.parquet'), join(directory, 'next.parquet')];
  await writeCheckpoint(base, before, { base: 'auto' });
  await writeCheckpoint(path, rows, { base });
  assertExact(await readCheckpoint(path), rows);
  return infoOf(path);
}

describe('a column that is encoded while rows come', { skip: noBinding }, () => {
  for (const [kind, texts] of Object.entries({ long: LONG, short: SHORT })) {
    const old = rowsOf(texts);
    const fresh = rowsOf(texts, 1e6);

    test(`${kind} texts: takes the room of a whole file's, and digests`, async () => {
      const [whole, first] = [join(folder, `${kind}-whole.parquet`), join(folder, `${kind}-first.parquet`)];
      await writeCheckpoint(whole, old);
      await writeCheckpoint(first, old, { base: 'auto' });
      const [{ bytes }, other] = [await infoOf(whole), await infoOf(first)];
      const digests = DIGEST_BYTES * (kind === 'long' ? old.length : old.length / 1024);
      assert.ok(Math.abs(other.bytes - bytes - digests) < bytes / 100, `${bytes} bytes, ${other.bytes} with digests`);
    });

    test(`${kind} texts: new rows in front of old ones`, async () => {
      const { delta } = await saved(`${kind}-front`, old, [...fresh, ...old]);
      assert.deepEqual(delta?.columns['text'], { shared: old.length, own: fresh.length });
    });

    test(`${kind} texts: new rows behind old ones, and nulls`, async () => {
      const nulls = old.map((row) => ({ ...row, text: null }));
      const { delta } = await saved(`${kind}-behind`, old, [...nulls, ...old, ...fresh]);
      assert.deepEqual(delta?.columns['text'], { shared: old.length, own: nulls.length + fresh.length });
    });

    test(`${kind} texts: few old ones among new ones, which are not worth it`, async () => {
      const few = old.slice(0, kind === 'long' ? 500 : 5120);
      const { delta } = await saved(`${kind}-few`, old, [...fresh, ...few, ...fresh]);
      assert.equal(delta?.columns['text'], undefined);
    });

    test(`${kind} texts: what follows refers to the values that are new`, async () => {
      const directory = join(folder, `${kind}-chain`);
      mkdirSync(directory);
      const paths = ['a', 'b', 'c'].map((name) => join(directory, `${name}.parquet`));
      const both = [...fresh, ...old];
      await writeCheckpoint(paths[0]!, old, { base: 'auto' });
      await writeCheckpoint(paths[1]!, both, { base: paths[0]! });
      await writeCheckpoint(paths[2]!, both, { base: paths[1]! });
      assertExact(await readCheckpoint(paths[2]!), both);
      assert.deepEqual((await infoOf(paths[2]!)).delta?.columns['text'], { shared: both.length, own: 0 });
    });
  }

  test('has no digests where long texts are followed by many short ones', async () => {
    const rows = Array.from({ length: 100_000 }, (_, id) => ({ id, text: textOf(id, id < 1000 ? 2000 : 8) }));
    const [whole, first] = [join(folder, 'falling-whole.parquet'), join(folder, 'falling-first.parquet')];
    await writeCheckpoint(whole, rows);
    await writeCheckpoint(first, rows, { base: 'auto' });
    const [{ bytes }, other] = [await infoOf(whole), await infoOf(first)];
    assert.ok(other.bytes <= 1.005 * bytes, `${bytes} bytes, ${other.bytes} of a file that others may refer to`);
    assert.equal((await saved('falling', rows, rows)).delta?.columns['text'], undefined);
  });
});
