import { readFile } from 'node:fs/promises';
import { Bool, Float64, Int32, Table, tableFromIPC, tableToIPC, Utf8, vectorFromArray } from 'apache-arrow';
import { Compression, readParquet, Table as WasmTable, writeParquet, WriterPropertiesBuilder } from 'parquet-wasm';
import { writeDurably } from '../contestants/sync-file.ts';
import { COLUMNS, column, zip } from './columns.mjs';

const TYPES = { int: new Int32(), double: new Float64(), bool: new Bool(), string: new Utf8() };

export default {
  name: 'parquet-wasm',
  about: 'apache-arrow vectors with types -> IPC -> writeParquet (snappy) -> write -> fsync; readParquet -> IPC -> columns -> row objects',
  async save(path, rows) {
    const vectors = COLUMNS.map(({ name, kind }) => [name, vectorFromArray(column(rows, name), TYPES[kind])]);
    const table = WasmTable.fromIPCStream(tableToIPC(new Table(Object.fromEntries(vectors)), 'stream'));
    const properties = new WriterPropertiesBuilder().setCompression(Compression.SNAPPY).build();
    await writeDurably(path, writeParquet(table, properties));
  },
  async load(path) {
    const table = tableFromIPC(readParquet(await readFile(path)).intoIPCStream());
    return zip(table.numRows, Object.fromEntries(COLUMNS.map(({ name }) => [name, table.getChild(name).toJSON()])));
  },
};
