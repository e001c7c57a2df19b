import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { describe, test, type TestContext } from 'node:test';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { CASES, runCases } from './support/property-run.ts';
import { noBinding } from './support/readers.ts';
import type { Start } from './support/run-program.ts';
import { SEED } from './support/seeded.ts';
import type { StoreModeName } from './support/store-modes.ts';
import { SHRUNK } from './fixtures/shrunk.ts';
import { tempFolder } from './support/temp-folder.ts';

interface Part {
  title: string;
  mode: StoreModeName;
  /** Of all cases. */
  share: number;
  start?: Start;
}

const PARTS: Part[] = [
  ...['first', 'second', 'third', 'fourth'].map((quarter): Part => ({
    title: `Parquet, ${quarter} quarter`,
    mode: 'parquet',
    share: 0.25,
  })),
  { title: 'Parquet from generators', mode: 'parquet-generator', share: 0.1 },
  { title: 'Parquet from async generators', mode: 'parquet-async', share: 0.1 },
  { title: 'Parquet read without the binary', mode: 'parquet-fallback', share: 0.1 },
  { title: 'Parquet appended bit by bit, read row by row', mode: 'parquet-writer', share: 0.1 },
  { title: 'columns of Parquet', mode: 'parquet-columns', share: 0.1 },
  { title: 'columns of JSON', mode: 'json-columns', share: 0.05 },
  {
    title: 'Parquet where code generation is forbidden',
    mode: 'parquet',
    share: 0.1,
    start: { nodeArgs: ['--disallow-code-generation-from-strings'] },
  },
  { title: 'Parquet with code for every shape and load', mode: 'parquet', share: 0.2, start: { env: { ARROW_CKPT_CODEGEN: 'always' } } },
  { title: 'Parquet where code generation is not wanted', mode: 'parquet', share: 0.1, start: { env: { ARROW_CKPT_NO_CODEGEN: '1' } } },
  { title: 'JSON', mode: 'json', share: 0.15 },
  { title: 'JSON from generators', mode: 'json-generator', share: 0.05 },
  { title: 'JSON from async generators', mode: 'json-async', share: 0.05 },
  { title: 'JSONL', mode: 'jsonl', share: 0.1 },
  { title: 'JSONL from generators', mode: 'jsonl-generator', share: 0.05 },
];

// Processes of their own: half of them for the processors, half for the disk that the others wait for.
describe('arbitrary rows come back exactly', { concurrency: availableParallelism() + 1 }, () => {
  const folder = tempFolder('property');

  for (const [index, { title, mode, share, start }] of PARTS.entries()) {
    const parquet = mode.startsWith('parquet');
    test(title, { skip: parquet && noBinding }, async (t: TestContext) => {
      const seed = SEED + index * 1000;
      const cases = Math.round(CASES * share);
      t.diagnostic(`${title}: ${cases} cases, seed ${seed}; ARROW_CKPT_SEED=${SEED} repeats them`);
      const own = join(folder, String(index));
      mkdirSync(own);
      const { failures, ...counts } = await runCases(mode, cases, seed, own, start);
      assert.equal(failures.length, 0, failures.join('\n\n'));
      assert.deepStrictEqual(counts, { cases, fixtures: Object.keys(SHRUNK).length });
    });
  }
});
