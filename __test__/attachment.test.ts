import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { readCheckpoint, verifyCheckpoint, writeCheckpoint, type Row } from 'arrow-ckpt';
import { fallbackStore } from '../lib/formats/parquet/fallback/fallback-store.ts';
import { jsonStore } from '../lib/formats/text/json-store.ts';
import { parquetStore } from '../lib/formats/parquet/parquet-store.ts';
import type { CheckpointStore } from '../lib/store/store.ts';
import { rejectsWith } from './support/codes.ts';
import { assertExact } from './support/exact.ts';
import { tempFolder } from './support/temp-folder.ts';

const folder = tempFolder('attachment');
const ROWS: Row[] = [
  { id: 1, tag: 'a' },
  { id: 2, tag: null, list: [[]] },
];

async function bytesOf(store: CheckpointStore, path: string): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of store.attachment!(path)) pieces.push(piece);
  return Buffer.concat(pieces);
}

for (const [name, store, readers] of [
  ['Parquet', parquetStore, [parquetStore, fallbackStore]],
  ['JSON', jsonStore, [jsonStore]],
] as const) {
  describe(`attachments of ${name}`, () => {
    const path = join(folder, `a${store.extension}`);
    const write = (rows: Row[], pieces: Uint8Array[] | undefined, options = {}) =>
      store.write(path, rows, options, pieces === undefined ? undefined : () => pieces);

    test('come back as they were, and the rows too', async () => {
      const long = Buffer.from(Array.from({ length: 700_001 }, (_, index) => (index * index) % 251));
      const cases: Uint8Array[][] = [
        [],
        [Buffer.from('')],
        [Buffer.from('a')],
        [Buffer.from('ab'), Buffer.from('cde'), Buffer.from('"]}\n')],
        [long, Buffer.from('x'), long],
      ];
      for (const pieces of cases) {
        for (const rows of [[], ROWS, [{ at: new Date(0) }]]) {
          const info = await write(rows, pieces, { hash: 'h' });
          assert.equal(info.rows, rows.length);
          for (const reader of readers) assert.ok((await bytesOf(reader, path)).equals(Buffer.concat(pieces)));
          assertExact(await readCheckpoint(path), rows);
          assert.equal((await verifyCheckpoint(path)).rows, rows.length);
          assert.equal((await store.info(path)).hash, 'h');
        }
      }
    });

    test('a file without one has no bytes', async () => {
      await write(ROWS, undefined);
      for (const reader of readers) assert.equal((await bytesOf(reader, path)).length, 0);
    });

    test('each byte that is turned is found', async () => {
      const text = 'what is known of the rows';
      await write(ROWS, [Buffer.from(text)]);
      const whole = readFileSync(path);
      const stored = store === jsonStore ? Buffer.from(text).toString('base64') : text;
      const start = whole.indexOf(stored);
      assert.ok(start > 0);
      for (let at = start; at < start + stored.length; at++) {
        const damaged = Buffer.from(whole);
        damaged[at] = damaged[at]! ^ 1;
        // A text of base64 has letters that stand for the same bits at its end.
        if (Buffer.from(damaged.toString('latin1', start, start + stored.length), 'base64').toString() === text && store === jsonStore)
          continue;
        writeFileSync(path, damaged);
        for (const reader of readers) await rejectsWith('ERR_CKPT_CORRUPT', () => bytesOf(reader, path), { path });
        await rejectsWith('ERR_CKPT_CORRUPT', () => verifyCheckpoint(path), { path });
      }
    });
  });
}

test('JSON with an attachment is JSON, and one that is cut off is found', async () => {
  const path = join(folder, 'b.json');
  await jsonStore.write(path, ROWS, {}, () => [Buffer.from('known')]);
  const text = readFileSync(path, 'utf8');
  const parsed = JSON.parse(text) as { rows: Row[]; attachment: string };
  assert.deepStrictEqual(parsed.rows, ROWS);
  assert.match(parsed.attachment, /^a25vd24=\.[0-9a-f]{8}$/);
  const cut = join(folder, 'cut.json');
  for (let length = text.indexOf('attachment') - 2; length < text.trimEnd().length; length++) {
    writeFileSync(cut, text.slice(0, length));
    await rejectsWith('ERR_CKPT_TRUNCATED', () => readCheckpoint(cut));
  }
});

test('a file that was saved anew has the attachment of nobody', async () => {
  const path = join(folder, 'c.parquet');
  await parquetStore.write(path, ROWS, {}, () => [Buffer.from('known')]);
  copyFileSync(path, join(folder, 'd.parquet'));
  await writeCheckpoint(path, await readCheckpoint(path));
  assert.equal((await bytesOf(parquetStore, path)).length, 0);
  assert.equal((await bytesOf(parquetStore, join(folder, 'd.parquet'))).toString(), 'known');
});
