// The program that bundlers.test.ts bundles: saves, loads and maps, and prints what it found as JSON.
import { CheckpointManager, readCheckpoint, writeCheckpoint } from 'arrow-ckpt';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
async function main() {
  const warnings = [];
  process.on('warning', ({ code, message, detail }) => warnings.push(`${code} ${message} ${detail}`));
  const folder = mkdtempSync(join(tmpdir(), 'arrow-ckpt-bundled-'));
  const rows = Array.from({ length: 3000 }, (_, id) => ({ id, text: 'row ' + id }));
  const info = await writeCheckpoint(join(folder, 'a.parquet'), rows);
  const back = await readCheckpoint(join(folder, 'a.parquet'));
  const manager = new CheckpointManager(folder, { logger: false });
  const mapped = await manager.map('s', 'o', rows, (row) => ({ id: row.id, length: row.text.length }), { key: 'id' });
  await new Promise((r) => setImmediate(r));
  console.log(
    JSON.stringify({
      format: info.format,
      equal: JSON.stringify(back) === JSON.stringify(rows),
      mapped: mapped.rows.length,
      warnings,
      reason: info.fallback?.reason ?? null,
    }),
  );
  rmSync(folder, { recursive: true });
}
main();
