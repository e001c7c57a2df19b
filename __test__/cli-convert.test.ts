import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { readCheckpoint, verifyCheckpoint, writeCheckpoint, type Row } from 'arrow-ckpt';
import { parquetStore } from '../lib/formats/parquet/parquet-store.js';
import { FORMATS } from './support/codes.js';
import { CLI, cliJson, cliOk, noCli } from './support/run-cli.js';
import { assertSame } from './support/row-cases.js';
import { suite } from './support/suite.js';
import { tempFolder } from './support/temp-folder.js';

const ROWS: Row[] = [
  { id: 1, text: 'plain', deep: { list: [1, null] }, at: new Date(5), big: 2n ** 70n },
  { id: 2.5, text: 'Grüße, "漢字" 😀\nnext', extra: undefined },
  { text: null, id: -0 },
];

suite('convert', noCli, () => {
  const folder = tempFolder('cli-convert');
  const at = (name: string): string => join(folder, name);

  test('from each format into each gives the same rows, the hash and the metadata', async () => {
    const labels = { hash: 'h1', metadata: { model: 'm' } };
    for (const from of FORMATS) {
      for (const to of FORMATS) {
        const [input, output] = [at(`from.${from}`), at(`to.${to}`)];
        await writeCheckpoint(input, ROWS, labels);
        const told = await cliJson<{ input: Row; output: Row }>(['convert', input, output]);
        assert.deepStrictEqual(told.output, { path: output, format: to, rows: 3, bytes: readFileSync(output).length });
        assertSame(await readCheckpoint(output), ROWS);
        const { whole } = await cliJson<{ whole: number }>(['verify', output]);
        assert.equal(whole, 1);
      }
    }
    assert.deepStrictEqual(await parquetStore.head(at('to.parquet')).then(({ hash, metadata }) => ({ hash, metadata })), labels);
  });

  test('tells people what it did', async () => {
    await writeCheckpoint(at('people.json'), ROWS);
    const { stdout, stderr } = await cliOk(['convert', at('people.json'), at('people.parquet')]);
    assert.match(stdout, /^✓ .*people\.json → .*people\.parquet: 3 rows, \d+ B → [\d.]+ KB\n$/);
    assert.equal(stderr, '');
  });

  test('keeps only the rows and columns that are asked for, with the codec that is asked for', async () => {
    await writeCheckpoint(at('some.json'), ROWS);
    await cliOk([
      'convert',
      at('some.json'),
      at('some.parquet'),
      '--where',
      'id>=1',
      '--columns',
      'id',
      '--compression',
      'gzip',
      '--level',
      '9',
    ]);
    assertSame(await readCheckpoint(at('some.parquet')), [{ id: 1 }, { id: 2.5 }]);
    const { columns } = await cliJson<{ columns: { codec: string }[] }>(['inspect', at('some.parquet')]);
    assert.deepStrictEqual(
      columns.map(({ codec }) => codec),
      ['gzip'],
    );
  });

  test('leaves the labels out with --bare: JSON is then an array', async () => {
    await writeCheckpoint(at('bare.parquet'), [{ a: 1 }], { hash: 'h' });
    await cliOk(['convert', at('bare.parquet'), at('bare.json'), '--bare']);
    assert.deepStrictEqual(JSON.parse(readFileSync(at('bare.json'), 'utf8')), [{ a: 1 }]);
  });

  test('writes the form of another program, and reads it', async () => {
    const rows = [
      { a: [], b: null },
      { a: ['x'], b: 'y' },
    ];
    await writeCheckpoint(at('docetl.json'), rows, { hash: 'h' });
    await cliOk(['convert', at('docetl.json'), at('docetl.parquet'), '--compat', 'docetl']);
    assert.equal((await parquetStore.head(at('docetl.parquet'))).origin?.compat, 'docetl');
    assertSame(await readCheckpoint(at('docetl.parquet')), rows);
    const { stderr } = await cliOk(['convert', at('docetl.parquet'), at('docetl2.json'), '--compat', 'docetl']);
    assert.match(stderr, /docetl2\.json has no place for the hash and the metadata of .*docetl\.parquet/);
    assert.deepStrictEqual(JSON.parse(readFileSync(at('docetl2.json'), 'utf8')), rows);
  });

  test('replaces a file whole, the one that it reads among them, or not at all', async () => {
    await writeCheckpoint(at('self.json'), ROWS);
    await cliOk(['convert', at('self.json'), at('self.json'), '--limit', '1']);
    assertSame(await readCheckpoint(at('self.json')), ROWS.slice(0, 1));
    writeFileSync(at('torn.json'), '[{"a":1},{"a":');
    await cliOk(['convert', at('torn.json'), at('self.json')], 1);
    await cliOk(['convert', at('torn.json'), at('self.csv')], 1);
    assertSame(await readCheckpoint(at('self.json')), ROWS.slice(0, 1));
    assert.deepStrictEqual(
      readdirSync(folder).filter((name) => name.endsWith('.tmp') || name === 'self.csv'),
      [],
    );
  });

  for (const [args, code, said] of [
    [['in.json', 'out.txt'], 2, /the extension of out\.txt says no format; use one of \.parquet, \.json, \.jsonl, \.ndjson, \.csv/],
    [['in.json', 'out.json', '--compression', 'zstd'], 2, /--compression is of Parquet/],
    [['in.json', 'out.parquet', '--level', '3'], 2, /codec 'auto' has no compressionLevel/],
    [['in.json', 'out.csv', '--compat', 'docetl'], 2, /--compat has no CSV form/],
    [['in.json', 'out.json', '--infer'], 2, /--infer is of CSV/],
    [['in.json', 'out.json', '--null', 'x'], 2, /--null is of CSV/],
    [['none.json', 'out.parquet'], 3, /ERR_CKPT_NOT_FOUND/],
    [['none.csv', 'out.parquet'], 3, /ERR_CKPT_NOT_FOUND/],
    [['in.json', 'folder.json'], 3, /ERR_CKPT_NOT_A_FILE/],
  ] as const) {
    test(`${args.join(' ')} ends with ${code}`, async () => {
      await writeCheckpoint(at('in.json'), ROWS);
      await writeCheckpoint(at('folder.json/inner.json'), []);
      const { stderr } = await cliOk(['convert', ...args], code, { cwd: folder });
      assert.match(stderr, said);
    });
  }

  test('refuses to write JSON under the name of Parquet where there is no binary', async () => {
    await writeCheckpoint(at('plain.json'), [{ a: 1 }]);
    const { stderr } = await cliOk(['convert', at('plain.json'), at('no.parquet')], 1, { env: { ARROW_CKPT_FORCE_JSON: '1' } });
    assert.match(stderr, /there is no native binary .* \[ERR_CKPT_UNSUPPORTED_FILE\]/);
  });

  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    test(`ended by ${signal} it leaves the old file, no temporary, and ${code}`, async (t) => {
      if (process.platform === 'win32') return t.skip('Windows has no such signals');
      const input = at('long.json');
      await writeCheckpoint(
        input,
        (function* () {
          for (let id = 0; id < 400_000; id++) yield { id, title: `title ${id}`, tags: ['a', `t${id % 9}`] };
        })(),
      );
      for (const name of ['long.parquet', 'long.csv']) {
        writeFileSync(at(name), 'old');
        const child = spawn(process.execPath, [CLI, 'convert', input, at(name)], { stdio: 'ignore' });
        const ended = new Promise((resolve) => child.on('close', (...how) => resolve(how)));
        // CSV makes its temporary at once in the second pass, Parquet with the first rows.
        while (child.exitCode === null && !readdirSync(folder).some((file) => file.endsWith('.tmp'))) await setTimeout(5);
        child.kill(signal);
        assert.deepStrictEqual(await ended, [code, null]);
        assert.equal(readFileSync(at(name), 'utf8'), 'old');
        assert.deepStrictEqual(
          readdirSync(folder).filter((file) => file.endsWith('.tmp')),
          [],
        );
      }
    });
  }
});

