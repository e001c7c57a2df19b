import { createRequire } from 'node:module';
import { main } from './common.mjs';

const { ParquetReader } = createRequire(import.meta.url)('@dsnp/parquetjs');

async function read(path) {
  const reader = await ParquetReader.openFile(path);
  try {
    const { fields } = reader.getSchema();
    const types = Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.isNested ? 'group' : field.primitiveType]));
    const rows = [];
    const cursor = reader.getCursor();
    for (let row = await cursor.next(); row; row = await cursor.next()) rows.push(row);
    return [types, rows];
  } finally {
    await reader.close();
  }
}

await main(read);
