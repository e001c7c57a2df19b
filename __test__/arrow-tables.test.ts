// Tables of apache-arrow and flechette become what the bytes that their own libraries make of them become.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import * as flechette from '@uwdata/flechette';
import * as arrow from 'apache-arrow';
import { openCheckpoint, readCheckpoint, writeCheckpoint, type Row } from 'arrow-ckpt';
import { rejectsWith } from './support/codes.ts';
import { joined } from './support/joined.ts';
import { noPython, runPython } from './support/python.ts';
import { noBinding } from './support/readers.ts';
import { tempFolder } from './support/temp-folder.ts';

const { Field } = arrow;
const list = (type: arrow.DataType): arrow.List => new arrow.List(new Field('item', type, true));
const struct = new arrow.Struct([new Field('a', new arrow.Int32(), true), new Field('b', new arrow.Utf8(), true)]);
const entries = new Field('entries', new arrow.Struct([new Field('key', new arrow.Utf8()), new Field('value', new arrow.Int32(), true)]));
const moment = Date.UTC(2024, 4, 6, 7, 8, 9, 123);

/** Ten values of each type, some of them null. */
const VALUES: Record<string, [arrow.DataType, (row: number) => unknown]> = {
  int8: [new arrow.Int8(), (row) => row - 5],
  uint16: [new arrow.Uint16(), (row) => row * 6000],
  int32: [new arrow.Int32(), (row) => row * -100_000],
  int64: [new arrow.Int64(), (row) => 2n ** 60n - BigInt(row)],
  uint64: [new arrow.Uint64(), (row) => 2n ** 64n - BigInt(row) - 1n],
  float32: [new arrow.Float32(), (row) => row / 4],
  float64: [new arrow.Float64(), (row) => (row === 4 ? Number.NaN : -row / 3)],
  bool: [new arrow.Bool(), (row) => row % 3 === 0],
  text: [new arrow.Utf8(), (row) => (row === 7 ? '' : `é${row} 😀`)],
  largeText: [new arrow.LargeUtf8(), (row) => `large ${row}`],
  textView: [new arrow.Utf8View(), (row) => (row % 2 === 0 ? 'short' : `a text of more than twelve bytes: ${row}`)],
  bytes: [new arrow.Binary(), (row) => Uint8Array.of(row, 255)],
  fixed: [new arrow.FixedSizeBinary(3), (row) => Uint8Array.of(row, 1, 2)],
  decimal: [new arrow.Decimal(2, 20, 128), (row) => Uint32Array.of(row * 111, 0, 0, 0)],
  day: [new arrow.DateDay(), (row) => moment + row * 86_400_000],
  dateMs: [new arrow.DateMillisecond(), (row) => moment + row * 86_400_000],
  seconds: [new arrow.TimestampSecond(), (row) => Math.floor(moment / 1000) * 1000 + row * 1000],
  ms: [new arrow.TimestampMillisecond('UTC'), (row) => moment + row],
  us: [new arrow.TimestampMicrosecond(), (row) => moment + row],
  ns: [new arrow.TimestampNanosecond('Europe/Oslo'), (row) => moment + row],
  timeS: [new arrow.TimeSecond(), (row) => 3600 + row],
  timeUs: [new arrow.TimeMicrosecond(), (row) => 3_600_000_000n + BigInt(row)],
  duration: [new arrow.DurationMillisecond(), (row) => BigInt(row)],
  months: [new arrow.IntervalYearMonth(), (row) => Int32Array.of(row)],
  dictionary: [new arrow.Dictionary(new arrow.Utf8(), new arrow.Int8()), (row) => `word ${row % 3}`],
  list: [list(new arrow.Int32()), (row) => Array.from({ length: row % 4 }, (_, at) => (at === 1 ? null : row + at))],
  lists: [list(list(new arrow.Utf8())), (row) => [[`a${row}`], [], [`b${row}`, null]]],
  vector: [new arrow.FixedSizeList(2, new Field('item', new arrow.Float32(), true)), (row) => [row, -row]],
  struct: [struct, (row) => ({ a: row, b: row === 6 ? null : `b${row}` })],
  structs: [list(struct), (row) => [{ a: row, b: 'x' }]],
  map: [new arrow.Map_(entries as ConstructorParameters<typeof arrow.Map_>[0]), (row) => ({ [`k${row}`]: row })],
  nothing: [new arrow.Null(), () => null],
};

/** `nulls`: each fifth value is one. */
function vectorOf(name: string, from: number, to: number, nulls: boolean): arrow.Vector {
  const [type, valueOf] = VALUES[name] as (typeof VALUES)[string];
  const values = Array.from({ length: to - from }, (_, row) => (nulls && (from + row) % 5 === 3 ? null : valueOf(from + row)));
  return arrow.vectorFromArray(values as never, type as never) as unknown as arrow.Vector;
}

