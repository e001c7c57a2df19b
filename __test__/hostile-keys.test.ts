import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { noBinding } from './support/readers.ts';
import { resultOf } from './support/run-program.ts';
import { tempFolder } from './support/temp-folder.ts';

const SETS = Number(process.env['ARROW_CKPT_CASES'] ?? 800);

/** The variable that decides whether row code is generated from keys, and what it does. */
const MODES = { 'code that is generated': { ARROW_CKPT_CODEGEN: 'always' }, closures: { ARROW_CKPT_NO_CODEGEN: '1' } };

describe('keys that would be code come back as keys', { skip: noBinding, concurrency: true }, () => {
  for (const [name, env] of Object.entries(MODES)) {
    test(`by ${name}; none of it runs, and no prototype is changed`, { timeout: 600_000 }, async (t) => {
      const start = { args: [tempFolder('hostile-keys'), String(SETS), '20261127'], env, timeout: 600_000 };
      const { sets, keys, wrong } = await resultOf<{ sets: number; keys: number; wrong: string[] }>('hostile-keys.mjs', start);
      assert.deepStrictEqual(wrong, []);
      t.diagnostic(`${keys} hostile keys in ${sets} sets of rows`);
    });
  }
});
