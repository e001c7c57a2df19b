import assert from 'node:assert/strict';
import { openCheckpoint, type AnyColumn, type Columns, type Row } from 'arrow-ckpt';
import { assertExact, differenceOf } from './exact.ts';

/** The rows of a checkpoint, after its columns were compared with them: batch by batch, and all at once. */
export async function rowsThroughColumns(path: string): Promise<Row[]> {
  await using reader = await openCheckpoint(path);
  const rows = await reader.read();
  let first = 0;
  for await (const batch of reader.scanColumns()) {
    assertColumns(batch, rows.slice(first, first + batch.rows));
    first += batch.rows;
  }
  assert.equal(first, rows.length, 'rows of all batches');
  const all = await reader.columns();
  assertColumns(all, rows);
  return rows;
}

/** Fails unless the columns are those of the rows: each key a column, each value by `at` and in the typed arrays. */
export function assertColumns(batch: Columns, rows: readonly Row[]): void {
  assert.equal(batch.rows, rows.length, 'rows of the batch');
  for (const column of batch.columns)
    assertColumn(
      column,
      rows.map((row) => ownValue(row, column.name)),
    );
  const names = new Set(batch.columns.map((column) => column.name));
  for (const row of rows) for (const key of Object.keys(row)) assert.ok(names.has(key), `no column ${JSON.stringify(key)}`);
}

/** Fails unless the column holds these values. */
export function assertColumn(column: AnyColumn, values: readonly unknown[]): void {
  const { name, length, validity } = column;
  assert.equal(length, values.length, `length of ${name}`);
  assertExact(column.toArray(), values);
  if (validity !== null) assert.equal(validity.length, length, `validity of ${name}`);
  for (const [row, value] of values.entries()) {
    const valid = validity === null || validity[row] === 1;
    if (value === null || (value === undefined && column.kind !== 'mixed'))
      assert.ok(!valid, `${name}[${row}] is ${String(value)} but valid`);
    if (valid && 'values' in column) {
      const difference = differenceOf(typed(column, row), value);
      assert.equal(difference, undefined, `values of ${name}[${row}]`);
    }
    if (column.kind === 'list') assertView(column.view(row), value, `${name}[${row}]`);
  }
  if (column.kind === 'string')
    assertExact(
      textsOf(column.chunks, validity),
      values.filter((_, row) => validity === null || validity[row] === 1),
    );
}

function typed(column: AnyColumn & { values: { readonly [index: number]: unknown } }, row: number): unknown {
  const value = column.values[row];
  if (column.kind === 'boolean') return value === 1;
  return column.kind === 'date' ? new Date(value as number) : value;
}

function assertView(view: Float64Array | Float32Array | undefined, value: unknown, what: string): void {
  if (view === undefined) return;
  assert.equal(differenceOf(Array.from(view), Array.from(value as ArrayLike<unknown>)), undefined, `view of ${what}`);
}

/** The texts of the valid rows, from the chunks themselves. */
function textsOf(chunks: Extract<AnyColumn, { kind: 'string' }>['chunks'], validity: Uint8Array | null): string[] {
  const texts: string[] = [];
  let row = 0;
  for (const chunk of chunks) {
    for (let index = 0; index < chunk.length; index++, row++) {
      if (validity !== null && validity[row] !== 1) continue;
      if ('codes' in chunk) texts.push(chunk.dictionary[chunk.codes[index] as number] as string);
      else texts.push(String.fromCharCode(...chunk.data.subarray(chunk.offsets[index], chunk.offsets[index + 1])));
    }
  }
  return texts;
}

/** What a column of the name holds for a row: the key's value, or, of a path, what is at its end. */
export function ownValue(row: Row, name: string): unknown {
  if (Object.hasOwn(row, name)) return row[name];
  let value: unknown = row;
  for (const step of name.split('.')) {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, step)) return undefined;
    value = (value as Row)[step];
  }
  return value;
}
