// oxlint-disable oxc/no-map-spread -- rows as steps make them
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { CheckpointManager, readCheckpoint, writeCheckpoint, type Row } from 'arrow-ckpt';
import { openSql, type SqlDatabase } from 'arrow-ckpt/sql';
import { noBinding } from './support/readers.ts';
import { suite } from './support/suite.ts';
import { tempFolder } from './support/temp-folder.ts';

const COUNT = 3000;

/** A row of every kind that is hard: `id` says which. */
function hardRow(id: number): Row {
  const row: Row = {
    id,
    model: `model ${id % 5}`,
    score: id % 11 === 0 ? Number.NaN : id % 7 === 0 ? -0 : (id % 100) / 3,
    big: 2n ** 60n + BigInt(id),
    at: new Date(Date.UTC(2024, 0, 1) + id * 3_600_000),
    a: id % 3,
    A: `upper ${id % 4}`,
    ['__proto__']: id * 2,
    odd: id % 97 === 96 ? { other: [id] } : `usual ${id % 10}`,
    mixed: [id, `text ${id}`, null, 2.5, [id], 10n ** 20n][id % 6],
    nested: id % 2 === 0 ? { n: id, deep: { list: [id, id + 1], mixed: id % 4 === 0 ? id : 'x' } } : { other: 'y' },
    bytes: new Uint8Array([id % 256, 1]),
    tags: id % 10 === 0 ? [] : [`t${id % 3}`, `t${id % 4}`],
    vector: new Float64Array([id, 0.5]),
  };
  if (id % 4 === 0) delete row['model'];
  if (id === 501) row['at'] = new Date(8.64e15);
  if (id === 503) row['mixed'] = '\ud800 alone';
  return row;
}

interface HardRow {
  id: number;
  model?: string;
  score: number;
  big: bigint;
  at: Date;
  a: number;
  A: string;
  __proto__: number;
  odd: unknown;
  mixed: unknown;
  nested: { n?: number; deep?: { list: number[]; mixed: unknown }; other?: string };
  bytes: Uint8Array;
  tags: string[];
  vector: Float64Array;
}

const own = (row: object, key: string): unknown => Object.getOwnPropertyDescriptor(row, key)?.value;
const groups = <K, R>(rows: readonly R[], key: (row: R) => K): [K, R[]][] => {
  const found = new Map<K, R[]>();
  for (const row of rows) found.set(key(row), [...(found.get(key(row)) ?? []), row]);
  return [...found];
};
const byText = (a: unknown, b: unknown): number => (String(a) < String(b) ? -1 : 1);

