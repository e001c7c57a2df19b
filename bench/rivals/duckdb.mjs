import { BOOLEAN, DOUBLE, DuckDBDataChunk, DuckDBInstance, INTEGER, VARCHAR } from '@duckdb/node-api';
import { syncFile } from '../contestants/sync-file.ts';
import { COLUMNS, column } from './columns.mjs';

const TYPES = { int: INTEGER, double: DOUBLE, bool: BOOLEAN, string: VARCHAR };
/** DuckDB's own vector size; a chunk cannot hold more. */
const CHUNK_ROWS = 2048;

let connection;
const quote = (path) => `'${path.replaceAll("'", "''")}'`;

export default {
  name: 'duckdb',
  about: 'appender with typed data chunks of 2048 rows, COPY TO parquet (snappy), fsync; runAndReadAll + getRowObjectsJS',
  async prepare() {
    const instance = await DuckDBInstance.create(':memory:');
    connection = await instance.connect();
  },
  async save(path, rows) {
    await connection.run(`create or replace table saved(${COLUMNS.map(({ name, kind }) => `"${name}" ${TYPES[kind]}`).join(', ')})`);
    const appender = await connection.createAppender('saved');
    for (let start = 0; start < rows.length; start += CHUNK_ROWS) {
      const end = Math.min(rows.length, start + CHUNK_ROWS);
      const chunk = DuckDBDataChunk.create(COLUMNS.map(({ kind }) => TYPES[kind]));
      chunk.setColumns(COLUMNS.map(({ name }) => column(rows, name, start, end)));
      appender.appendDataChunk(chunk);
    }
    appender.closeSync();
    await connection.run(`copy saved to ${quote(path)} (format parquet, compression snappy)`);
    await connection.run('drop table saved');
    await syncFile(path);
  },
  async load(path) {
    const reader = await connection.runAndReadAll(`from read_parquet(${quote(path)})`);
    return reader.getRowObjectsJS();
  },
};
