import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { inferSchema, writeCheckpoint, readCheckpoint, type ColumnSchema, type Row } from 'arrow-ckpt';
import { rejectsWith } from './support/codes.js';
import { noBinding } from './support/readers.js';
import { tempFolder } from './support/temp-folder.js';

const folder = tempFolder('schema-infer');
const rowsOf = (count: number, make: (index: number) => Row): Row[] => Array.from({ length: count }, (_, index) => make(index));
const one = (rows: Iterable<Row>): ColumnSchema => inferSchema(rows).columns[0]!;

test('every type, with the reason', () => {
  const { columns, rows } = inferSchema(
    rowsOf(1000, (index) => ({
      int: index,
      double: index / 2,
      zero: index === 7 ? -0 : index,
      bool: index % 2 === 0,
      text: `t${index}`,
      date: new Date(index),
      bytes: new Uint8Array(1),
      big: BigInt(index),
      f32: new Float32Array(2),
      f64: new Float64Array(2),
      list: [index],
      struct: { a: 1, ...(index % 2 === 0 && { b: null }) },
      json: index % 2 === 0 ? 'a' : 1,
      empty: null,
      some: index % 4 === 0 ? null : 'x',
    })),
  );
  assert.equal(rows, 1000);
  const types = columns.map(({ name, type, stored, nullable, optional, irregular }) => [name, type, stored, nullable, optional, irregular]);
  assert.deepStrictEqual(types, [
    ['int', 'number', 'int64', false, false, 0],
    ['double', 'number', 'double', false, false, 0],
    ['zero', 'number', 'double', false, false, 0],
    ['bool', 'boolean', undefined, false, false, 0],
    ['text', 'string', undefined, false, false, 0],
    ['date', 'date', undefined, false, false, 0],
    ['bytes', 'bytes', undefined, false, false, 0],
    ['big', 'bigint', undefined, false, false, 0],
    ['f32', 'float32array', undefined, false, false, 0],
    ['f64', 'float64array', undefined, false, false, 0],
    ['list', 'list', undefined, false, false, 0],
    ['struct', 'struct', undefined, false, false, 0],
    ['json', 'json', undefined, false, false, 0],
    ['empty', 'null', undefined, true, false, 0],
    ['some', 'string', undefined, true, false, 0],
  ]);
  const reasons = Object.fromEntries(columns.map(({ name, reason }) => [name, reason]));
  assert.equal(reasons['int'], 'all 1,000 values are safe integers');
  assert.equal(reasons['double'], 'all 1,000 values are numbers');
  assert.equal(reasons['json'], 'values of 2 types, 500 strings, 500 numbers: JSON text');
  assert.equal(reasons['empty'], 'there is no value but null');
  assert.equal(reasons['some'], 'all 750 values are strings');
  assert.deepStrictEqual(columns[10]!.element, { type: 'number', stored: 'int64', nullable: false });
  assert.deepStrictEqual(columns[11]!.fields, [
    { name: 'a', type: 'number', stored: 'int64', nullable: false, optional: false },
    { name: 'b', type: 'null', nullable: true, optional: true },
  ]);
});

test('irregular values are counted', () => {
  const three = one(rowsOf(1000, (index) => ({ v: index % 400 === 7 ? 'seven' : index })));
  assert.deepStrictEqual(
    [three.type, three.irregular, three.reason],
    ['number', 3, '3 of 1,000 values are not numbers: stored beside the column'],
  );
  const single = one(rowsOf(100, (index) => ({ v: index === 50 ? 1n : 'a' })));
  assert.deepStrictEqual([single.irregular, single.reason], [1, '1 of 100 values is not of type string: stored beside the column']);
  const late = one(rowsOf(3000, (index) => ({ v: index < 256 ? 'a' : index })));
  assert.deepStrictEqual([late.type, late.irregular], ['string', 2744]);
  const missing = one(rowsOf(300, (index) => ({ v: index === 3 ? undefined : 'a' })));
  assert.deepStrictEqual([missing.optional, missing.irregular], [true, 1]);
});

test('rows of too many different keys are kept whole', () => {
  const { irregularRows, rows } = inferSchema(rowsOf(2000, (index) => ({ [`k${index}`]: index })));
  assert.equal(rows, 2000);
  assert.ok(irregularRows !== undefined && irregularRows > 1000);
});

test('it tells what a save does', { skip: noBinding }, async () => {
  const rows = rowsOf(3000, (index) => ({
    a: index % 100 === 99 ? 'odd' : index,
    b: index % 2 === 0 ? 'x' : 1,
    c: [index / 2],
    d: index > 2000 ? 'late' : null,
    ...(index % 3 === 0 && { e: new Date(index) }),
    f: { g: index },
  }));
  const { columns } = inferSchema(rows);
  const info = await writeCheckpoint(join(folder, 'rows.parquet'), rows);
  assert.deepStrictEqual(
    columns.map(({ name, irregular }) => [name, irregular]),
    info.columns.map(({ name, exceptions }) => [name, exceptions]),
  );
  const words = columns.map(({ type, stored }) => stored ?? type);
  assert.deepStrictEqual(words, ['int64', 'json', 'list', 'string', 'date', 'struct']);
  assert.deepStrictEqual(
    info.columns.map(({ type }) => type),
    ['int64', 'json', 'list<double>', 'string', 'timestamp[ms, UTC]', 'struct<g: int64>'],
  );
});

test('what it infers is a schema for saves and loads', async () => {
  const rows = rowsOf(500, (index) => ({
    id: index,
    tags: ['a', null],
    at: new Date(index),
    ...(index % 2 === 0 && { note: 'n' }),
    f: new Float32Array(1),
  }));
  const schema = inferSchema(rows);
  for (const name of ['own.parquet', 'own.json']) {
    const path = join(folder, name);
    await writeCheckpoint(path, rows, { schema });
    assert.deepStrictEqual(await readCheckpoint(path, { schema }), rows);
    await rejectsWith('ERR_CKPT_SCHEMA', () => writeCheckpoint(path, [...rows, { id: 0.5 }], { schema }), { row: 500, column: 'id' });
  }
});

test('any iterable, no rows, bad rows', async () => {
  function* generate(): Generator<Row> {
    for (let index = 0; index < 600; index++) yield { index };
  }
  assert.equal(one(generate()).stored, 'int64');
  assert.deepStrictEqual(inferSchema([]), { columns: [], rows: 0 });
  for (const bad of [null, 7, {}, 'rows']) await rejectsWith('ERR_CKPT_ROWS_NOT_ITERABLE', () => inferSchema(bad as Row[]));
  await rejectsWith('ERR_CKPT_ROW_NOT_OBJECT', () => inferSchema([{}, 1 as never]), { row: 1 });
  await rejectsWith('ERR_CKPT_UNSUPPORTED_VALUE', () => inferSchema([...rowsOf(400, () => ({ a: 1 })), { a: [1, () => 1] }]), {
    row: 400,
    column: 'a[1]',
  });
});
