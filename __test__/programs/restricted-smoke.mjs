// What a runtime that permits little still has to do: save, load, map. Run in a project that has arrow-ckpt installed, with a folder as the
// argument; prints what it found as JSON.
import { join } from 'node:path';
const [folder] = process.argv.slice(2);
const { writeCheckpoint, readCheckpoint, CheckpointManager } = await import('arrow-ckpt');
const rows = Array.from({ length: 100 }, (_, id) => ({ id, text: 'row ' + id }));
const info = await writeCheckpoint(join(folder, 'a.parquet'), rows);
const back = await readCheckpoint(join(folder, 'a.parquet'));
const manager = new CheckpointManager(join(folder, 'm'), { logger: false });
await manager.saveCheckpoint('s', 'o', rows);
const mapped = await manager.map('s', 'm', rows, (row) => ({ id: row.id }), { key: 'id' });
console.log(
  JSON.stringify({
    format: info.format,
    equal: JSON.stringify(back) === JSON.stringify(rows),
    mapped: mapped.rows.length,
    reason: info.fallback?.reason ?? null,
  }),
);
