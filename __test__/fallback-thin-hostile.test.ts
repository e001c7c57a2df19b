import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { writeCheckpoint, type Row } from 'arrow-ckpt';
import { columnOfWords } from '../lib/formats/parquet/fallback/column-of-words.ts';
import { bothGive, codeOf } from './support/both-readers.ts';
import { assertExact } from './support/exact.ts';
import { editPairs, pairIn } from './support/footer-pairs.ts';
import { noBinding } from './support/readers.ts';
import { tempFolder } from './support/temp-folder.ts';
import { BASE_ROWS, BOTH, THIN, THIN_ROWS, ThinDirectory } from './support/thin-directory.ts';

test('types in words become columns of these types', () => {
  const told = (words: string): string => columnOfWords('x', words).type;
  const plain = ['string', 'list<double>', 'struct<a: int64, b b: list<struct<c: timestamp[ms, UTC]>>>', 'list<list<float>>', 'binary'];
  for (const words of plain) assert.equal(told(words), words);
  assert.equal(told('struct<"a: \\"b": float64, "c": null>'), 'struct<a: "b: double, c: string>');
  assert.equal(told('timestamp'), 'timestamp[ms, UTC]');
  const { node } = columnOfWords('x', 'list<struct<a: int32>>');
  const struct = { name: 'element', kind: 'struct', children: [{ name: 'a', kind: 'int' }] };
  assert.deepEqual(node, { name: 'x', kind: 'list', children: [struct] });
  const others = ['', 'strings', 'list<', 'list<string', 'struct<>', 'struct<a>', 'map<string, int64>', 'list<'.repeat(100_000)];
  for (const words of others) assert.equal(told(words), 'unknown', words.slice(0, 20));
});

interface Ref {
  [key: string]: unknown;
  r: string;
  v?: string;
  of: [number, string][];
}