suite('convert and CSV', noCli, () => {
  const folder = tempFolder('cli-csv');
  const at = (name: string): string => join(folder, name);
  const toCsv = async (rows: Row[], ...args: string[]): Promise<string> => {
    await writeCheckpoint(at('in.parquet'), rows);
    await cliOk(['convert', at('in.parquet'), at('out.csv'), ...args]);
    return readFileSync(at('out.csv'), 'utf8');
  };
  const fromCsv = async (text: string | Buffer, ...args: string[]): Promise<Row[]> => {
    writeFileSync(at('in.csv'), text);
    await cliOk(['convert', at('in.csv'), at('out.parquet'), ...args]);
    return readCheckpoint(at('out.parquet'));
  };

  test('the header has all keys in the order of their appearance', async () => {
    assert.equal(await toCsv([{ b: 1 }, { a: 2, b: 3 }, { __proto__: null, constructor: 4 }]), 'b,a,constructor\n1,,\n3,2,\n,,4\n');
    assert.equal(await toCsv([{ b: 1, a: 2 }], '--columns', 'a,b'), 'a,b\n2,1\n');
    assert.equal(await toCsv([]), '');
  });

  test('cells: text, numbers, words, dates, and extended JSON for the rest', async () => {
    const row = {
      text: 'a,"b"\nc',
      odd: '\ud800',
      number: -1.5e-7,
      zero: -0,
      nan: Number.NaN,
      big: 2n ** 70n,
      yes: true,
      at: new Date(0),
      never: new Date(Number.NaN),
      list: [1, 'x'],
      bytes: new Uint8Array([1]),
    };
    assert.equal(
      await toCsv([row]),
      'text,odd,number,zero,nan,big,yes,at,never,list,bytes\n' +
        '"a,""b""\nc","""\\ud800""",-1.5e-7,-0,NaN,1180591620717411303424,true,1970-01-01T00:00:00.000Z,' +
        '"{""$ckpt"":""date"",""v"":null}","[1,""x""]","{""$ckpt"":""bytes"",""v"":""AQ==""}"\n',
    );
  });

  test('null and a missing key are empty, an empty string has quotes, and so has text that looks like something else', async () => {
    assert.equal(
      await toCsv([
        { a: null, b: '', c: '12' },
        { b: 'true', c: '1x' },
      ]),
      'a,b,c\n,"","12"\n,"true",1x\n',
    );
    assert.equal(await toCsv([{ a: null, b: 'NA' }, { b: undefined }], '--null', 'NA'), 'a,b\nNA,"NA"\n,\n');
  });

  test('rows without any key are refused', async () => {
    await writeCheckpoint(at('empty.json'), [{}, {}]);
    const { stderr } = await cliOk(['convert', at('empty.json'), at('empty.csv')], 1);
    assert.match(stderr, /row 0 has no keys, which CSV has no form for.*ERR_CKPT_NOT_COMPATIBLE/);
  });

  test('all cells are strings unless inference is asked for', async () => {
    const text = 'a,b,c,d\r\n1,true,,"2"\r\n-0.5e3,null,007,9007199254740993\r\n';
    assertSame(await fromCsv(text), [
      { a: '1', b: 'true', c: '', d: '2' },
      { a: '-0.5e3', b: 'null', c: '007', d: '9007199254740993' },
    ]);
    assertSame(await fromCsv(text, '--infer'), [
      { a: 1, b: true, c: null, d: '2' },
      { a: -500, b: 'null', c: '007', d: '9007199254740993' },
    ]);
    assertSame(await fromCsv(text, '--infer', '--null', 'null'), [
      { a: 1, b: true, d: '2' },
      { a: -500, b: null, c: '007', d: '9007199254740993' },
    ]);
  });

  test('what was written comes back with inference and a word for null, but for nested values and dates', async () => {
    const rows: Row[] = [
      { id: 1, text: '', score: -0, ok: false, none: null },
      { id: 2, text: 'null', score: Number.POSITIVE_INFINITY, more: '5' },
      { id: 3, text: 'x "y", z', none: 'a\nb,', '': ' ' },
    ];
    const text = await toCsv(rows, '--null', 'null');
    assertSame(await fromCsv(text, '--infer', '--null', 'null'), rows);
  });

  test('a byte order mark, quotes, line ends inside and any kind of line ends are read', async () => {
    assertSame(await fromCsv('\ufeff"a","b ""c"""\n"x\r\ny",2'), [{ a: 'x\r\ny', 'b "c"': '2' }]);
    assertSame(await fromCsv('__proto__,constructor\n1,2\n', '--infer'), [JSON.parse('{"__proto__":1,"constructor":2}')]);
    assertSame(await fromCsv(''), []);
    assertSame(await fromCsv('a,b\n'), []);
  });

  for (const [what, text, said] of [
    ['a record of another length', 'a,b\n1,2\n3\n', /in\.csv is no CSV: .*line 3/],
    ['a quote that is not closed', 'a\n"1\n', /in\.csv is no CSV: .*Quote/],
    ['two columns of one name', 'a,a\n1,2\n', /two columns named 'a'/],
    ['bytes that are not UTF-8', Buffer.from([0x61, 0x0a, 0xff, 0x0a]), /is not UTF-8/],
  ] as const) {
    test(`${what} is refused with 1`, async () => {
      writeFileSync(at('bad.csv'), text);
      const { stderr } = await cliOk(['convert', at('bad.csv'), at('bad.parquet')], 1);
      assert.match(stderr.replace('bad.csv', 'in.csv'), said);
      assert.match(stderr, /\[ERR_CKPT_CORRUPT\]\n$/);
    });
  }

  test('filters and limits work on CSV, too', async () => {
    writeFileSync(at('some.csv'), 'id,kind\n1,a\n2,b\n3,a\n4,a\n');
    await cliOk([
      'convert',
      at('some.csv'),
      at('some.json'),
      '--infer',
      '--where',
      'kind=a',
      '--columns',
      'id',
      '--offset',
      '1',
      '--limit',
      '1',
    ]);
    assert.deepStrictEqual(await readCheckpoint(at('some.json')), [{ id: 3 }]);
    const { stderr } = await cliOk(['convert', at('some.csv'), at('some.json'), '--columns', 'nope'], 2);
    assert.match(stderr, /ERR_CKPT_UNKNOWN_COLUMN/);
  });

  test('many rows pass through both ways', async () => {
    const rows = Array.from({ length: 20_000 }, (_, id) => ({ id, text: `t "${id}"`, score: id / 3 }));
    await writeCheckpoint(at('many.parquet'), rows);
    await cliOk(['convert', at('many.parquet'), at('many.csv')]);
    await cliOk(['convert', at('many.csv'), at('many2.parquet'), '--infer']);
    assert.equal((await verifyCheckpoint(at('many2.parquet'))).rows, rows.length);
    assertSame(await readCheckpoint(at('many2.parquet')), rows);
  });
});
