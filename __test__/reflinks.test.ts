// Whole files that share blocks of the disk, on file systems that can do that and on one that cannot.
import assert from 'node:assert/strict';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { CheckpointManager, readCheckpoint, verifyCheckpoint, writeCheckpoint, type Row } from 'arrow-ckpt';
import { rejectsWith } from './support/codes.ts';
import { assertExact } from './support/exact.ts';
import { bytesInCommon, extentsOf, loopMount } from './support/loop-mount.ts';
import { noPython, runPython } from './support/python.ts';
import { noBinding, READERS } from './support/readers.ts';
import { tempFolder } from './support/temp-folder.ts';

let state = 29;
const random = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
const text = (length: number): string => {
  let letters = '';
  while (letters.length < length) letters += Math.floor(random() * 2 ** 50).toString(36);
  return letters;
};
const DOCUMENTS: Row[] = Array.from({ length: 6000 }, (_, id) => ({
  id,
  text: text(8000),
  meta: { source: text(40), parts: [id, text(60)] },
}));
const SUMMED: Row[] = DOCUMENTS.map((row, id) => ({ ...row, summary: `of ${id}` }));
const folder = tempFolder('reflinks');

/** What the process is warned of while this runs. */
async function warningsOf(work: () => Promise<unknown>): Promise<string[]> {
  const warnings: string[] = [];
  const listen = (warning: Error): void => void warnings.push(warning.message);
  process.on('warning', listen);
  await work();
  await new Promise((resolve) => setImmediate(resolve));
  process.off('warning', listen);
  return warnings;
}

for (const type of ['btrfs', 'xfs'] as const) {
  const disk = noBinding === false ? loopMount(folder, type) : noBinding;
  describe(`share: 'reflink' on ${type}`, { skip: typeof disk === 'string' && disk }, () => {
    if (typeof disk === 'string') return;
    after(() => disk.unmount());
    const at = (name: string): string => join(disk.mount, name);

    test('a step that adds a column shares the blocks of the others', async () => {
      const manager = new CheckpointManager(at('pipeline'), { base: 'auto', share: 'reflink', logger: false });
      await manager.saveCheckpoint('load', 'all', DOCUMENTS);
      const before = disk.used();
      const warnings = await warningsOf(() => manager.saveCheckpoint('map', 'summary', SUMMED));
      const grown = disk.used() - before;
      const [first, second] = [at('pipeline/load/all.parquet'), at('pipeline/map/summary.parquet')];
      const { size } = statSync(second);
      const common = bytesInCommon(first, second);
      assert.deepStrictEqual(warnings, []);
      assert.ok(size > 30_000_000 && common > size * 0.95, `${common} of ${size} bytes are in common`);
      assert.ok(extentsOf(second).some(({ shared }) => shared));
      assert.ok(grown < size * 0.1, `df: ${grown} more bytes for a file of ${size}`);
      for (const reader of READERS) assertExact(await reader.read(second), SUMMED);
      assertExact(await readCheckpoint(first), DOCUMENTS);
      assert.equal((await verifyCheckpoint(second)).rows, SUMMED.length);
      assert.equal((await manager.getCheckpointInfo('map', 'summary'))?.delta, null);
      // The file is whole: it outlives the other.
      await manager.deleteCheckpoint('load', 'all');
      assertExact(await readCheckpoint(second), SUMMED);
      if (noPython === false) {
        const lengths = JSON.parse(await runPython('text_lengths.py', second, 'text', 'summary')) as number[][];
        assert.deepStrictEqual(
          lengths,
          SUMMED.map((row) => [(row['text'] as string).length, (row['summary'] as string).length]),
        );
      }
    });

    test('another version shares the row groups that did not change', async () => {
      const changed = DOCUMENTS.map((row, index) => (index === 5999 ? { ...row, text: text(8000) } : row));
      await writeCheckpoint(at('a.parquet'), DOCUMENTS, { base: 'auto', share: 'reflink' });
      await writeCheckpoint(at('b.parquet'), changed, { base: at('a.parquet'), share: 'reflink' });
      const common = bytesInCommon(at('a.parquet'), at('b.parquet'));
      assert.ok(common > 20_000_000, `${common} bytes in common`);
      assertExact(await readCheckpoint(at('b.parquet')), changed);
      await writeCheckpoint(at('b.parquet'), DOCUMENTS.slice(1), { base: 'auto', share: 'reflink' });
      assertExact(await readCheckpoint(at('b.parquet')), DOCUMENTS.slice(1));
      await writeCheckpoint(at('c.parquet'), DOCUMENTS, { base: 'auto', share: 'reflink', pages: 'content' });
      await writeCheckpoint(at('d.parquet'), DOCUMENTS.slice(10), { base: at('c.parquet'), share: 'reflink', pages: 'content' });
      assertExact(await readCheckpoint(at('d.parquet')), DOCUMENTS.slice(10));
    });

    test('types that grow at the end, and more leaves than one, come back', async () => {
      const odd = DOCUMENTS.map((row, id) => ({ ...row, late: id > 5500 ? id / 3 : id, deep: { a: text(100), b: { c: text(90) } } }));
      await writeCheckpoint(at('odd.parquet'), odd, { base: 'auto', share: 'reflink' });
      await writeCheckpoint(at('odd2.parquet'), odd, { base: at('odd.parquet'), share: 'reflink' });
      for (const reader of READERS) assertExact(await reader.read(at('odd2.parquet')), odd);
      assert.ok(bytesInCommon(at('odd.parquet'), at('odd2.parquet')) > 30_000_000);
    });
  });
}

