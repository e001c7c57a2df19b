import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { CheckpointManager, readCheckpoint, writeCheckpoint, type Row } from 'arrow-ckpt';
import { parseLenient } from '../lib/base/value/lenient-json.ts';
import { assertExact } from './support/exact.ts';
import { noPython, runPython } from './support/python.ts';
import { noBinding, READERS } from './support/readers.ts';
import { tempFolder } from './support/temp-folder.ts';
import { dataFiles, dataPath } from './support/test-data.ts';

/** Rows of one set of keys, as DocETL's Parquet needs them. */
const CASES: Record<string, Row[]> = {
  none: [],
  text: [
    { s: 'a', t: '' },
    { s: 'é😀\0', t: 'x' },
  ],
  'text with nulls and sentinels': [
    'x',
    null,
    '__null__',
    '__mixed_list_json__:[1]',
    '__mixed_list_json__:oops',
    '{}',
    '[1]',
    'null',
    '\ud800',
  ].map((s) => ({ s })),
  integers: [{ i: 1 }, { i: -(2 ** 53) + 1 }],
  'integers with a null': [{ i: 1 }, { i: null }],
  numbers: [{ n: 1.5 }, { n: -0 }, { n: 2 ** 60 }, { n: Number.POSITIVE_INFINITY }, { n: 5e-324 }],
  'numbers with a null': [{ n: 1.5 }, { n: null }],
  'numbers with NaN': [{ n: 1.5 }, { n: Number.NaN }, { n: null }],
  booleans: [{ b: true }, { b: null }, { b: false }],
  'large integers': [{ i: 2n ** 62n }, { i: -(2n ** 63n) }],
  'larger integers': [{ i: 2n ** 70n }, { i: 9007199254740993n }],
  'all null': [{ v: null }, { v: null }],
  'lists of texts': [{ l: ['a', null] }, { l: [] }, { l: null }, { l: ['b'] }],
  'lists like sentinels': [{ l: ['__empty_list__'] }, { l: ['__null__', 'a'] }],
  'lists of numbers': [{ l: [1, 2] }, { l: [] }],
  'lists of fractions': [{ l: [1.5, 2] }, { l: [0.25] }],
  'lists of lists': [{ l: [[1, 2]] }, { l: [[], [3]] }],
  'mixed lists': [{ l: [1, 'a', null, { k: [] }] }],
  dicts: [{ d: { b: 1, a: 'x' } }, { d: {} }, { d: null }, { d: { __empty_dict__: true } }],
  'mixed types': [{ v: 1 }, { v: 'a' }, { v: null }, { v: [1] }, { v: {} }, { v: true }, { v: 1.5 }, { v: Number.NaN }],
};

/** Rows that only JSON can tell DocETL. */
const JSON_CASES: Record<string, Row[]> = {
  ...CASES,
  ragged: [{ b: 1, a: 2 }, { a: 1 }, {}, { a: 1, b: { c: [{}] } }],
  'odd keys': [{ '': 1, 'a.b': 2, ['__proto__']: 3, ID: 4, id: 5 }],
};

/** Rows as Python prints them: floats that are whole numbers print as such, and JavaScript has one kind of number. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint' && Number.isSafeInteger(Number(value))) return Number(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plain(member)]));
}

for (const enableArrow of [true, false]) {
  const cases = Object.entries(enableArrow ? CASES : JSON_CASES);
  describe(`compat docetl, ${enableArrow ? 'Parquet' : 'JSON'}`, { skip: enableArrow && noBinding }, () => {
    const directory = tempFolder('compat-docetl');
    const manager = new CheckpointManager(directory, { enableArrow, compat: 'docetl', logger: false });

    test('our own load gives exactly the rows', async () => {
      for (const [name, rows] of cases) {
        const path = await manager.saveCheckpoint('s', name, rows, { hash: `hash of ${name}` });
        assertExact(await readCheckpoint(path), rows);
        if (enableArrow) for (const { read } of READERS) assertExact(await read(path), rows);
        assert.deepStrictEqual(await manager.loadCheckpoint('s', name, { hash: `hash of ${name}` }), rows);
        assert.equal((await manager.getCheckpointInfo('s', name))?.hash, `hash of ${name}`);
      }
    });

    test("DocETL's loaders give equal rows, and find the hashes", { skip: noPython }, async () => {
      const loaded = parseLenient(await runPython('docetl_loader.py', directory)) as Record<string, { hash: string; rows: Row[] }>;
      for (const [name, rows] of cases) {
        const { hash, rows: theirs } = loaded[`s/${name}`] as { hash: string; rows: Row[] };
        assert.equal(hash, `hash of ${name}`);
        assertExact(plain(theirs), plain(rows));
      }
    });
  });
}

test('real checkpoints of DocETL, saved for DocETL', { skip: noBinding || noPython }, async () => {
  const directory = tempFolder('compat-docetl-real');
  const manager = new CheckpointManager(directory, { compat: 'docetl', logger: false });
  const saved = new Map<string, Row[]>();
  for (const name of dataFiles(/^docetl\/json-before\/[^/.]+(?<!_batches)\/.*\.json$/)) {
    const rows = await readCheckpoint(dataPath(name));
    const operation = name.replaceAll('/', '.');
    const failure = await manager.saveCheckpoint('s', operation, rows, { hash: 'h' }).then(
      () => null,
      (error: { code: string }) => error,
    );
    // Some operations give rows of several sets of keys: those are refused with the reason.
    if (failure !== null) assert.equal(failure.code, 'ERR_CKPT_NOT_COMPATIBLE');
    else saved.set(operation, rows);
  }
  const loaded = saved.size === 0 ? {} : (parseLenient(await runPython('docetl_loader.py', directory)) as Record<string, { rows: Row[] }>);
  for (const [operation, rows] of saved) assertExact(plain(loaded[`s/${operation}`]?.rows), plain(rows));
});

test('JSON for DocETL is a bare list in Python form', async () => {
  const path = join(tempFolder('compat-docetl-json'), 'rows.json');
  await writeCheckpoint(path, [{ a: Number.NaN, b: -0, c: 2 ** 60, d: 2n ** 64n, e: [] }], { compat: 'docetl' });
  assert.equal(readFileSync(path, 'utf8'), '[\n{"a": NaN, "b": -0.0, "c": 1.152921504606847e+18, "d": 18446744073709551616, "e": []}\n]\n');
  for (const options of [{ hash: 'h' }, { metadata: {} }]) {
    await assert.rejects(writeCheckpoint(path, [], { compat: 'docetl', ...options }), {
      code: 'ERR_CKPT_INVALID_OPTION',
      message: /no place for|bare list/,
    });
  }
  await assert.rejects(writeCheckpoint(path, [], { compat: 'kura' }), { code: 'ERR_CKPT_INVALID_OPTION' });
  assert.throws(() => new CheckpointManager('x', { compat: 'kura' as never }), { code: 'ERR_CKPT_INVALID_OPTION' });
  await assert.rejects(writeCheckpoint(path, [], { compat: 'pandas' as never }), {
    code: 'ERR_CKPT_INVALID_OPTION',
    message: /docetl, kura/,
  });
});
