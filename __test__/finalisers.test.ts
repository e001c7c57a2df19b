import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { noBinding } from './support/readers.ts';
import { resultOf } from './support/run-program.ts';
import { tempFolder } from './support/temp-folder.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

describe('handles, addons and the collector of garbage', { skip: noBinding }, () => {
  const folder = tempFolder('finalisers');
  const fresh = (name: string) => {
    mkdirSync(join(folder, name));
    return join(folder, name);
  };

  test(
    'saves and loads while it runs at every turn; readers, iterations and writers that are forgotten end',
    { skip: process.platform === 'linux' ? false : 'counts open files in /proc, which is for Linux' },
    async () => {
      const where = fresh('gc');
      const start = { args: [where, '12'], nodeArgs: ['--expose-gc'] };
      const { same, left, before, after } = await resultOf<{ same: number; left: string[]; before: Held; after: Held }>(
        'gc-stress.mjs',
        start,
      );
      assert.deepStrictEqual({ same, left }, { same: 12, left: ['a.parquet'] });
      assert.deepStrictEqual(readdirSync(where), ['a.parquet'], 'no temporary');
      assert.deepStrictEqual(after, before);
    },
  );

  test('two copies of the package with an addon each, in one process and in two workers of it', async () => {
    const copy = fresh('copy');
    for (const name of readdirSync(ROOT).filter((each) => /^(dist|package\.json|binding\.cjs|.*\.node)$/.test(each)))
      cpSync(join(ROOT, name), join(copy, name), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
    const result = await resultOf('addon-twice.mjs', { args: [fresh('twice'), join(copy, 'dist/index.js')] });
    assert.deepStrictEqual(result, { same: 6, codes: [0, 0], distinct: true, known: true });
  });
});

interface Held {
  threads: number;
  descriptors: number;
}
