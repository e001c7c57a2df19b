import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tableFromIPC } from 'apache-arrow';
import { main, plain } from './common.mjs';

const { readParquet } = createRequire(import.meta.url)('parquet-wasm');

function cell(type, value) {
  if (value === null || value === undefined) return null;
  const name = String(type);
  if (name.startsWith('Timestamp')) return { $timestamp: Number(value) };
  if (name.startsWith('List')) return Array.from(value, (item) => cell(type.children[0].type, item));
  if (name.startsWith('Struct')) return Object.fromEntries(type.children.map((child) => [child.name, cell(child.type, value[child.name])]));
  return value;
}

function read(path) {
  const table = tableFromIPC(readParquet(new Uint8Array(readFileSync(path))).intoIPCStream());
  const { fields } = table.schema;
  const rows = Array.from({ length: table.numRows }, () => ({}));
  for (const [index, { name, type }] of fields.entries()) {
    const column = table.getChildAt(index);
    for (const [at, row] of rows.entries()) row[name] = marked(cell(type, column.get(at)));
  }
  return [Object.fromEntries(fields.map(({ name, type }) => [name, String(type)])), rows];
}

/** Plain twice would take a marker for an object, which is the same. */
function marked(value) {
  return plain(value);
}

await main(read);
