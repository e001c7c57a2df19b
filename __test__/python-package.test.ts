import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { writeCheckpoint, type Row, type WriteOptions } from 'arrow-ckpt';
import { encodeValue } from '../lib/base/value/extended-json.ts';
import { arbitraryCase } from './support/arbitrary-rows.ts';
import { noPython, runPython, runPythonModule } from './support/python.ts';
import { noBinding } from './support/readers.ts';
import { fc, SEED } from './support/seeded.ts';
import { tempFolder } from './support/temp-folder.ts';

/** Checkpoints in all; `ARROW_CKPT_CASES=2000` makes so many. */
const CASES = Number(process.env['ARROW_CKPT_CASES'] ?? 150);
/** Those of JSON and of JSON lines, one in so many each. */
const TEXT = 8;

async function save(path: string, rows: readonly Row[], options: WriteOptions): Promise<void> {
  await writeCheckpoint(path, rows, options);
  writeFileSync(`${path}.expected`, rows.map((row, index) => `${encodeValue(row, { row: index, path: '' })}\n`).join(''));
}

describe('the package for Python', { skip: noPython || noBinding }, () => {
  test('reads the rows that were saved, each with the same text', async (t) => {
    t.diagnostic(`${CASES} checkpoints, seed ${SEED}`);
    const folder = tempFolder('python-package');
    process.env['ARROW_CKPT_SHARE_ANY'] = '1';
    const cases = fc.sample(arbitraryCase, { numRuns: CASES, seed: SEED });
    for (const [at, { rows, options }] of cases.entries()) {
      const home = join(folder, String(Math.floor(at / 50)));
      const format = at % TEXT === 0 ? 'json' : at % TEXT === 1 ? 'jsonl' : 'parquet';
      const path = join(home, `${at}.${format}`);
      if (format === 'parquet') {
        await save(path, rows, { ...options, base: 'auto' });
        const next = rows.map((row, index) => (index % 3 === 0 ? { ...row, added: index } : row)).filter((_, index) => index % 5 !== 0);
        await save(join(home, `${at}-next.parquet`), next, { ...options, base: [path] });
      } else {
        const { hash, metadata } = options;
        await save(path, rows, { ...(hash !== undefined && { hash }), ...(metadata !== undefined && { metadata }) });
      }
    }
    const [, count, thin] = /^(\d+) equal, (\d+) thin\n$/.exec(await runPython('check_package.py', folder)) ?? [];
    assert.ok(Number(count) > CASES && Number(thin) > CASES / 10, `${count} files, ${thin} thin`);
  });
  test('its own tests pass', async () => {
    assert.match(await runPythonModule('pytest', '-q', '-p', 'no:cacheprovider', 'python'), /^\d+ passed/m);
  });

  test('its types are whole, and it is formatted', async () => {
    assert.match(await runPythonModule('mypy', '--config-file', 'python/pyproject.toml', '--cache-dir', tempFolder('mypy')), /^Success/);
    await runPythonModule('ruff', 'check', '--no-cache', 'python');
    await runPythonModule('ruff', 'format', '--no-cache', '--check', 'python');
  });
});
