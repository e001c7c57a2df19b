import { availableParallelism } from 'node:os';
import { isAbortSignal } from '../base/realm.js';
import { invalid, show } from '../base/messages.js';
import { keysOf } from '../options/option-keys.js';
import { asOptions, checkKeys } from '../options/options.js';
import type { SqlExplainOptions, SqlQueryOptions, SqlSaveOptions } from './sql-types.js';

/** Options of `openSql`. */
export interface SqlOptions {
  /**
   * The most memory of DuckDB, in bytes or as `512MB`, `1GB` (units of 1024). It writes nothing to disk: a question that needs more is
   * `ERR_CKPT_SQL_LIMIT`. 16 MB and more. @default '1GB' @unit bytes
   */
  memory?: number | string;
  /** The threads of DuckDB, 1 to 256. @default the cores, 4 at most @unit threads */
  threads?: number;
  /**
   * The most time that DuckDB may take for a question. What the caller does between two rows of a stream is not counted.
   * @default 60000 @unit ms
   */
  timeout?: number;
}

/** The same, checked. */
export interface CheckedSqlOptions {
  memory: number;
  threads: number;
  timeout: number;
}

const OPEN = keysOf<SqlOptions>({ memory: true, threads: true, timeout: true });
const QUERY_RECORD = { timeout: true, signal: true } as const;
const QUERY = keysOf<SqlQueryOptions>(QUERY_RECORD);
const EXPLAIN = keysOf<SqlExplainOptions>({ ...QUERY_RECORD, analyze: true });
const SAVE = keysOf<SqlSaveOptions>({ ...QUERY_RECORD, params: true, directory: true, hash: true, metadata: true });

const UNITS = ['', 'K', 'M', 'G', 'T'];
const LEAST_MEMORY = 16 * 1024 ** 2;
const MOST_THREADS = 256;
/** What a timer holds. */
const MOST_MS = 2 ** 31 - 1;

/** @throws `ERR_CKPT_UNKNOWN_OPTION`, `ERR_CKPT_INVALID_OPTION` */
export function checkSqlOptions(options: SqlOptions | undefined): CheckedSqlOptions {
  const given = asOptions(options, 'openSql');
  checkKeys(given, OPEN, 'openSql');
  const { memory = '1GB', threads = Math.min(4, availableParallelism()), timeout = 60_000 } = given;
  if (!(Number.isSafeInteger(threads) && threads >= 1 && threads <= MOST_THREADS))
    throw invalid(`threads must be an integer from 1 to ${MOST_THREADS}, got ${show(threads)}`);
  checkTimeout(timeout);
  return { memory: bytesOf(memory), threads, timeout };
}

export function checkQueryOptions(options: SqlQueryOptions | undefined, what: string): SqlQueryOptions {
  return checked(options, QUERY, what);
}

export function checkExplainOptions(options: SqlExplainOptions | undefined): SqlExplainOptions {
  const given: SqlExplainOptions = checked(options, EXPLAIN, 'explain');
  const { analyze } = given;
  if (analyze !== undefined && typeof analyze !== 'boolean') throw invalid(`analyze must be true or false, got ${show(analyze)}`);
  return given;
}

export function checkSaveOptions(options: SqlSaveOptions | undefined): SqlSaveOptions {
  const given: SqlSaveOptions = checked(options, SAVE, 'save');
  const { directory } = given;
  if (directory !== undefined && typeof directory !== 'string') throw invalid(`directory must be a name, got ${show(directory)}`);
  return given;
}

function checked<O extends SqlQueryOptions>(options: O | undefined, keys: typeof QUERY, what: string): O {
  const given = asOptions(options, what) as O;
  checkKeys(given, keys, what);
  if (given.timeout !== undefined) checkTimeout(given.timeout);
  if (given.signal !== undefined && !isAbortSignal(given.signal)) throw invalid(`signal must be an AbortSignal, got ${show(given.signal)}`);
  return given;
}

function checkTimeout(timeout: unknown): void {
  if (!(Number.isSafeInteger(timeout) && (timeout as number) >= 1 && (timeout as number) <= MOST_MS))
    throw invalid(`timeout must be a number of milliseconds from 1 to ${MOST_MS}, got ${show(timeout)}`);
}

function bytesOf(memory: unknown): number {
  const [, number, unit = ''] = typeof memory === 'string' ? (/^(\d+(?:\.\d+)?) ?([KMGT]?)B?$/i.exec(memory) ?? []) : [];
  const bytes = typeof memory === 'number' ? memory : Math.round(Number(number) * 1024 ** UNITS.indexOf(unit.toUpperCase()));
  if (!(Number.isSafeInteger(bytes) && bytes >= LEAST_MEMORY))
    throw invalid(`memory must be a number of bytes or a text like '512MB', and 16MB at least, got ${show(memory)}`);
  return bytes;
}
