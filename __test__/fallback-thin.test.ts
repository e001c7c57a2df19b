import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { readCheckpoint, writeCheckpoint, type CheckpointInfo, type CheckpointReader, type Row } from 'arrow-ckpt';
import { fallbackStore } from '../lib/formats/parquet/fallback/fallback-store.ts';
import { ParquetFile } from '../lib/formats/parquet/fallback/parquet-file.ts';
import { assertColumns } from './support/columns-agree.ts';
import { assertExact } from './support/exact.ts';
import { OPENERS } from './support/openers.ts';
import { noBinding, READERS } from './support/readers.ts';
import { resultOf } from './support/run-program.ts';
import { isLarge, LONG, rowsOfKind, SHARED_KINDS } from './support/shared-kinds.ts';
import { tempFolder } from './support/temp-folder.ts';

/** What is made of the rows of the base: most values are in it, in another order, several times, beside new ones. */
const CHANGES: Record<string, (kind: string, rows: Row[]) => Row[]> = {
  'the same': (_, rows) => rows,
  'with more': (kind, rows) => [...rows, ...rowsOfKind(kind, 90, 1000)],
  reversed: (_, rows) => rows.toReversed(),
  unnested: (_, rows) =>
    rows.flatMap((row) => [
      { ...row, part: 1 },
      { ...row, part: 2 },
    ]),
  'with new rows': (kind, rows) => [...rows.slice(30), ...rowsOfKind(kind, 90, 1000), ...rows.slice(0, 100)],
};

const GROUPS = { rowGroupRows: 64 } as const;
const PARQUET = OPENERS.filter(({ format }) => format === 'parquet');

/** Changes after which small values are found as well, in blocks of rows. */
const IN_PLACE = new Set(['the same', 'with more']);

/** Saves rows that have values in the bases. */
async function saveThin(path: string, rows: Row[], base: string[], isThin = true): Promise<CheckpointInfo> {
  const info = await writeCheckpoint(path, rows, { base, ...GROUPS });
  if (isThin) assert.ok(info.delta !== null, 'it is thin');
  return info;
}

async function saveBase(path: string, rows: Row[]): Promise<string> {
  await writeCheckpoint(path, rows, { base: 'auto', ...GROUPS });
  return path;
}

/** What every call of a reader gives. */
async function allCalls(reader: CheckpointReader): Promise<unknown> {
  const scanned: Row[] = [];
  for await (const row of reader.rows()) scanned.push(row);
  const columns = await reader.columns();
  assertColumns(columns, scanned);
  return {
    scanned,
    read: await reader.read(),
    part: await reader.read({ offset: 70, limit: 50 }),
    one: await reader.read({ columns: ['value'] }),
    where: await reader.read({ where: { id: { $lt: 50 } }, columns: ['value'] }),
    sample: await reader.sample(20, { seed: 7 }),
    count: await reader.count({ where: { value: { $ne: null } } }),
    unchecked: (await reader.read({ where: { value: null } })).length,
    info: reader.info.columns.map(({ name, type, stored, bytes, encodings, nulls }) => ({ name, type, stored, bytes, encodings, nulls })),
    delta: reader.info.delta,
  };
}

