import pl from 'nodejs-polars';
import { syncFile } from '../contestants/sync-file.ts';
import { COLUMNS, column } from './columns.mjs';

const TYPES = { int: pl.Int32, double: pl.Float64, bool: pl.Bool, string: pl.Utf8 };

export default {
  name: 'polars',
  about: 'nodejs-polars DataFrame of Series with data types, writeParquet (snappy), fsync; readParquet + toRecords',
  async save(path, rows) {
    const frame = pl.DataFrame(COLUMNS.map(({ name, kind }) => pl.Series(name, column(rows, name), TYPES[kind])));
    frame.writeParquet(path, { compression: 'snappy' });
    await syncFile(path);
  },
  async load(path) {
    return pl.readParquet(path).toRecords();
  },
};
