import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { createCheckpoint, writeCheckpoint, type Row } from 'arrow-ckpt';
import { LongText, textOfUnits } from '../lib/columnar/read/long-text.js';
import { textChunk } from '../lib/columnar/columns/string-column.js';
import { rejectsWith } from './support/codes.ts';
import { noBinding } from './support/readers.ts';
import { suite } from './support/suite.ts';
import { tempFolder } from './support/temp-folder.ts';

/** One text many times: rows that are large to a file, and not to this process. */
const LARGE = Buffer.alloc(120_000_000, 'x').toString('latin1');
const WIDE = Buffer.alloc(60_000_000, 'é').toString('utf8');

suite('a row that no load could give back is refused by the save', noBinding, () => {
  const folder = tempFolder('row-size');
  const path = join(folder, 'rows.parquet');
  const small = { id: 0, l: ['x'], t: 'x', b: new Uint8Array(1), m: 1 };
  const refused = async (row: Row, column: string): Promise<void> => {
    await rejectsWith('ERR_CKPT_LIMIT', () => writeCheckpoint(path, [small, row]), { row: 1, column });
    assert.equal(existsSync(path), false);
  };

  test('its texts in a list', () => refused({ id: 1, l: Array(9).fill(LARGE) }, 'l'));

  test('its texts in a struct of a list', () => refused({ id: 1, s: [{ t: LARGE }, { t: LARGE, u: Array(8).fill(LARGE) }] }, 's'));

  test('its texts in several columns', () => {
    const texts = Object.fromEntries(Array.from({ length: 8 }, (_, at) => [`t${at}`, LARGE]));
    return refused({ id: 1, ...texts, last: [LARGE, LARGE] }, 'last');
  });

  test('texts beyond ASCII, by their bytes in the file', () => refused({ id: 1, l: Array(20).fill(WIDE) }, 'l'));

  test('bytes', () => refused({ id: 1, b: new Uint8Array(1), bs: Array(9).fill(Buffer.alloc(120_000_000)) }, 'bs'));

  test('more bytes than 32 bits can count', () => refused({ id: 1, l: Array(40).fill(LARGE) }, 'l'));

  test('a key, and all keys and metadata together', async () => {
    const key = 'k'.repeat(20_000_000);
    for (const row of [{ [key]: 1 }, { inside: { [key]: 1 } }])
      await rejectsWith('ERR_CKPT_LIMIT', () => writeCheckpoint(path, [small, row]));
    await rejectsWith('ERR_CKPT_LIMIT', () => writeCheckpoint(path, [small], { metadata: { a: LARGE, b: LARGE, c: LARGE } }));
    assert.equal(existsSync(path), false);
  });

  test('and so does a writer of several parts', async () => {
    const writer = await createCheckpoint(path);
    await writer.append([small]);
    const rest = async (): Promise<void> => {
      await writer.append([{ id: 1, l: Array(9).fill(LARGE) }]);
      await writer.close();
    };
    await rejectsWith('ERR_CKPT_LIMIT', rest, { row: 1, column: 'l' });
    await writer.abort();
    assert.equal(existsSync(path), false);
  });
});

/** One string must hold a row there, or the value of a column of any values. */
describe('a row of more text than a string can hold is refused by the save', () => {
  const folder = tempFolder('row-text');
  const rows = (value: unknown): Row[] => [
    { id: 0, m: 1 },
    { id: 1, m: value },
  ];
  // The second has fewer characters than a string can have, but more bytes.
  for (const [format, texts] of Object.entries({ json: Array(5).fill(LARGE), jsonl: Array(10).fill(WIDE) })) {
    test(`to ${format}`, async () => {
      const path = join(folder, `rows.${format}`);
      await rejectsWith('ERR_CKPT_LIMIT', () => writeCheckpoint(path, rows(texts)), { row: 1 });
      assert.equal(existsSync(path), false);
    });
  }

  test('beside a column', { skip: noBinding }, async () => {
    const path = join(folder, 'rows.parquet');
    await rejectsWith('ERR_CKPT_LIMIT', () => writeCheckpoint(path, rows(Array(5).fill(LARGE))), { row: 1, column: 'm' });
    assert.equal(existsSync(path), false);
  });

  test('bytes as base64', async () => {
    const bytes = Buffer.alloc(410_000_000);
    await rejectsWith('ERR_CKPT_LIMIT', () => writeCheckpoint(join(folder, 'bytes.json'), rows([bytes])), { row: 1, column: 'm[0]' });
  });
});

describe('texts of a block that are more than a string can hold', () => {
  test('are slices of its memory', () => {
    const narrow = new LongText(Buffer.from('..abcdé', 'latin1'), 2, false);
    assert.equal(narrow.slice(1, 3), 'bc');
    assert.equal(narrow.slice(4, 5), 'é');
    const wide = new LongText(Buffer.from('..añ漢字', 'utf16le'), 4, true);
    assert.equal(wide.slice(1, 4), 'ñ漢字');
    assert.equal(wide.slice(2, 2), '');
  });

  test('a text that is too long itself is ERR_CKPT_LIMIT', () => {
    const bytes = { length: 2 ** 30, toString: () => assert.fail('it must not be tried') } as unknown as Buffer;
    assert.throws(() => textOfUnits(bytes, false), { name: 'CheckpointError', code: 'ERR_CKPT_LIMIT' });
  });

  test('a chunk of texts keeps each in its place', () => {
    const { offsets, data } = textChunk(['ab', '', 'ç漢']);
    assert.deepStrictEqual([...offsets], [0, 2, 2, 4]);
    assert.equal(Buffer.from(data.buffer).toString('utf16le'), 'abç漢');
  });
});