suite('values of SQL', noBinding, () => {
  const folder = tempFolder('sql-values');
  let db: SqlDatabase;
  let rows: HardRow[];

  before(async () => {
    const manager = new CheckpointManager(join(folder, 'checkpoints'), { logger: false });
    const path = await manager.saveCheckpoint(
      'process',
      'extract',
      Array.from({ length: COUNT }, (_, id) => hardRow(id)),
      { rowGroupRows: 1000 },
    );
    rows = (await readCheckpoint(path)) as unknown as HardRow[];
    db = await openSql(join(folder, 'checkpoints'), { threads: 2 });
  });
  after(() => db.close());

  const same = async (sql: string, expected: unknown): Promise<void> => assert.deepStrictEqual(await db.query(sql), expected);

  test('1: counts by a key that some rows lack', async () => {
    const expected = groups(rows, (row) => row.model ?? null).map(([model, of]) => ({ model, n: of.length }));
    await same(
      'select model, count(*) as n from process.extract group by model order by model nulls last',
      expected.sort((a, b) => (a.model === null ? 1 : b.model === null ? -1 : byText(a.model, b.model))),
    );
  });

  test('2: NaN is greater than all numbers to DuckDB, and -0 is 0 to both', async () => {
    const expected = rows.filter(({ score }) => score > 30 || Number.isNaN(score)).map(({ id, score }) => ({ id, score }));
    await same('select id, score from process.extract where score > 30 order by id', expected);
    await same(
      'select id from process.extract where score = 0 order by id',
      rows.filter(({ score }) => score === 0).map(({ id }) => ({ id })),
    );
    const zeros = (await db.query<{ score: number }>('select score from process.extract where score = 0')).filter(({ score }) =>
      Object.is(score, -0),
    );
    assert.equal(zeros.length, rows.filter(({ score }) => Object.is(score, -0)).length);
    await same("select count(*) as n from process.extract where score = 'NaN'", [
      { n: rows.filter(({ score }) => Number.isNaN(score)).length },
    ]);
  });

  test('3: bigints, exact', async () => {
    const few = rows.slice(10, 15);
    await same(
      'select big from process.extract where id between 10 and 14 order by id',
      few.map(({ big }) => ({ big })),
    );
    await same('select sum(big) as sum from process.extract', [{ sum: rows.reduce((sum, { big }) => sum + big, 0n) }]);
    assert.deepStrictEqual(await db.query`select id from process.extract where big = ${2n ** 60n + 7n}`, [{ id: 7 }]);
  });

  test('4: dates, in UTC', async () => {
    const days = groups(
      rows.filter(({ at }) => at.getTime() < 8e15),
      ({ at }) => at.toISOString().slice(0, 10),
    );
    const expected = days.map(([day, of]) => ({ day: new Date(day), n: of.length }));
    await same(
      'select date_trunc(\'day\', "at") as day, count(*) as n from process.extract where year("at") < 9999 group by day order by day',
      expected,
    );
    const when = new Date(Date.UTC(2024, 0, 2));
    assert.deepStrictEqual(
      await db.query`select id from process.extract where "at" < ${when} order by id`,
      rows.filter(({ at }) => at < when).map(({ id }) => ({ id })),
    );
    await same('select "at" from process.extract where id = 501', [{ at: new Date(8.64e15) }]);
  });

  test('5: exceptions beside their column', async () => {
    const others = rows.filter(({ odd }) => typeof odd === 'object').map(({ id, odd }) => ({ id, odd: null, 'odd?': odd }));
    assert.ok(others.length > 10);
    await same('select id, odd, "odd?" from process.extract where odd is null order by id', others);
    const usual = groups(
      rows.filter(({ odd }) => typeof odd === 'string'),
      ({ odd }) => odd as string,
    ).map(([odd, of]) => ({ odd, n: of.length }));
    await same(
      'select odd, count(*) as n from process.extract where odd is not null group by odd order by odd',
      usual.sort((a, b) => byText(a.odd, b.odd)),
    );
  });

  test('6: mixed values, JSON in SQL', async () => {
    await same(
      'select mixed from process.extract order by id',
      rows.map(({ mixed }) => ({ mixed })),
    );
    const texts = rows.filter(({ mixed, id }) => typeof mixed === 'string' && id !== 503);
    await same(
      "select mixed->>'$' as text from process.extract where json_type(mixed) = 'VARCHAR' order by id",
      texts.map(({ mixed }) => ({ text: mixed })),
    );
  });

  test('JSON inside of objects and lists, with texts that are no JSON to DuckDB', async () => {
    const odd = join(tempFolder('sql-odd'), 'odd.parquet');
    await writeCheckpoint(odd, [
      { id: 0, meta: { v: 'a', w: [1, 'x'] }, list: ['a', 1, { b: 2n ** 70n }] },
      { id: 1, meta: { v: 1, w: ['\ud800'] }, list: ['\udc00x', 2] },
      { id: 2, meta: { v: '\ud800', w: [] }, list: [] },
      { id: 3, meta: { v: Number.NaN, w: [null] }, list: [null, [new Date(5)]] },
      { id: 4, meta: null, list: null },
    ]);
    await using db = await openSql(odd);
    assert.deepStrictEqual(await db.query('from odd order by id'), await readCheckpoint(odd));
    assert.deepStrictEqual(await db.query('select id from odd where meta.v::varchar = $1', ['1']), [{ id: 1 }]);
  });

  test('7: nested objects and lists', async () => {
    const even = rows.filter(({ nested }) => nested.n !== undefined);
    await same(
      'select nested.n as n, nested.deep.list[2] as second from process.extract where nested.n is not null order by id',
      even.map(({ nested }) => ({ n: nested.n, second: nested.deep?.list[1] })),
    );
    const full = ({ n, deep, other }: HardRow['nested']): unknown => ({ n: n ?? null, deep: deep ?? null, other: other ?? null });
    await same(
      'select nested from process.extract order by id',
      rows.map(({ nested }) => ({ nested: full(nested) })),
    );
    const tags = groups(
      rows.flatMap((row) => row.tags),
      (tag) => tag,
    ).map(([tag, of]) => ({ tag, n: of.length }));
    await same(
      'select tag, count(*) as n from (select unnest(tags) as tag from process.extract) group by tag order by tag',
      tags.sort((a, b) => byText(a.tag, b.tag)),
    );
    await same('select sum(list_sum(vector)) as sum from process.extract', [
      { sum: rows.reduce((sum, { vector }) => sum + vector[0]! + vector[1]!, 0) },
    ]);
  });

  test('8: keys that differ in case only', async () => {
    const expected = groups(rows, ({ a, A }) => `${a} ${A}`).map(([, of]) => ({ a: of[0]!.a, A: of[0]!.A, n: of.length }));
    await same(
      'select a, "A_2" as "A", count(*) as n from process.extract group by 1, 2 order by 1, 2',
      expected.sort((x, y) => x.a - y.a || byText(x.A, y.A)),
    );
    const columns = db.tables()[0]!.columns!;
    assert.deepStrictEqual(
      columns.filter(({ key }) => key === 'A').map(({ name }) => name),
      ['A_2'],
    );
  });

  test('9: a key __proto__ is a key', async () => {
    const found = await db.query('select "__proto__", {\'__proto__\': id} as inside from process.extract where id < 3 order by id');
    assert.deepStrictEqual(
      found.map((row) => [own(row, '__proto__'), own(own(row, 'inside') as object, '__proto__')]),
      [
        [0, 0],
        [2, 1],
        [4, 2],
      ],
    );
    assert.equal(({} as { inside?: unknown }).inside, undefined);
  });

  test('10: whole rows, in order, with bytes', async () => {
    const found = await db.query('select * exclude ("odd?", "A_2") from process.extract');
    const expected = rows.map((row) => {
      const { A: _, model = null, odd, nested, vector, ...rest } = row;
      const { n = null, deep = null, other = null } = nested;
      return { ...rest, model, odd: typeof odd === 'string' ? odd : null, nested: { n, deep, other }, vector: [...vector] };
    });
    assert.deepStrictEqual(
      found.map((row) => ({ ...row })),
      expected,
    );
  });

  test('what other programs and SQL itself make', async () => {
    const [row] =
      await db.query(`select 1.50::decimal(5, 2) as small, 1::decimal(38, 20) / 1 as ratio, 12345678901234567890.5::decimal(38, 1) as large,
      map {'a': 1, '__proto__': 2} as texts, map {1: 2} as numbers, array_value(1.5, 2.5) as two, date '2024-02-03' as day, time '01:02:03' as hour,
      timestamp_ns '2024-01-01 00:00:00.000001' as fine, '\\x01'::blob as bytes, 18446744073709551615::ubigint as most, union_value(k := 'u') as one,
      1 as twin, 2 as twin, 'infinity'::timestamptz as ever, uuid '00000000-0000-0000-0000-000000000001' as id, json '{"$ckpt":"none"}' as like_ours,
      'x' || chr(0) || 'y' as zero, null as nothing, true as yes, interval 3 days as span, [null, {'b': 1}] as list`);
    assert.deepStrictEqual(row, {
      small: 1.5,
      ratio: 1,
      large: '12345678901234567890.5',
      texts: Object.fromEntries([
        ['a', 1],
        ['__proto__', 2],
      ]),
      numbers: [[1, 2]],
      two: [1.5, 2.5],
      day: new Date(Date.UTC(2024, 1, 3)),
      hour: '01:02:03',
      fine: '2024-01-01T00:00:00.000001Z',
      bytes: new Uint8Array([1]),
      most: 18446744073709551615n,
      one: 'u',
      twin: 1,
      twin_2: 2,
      ever: 'infinity',
      id: '00000000-0000-0000-0000-000000000001',
      like_ours: { $ckpt: 'none' },
      zero: 'x\0y',
      nothing: null,
      yes: true,
      span: '3 days',
      list: [null, { b: 1 }],
    });
  });

  test('what is bound comes back', async () => {
    const values = [
      null,
      true,
      1,
      -0,
      1.5,
      Number.NaN,
      "te'xt",
      2n ** 63n,
      -(2n ** 100n),
      new Date(5),
      new Uint8Array([0, 255]),
      [1, 2.5],
      ['a', null],
      [],
      new Float32Array([0.5]),
    ] as const;
    const [row] = await db.query(`select ${values.map((_, at) => `$${at + 1} as v${at}`).join(', ')}`, values);
    assert.deepStrictEqual(Object.values(row!), [...values.slice(0, -1), [0.5]]);
    for (const value of [{ a: 1 }, Symbol('a'), [1, 'a'], 2n ** 200n, new Date(Number.NaN)])
      await assert.rejects(db.query('select $1', [value as unknown as string]), { code: 'ERR_CKPT_INVALID_ARGUMENT' });
  });
});
