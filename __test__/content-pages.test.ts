import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { CheckpointManager, createCheckpoint, readCheckpoint, writeCheckpoint, type Row } from 'arrow-ckpt';
import { partKnown } from './support/bytes-known.ts';
import { rejectsWith } from './support/codes.ts';
import { assertExact } from './support/exact.ts';
import { noPython, runPython } from './support/python.ts';
import { noBinding, READERS } from './support/readers.ts';
import { tempFolder } from './support/temp-folder.ts';

let state = 15;
const random = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
const text = (length: number): string => {
  let letters = '';
  while (letters.length < length) letters += `${Math.floor(random() * 2 ** 40).toString(36)} `;
  return letters;
};
const make = (id: number): Row => ({
  id,
  url: `https://example.org/${text(10)}`,
  score: random(),
  big: BigInt(id) * 2n ** 40n,
  lang: ['en', 'de'][id % 2],
  at: new Date(id * 60_000),
  meta: id % 7 === 0 ? null : { source: text(20), page: id % 100 },
  tags: Array.from({ length: id % 5 }, () => text(8)),
  vector: Float32Array.from({ length: 32 }, () => random()),
  odd: id % 900 === 899 ? text(10) : id,
  ok: id % 3 === 0,
});
const DOCUMENTS = Array.from({ length: 2500 }, (_, id) => ({ ...make(id), text: text(1000 + random() * 4000) }) as Row);

describe('pages that end by content', { skip: noBinding }, () => {
  const folder = tempFolder('content-pages');
  const at = (name: string): string => join(folder, `${name}.parquet`);
  const save = async (name: string, rows: Row[], options: object): Promise<Buffer> => {
    await writeCheckpoint(at(name), rows, options);
    return readFileSync(at(name));
  };

  test('hold the rows, for both readers and all kinds of values', async () => {
    for (const options of [{}, { rowGroupRows: 700, bloomFilter: ['id', 'url', 'meta.source'] }, { compression: 'snappy' }] as const) {
      await save('all', DOCUMENTS, { pages: 'content', ...options });
      for (const reader of READERS) {
        assertExact(await reader.read(at('all')), DOCUMENTS);
        assertExact(await reader.read(at('all'), { offset: 1999, limit: 3 }), DOCUMENTS.slice(1999, 2002));
      }
      assertExact(await readCheckpoint(at('all'), { where: { id: { $in: [5, 2222] } } }), [DOCUMENTS[5]!, DOCUMENTS[2222]!]);
      assertExact(await readCheckpoint(at('all'), { where: { url: DOCUMENTS[1234]!['url'] as string } }), [DOCUMENTS[1234]!]);
    }
    await save('few', DOCUMENTS.slice(0, 3), { pages: 'content' });
    assertExact(await readCheckpoint(at('few')), DOCUMENTS.slice(0, 3));
    await save('none', [], { pages: 'content' });
    assertExact(await readCheckpoint(at('none')), []);
  });

  // In small row groups more of the pages are the first or last ones.
  for (const [rowGroupRows, part] of [[undefined, 0.75] as const, [900, 0.4] as const]) {
    test(`rows taken from the front leave the other bytes as they are, ${rowGroupRows ?? 'as many'} rows in a row group`, async () => {
      const group = rowGroupRows === undefined ? {} : { rowGroupRows };
      for (const [pages, least, most] of [['content', part, 1] as const, ['fixed', 0, 0.25] as const]) {
        const before = await save(`${pages} before`, DOCUMENTS, { pages, ...group });
        const after = await save(`${pages} after`, DOCUMENTS.slice(20), { pages, ...group });
        const known = partKnown(after, before);
        assert.ok(known >= least && known <= most, `${pages}: ${known} of the bytes are known`);
        assertExact(await readCheckpoint(at(`${pages} after`)), DOCUMENTS.slice(20));
      }
    });
  }

  test('of values larger than a page, and of few that differ, none is empty', { skip: noPython }, async () => {
    const large = Array.from({ length: 12 }, (_, id) => ({
      id,
      text: text(1000).repeat(id % 3 === 0 ? 1300 : 280),
      same: `${id % 5}`.repeat(300_000),
    }));
    await save('large', large, { pages: 'content' });
    for (const reader of READERS) assertExact(await reader.read(at('large')), large);
    const lengths = large.map((row) => [row.text.length, row.same.length]);
    assert.equal(await runPython('text_lengths.py', at('large'), 'text', 'same'), `${JSON.stringify(lengths)}\n`);
  });

  test('are the same whichever call saves, and fixed ones are what they are without the option', async () => {
    const whole = await save('whole', DOCUMENTS, { pages: 'content' });
    const writer = await createCheckpoint(at('written'), { pages: 'content' });
    for (let from = 0; from < DOCUMENTS.length; from += 333) await writer.append(DOCUMENTS.slice(from, from + 333));
    await writer.close();
    assert.ok(partKnown(readFileSync(at('written')), whole) > 0.95);
    const manager = new CheckpointManager(folder, { pages: 'content', logger: false });
    await manager.saveCheckpoint('s', 'o', DOCUMENTS);
    const { path } = (await manager.getCheckpointInfo('s', 'o'))!;
    assert.ok(readFileSync(path).equals(whole));
    assert.ok((await save('fixed', DOCUMENTS, { pages: 'fixed' })).equals(await save('plain', DOCUMENTS, {})));
  });

  test('go with a base', async () => {
    await save('base', DOCUMENTS, { pages: 'content', base: 'auto' });
    const changed = DOCUMENTS.map((row, index) => (index % 100 === 0 ? { ...row, text: `changed ${index}` } : row));
    const info = await writeCheckpoint(at('thin'), changed, { pages: 'content', base: at('base') });
    assert.ok((info.delta?.rows.shared ?? 0) > 2400);
    for (const reader of READERS) assertExact(await reader.read(at('thin')), changed);
  });

  test('a name that is none is refused by every call', async () => {
    for (const pages of ['auto', 'Content', true, 1, null] as unknown[]) {
      const options = { pages } as object;
      await rejectsWith('ERR_CKPT_INVALID_OPTION', () => writeCheckpoint(at('bad'), DOCUMENTS, options), {
        message: /pages must be one of fixed, content/,
      });
      assert.throws(() => new CheckpointManager(folder, options), { code: 'ERR_CKPT_INVALID_OPTION' });
    }
    await writeCheckpoint(join(folder, 'a.json'), DOCUMENTS.slice(0, 10), { pages: 'content' });
    await writeCheckpoint(at('docetl'), [{ a: 1 }], { pages: 'content', compat: 'docetl' });
    assertExact(await readCheckpoint(at('docetl'), { compat: 'docetl' }), [{ a: 1 }]);
  });
});
