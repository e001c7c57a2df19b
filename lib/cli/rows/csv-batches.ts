import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parse, type CsvError, type Parser } from 'csv-parse';
import { CheckpointError, fromSystemError } from '../../base/errors.js';
import type { Row } from '../../base/rows.js';
import { inferCell, rowOfCells } from './csv-cells.js';

/** How cells become values. */
export interface CsvReading {
  /** Whether cells without quotes become numbers, booleans, null and missing keys. Else all cells are strings. */
  infer: boolean;
  /** What null is written as. */
  nullText: string;
}

const BATCH_ROWS = 1024;
/** Characters of one record: a quote that is never closed would take the rest of the file. */
const MAX_RECORD = 1 << 28;

/**
 * The rows of a CSV file with a header: commas, quotes as of RFC 4180, UTF-8 with or without a byte order mark. An empty file has no rows.
 * @throws `ERR_CKPT_CORRUPT` with the line of what is no such file
 */
export async function* csvBatches(
  path: string,
  { infer, nullText }: CsvReading,
  signal: AbortSignal | undefined,
): AsyncGenerator<Row[], void, undefined> {
  const parser = parse({ bom: true, max_record_size: MAX_RECORD, raw: true });
  let columns: readonly string[] | undefined;
  let batch: Row[] = [];
  let rows = 0;
  try {
    for await (const { raw, record } of records(path, parser, signal)) {
      if (columns === undefined) columns = checkHeader(record, path);
      else batch.push(rowOfCells(columns, infer ? inferred(record, raw, nullText) : record));
      if (batch.length < BATCH_ROWS) continue;
      rows += batch.length;
      yield batch;
      batch = [];
    }
  } catch (error) {
    if (signal?.aborted === true) throw signal.reason;
    throw readError(error, path, rows + batch.length);
  }
  if (batch.length > 0) yield batch;
}

/** A record, and its text in the file. */
interface CsvRecord {
  record: string[];
  raw: string;
}

/** Stopping early closes the file. */
function records(path: string, parser: Parser, signal: AbortSignal | undefined): AsyncIterable<CsvRecord> {
  const source = Readable.from(decoded(path));
  // Its failure comes out of the parser, too.
  pipeline(source, parser, { ...(signal !== undefined && { signal }) }).catch(() => {});
  return parser as AsyncIterable<CsvRecord>;
}

/**
 * The values of the cells without quotes. csv-parse would tell of each cell whether it has them, to a function of ours; that takes seven
 * times as long.
 */
function inferred(cells: readonly string[], raw: string, nullText: string): unknown[] {
  if (!raw.includes('"')) return cells.map((text) => inferCell(text, nullText));
  let at = 0;
  return cells.map((text) => {
    const quoted = raw[at] === '"';
    if (quoted) {
      // A quote inside is two.
      for (at = raw.indexOf('"', at + 1); raw[at + 1] === '"'; at = raw.indexOf('"', at + 2));
    }
    at = raw.indexOf(',', at) + 1;
    return quoted ? text : inferCell(text, nullText);
  });
}

/** Text of the file, which must be UTF-8: a parser of bytes would put replacement characters where it is not. */
async function* decoded(path: string): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  for await (const chunk of createReadStream(path)) yield decoder.decode(chunk as Buffer, { stream: true });
  yield decoder.decode();
}

function checkHeader(header: readonly string[], path: string): readonly string[] {
  const seen = new Set<string>();
  for (const name of header) {
    if (seen.has(name))
      throw new CheckpointError('ERR_CKPT_CORRUPT', `${path} has two columns named '${name}'; rename one`, { path, column: name });
    seen.add(name);
  }
  return header;
}

function readError(error: unknown, path: string, row: number): unknown {
  const { code } = error as Partial<CsvError>;
  if (code === ('ERR_ENCODING_INVALID_ENCODED_DATA' as string)) {
    return new CheckpointError('ERR_CKPT_CORRUPT', `${path} is not UTF-8, in or behind row ${row}`, { path, cause: error });
  }
  if (typeof code !== 'string' || !code.startsWith('CSV_')) return fromSystemError(error, 'read', path);
  return new CheckpointError('ERR_CKPT_CORRUPT', `${path} is no CSV: ${(error as Error).message}`, { path, row, cause: error });
}
