import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { isCheckpointError, openCheckpoint, type CheckpointReader, type Row, type Where } from 'arrow-ckpt';
import { predicateOf } from '../lib/select/predicate.ts';
import { parseWhere } from '../lib/options/where.ts';
import { fallbackStore } from '../lib/formats/parquet/fallback/fallback-store.ts';
import { assertColumns } from './support/columns-agree.ts';
import { assertExact } from './support/exact.ts';
import { noBinding } from './support/readers.ts';
import { suite } from './support/suite.ts';
import { dataFiles, dataPath, noTestData } from './support/test-data.ts';

/** Values that conditions can ask for, of a column. */
function operandsOf(rows: readonly Row[], key: string): unknown[] {
  const values = rows.map((row) => row[key]).filter((value) => typeof value !== 'object' || value instanceof Date);
  return [...new Set([values[0], values[values.length >> 1], values.at(-1)])].filter((value) => value !== undefined);
}

/** Conditions that take some rows, of the first columns and the last. */
function conditionsOf(rows: readonly Row[]): Where[] {
  const keys = Object.keys(rows[0] ?? {}).filter((key) => !key.startsWith('$'));
  const some = [...new Set([...keys.slice(0, 1), ...keys.slice(-1)])];
  return some.flatMap((key) => {
    const operands = operandsOf(rows, key);
    const conditions: unknown[] = [null];
    for (const value of operands) conditions.push(value, { $ne: value });
    const [first] = operands;
    if (first !== undefined && typeof first !== 'object') conditions.push({ $gte: first }, { $lt: first });
    return conditions.map((condition): Where => ({ [key]: condition }));
  });
}

/** Ranges of rows: from the start, in the middle, the end, beyond it. */
function rangesOf(count: number): [offset: number, limit: number][] {
  const ranges: [number, number][] = [0, 1, count >> 2, count >> 1, count - 2, count + 5].map((offset) => [Math.max(0, offset), 3]);
  return [...ranges, [1, count], [0, count], [count >> 1, count]];
}

/** Fails unless every partial read of an open file agrees with its rows. */
async function assertParts(reader: CheckpointReader, rows: readonly Row[]): Promise<void> {
  assert.equal(await reader.count(), rows.length);
  for (const [offset, limit] of rangesOf(rows.length)) {
    assertExact(await reader.read({ offset, limit }), rows.slice(offset, offset + limit));
    assertColumns(await reader.columns(undefined, { offset, limit }), rows.slice(offset, offset + limit));
  }
  for (const key of Object.keys(rows[0] ?? {}).slice(0, 4)) {
    assertExact(
      await reader.read({ columns: [key], offset: rows.length >> 1, limit: 7 }),
      pick(rows.slice(rows.length >> 1, (rows.length >> 1) + 7), key),
    );
  }
  for (const where of conditionsOf(rows)) {
    const wanted = rows.filter(predicateOf(parseWhere(where)));
    const said = JSON.stringify(where, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));
    assertExact(await reader.read({ where }), wanted);
    assert.equal(await reader.count({ where }), wanted.length, said);
    assertExact(await reader.read({ where, offset: 1, limit: 2 }), wanted.slice(1, 3));
    assertColumns(await reader.columns(undefined, { where }), wanted);
  }
  assertExact(await reader.sample(rows.length), rows);
  const some = await reader.sample(Math.min(5, rows.length), { seed: 7 });
  assert.equal(some.length, Math.min(5, rows.length));
  let first = 0;
  for await (const batch of reader.scanColumns()) {
    assertColumns(batch, rows.slice(first, first + batch.rows));
    first += batch.rows;
  }
  assert.equal(first, rows.length);
}

function pick(rows: readonly Row[], key: string): Row[] {
  return rows.map((row) => (Object.hasOwn(row, key) ? { [key]: row[key] } : {}));
}

/**
 * Every partial read of a file against the whole one, natively and without the binary. A file that does not load whole need not in parts.
 */
async function compare(path: string): Promise<void> {
  let rows: Row[];
  const reader = await openCheckpoint(path, { verify: false }).catch((error: unknown) => {
    if (isCheckpointError(error)) return undefined;
    throw error;
  });
  if (reader === undefined) return;
  try {
    rows = await reader.read();
  } catch (error) {
    assert.ok(isCheckpointError(error), String(error));
    return reader.close();
  }
  await assertParts(reader, rows);
  await reader.close();
  for (const [offset, limit] of rangesOf(rows.length).slice(0, 4)) {
    assertExact(await fallbackStore.read(path, { offset, limit, verify: false }), rows.slice(offset, offset + limit));
  }
}

describe('every partial read is a part of the whole one', { skip: noBinding }, () => {
  // parquet-testing has none such: pages of version 2 of a writer that says of each that it has no rows.
  for (const name of ['v2-no-rows', 'v2-no-rows-zstd']) {
    test(name, () => compare(join(import.meta.dirname, `fixtures/${name}.parquet`)));
  }

  suite('over all files at hand', noTestData, () => {
    for (const name of dataFiles(/\.parquet$/)) test(name, () => compare(dataPath(name)));
  });
});