describe('what a thin checkpoint says is checked without the binary as with it', { skip: noBinding }, () => {
  process.env['ARROW_CKPT_SHARE_ANY'] = '1';
  const directory = new ThinDirectory(tempFolder('thin-hostile'));
  before(() => directory.make());

  /** The file with other references, and what both readers make of it. */
  async function edited(edits: Record<string, string>, of = THIN): Promise<unknown> {
    const root = directory.copy();
    const path = join(root, of);
    editPairs(path, path, Object.fromEntries(Object.entries(edits).map(([key, value]) => [`arrow-ckpt.${key}`, { value }])));
    const { rows, told } = await bothGive(path);
    return codeOf(told) ?? codeOf(rows) ?? rows;
  }

  test('references that no save writes', async () => {
    const path = join(directory.path, THIN);
    const [refs, holders] = ['refs', 'holders'].map((key) => JSON.parse(pairIn(path, `arrow-ckpt.${key}`)) as unknown);
    const { text } = refs as { text: Ref };
    assertExact(await edited({ refs: JSON.stringify(refs) }), THIN_ROWS);
    const good = JSON.stringify(text);
    const texts = ['', '[', '[]', 'null', '7', '{"text":7}', '{"text":{}}', '{"text":'.repeat(50_000), `{"text":${good},"text":${good}}`];
    texts.push(`{"text":${good},"other":${good}}`, `{"id":${good}}`, good.replace('{', '{"text":{"t":"text",'));
    const changes: Row[] = ['none', 'id', '__ckpt_v_text'].map((r) => ({ r }));
    changes.push(
      { h: 'none' },
      { h: text.r },
      { h: 'id' },
      { v: 'none' },
      { v: text.r },
      { of: [] },
      { of: [[1, 'text']] },
      { of: [[-1, 'text']] },
    );
    changes.push({ of: [[0, 'text'], [0, 'id']] }, { of: [[0, 'none']] }, { of: [[0, 'id']] }, { of: 'text' }, { of: [['0', 'text']] }); // prettier-ignore
    texts.push(...changes.map((change) => JSON.stringify({ text: { ...text, ...change } })));
    for (const value of texts) assert.equal(await edited({ refs: value }), 'ERR_CKPT_CORRUPT', value.slice(0, 300));

    const [named] = holders as [Row];
    const lists = ['', '{}', '[7]', '[{}]', '[]', '['.repeat(50_000), JSON.stringify([named, named])];
    const strange: Row[] = ['', 'A'.repeat(32), '../../../../etc/passwd', 7, pairIn(path, 'arrow-ckpt.id')].map((id) => ({ id }));
    for (const hint of ['/etc/passwd', '..', 'a/../b', './a', 'a//b', 'a/', '\0', 'a/'.repeat(3000), 7]) strange.push({ hint });
    for (const footer of ['', 'ABCDEF00', '123456789', 7]) strange.push({ footer });
    for (const rows of [-1, 1.5, 1e300, '7', null]) strange.push({ rows });
    strange.push({ bytes: -1 });
    lists.push(...strange.map((change) => JSON.stringify([{ ...named, ...change }])));
    for (const value of lists) assert.equal(await edited({ holders: value }), 'ERR_CKPT_CORRUPT', value.slice(0, 300));
    const many = Array.from({ length: 65 }, (_, at) => ({ ...named, id: at.toString(16).padStart(32, '0') }));
    assert.equal(await edited({ holders: JSON.stringify(many) }), 'ERR_CKPT_LIMIT');
    // What is there is another file than this.
    for (const change of [{ bytes: 7 }, { footer: '00000000' }, { id: '0'.repeat(32) }])
      assert.equal(await edited({ holders: JSON.stringify([{ ...named, ...change }]) }), 'ERR_CKPT_BASE', JSON.stringify(change));
    assert.equal(await edited({ holders: JSON.stringify([{ ...named, rows: 7 }]) }), 'ERR_CKPT_CORRUPT');
    // A wrong type in words matters to nobody who has the file.
    assertExact(await edited({ refs: JSON.stringify({ text: { ...text, t: 'map<odd>' } }) }), THIN_ROWS);
  });

  test('a value in a file that has none of the column', async () => {
    const { text } = JSON.parse(pairIn(join(directory.path, BOTH), 'arrow-ckpt.refs')) as { text: Ref };
    assert.equal(text.of.length, 2);
    for (const kept of [0, 1])
      assert.equal(await edited({ refs: JSON.stringify({ text: { ...text, of: [text.of[kept]] } }) }, BOTH), 'ERR_CKPT_CORRUPT');
  });

  test('rows that the other file does not have', async () => {
    const root = directory.copy();
    const [named] = JSON.parse(pairIn(join(root, THIN), 'arrow-ckpt.holders')) as [Row];
    const [path, plain] = [join(root, 'step', 'rows.parquet'), join(root, 'step', 'plain.parquet')];
    await writeCheckpoint(plain, BASE_ROWS.slice(0, 3));
    const plan = pairIn(plain, 'arrow-ckpt.plan');
    const made = async (picks: (number | null)[]): Promise<unknown> => {
      await writeCheckpoint(path, picks.map((row, id) => ({ id, row })), { hash: 'h', metadata: { a: 'b' } }); // prettier-ignore
      editPairs(path, path, {
        'arrow-ckpt.version': { value: '2' },
        'arrow-ckpt.plan': { value: plan },
        'arrow-ckpt.hash': { key: 'arrow-ckpt.holders', value: JSON.stringify([named]) },
        'arrow-ckpt.metadata': { key: 'arrow-ckpt.refs', value: JSON.stringify({ text: { t: 'string', r: 'row', of: [[0, 'text']] } }) },
      });
      return (await bothGive(path)).rows;
    };
    const at = (id: number, row: number | null): Row => ({ id, text: row === null ? null : BASE_ROWS[row]!['text'] });
    assertExact(await made([5, null, 199]), [at(0, 5), at(1, null), at(2, 199)]);
    for (const row of [-1, 200, 2 ** 40, -(2 ** 53) + 1]) assert.equal(codeOf(await made([5, row])), 'ERR_CKPT_CORRUPT', String(row));
  });
});