describe("share: 'reflink' elsewhere", { skip: noBinding }, () => {
  const ext4 = noBinding === false ? loopMount(folder, 'ext4') : noBinding;
  after(() => typeof ext4 !== 'string' && ext4.unmount());

  test('is a whole file and one warning', { skip: typeof ext4 === 'string' && ext4 }, async () => {
    if (typeof ext4 === 'string') return;
    const at = (name: string): string => join(ext4.mount, name);
    await writeCheckpoint(at('a.parquet'), DOCUMENTS, { base: 'auto', share: 'reflink' });
    const warnings = await warningsOf(async () => {
      for (const name of ['b', 'c']) await writeCheckpoint(at(`${name}.parquet`), SUMMED, { base: at('a.parquet'), share: 'reflink' });
    });
    assert.equal(warnings.length, 1);
    assert.match(warnings[0]!, /share no blocks: the file system cannot/);
    assertExact(await readCheckpoint(at('c.parquet')), SUMMED);
  });

  test('what it does not go with is refused', async () => {
    const rows = DOCUMENTS.slice(0, 5);
    const [path, json, lines] = ['x.parquet', 'x.json', 'x.jsonl'].map((name) => join(folder, name));
    const refused = (options: object, file = path!): Promise<unknown> =>
      rejectsWith('ERR_CKPT_INVALID_OPTION', () => writeCheckpoint(file, rows, options), { message: /share/ });
    for (const share of ['copy', 'Reflink', true, 1, null]) await refused({ share, base: 'auto' });
    await refused({ share: 'reflink' });
    await refused({ share: 'reflink', base: 'auto', compat: 'docetl' });
    for (const file of [json, lines]) await refused({ share: 'reflink', base: 'auto' }, file);
    for (const options of [{ share: 'reflink' }, { share: 'reflink', base: 'auto', enableArrow: false }, { share: 'all' }])
      assert.throws(() => new CheckpointManager(folder, options as object), { code: 'ERR_CKPT_INVALID_OPTION', message: /share/ });
    const manager = new CheckpointManager(folder, { enableArrow: false, logger: false });
    await rejectsWith('ERR_CKPT_INVALID_OPTION', () => manager.saveCheckpoint('s', 'o', rows, { share: 'reflink', base: 'auto' }));
    await rejectsWith('ERR_CKPT_NOT_FOUND', () => writeCheckpoint(path!, rows, { share: 'reflink', base: join(folder, 'none.parquet') }));
    // Without anything to share, and for saves that say so, it is a file like others.
    await writeCheckpoint(path!, rows, { share: 'reflink', base: false });
    await writeCheckpoint(`${path!}.2`, rows);
    assert.ok(readFileSync(path!).equals(readFileSync(`${path!}.2`)));
  });
});
