import { CheckpointError } from '../../base/errors.js';
import { isBucketUrl } from '../../options/bucket-url.js';
import { openSql } from '../../sql/open-sql.js';
import type { SqlDatabase } from '../../sql/sql-types.js';
import { cellOfValue } from './cell-of.js';
import type { SqlRows, SqlTables } from './wire.js';

/** Rows of an answer that are shown. */
const MOST_ROWS = 1000;
const MOST_CHARS = 8000;

/** Questions in SQL over the places of a viewer. DuckDB is loaded when the first comes. */
export class Questions {
  readonly #paths: readonly string[];
  #database: Promise<SqlDatabase> | undefined;

  constructor(paths: readonly string[]) {
    this.#paths = paths;
  }

  /** What can be asked. @throws `ERR_CKPT_NO_SQL` without DuckDB */
  async tables(): Promise<SqlTables> {
    const database = await this.#open();
    await database.refresh();
    return database.tables().map(({ name, rows, problem }) => ({ name, rows, problem }));
  }

  /** The first rows of an answer. @throws as `SqlDatabase` does */
  async ask(text: string, signal: AbortSignal): Promise<SqlRows> {
    if (text.length > MOST_CHARS) throw new CheckpointError('ERR_CKPT_SQL_LIMIT', `a question here has at most ${MOST_CHARS} characters`);
    const started = performance.now();
    const { columns, batches } = await (await this.#open()).ask(text, [], { signal });
    const cells: SqlRows['cells'] = [];
    let isMore = false;
    for await (const batch of batches) {
      for (const row of batch) {
        isMore = cells.length === MOST_ROWS;
        if (isMore) break;
        cells.push(columns.map(({ name }) => cellOfValue(row[name])));
      }
      if (isMore) break;
    }
    return { columns: columns.map(({ name, type }) => ({ name, type })), cells, isMore, ms: Math.round(performance.now() - started) };
  }

  async close(): Promise<void> {
    await this.#database?.then(
      (database) => database.close(),
      () => {},
    );
  }

  #open(): Promise<SqlDatabase> {
    const [only, ...others] = this.#paths;
    const source = others.length === 0 ? (only ?? '') : placeNames(this.#paths);
    this.#database ??= openSql(source);
    // The package may be installed meanwhile.
    this.#database.catch(() => (this.#database = undefined));
    return this.#database;
  }
}

/** Several places by the last parts of their paths, numbered where two are the same. */
export function placeNames(paths: readonly string[]): Record<string, string> {
  const names: Record<string, string> = {};
  for (const path of paths) {
    // What follows may be a signature.
    const shown = isBucketUrl(path) ? path.replace(/[?#].*$/s, '') : path;
    const last = shown.split(/[/\\]/).findLast((part) => part !== '' && part !== '.') ?? 'place';
    let name = last;
    for (let count = 2; Object.hasOwn(names, name); count++) name = `${last}_${count}`;
    names[name] = path;
  }
  return names;
}
