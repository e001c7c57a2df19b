import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { BucketPlace } from '../../lib/bucket/bucket-of.ts';
import { runPythonIn } from './python.ts';

const MAKE = fileURLToPath(new URL('../../python/tests/make.mjs', import.meta.url));
/** Of what it makes: each kind of file, folders of parts, and thin files beside their pool. */
const NAMES = [
  'odd.parquet',
  'odd.json',
  'odd.jsonl',
  'parts.parquet',
  'hive.parquet',
  'thin/process/summarise.parquet',
  'thin/process/some.parquet',
];

/**
 * Puts the checkpoints of the Python package's own tests into a bucket, and compares what Python reads there and here. `reached`: the
 * environment by which pyarrow finds the store.
 */
export async function checkPythonOn({ bucket }: BucketPlace, url: string, folder: string, reached: Record<string, string>): Promise<void> {
  await promisify(execFile)(process.execPath, [MAKE, folder]);
  const prefix = url.replace(/^\w+:\/\/[^/]*\//, '');
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) await bucket.put(`${prefix}/${path.slice(folder.length + 1).replaceAll('\\', '/')}`, path);
  }
  assert.equal(await runPythonIn(reached, 'check_urls.py', folder, url, ...NAMES), `${NAMES.length} equal\n`);
}
