import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { promisify } from 'node:util';
import { writeEngineFiles, type EngineFile } from './engines/engine-files.ts';
import { ENGINES } from './engines/engines.ts';
import { examine } from './engines/examine.ts';
import { verdictOf } from './engines/verdict.ts';
import { noPython } from './support/python.ts';
import { noBinding } from './support/readers.ts';
import { suite } from './support/suite.ts';
import { tempFolder } from './support/temp-folder.ts';

/** The quick part of `npm run test:engines`: the releases that `npm test` installs, and few files. */
const QUICK = new Set(['pyarrow', 'pandas', 'polars', 'duckdb']);
const FILES = new Set(['types', 'names', 'dotted', 'grown', 'kinds', 'groups']);

suite('values and filters in engines', noBinding || noPython, () => {
  const folder = tempFolder('engines');
  let files: EngineFile[];

  before(async () => {
    files = await writeEngineFiles(join(folder, 'files'), (name) => FILES.has(name));
  });

  test('the Python of npm test has the releases that docs/ENGINES.md names as the newest', async () => {
    const names = [...QUICK].join('", "');
    const code = `from importlib.metadata import version; print(*(version(name) for name in ["${names}"]))`;
    const { stdout } = await promisify(execFile)(process.env.ARROW_CKPT_PYTHON!, ['-c', code]);
    const newest = [...QUICK].map((name) => ENGINES.find((engine) => engine.name === name)!.newest.version);
    assert.deepStrictEqual(stdout.trim().split(' '), newest);
  });

  for (const engine of ENGINES.filter(({ name }) => QUICK.has(name))) {
    test(`${engine.title} ${engine.newest.version} sees the values, and counts the same rows whether it skips data or not`, async () => {
      const result = await examine(engine, 'newest', { python: process.env.ARROW_CKPT_PYTHON! }, files, folder);
      // What it is known to do otherwise may be seen in other files only.
      const faults = verdictOf(result).faults.filter((fault) => !fault.startsWith('no longer so'));
      assert.deepStrictEqual(faults, []);
    });
  }
});