describe('tables of apache-arrow and flechette', { skip: noBinding }, () => {
  const folder = tempFolder('arrow-tables');
  const path = join(folder, 'table.parquet');
  const [asTable, asBytes] = [join(folder, 'as-table.parquet'), join(folder, 'as-bytes.parquet')];

  /** Writes both ways, and compares the rows. */
  const sameRows = async (table: object, bytes: Uint8Array, what: string): Promise<Row[]> => {
    await writeCheckpoint(asBytes, bytes);
    const info = await writeCheckpoint(asTable, table as Row[]);
    const [rows, expected] = [await readCheckpoint(asTable), await readCheckpoint(asBytes)];
    assert.deepStrictEqual(rows, expected, what);
    assert.equal(info.rows, rows.length);
    return rows;
  };
  const bytesOf = (table: arrow.Table): Uint8Array => arrow.tableToIPC(table, 'stream');

  for (const nulls of [false, true]) {
    test(`apache-arrow: every type${nulls ? ', with nulls' : ''}, in one batch and in several, whole and in slices`, async () => {
      const part = (from: number, to: number, names = Object.keys(VALUES)): arrow.Table =>
        new arrow.Table(Object.fromEntries(names.map((name) => [name, vectorOf(name, from, to, nulls)])));
      const one = part(0, 10);
      // Its own bytes say of a column of nulls that it has none.
      const filled = one.select(Object.keys(VALUES).filter((name) => name !== 'nothing'));
      await sameRows(filled, bytesOf(filled), 'one batch');
      await writeCheckpoint(path, one);
      const rows = await readCheckpoint(path);
      assert.deepStrictEqual(
        rows,
        (await readCheckpoint(asBytes)).map((row) => Object.assign(row, { nothing: null })),
      );
      for (const [name, value] of Object.entries(rows[3] as Row)) assert.equal(value === null, nulls || name === 'nothing', name);
      // Its own bytes of dictionaries that two batches do not share cannot be read.
      const names = Object.keys(VALUES).filter((name) => !['dictionary', 'nothing'].includes(name));
      const two = part(0, 10, names).concat(part(10, 13, names));
      const all = await sameRows(two, bytesOf(two), 'two batches');
      for (const [from, to] of [
        [1, 9],
        [8, 12],
        [3, 4],
        [9, 9],
      ] as const) {
        await writeCheckpoint(asTable, two.slice(from, to));
        assert.deepStrictEqual(await readCheckpoint(asTable), all.slice(from, to), `from ${from} to ${to}`);
      }
      await writeCheckpoint(asTable, one.slice(2, 7));
      assert.deepStrictEqual(await readCheckpoint(asTable), rows.slice(2, 7));
    });
  }

  test('apache-arrow: a batch alone, no rows, no columns', async () => {
    const table = new arrow.Table({ id: vectorOf('int32', 0, 10, true), text: vectorOf('text', 0, 10, false) });
    const rows = await sameRows(table, bytesOf(table), 'all');
    await writeCheckpoint(path, table.batches[0] as unknown as Row[]);
    assert.deepStrictEqual(await readCheckpoint(path), rows);
    const none = table.slice(0, 0);
    assert.deepStrictEqual(await sameRows(none, bytesOf(none), 'no rows'), []);
    const narrow = table.select([]);
    await sameRows(narrow, bytesOf(narrow), 'no columns');
    await sameRows(new arrow.Table(), bytesOf(new arrow.Table()), 'nothing');
  });

  test('dictionaries that grow, that change between batches, in lists and in structs', async () => {
    const word = new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32());
    const batchOf = (...words: (string | null)[]): arrow.Table => {
      const lists = words.map((one) => [one, 'always']);
      const structs = words.map((one) => ({ one }));
      return new arrow.Table({
        word: arrow.vectorFromArray(words, new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32())),
        list: arrow.vectorFromArray(lists, list(word)),
        struct: arrow.vectorFromArray(structs, new arrow.Struct([new Field('one', word, true)])),
      });
    };
    const batches = [batchOf('a', null, 'b'), batchOf('c', 'a')].map(({ batches: [batch] }) => batch as arrow.RecordBatch);
    const table = Object.assign(Object.create(arrow.Table.prototype) as arrow.Table, { schema: batches[0]?.schema, batches });
    await writeCheckpoint(path, table);
    const expected = ['a', null, 'b', 'c', 'a'].map((one) => ({ word: one, list: [one, 'always'], struct: { one } }));
    assert.deepStrictEqual(await readCheckpoint(path), expected);
    // As deltas of an IPC stream: the second batch adds to the dictionary of the first.
    const builder = arrow.makeBuilder({ type: word });
    const grown = ['x', 'y', 'x'].map((one) => builder.append(one).toVector());
    for (const one of [
      arrow.tableFromIPC(bytesOf(new arrow.Table({ word: grown[2] as arrow.Vector }))),
      new arrow.Table({ word: grown[2] as arrow.Vector }),
    ])
      await sameRows(one, bytesOf(one), 'grown');
  });

  test('flechette: its own tables, and those of its bytes', async () => {
    const { columnFromArray: column } = flechette;
    const table = flechette.tableFromColumns({
      int: column([1, null, 3], flechette.int32()),
      big: column([1n, 2n ** 62n, null], flechette.int64()),
      text: column(['a', null, 'é'], flechette.utf8()),
      word: column(['x', 'y', 'x'], flechette.dictionary(flechette.utf8())),
      flag: column([true, false, null], flechette.bool()),
      at: column([moment, null, moment + 1], flechette.timestamp(flechette.TimeUnit.MILLISECOND, 'UTC')),
      decimal: column([1.25, null, -7], flechette.decimal(20, 2)),
      list: column([[1, null], null, []], flechette.list(flechette.int16())),
      vector: column([[1, 2], [3, 4], null], flechette.fixedSizeList(flechette.float32(), 2)),
      struct: column([{ a: 1, b: 'x' }, null, { a: null, b: 'y' }], flechette.struct({ a: flechette.int32(), b: flechette.utf8() })),
      words: column([['p', 'q'], null, ['p']], flechette.list(flechette.dictionary(flechette.utf8()))),
      map: column([[['k', 1]], null, []], flechette.map(flechette.utf8(), flechette.int32())),
      bytes: column([Uint8Array.of(1, 2), null, Uint8Array.of()], flechette.binary()),
      nothing: column([null, null, null], flechette.nullType()),
    });
    const bytes = flechette.tableToIPC(table, { format: 'stream' }) as Uint8Array;
    const rows = await sameRows(table, bytes, 'its own');
    assert.deepStrictEqual([rows[0]?.['word'], rows[2]?.['list']], ['x', []]);
    for (const options of [{}, { useBigInt: true, useProxy: true, useDate: true, useMap: true }])
      assert.deepStrictEqual(await sameRows(flechette.tableFromIPC(bytes, options), bytes, 'of its bytes'), rows);
    await writeCheckpoint(path, table.select(['text', 'int']));
    assert.deepStrictEqual(
      await readCheckpoint(path),
      rows.map(({ text, int }) => ({ text, int })),
    );
    // Its own bytes of these cannot be read: the ends of runs may be null by them.
    const ends = flechette.columnFromArray([5, 5, null, 6], flechette.runEndEncoded(flechette.int32(), flechette.int32()));
    await writeCheckpoint(path, flechette.tableFromColumns({ ends }));
    assert.deepStrictEqual(
      (await readCheckpoint(path)).map((row) => row['ends']),
      [5, 5, null, 6],
    );
  });

  test('batches of a checkpoint, through both libraries and back', async () => {
    const saved: Row[] = Array.from({ length: 5000 }, (_, id) => ({
      id,
      text: id % 7 === 0 ? null : `t${id}`,
      tags: id % 3 === 0 ? [] : [`a${id}`],
      meta: { deep: { id: id / 2 } },
    }));
    await writeCheckpoint(path, saved, { rowGroupRows: 1500 });
    await using reader = await openCheckpoint(path);
    const bytes = await joined(reader.arrow({ batchRows: 700 }));
    const read = [arrow.tableFromIPC(bytes), flechette.tableFromIPC(bytes)];
    assert.ok((read[0] as arrow.Table).batches.length > 5);
    for (const table of read) assert.deepStrictEqual(await sameRows(table, bytes, 'rows'), saved);
  });

  test('types of pyarrow, through both libraries', { skip: noPython }, async () => {
    await runPython('arrow_types.py', folder);
    const bytes = await readFile(join(folder, 'types.arrows'));
    assert.equal((await sameRows(flechette.tableFromIPC(bytes), bytes, 'flechette')).length, 3);
    await sameRows(arrow.tableFromIPC(bytes), bytes, 'apache-arrow');
  });

  test('what is no table after all, and what has no place, is told; nothing is written', async () => {
    const saved = [{ id: 1 }];
    await writeCheckpoint(path, saved);
    const schema = { fields: [{ name: 'a', nullable: true, type: { typeId: 2, bitWidth: 32, signed: true } }] };
    const union = flechette.tableFromColumns({
      a: flechette.columnFromArray(
        [1, 'a'],
        flechette.union(flechette.UnionMode.Dense, [flechette.int32(), flechette.utf8()], [0, 1], (value) =>
          typeof value === 'number' ? 0 : 1,
        ),
      ),
    });
    for (const [table, message] of [
      [{ schema, batches: [{ numRows: 1, data: {} }] }, /tableToIPC/],
      [
        { schema, children: [{ data: [{ length: 3, nullCount: 0, type: schema.fields[0]?.type, values: new Int32Array(1) }] }] },
        /Arrow data/,
      ],
      [{ schema: { fields: [{ name: 'a', nullable: true, type: { typeId: 99 } }] }, children: [] }, /number 99/],
      [union, /union/],
    ] as [object, RegExp][])
      await rejectsWith('ERR_CKPT_ARROW', () => writeCheckpoint(path, table as Row[]), { message });
    await assert.rejects(writeCheckpoint(path, union as unknown as Row[], { signal: AbortSignal.abort(new Error('enough')) }), /enough/);
    assert.deepStrictEqual(await readCheckpoint(path), saved);
  });
});
