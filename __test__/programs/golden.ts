// Writes the golden files of the current format version that are not there yet: those that are must be read for ever.
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { writeCheckpoint } from 'arrow-ckpt';
import { GOLDEN_V1 } from '../fixtures/golden-rows.js';

const folder = join(import.meta.dirname, '../fixtures/golden/v1');
mkdirSync(folder, { recursive: true });
for (const [name, { rows, options, extension = '.parquet', pageRows }] of Object.entries(GOLDEN_V1)) {
  if (existsSync(join(folder, name + extension))) continue;
  process.env['ARROW_CKPT_PAGE_ROWS'] = pageRows === undefined ? '' : String(pageRows);
  const { bytes } = await writeCheckpoint(join(folder, name + extension), rows, options);
  console.log(`${name}: ${bytes} bytes`);
}
