import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { readCheckpoint, writeCheckpoint, type Row } from 'arrow-ckpt';
import { noBinding } from './support/readers.ts';
import { suite } from './support/suite.ts';
import { tempFolder } from './support/temp-folder.ts';

/** Characters around those from which the texts of a chunk are written one by one, not as one string. */
const LENGTHS = [200, 255, 256, 257, 300, 3000];

/** What stands in one text among others; the halves of a pair meet where two texts do. */
const ODD: Record<string, readonly string[]> = {
  ASCII: ['plain'],
  'Latin-1': ['caf\u00e9'],
  'two bytes': ['\u0436\u4e2d'],
  'a pair': ['\ud83d\ude00'],
  'a lone surrogate': ['\ud83d'],
  'halves of a pair in two texts': ['\ud83d', '\ude00'],
  'an empty text': ['', ''],
};

suite('texts of about the length from which they are written one by one', noBinding, () => {
  const folder = tempFolder('long-texts');

  /** Rows of texts of so many characters on average; the odd ones come in chunks after the first, too. */
  function rowsOf(length: number, odd: readonly string[]): Row[] {
    const rows = Array.from({ length: 3000 }, (_, id): Row => ({ id, text: `${id} `.padEnd(length - 1 + (id % 3), 'x'), list: [`${id}`] }));
    for (const at of [100, 1500, 2998]) {
      odd.forEach((part, index) => {
        const row = rows[at + index] as Row;
        row['text'] = index === 0 ? `${'y'.repeat(length - part.length)}${part}` : `${part}${'z'.repeat(length - part.length)}`;
        row['list'] = [part, '', `${part} `.repeat(length)];
      });
      if (odd.includes('')) rows[at] = { id: at, text: '', list: [] };
      rows[at + 1] = { ...rows[at + 1], id: null };
    }
    return rows;
  }

  for (const [what, odd] of Object.entries(ODD)) {
    test(what, async () => {
      for (const length of LENGTHS) {
        const rows = rowsOf(length, odd);
        const path = join(folder, `${what} ${length}.parquet`);
        await writeCheckpoint(path, rows);
        assert.deepStrictEqual(await readCheckpoint(path), rows, `${length} characters`);
      }
    });
  }
});
