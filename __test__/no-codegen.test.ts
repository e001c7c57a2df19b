import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { loadBinding } from '../lib/base/addon/binding.js';
import { CASES, LATE } from './support/row-cases.js';
import { resultOf, type Start } from './support/run-program.js';
import { tempFolder } from './support/temp-folder.js';

interface Counts {
  cases: number;
  failures: string[];
  /** Functions that were made of text. */
  generated: number;
  /** Functions that could not be made. */
  refused: number;
}

describe('rows come back without generated code', { concurrency: true, skip: loadBinding() === null ? 'no native binary' : false }, () => {
  const folder = tempFolder('no-codegen');

  async function counts(name: string, start: Start, which: 'all' | 'late' = 'all'): Promise<Omit<Counts, 'cases' | 'failures'>> {
    const { cases, failures, ...rest } = await resultOf<Counts>('row-cases.ts', { ...start, args: [join(folder, name), which] });
    assert.deepStrictEqual(failures, []);
    assert.equal(cases, Object.keys(which === 'late' ? LATE : { ...CASES, ...LATE }).length);
    return rest;
  }

  test('where node forbids it: one attempt, then closures', async () => {
    const { generated, refused } = await counts('forbidden', { nodeArgs: ['--disallow-code-generation-from-strings'] });
    assert.deepStrictEqual({ generated, refused }, { generated: 0, refused: 1 });
  });

  test('where ARROW_CKPT_NO_CODEGEN=1 asks for it: no attempt at all', async () => {
    const { generated, refused } = await counts('unwanted', { env: { ARROW_CKPT_NO_CODEGEN: '1' } });
    assert.deepStrictEqual({ generated, refused }, { generated: 0, refused: 0 });
  });

  test('and with it where it is allowed, so that the counts above mean something', async () => {
    const { generated, refused } = await counts('allowed', { env: { ARROW_CKPT_NO_CODEGEN: '' } }, 'late');
    assert.ok(generated > 10, `${generated} functions`);
    assert.equal(refused, 0);
  });
});
