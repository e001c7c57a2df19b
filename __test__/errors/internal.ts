import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { loadBinding } from '../../lib/base/addon/binding.js';
import { seenCodes } from '../support/codes.js';
import { resultOf } from '../support/run-program.js';
import { tempFolder } from '../support/temp-folder.js';

/** Registers the test of a bug of our own. Panics, which take a build made for it, are the business of panic.test.ts. */
export function internalErrors(): void {
  describe('a bug of ours', () => {
    const folder = tempFolder('errors-internal');

    test(
      'a native half that gives what the facade does not know',
      { skip: loadBinding() === null ? 'no native binary' : false },
      async () => {
        const liar = fileURLToPath(new URL('../programs/lying-binding.cjs', import.meta.url));
        const result = await resultOf<Record<string, unknown>>('load-code.mjs', {
          args: [folder],
          env: { NAPI_RS_NATIVE_LIBRARY_PATH: liar },
        });
        assert.deepStrictEqual(result, { format: 'parquet', codes: ['ERR_CKPT_INTERNAL', 'ERR_CKPT_INTERNAL'] });
        seenCodes.add('ERR_CKPT_INTERNAL');
      },
    );
  });
}