describe('thin checkpoints without the binary', { skip: noBinding }, () => {
  process.env['ARROW_CKPT_SHARE_ANY'] = '1';
  const folder = tempFolder('fallback-thin');

  for (const kind of Object.keys(SHARED_KINDS)) {
    test(`a column of ${kind}`, async () => {
      const rows = rowsOfKind(kind);
      const base = await saveBase(join(folder, kind, 'base.parquet'), rows);
      for (const [change, make] of Object.entries(CHANGES)) {
        const wanted = make(kind, rows);
        const path = join(folder, kind, `${change}.parquet`);
        await saveThin(path, wanted, [base], isLarge(kind) || IN_PLACE.has(change));
        assertExact(await fallbackStore.read(path, {}), wanted);
        if (change === 'unnested' || change === 'reversed') continue;
        const given: unknown[] = [];
        for (const { open } of PARQUET) {
          await using reader = await open(path);
          given.push(await allCalls(reader));
        }
        assertExact(given[1], given[0]);
      }
    });
  }

  test('values of two files, and of the file itself', async () => {
    const [one, two] = [rowsOfKind('struct', 200), rowsOfKind('struct', 200, 5000)];
    const bases = [await saveBase(join(folder, 'two', '1.parquet'), one), await saveBase(join(folder, 'two', '2.parquet'), two)];
    const news = rowsOfKind('struct', 50, 9000);
    const rows = [0, 50, 100, 150].flatMap((at) => [one.slice(at, at + 50), two.slice(at, at + 50), news].flat());
    const path = join(folder, 'two', '3.parquet');
    const { delta } = await saveThin(path, rows, bases);
    assert.equal(delta?.holders.length, 2);
    for (const { read } of READERS) assertExact(await read(path), rows);
    // One that refers to what a thin one has itself.
    const last = join(folder, 'two', '4.parquet');
    const more = [...rows.slice(0, 300), ...rowsOfKind('struct', 50, 7000)];
    await saveThin(last, more, [path]);
    for (const { read } of READERS) assertExact(await read(last), more);
  });

  /** The base's values, and what comes beside them, so that the column has a wider type than the base's. */
  const WIDER: Record<string, [before: (at: number) => unknown, beside: (at: number) => unknown]> = {
    'integers become doubles': [(at) => at * 3, (at) => at + 0.5],
    'a struct has a field more': [(at) => ({ a: `a ${at}` }), (at) => ({ a: `new ${at}`, b: at })],
    'structs in lists': [(at) => [{ n: at, t: `t ${at}` }], (at) => [{ n: at / 3, t: 't', more: [at] }]],
    'text that is all null': [(at) => ({ a: `a ${at}`, b: null }), (at) => ({ a: `new ${at}`, b: at / 2 })],
    'nulls become bytes': [(at) => ({ a: `a ${at}`, b: null }), (at) => ({ a: `new ${at}`, b: Uint8Array.of(at) })],
    'empty lists': [(at) => ({ a: `a ${at}`, b: [] }), (at) => ({ a: `new ${at}`, b: [at] })],
  };
  for (const [what, [before, beside]] of Object.entries(WIDER)) {
    test(`${what}`, async () => {
      const old = Array.from({ length: 200 }, (_, id) => ({ id, value: before(id) }));
      const base = await saveBase(join(folder, what, 'base.parquet'), old);
      const rows = [...old, ...Array.from({ length: 70 }, (_, id) => ({ id, value: beside(id) }))];
      const path = join(folder, what, 'thin.parquet');
      await writeCheckpoint(path, rows, { base, ...GROUPS });
      for (const { read } of READERS) assertExact(await read(path), rows);
    });
  }

  test('values that repeat are one text, and objects of their own', async () => {
    const rows = Array.from({ length: 100 }, (_, id) => ({
      text: `${id} ${LONG}`,
      at: new Date(id),
      bytes: new Uint8Array(900).fill(id),
      dates: { at: new Date(id), text: `${id} ${LONG}` },
    }));
    const base = await saveBase(join(folder, 'repeats', 'base.parquet'), rows);
    const path = join(folder, 'repeats', 'thin.parquet');
    const wanted = rows.flatMap((row) => Array.from({ length: 200 }, () => ({ ...row })));
    await saveThin(path, wanted, [base]);
    const before = process.memoryUsage().heapUsed;
    const read = await fallbackStore.read(path, {});
    // 20,000 texts of 1 KB, twice, are 40 MB.
    assert.ok(process.memoryUsage().heapUsed - before < 30e6);
    assertExact(read, wanted);
    const [first] = read as typeof rows;
    for (const date of [first!.at, first!.dates.at]) date.setTime(5);
    first!.bytes[0] = 77;
    assertExact(read[1], wanted[1]);
  });

  test('a row group of another file is decoded once where its rows come in order', async (t) => {
    const rows = rowsOfKind('struct');
    const base = await saveBase(join(folder, 'once', 'base.parquet'), rows);
    const path = join(folder, 'once', 'thin.parquet');
    // Its row groups begin in the middle of those of the base.
    const wanted = [...rowsOfKind('struct', 30, 8000), ...rows];
    await saveThin(path, wanted, [base]);
    const read = t.mock.method(ParquetFile.prototype, 'read');
    assertExact(await fallbackStore.read(path, { columns: ['value'], verify: false }), wanted.map(({ value }) => ({ value }))); // prettier-ignore
    const places = read.mock.calls.map(({ this: file, arguments: [start] }) => `${(file as ParquetFile).path} ${start}`);
    assert.ok(places.some((place) => place.includes('.holder')));
    assert.deepEqual(places, [...new Set(places)]);
  });

  test('the calls of the package, in a process without it', async () => {
    const rows = rowsOfKind('text');
    const path = join(folder, 'process', 'thin.parquet');
    await saveThin(path, rows.toReversed(), [await saveBase(join(folder, 'process', 'base.parquet'), rows)]);
    const env = { ARROW_CKPT_FORCE_JSON: '1' };
    const [without, native] = [await resultOf('read-thin.mjs', { args: [path], env }), await resultOf('read-thin.mjs', { args: [path] })];
    assert.deepEqual({ ...(without as object), isNative: null }, { ...(native as object), isNative: null });
    assert.equal((without as { isNative: boolean }).isNative, false);
    assert.equal((native as { isNative: boolean }).isNative, true);
    assert.equal((await readCheckpoint(path)).length, 200);
  });
});
