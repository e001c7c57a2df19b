// npx tsx examples/quickstart.ts
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCheckpoint, writeCheckpoint } from 'arrow-ckpt';

const rows = [
  { id: 1, title: 'First', tags: ['a', 'b'], score: 0.5, note: null },
  { id: 2, title: 'Second', tags: [], score: 1, note: 'kept exactly as it is' },
];
const info = await writeCheckpoint(join(tmpdir(), 'arrow-ckpt-quickstart.parquet'), rows);
console.log(`${info.rows} rows in ${info.bytes} bytes of ${info.format}:`, await readCheckpoint(info.path));
