import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, open, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { readCheckpoint, writeCheckpoint, type Row } from 'arrow-ckpt';
import { FileWindow } from '../lib/formats/text/json/window.ts';
import { readHeader } from '../lib/formats/text/jsonl/header.ts';
import { linesBatches } from '../lib/formats/text/jsonl/read.ts';
import { jsonlStore } from '../lib/formats/text/jsonl-store.ts';
import { parquetStore } from '../lib/formats/parquet/parquet-store.ts';
import { rejectsWith } from './support/codes.ts';
import { assertExact } from './support/exact.ts';
import { noBinding } from './support/readers.ts';
import { resultOf } from './support/run-program.ts';
import { tempFolder } from './support/temp-folder.ts';

const folder = tempFolder('jsonl-store');
let files = 0;

function freshPath(): string {
  return join(folder, `${files++}.jsonl`);
}

async function stored(text: string | Uint8Array): Promise<string> {
  const path = freshPath();
  await writeFile(path, text);
  return path;
}

async function readSmall(path: string, chunkBytes: number): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const batch of linesBatches(path, {}, undefined, chunkBytes)) rows.push(...batch);
  return rows;
}

function header(rows: number, rest = '', escapes = false): string {
  return `{"arrow-ckpt-lines":{"version":1,"rows":${String(rows).padStart(16)},"escapes":${String(escapes).padStart(5)}${rest}}}\n`;
}

describe('what is written', () => {
  test('plain rows are lines and nothing else', async () => {
    const path = freshPath();
    const info = await writeCheckpoint(path, [{ a: 1 }, {}, { b: 'x\n\u2028é' }]);
    assert.equal(await readFile(path, 'utf8'), '{"a":1}\n{}\n{"b":"x\\n\u2028é"}\n');
    assert.deepStrictEqual(info, { path, format: 'jsonl', rows: 3, bytes: 28, hash: null, metadata: {}, columns: [], delta: null });
    assert.deepStrictEqual(await jsonlStore.info(path), info);
    await writeCheckpoint(path, []);
    assert.equal(await readFile(path, 'utf8'), '');
    assert.deepStrictEqual(await readCheckpoint(path), []);
    assert.equal((await jsonlStore.info(path)).rows, 0);
  });

  test('hash, metadata and escapes need a header', async () => {
    const path = freshPath();
    const metadata = { ['__proto__']: 'p', note: '"\ud800\n' };
    const info = await writeCheckpoint(path, [{ a: 1 }], { hash: 'h', metadata });
    const text = await readFile(path, 'utf8');
    assert.equal(text, header(1, `,"hash":"h","metadata":{"__proto__":"p","note":"\\"\\ud800\\n"}`) + '{"a":1}\n');
    assert.deepStrictEqual(await jsonlStore.info(path), info);
    const origin = { createdBy: null, formatVersion: 1, compat: null, checksums: false };
    assert.deepStrictEqual(await jsonlStore.head(path), { hash: 'h', metadata, origin });
    assert.equal(info.bytes, Buffer.byteLength(text));
    assert.deepStrictEqual(await readCheckpoint(path), [{ a: 1 }]);

    await writeCheckpoint(path, [{ a: 1n }, { a: 2 }]);
    assert.equal(await readFile(path, 'utf8'), header(2, '', true) + '{"a":{"$ckpt":"bigint","v":"1"}}\n{"a":2}\n');
    assert.deepStrictEqual(await readCheckpoint(path), [{ a: 1n }, { a: 2 }]);
    await writeCheckpoint(path, [], { hash: '' });
    assert.equal(await readFile(path, 'utf8'), header(0, ',"hash":""'));
    assert.deepStrictEqual(await readCheckpoint(path), []);
  });

  test('a row that would be taken for a header does not stand first without one', async () => {
    const like: Row = { 'arrow-ckpt-lines': { version: 1, rows: 1, escapes: true }, a: { $ckpt: 'x' } };
    const cases: [rows: Row[], hasHeader: boolean][] = [
      [[like], true],
      [[like, { b: 1 }], true],
      [[{ b: 1 }, { 'arrow-ckpt-lines': 1 }], false],
      [[{ 'arrow-ckpt-lines': 1 }], true],
      [[{ b: 1, 'arrow-ckpt-lines': 1 }], false],
      [[{ 'arrow-ckpt-lines': 1 }, { u: undefined }], true],
    ];
    for (const [rows, hasHeader] of cases) {
      const path = freshPath();
      const info = await writeCheckpoint(path, rows);
      assertExact(await readCheckpoint(path), rows);
      assert.deepStrictEqual(await jsonlStore.info(path), info);
      assert.equal((await readFile(path, 'utf8')).startsWith('{"arrow-ckpt-lines":{"version":1,"rows":  '), hasHeader);
    }
  });

  test('a first escape after bytes were written, from an iterator that runs once', async () => {
    function* rows(): Generator<Row> {
      for (let i = 0; i < 30_000; i++) yield { i, text: 'é'.repeat(40), last: i === 29_999 ? 1n : 1 };
    }
    const path = freshPath();
    assert.ok((await writeCheckpoint(path, rows())).bytes > 3_000_000);
    assertExact(await readCheckpoint(path), [...rows()]);
  });

  test('rows larger than a piece and a chunk', async () => {
    const rows = [{ s: 'x'.repeat(700_000) }, { a: 1 }, { s: '☃"'.repeat(1_500_000) }, { a: [2] }, { s: 'y'.repeat(12_000_000) }];
    for (const all of [rows, [{ u: undefined }, ...rows]]) {
      const path = freshPath();
      await writeCheckpoint(path, all);
      assertExact(await readCheckpoint(path), all);
    }
  });

  test('names in .ndjson too; a compat of another program is refused', async () => {
    const path = join(folder, 'a.ndjson');
    assert.equal((await writeCheckpoint(path, [{ a: 1 }])).format, 'jsonl');
    assert.deepStrictEqual(await readCheckpoint(path), [{ a: 1 }]);
    await rejectsWith('ERR_CKPT_INVALID_OPTION', () => writeCheckpoint(path, [], { compat: 'docetl' }), { message: /no JSONL form/ });
    await rejectsWith('ERR_CKPT_INVALID_OPTION', () => writeCheckpoint(path, [], { compat: 'kura', hash: 'h' }), {
      message: /without a place/,
    });
  });

  test('a save that fails leaves the old file and no temporary', async () => {
    const own = await mkdtemp(join(folder, 'own-'));
    const path = join(own, 'a.jsonl');
    await writeCheckpoint(path, [{ old: 1 }]);
    await rejectsWith('ERR_CKPT_UNSUPPORTED_VALUE', () => writeCheckpoint(path, [{ a: 1 }, { a: new Map() }]), { row: 1, column: 'a' });
    assert.deepStrictEqual(await readdir(own), ['a.jsonl']);
    assert.deepStrictEqual(await readCheckpoint(path), [{ old: 1 }]);
  });
});

