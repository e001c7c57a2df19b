import { createCheckpoint, openCheckpoint, type Row, type WriteOptions } from 'arrow-ckpt';
import { fallbackStore } from '../../lib/formats/parquet/fallback/fallback-store.ts';
import { jsonStore } from '../../lib/formats/text/json-store.ts';
import { jsonlStore } from '../../lib/formats/text/jsonl-store.ts';
import { parquetStore } from '../../lib/formats/parquet/parquet-store.ts';
import { rowsThroughColumns } from './columns-agree.ts';

/** A way from rows to a file and back. */
export interface StoreMode {
  save: (path: string, rows: readonly Row[], options: WriteOptions) => Promise<unknown>;
  load: (path: string) => Promise<Row[]>;
}

function* each(rows: readonly Row[]): Generator<Row> {
  yield* rows;
}

/** Waits for a turn of the event loop now and then, as a source that reads a file does. */
async function* later(rows: readonly Row[]): AsyncGenerator<Row> {
  for (const [index, row] of rows.entries()) {
    if (index % 500 === 3) await new Promise((resolve) => setImmediate(resolve));
    yield row;
  }
}

type Save = (path: string, rows: Iterable<Row> | AsyncIterable<Row>, options: WriteOptions) => Promise<unknown>;
type Load = (path: string, options: object) => Promise<Row[]>;

function mode(save: Save, load: Load, source: (rows: readonly Row[]) => Iterable<Row> | AsyncIterable<Row> = (rows) => rows): StoreMode {
  return { save: (path, rows, options) => save(path, source(rows), options), load: (path) => load(path, {}) };
}

const { write: toParquet, read: fromParquet } = parquetStore;
const { write: toJson, read: fromJson } = jsonStore;
const { write: toLines, read: fromLines } = jsonlStore;

/** Rows in pieces, one alone now and then. */
async function append(path: string, rows: readonly Row[], options: WriteOptions): Promise<unknown> {
  const writer = await createCheckpoint(path, options);
  for (let first = 0, size = 1; first < rows.length; first += size, size = (size * 3) % 700) {
    size = Math.max(1, size);
    await writer.append(size === 1 ? (rows[first] as Row) : rows.slice(first, first + size));
  }
  return writer.close();
}

async function stream(path: string): Promise<Row[]> {
  await using reader = await openCheckpoint(path);
  const rows: Row[] = [];
  for await (const row of reader.rows()) rows.push(row);
  return rows;
}

/** Every way. They must agree on every value. */
export const STORE_MODES = {
  parquet: mode(toParquet, fromParquet),
  'parquet-generator': mode(toParquet, fromParquet, each),
  'parquet-async': mode(toParquet, fromParquet, later),
  'parquet-fallback': mode(toParquet, (path, options) => fallbackStore.read(path, options)),
  'parquet-writer': { save: append, load: stream },
  'parquet-columns': { ...mode(toParquet, fromParquet), load: rowsThroughColumns },
  json: mode(toJson, fromJson),
  'json-generator': mode(toJson, fromJson, each),
  'json-async': mode(toJson, fromJson, later),
  'json-columns': { ...mode(toJson, fromJson), load: rowsThroughColumns },
  jsonl: mode(toLines, fromLines),
  'jsonl-generator': mode(toLines, fromLines, each),
} satisfies Record<string, StoreMode>;

export type StoreModeName = keyof typeof STORE_MODES;
