// Writes the golden files of the current format version: only before its first release, or for a new version.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { writeCheckpoint } from 'arrow-ckpt';
import { GOLDEN_V1 } from '../fixtures/golden-rows.js';

const folder = join(import.meta.dirname, '../fixtures/golden/v1');
mkdirSync(folder, { recursive: true });
for (const [name, { rows, options, extension = '.parquet' }] of Object.entries(GOLDEN_V1)) {
  const { bytes } = await writeCheckpoint(join(folder, name + extension), rows, options);
  console.log(`${name}: ${bytes} bytes`);
}
