import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { openCheckpoint, readCheckpoint, writeCheckpoint, type Row } from 'arrow-ckpt';
import { rejectsWith } from './support/codes.ts';
import { assertExact } from './support/exact.ts';
import { noBinding } from './support/readers.ts';
import { tempFolder } from './support/temp-folder.ts';

/** Text that hardly shrinks, in a script of its own by turns. */
function textOf(seed: number): string {
  let state = seed * 2_654_435_761 + 1;
  let text = ['text ', 'Grüße ', 'слово ', '漢字 '][seed % 4] as string;
  for (let piece = 0; piece < 24; piece++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    text += state.toString(36) + [' ', 'é', 'ж ', '字'][seed % 4];
  }
  return text;
}

const ROWS: Row[] = Array.from({ length: 16_000 }, (_, id) => ({
  id,
  text: id % 97 === 0 ? null : textOf(id),
  messages: Array.from({ length: id % 4 }, (__, at) => ({
    role: ['user', 'assistant'][at % 2],
    content: textOf(id * 4 + at + 1).slice(0, 90),
  })),
}));

describe('chunks of many pages', { skip: noBinding }, () => {
  const folder = tempFolder('large-chunks');
  const one = join(folder, 'one.parquet');
  after(() => delete process.env['ARROW_CKPT_PAGE_ROWS']);

  test('one row group gives the rows as many do, whatever the pages and the threads', async () => {
    for (const [rowGroupRows, pageRows] of [
      [100_000, 20_000],
      [100_000, 1000],
      [1024, 1000],
    ] as const) {
      process.env['ARROW_CKPT_PAGE_ROWS'] = String(pageRows);
      await writeCheckpoint(one, ROWS, { rowGroupRows });
      for (const threads of [1, 2, 4, 7]) assertExact(await readCheckpoint(one, { threads }), ROWS);
      assertExact(await readCheckpoint(one, { offset: 999, limit: 2002 }), ROWS.slice(999, 3001));
    }
  });

  test('a page damaged anywhere is one ERR_CKPT_CORRUPT, which names the column', async () => {
    process.env['ARROW_CKPT_PAGE_ROWS'] = '1000';
    await writeCheckpoint(one, ROWS);
    const bytes = readFileSync(one);
    const damaged = join(folder, 'damaged.parquet');
    const columns = new Set<string | undefined>();
    const end = bytes.length - 40_000;
    for (let part = 0; part <= 40; part++) {
      const copy = Buffer.from(bytes);
      const at = 4 + Math.floor(((end - 4) * part) / 40);
      copy[at]! ^= 1 << (part % 8);
      writeFileSync(damaged, copy);
      for (const threads of [1, 4]) {
        const error = await rejectsWith('ERR_CKPT_CORRUPT', () => readCheckpoint(damaged, { threads }), { path: damaged });
        columns.add(error.column);
      }
    }
    assert.ok(columns.has('text') && columns.has('messages') && !columns.has(undefined), [...columns].join());
  });

  test('a reader that is closed or left in the middle stops, and others go on', async () => {
    const reader = await openCheckpoint(one);
    const seen: Row[] = [];
    for await (const row of reader.rows()) {
      seen.push(row);
      if (seen.length > 2000) break;
    }
    assertExact(seen, ROWS.slice(0, seen.length));
    const reading = reader.read();
    const closed = rejectsWith('ERR_CKPT_CLOSED', () => reading);
    await reader.close();
    await closed;
    assertExact(await readCheckpoint(one), ROWS);
  });
});
