// Rows of so many keys that their objects are made by constructors (lib/columnar/read/is-wide.ts), and of one key less or more.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { openCheckpoint, writeCheckpoint } from 'arrow-ckpt';
import { assertExact } from './support/exact.ts';
import { noBinding, READERS } from './support/readers.ts';
import { suite } from './support/suite.ts';
import { tempFolder } from './support/temp-folder.ts';

const folder = tempFolder('wide-rows');
const path = join(folder, 'wide.parquet');

type Row = Record<string, unknown>;

/** As many rows as are worth a compilation. */
const ROWS = 2100;

/** `key`: the name of the key with this number. */
function wide(row: number, keys: number, key: (index: number) => string = (index) => `key ${index}`): Row {
  const value = (index: number): unknown => [row * 1.5 + index, `${row}/${index}`, index % 2 === 0, null, row + index][index % 5];
  return Object.fromEntries(Array.from({ length: keys }, (_, index) => [key(index), value(index)]));
}

async function comesBack(rows: Row[]): Promise<void> {
  await writeCheckpoint(path, rows);
  for (const reader of READERS) assertExact(await reader.read(path), rows);
}

suite('rows of many keys', noBinding, () => {
  for (const keys of [127, 128, 129, 252, 400, 401]) {
    test(`rows of ${keys} keys`, () => comesBack(Array.from({ length: ROWS }, (_, row) => wide(row, keys))));
  }

  test('objects of many keys in columns, in lists, and in the objects of those', () =>
    comesBack(
      Array.from({ length: ROWS }, (_, row) => ({
        id: row,
        object: row % 7 === 0 ? null : { ...wide(row, 130), inner: wide(row + 1, 140) },
        list: Array.from({ length: row % 3 }, (__, at) => wide(row + at, 150)),
      })),
    ));

  test('rows of many keys and several shapes', () =>
    comesBack(Array.from({ length: ROWS }, (_, row) => wide(row, 200 - (row % 4), (index) => `key ${index + (row % 2)}`))));

  test('values of another type than the others of their column', () =>
    comesBack(Array.from({ length: ROWS }, (_, row) => ({ ...wide(row, 160), 'key 3': row % 50 === 0 ? { other: row } : row }))));

  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'a "quoted" key', '\u2028', 'd.e', '0 1']) {
    test(`a key ${JSON.stringify(name)} among many`, () =>
      comesBack(Array.from({ length: ROWS }, (_, row) => wide(row, 131, (index) => (index === 130 ? name : `key ${index}`)))));
  }

  test('rows of 200 keys are no dictionaries to V8', () => {
    const text = `
    import { readCheckpoint, writeCheckpoint } from 'arrow-ckpt';
    const keys = Array.from({ length: 200 }, (_, index) => 'key ' + index);
    const rows = Array.from({ length: ${ROWS} }, (_, index) => Object.fromEntries(keys.map((key, at) => [key, index + at / 3])));
    await writeCheckpoint(process.argv[1], rows);
    const loaded = await readCheckpoint(process.argv[1]);
    console.log(loaded.every((row) => %HasFastProperties(row)));`;
    const options = ['--allow-natives-syntax', '--input-type=module', '-e', text, path];
    const env = { ...process.env, ARROW_CKPT_NO_CODEGEN: '' };
    assert.equal(execFileSync(process.execPath, options, { encoding: 'utf8', env }), 'true\n');
  });

  test('rows of many keys as they come', async () => {
    const rows = Array.from({ length: ROWS }, (_, row) => wide(row, 300));
    await writeCheckpoint(path, rows);
    const seen: Row[] = [];
    const reader = await openCheckpoint<Row>(path);
    for await (const row of reader.rows()) seen.push(row);
    await reader.close();
    assert.deepStrictEqual(seen, rows);
  });
});
