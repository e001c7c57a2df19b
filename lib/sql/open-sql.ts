import { CheckpointError } from '../base/errors.js';
import { show } from '../base/messages.js';
import { isPlainObject } from '../base/rows.js';
import { isPartsFolder } from '../formats/folder/list-parts.js';
import { statOf } from '../directory/stat-of.js';
import { isBucketUrl } from '../options/bucket-url.js';
import { checkPath } from '../options/options.js';
import { Database } from './database.js';
import type { Sources } from './directory-of.js';
import { isUrlOfFile } from './find-places.js';
import { loadDuckdb } from './load-duckdb.js';
import { checkSqlOptions, type SqlOptions } from './sql-options.js';
import type { SqlDatabase, SqlSource } from './sql-types.js';

export type { SqlOptions };
export type {
  SqlAnswer,
  SqlColumn,
  SqlDatabase,
  SqlExplainOptions,
  SqlParameter,
  SqlQueryOptions,
  SqlResultColumn,
  SqlSaveOptions,
  SqlSource,
  SqlTable,
} from './sql-types.js';

/**
 * Opens checkpoints for questions in SQL, which DuckDB answers: the package `@duckdb/node-api` must be installed. docs/sql.md.
 *
 * ```ts
 * await using db = await openSql('checkpoints');
 * const rows = await db.query`select model, count(*) as n from process.extract where score > ${0.5} group by model`;
 * ```
 *
 * `source`: the directory of a `CheckpointManager`, a file, the URL of either, or several of them by names that come first in SQL:
 * `{ before: 'runs/1', after: 'runs/2' }` is `from before.process.extract`. Nothing is written there. Close it afterwards.
 * @throws `ERR_CKPT_NO_SQL` without DuckDB, `ERR_CKPT_NOT_FOUND`, `ERR_CKPT_INVALID_OPTION`
 */
export async function openSql(source: SqlSource, options?: SqlOptions): Promise<SqlDatabase> {
  const checked = checkSqlOptions(options);
  const all = sourcesOf(source);
  const duckdb = await loadDuckdb();
  return Database.open(duckdb, { all, directories: await directoriesOf(all) }, checked);
}

function sourcesOf(source: unknown): [string | null, string][] {
  if (typeof source === 'string') return [[null, pathOf(source)]];
  if (!isPlainObject(source) || Object.keys(source).length === 0)
    throw new CheckpointError('ERR_CKPT_INVALID_ARGUMENT', `a source must be a path, or an object of names and paths, got ${show(source)}`);
  return Object.entries(source).map(([name, path]) => [name, pathOf(path)]);
}

function pathOf(path: unknown): string {
  return typeof path === 'string' && isBucketUrl(path) ? path : checkPath(path);
}

async function directoriesOf(sources: Sources['all']): Promise<Sources['directories']> {
  const directories = new Map<string | null, string>();
  for (const [name, path] of sources) {
    const isDirectory = isBucketUrl(path) ? !isUrlOfFile(path) : (await statOf(path)).isDirectory() && !(await isPartsFolder(path));
    if (isDirectory) directories.set(name, path);
  }
  return directories;
}
