import type { DuckDBInstance } from '@duckdb/node-api';
import { quoted, textLiteral } from '../formats/parquet/duckdb-source.js';
import { checkVersion, type Duckdb } from './load-duckdb.js';
import type { CheckedSqlOptions } from './sql-options.js';

/** A DuckDB in memory that loads nothing and puts nothing on a disk. To be locked down before a question. */
export async function newInstance({ DuckDBInstance }: Duckdb, { memory, threads }: CheckedSqlOptions): Promise<DuckDBInstance> {
  return DuckDBInstance.create(':memory:', {
    memory_limit: `${Math.floor(memory / 1024)}KiB`,
    threads: String(threads),
    temp_directory: '',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
  });
}

/** The keywords that are no names without quotes. */
export async function keywordsOf(instance: DuckDBInstance): Promise<Set<string>> {
  const connection = await instance.connect();
  try {
    const [[version]] = (await connection.runAndReadAll('SELECT version()')).getRows() as [[string]];
    checkVersion(version);
    const reader = await connection.runAndReadAll("SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category = 'reserved'");
    return new Set(reader.getRows().map(([name]) => String(name)));
  } finally {
    connection.disconnectSync();
  }
}

/** From here on it reads these files, writes none, and stays as it is. */
export async function lockDown(instance: DuckDBInstance, catalogs: readonly string[], paths: readonly string[]): Promise<void> {
  const connection = await instance.connect();
  try {
    for (const catalog of catalogs) await connection.run(`ATTACH ':memory:' AS ${quoted(catalog)}`);
    // In the zone of the machine dates would hang on where it stands.
    await connection.run("SET GLOBAL TimeZone = 'UTC'");
    await connection.run(`SET GLOBAL allowed_paths = [${[...new Set(paths)].map(textLiteral).join(', ')}]`);
    await connection.run('SET GLOBAL enable_external_access = false');
    await connection.run('SET GLOBAL lock_configuration = true');
  } finally {
    connection.disconnectSync();
  }
}