describe('what is read', () => {
  const rows = [{ a: 'é☃🚀"},\n{\\' }, { b: [{ c: 1 }, { c: [[]] }] }, {}, { '': '}, {' }, { d: { e: null } }] as Row[];
  const lines = rows.map((row) => JSON.stringify(row));

  test('any way to end lines, at every chunk size', async () => {
    const texts = [
      `${lines.join('\n')}\n`,
      lines.join('\n'),
      `${lines.join('\r\n')}\r\n`,
      lines.join('\r\n'),
      `\ufeff${lines.join('\n')}\n`,
      `\n\n${lines.join('\n\n \t\n')}\n\n  `,
      `\ufeff\r\n${lines.map((line) => `  ${line} `).join('\r\n\r\n')}`,
      `${header(rows.length)}${lines.join('\n')}\n`,
      `\ufeff${header(rows.length).trimEnd()}\r\n\r\n${lines.join('\r\n')}`,
    ];
    for (const text of texts) {
      const path = await stored(text);
      assert.equal((await jsonlStore.info(path)).rows, rows.length, text);
      for (let chunkBytes = 1; chunkBytes < 40; chunkBytes++) assert.deepStrictEqual(await readSmall(path, chunkBytes), rows, text);
      assert.deepStrictEqual(await readCheckpoint(path), rows);
    }
    for (const nothing of ['', '\n', '\ufeff', ' \r\n\r\n']) assert.deepStrictEqual(await readCheckpoint(await stored(nothing)), []);
  });

  test('what Python writes: NaN, infinities and integers of any size', async () => {
    const text = '{"a": NaN, "i": 9007199254740993}\n{"b": [-Infinity, 1.0]}\n\n{"i": -1180591620717411303424}';
    const expected = [{ a: Number.NaN, i: 9007199254740993n }, { b: [Number.NEGATIVE_INFINITY, 1] }, { i: -1180591620717411303424n }];
    assert.deepStrictEqual(await readCheckpoint(await stored(text)), expected);
    // What looks like an escape is data in a file that is not ours.
    assert.deepStrictEqual(await readCheckpoint(await stored('{"a":{"$ckpt":"undefined"}}\n')), [{ a: { $ckpt: 'undefined' } }]);
  });

  test('what an earlier load left in memory is no part of a file', async () => {
    for (const text of ['', '{}']) {
      const handle = await open(await stored(text));
      const window = new FileWindow(handle, 'x');
      window.bytes.write(header(1));
      assert.equal(await readHeader(window), null);
      await handle.close();
    }
  });

  test('columns, where, offset and limit', async () => {
    const path = freshPath();
    await writeCheckpoint(path, [
      { i: 0, k: 'a' },
      { i: 1, k: 'b' },
      { i: 2, k: 'a', z: 1 },
      { i: 3, k: 'a' },
    ]);
    assert.deepStrictEqual(await readCheckpoint(path, { columns: ['i'], where: { k: 'a' }, offset: 1, limit: 1 }), [{ i: 2 }]);
    assert.deepStrictEqual(await readCheckpoint(path, { columns: ['z'] }), [{}, {}, { z: 1 }, {}]);
    await rejectsWith('ERR_CKPT_UNKNOWN_COLUMN', () => readCheckpoint(path, { columns: ['y'] }), { column: 'y' });
  });

  test('it is chosen by the name, and other names are as ever', async () => {
    const text = '{"a":1}\n{"a":2}\n';
    for (const name of ['x.json', 'x', 'x.parquet']) {
      const path = join(folder, name);
      await writeFile(path, text);
      await rejectsWith('ERR_CKPT_NOT_A_CHECKPOINT', () => readCheckpoint(path), { path });
    }
  });

  test('Parquet is Parquet, whatever its name', { skip: noBinding }, async () => {
    const path = join(folder, 'renamed.jsonl');
    await parquetStore.write(path, [{ a: 1 }], {});
    assert.deepStrictEqual(await readCheckpoint(path), [{ a: 1 }]);
  });
});

