import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';

/** A new folder for the tests of a file (or, called inside a `describe`, of that suite), which is removed after the last of them. */
export function tempFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `arrow-ckpt-${name}-`));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
