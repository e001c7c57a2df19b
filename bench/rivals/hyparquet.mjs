import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { parquetWriteFile } from 'hyparquet-writer';
import { syncFile } from '../contestants/sync-file.ts';
import { COLUMNS, column } from './columns.mjs';

const TYPES = { int: 'INT32', double: 'DOUBLE', bool: 'BOOLEAN', string: 'STRING' };

export default {
  name: 'hyparquet',
  about: 'hyparquet-writer parquetWriteFile with typed columns (snappy), fsync; parquetReadObjects',
  async save(path, rows) {
    const columnData = COLUMNS.map(({ name, kind, nullable = false }) => ({ name, data: column(rows, name), type: TYPES[kind], nullable }));
    await parquetWriteFile({ filename: path, columnData });
    await syncFile(path);
  },
  async load(path) {
    return parquetReadObjects({ file: await asyncBufferFromFile(path) });
  },
};
