// Writes docs/VALUES.md anew.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { valuesTable, VALUES_PATH } from '../support/values-table.js';

const folder = mkdtempSync(join(tmpdir(), 'arrow-ckpt-values-'));
try {
  mkdirSync(dirname(VALUES_PATH), { recursive: true });
  writeFileSync(VALUES_PATH, await valuesTable(folder));
} finally {
  rmSync(folder, { recursive: true });
}