describe('what is damaged', () => {
  test('a line that is no row is named, and the rows before it were given', async () => {
    const cases: [string, RegExp, number][] = [
      ['{"a":1}\n{"a":tru}\n{"a":1}\n', /line 2 \(row 1\), at byte 13: expected a value, found 't'/, 1],
      ['{"a":1}\n\n{"a":01}\n', /line 3 \(row 1\), at byte 14/, 1],
      ['{"a":1}{"a":2}\n', /line 1 \(row 0\), at byte 7: expected nothing more, found '\{'/, 0],
      ['{"a":1},{"a":2}\n{}\n', /line 1 \(row 0\), at byte 7: expected nothing more, found ','/, 0],
      // Rows only together: none of these may pass for what they are in one array.
      ['{"a":[{}\n{}]}\n{"b":1}\n', /line 1 \(row 0\), at byte 8: expected ',' or '\]', found the end of the line/, 0],
      ['{}\n{"a":[{}\n{}]},{"b":2}\n', /line 2 \(row 1\)/, 1],
      ['{"a":"x\ny"}\n', /line 1 \(row 0\), at byte 7: expected '"', found the end of the line/, 0],
      ['{}\n[1]\n', /line 2 \(row 1\) is an array of 1, but a row must be an object/, 1],
      ['{}\n5\n{}\n', /line 2 \(row 1\) is 5/, 1],
      ['{}\nnull', /line 2 \(row 1\) is null/, 1],
      ['{}\n{"a":1}x', /line 2 \(row 1\), at byte 10: expected nothing more/, 1],
      ['{}\n{"a": Nan}\n', /line 2 \(row 1\).*expected a value/, 1],
      [`${header(2)}{}\n{"a":}\n`, /line 3 \(row 1\)/, 1],
    ];
    for (const [text, message, row] of cases) {
      const path = await stored(text);
      await rejectsWith('ERR_CKPT_CORRUPT', () => readCheckpoint(path), { path, row, message });
      for (const chunkBytes of [1, 4, 11]) await rejectsWith('ERR_CKPT_CORRUPT', () => readSmall(path, chunkBytes), { row, message });
      const given: Row[] = [];
      const batches = jsonlStore.batches(path, {});
      await rejectsWith('ERR_CKPT_CORRUPT', async () => {
        for await (const batch of batches) given.push(...batch);
      });
      assert.equal(given.length, row);
    }
    const latin1 = await stored(Buffer.from('{"a":"x"}\n{"a":"\xe9"}\n{}\n', 'latin1'));
    await rejectsWith('ERR_CKPT_CORRUPT', () => readCheckpoint(latin1), {
      row: 1,
      message: /line 2 \(row 1\), at byte 16: expected UTF-8, found byte 0xe9/,
    });
  });

  test('what is no file of lines at all', async () => {
    for (const text of ['hello', '[{"a":1},\n{"a":2}]\n', '[1]\n', '"text"\n', '\n\n[\n{}\n]\n', '5']) {
      const path = await stored(text);
      for (const work of [() => readCheckpoint(path), () => jsonlStore.info(path), () => jsonlStore.head(path)]) {
        await rejectsWith('ERR_CKPT_NOT_A_CHECKPOINT', work, { path, message: /an object a line.*\.json/ });
      }
    }
  });

  test('a header that is none, of a later version, or of other rows', async () => {
    const cases: [string, Parameters<typeof rejectsWith>[0], RegExp][] = [
      ['{"arrow-ckpt-lines":{"version":2,"new":[]}}\n', 'ERR_CKPT_FORMAT_VERSION', /version 2 .* version 1/],
      ['{"arrow-ckpt-lines":{"version":0,"rows":0,"escapes":false}}\n', 'ERR_CKPT_CORRUPT', /'version'/],
      ['{"arrow-ckpt-lines":{"version":1,"rows":-1,"escapes":false}}\n', 'ERR_CKPT_CORRUPT', /'rows'/],
      ['{"arrow-ckpt-lines":5}\n{}\n', 'ERR_CKPT_CORRUPT', /'version'/],
      ['{"arrow-ckpt-lines":{,}}\n', 'ERR_CKPT_CORRUPT', /line 1, at byte 21/],
      ['{"arrow-ckpt-lines":{"version":1,"rows":1', 'ERR_CKPT_TRUNCATED', /at byte 41, in the middle of line 1;/],
      [`${header(1)}{}\n{}\n`, 'ERR_CKPT_CORRUPT', /says 1 rows, but there are 2/],
      [`${header(3)}{}\n{}\n`, 'ERR_CKPT_TRUNCATED', /says 3 rows, but there are 2/],
      [`${header(1, '', true)}{"a":{"$ckpt":"x"}}\n`, 'ERR_CKPT_CORRUPT', /row 0.*escape/],
      [`${header(1, '', true)}\n{"$ckpt":"undefined"}\n`, 'ERR_CKPT_CORRUPT', /row 0.*escape/],
    ];
    for (const [text, code, message] of cases) {
      const path = await stored(text);
      await rejectsWith(code, () => readCheckpoint(path), { path, message });
    }
  });

  test('every file that is cut inside of a line is called truncated', async () => {
    const rows = [{ a: 'x\\"é\u0000', b: [1.5e-3, true, { c: null }] }, { d: {} }, { e: '☃' }];
    for (const options of [{}, { hash: 'hé' }]) {
      const path = freshPath();
      await writeCheckpoint(path, rows, options);
      const whole = await readFile(path);
      const ends = [...whole.keys()].filter((at) => whole[at] === 0x0a);
      for (let length = 1; length < whole.length - 1; length++) {
        const cut = await stored(whole.subarray(0, length));
        // At the end of a row nothing is missing but rows, which only a header tells.
        const isWhole = ends.some((end) => length === end || length === end + 1);
        if (isWhole && !('hash' in options)) assert.equal((await readCheckpoint(cut)).length, ends.filter((end) => end <= length).length);
        else {
          const error = await rejectsWith('ERR_CKPT_TRUNCATED', () => readCheckpoint(cut), { path: cut });
          if (!isWhole) assert.match(error.message, new RegExp(`at byte ${length}, in the middle of line`));
          if (!isWhole && !('hash' in options)) await rejectsWith('ERR_CKPT_TRUNCATED', () => jsonlStore.info(cut), { path: cut });
        }
      }
    }
    // What some file systems leave after a power cut.
    const zeros = await stored('{"a":1}\n{"a":"x\0\0\0\0');
    await rejectsWith('ERR_CKPT_TRUNCATED', () => readCheckpoint(zeros), {
      row: 1,
      message: /at byte 15, in the middle of line 2 \(row 1\)/,
    });
  });
});

test('no file is made where there was nothing to save', async () => {
  const path = freshPath();
  await rejectsWith('ERR_CKPT_ROWS_NOT_ITERABLE', () => writeCheckpoint(path, 5 as never));
  assert.ok(!existsSync(path));
});

test('hundreds of megabytes are written and read in bounded memory', async (t) => {
  const path = join(folder, 'large.jsonl');
  const outcome = await resultOf<Record<string, number | boolean>>('jsonl-large.ts', { args: [path, '150'] });
  t.diagnostic(JSON.stringify(outcome));
  const { megabytes, rows, read, right, peak } = outcome;
  assert.ok((megabytes as number) > 140);
  assert.deepStrictEqual([read, right], [rows, true]);
  // Over what the process had before: pieces, and rows that die young.
  assert.ok((peak as number) < 120, `${String(peak)} MB`);
});
