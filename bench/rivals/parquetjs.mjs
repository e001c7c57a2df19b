import parquetjs from '@dsnp/parquetjs';
import { syncFile } from '../contestants/sync-file.ts';
import { COLUMNS } from './columns.mjs';

const TYPES = { int: 'INT32', double: 'DOUBLE', bool: 'BOOLEAN', string: 'UTF8' };

export default {
  name: 'parquetjs',
  about: '@dsnp/parquetjs ParquetWriter.appendRow (snappy), fsync; ParquetReader cursor',
  async save(path, rows) {
    const fields = COLUMNS.map(({ name, kind, nullable = false }) => [
      name,
      { type: TYPES[kind], compression: 'SNAPPY', optional: nullable },
    ]);
    const writer = await parquetjs.ParquetWriter.openFile(new parquetjs.ParquetSchema(Object.fromEntries(fields)), path);
    for (const row of rows) await writer.appendRow(row);
    await writer.close();
    await syncFile(path);
  },
  async load(path) {
    const reader = await parquetjs.ParquetReader.openFile(path);
    const cursor = reader.getCursor();
    const rows = [];
    for (let row = await cursor.next(); row !== null; row = await cursor.next()) rows.push(row);
    await reader.close();
    return rows;
  },
};
