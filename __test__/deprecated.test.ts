// Old names do what the new ones do, and warn once a process.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ColumnBatch, Columns } from 'arrow-ckpt';
import { DEPRECATIONS } from '../lib/base/deprecated.ts';
import { noBinding } from './support/readers.js';
import { cli, noCli } from './support/run-cli.js';
import { runProgram } from './support/run-program.js';
import { suite } from './support/suite.js';
import { tempFolder } from './support/temp-folder.js';

const folder = tempFolder('deprecated');

suite('old names', noBinding, () => {
  test('each old name warns once, with its code and the new name, and gives the same', async () => {
    const { code, stdout, stderr } = await runProgram('deprecated.mjs', { args: [join(folder, 'library')] });
    assert.equal(code, 0, stderr);
    const { same, warnings } = JSON.parse(stdout) as {
      same: Record<string, boolean>;
      warnings: { code: string; name: string; message: string }[];
    };
    assert.deepEqual(
      Object.entries(same).filter(([, isSame]) => !isSame),
      [],
    );
    assert.deepEqual(
      warnings.map(({ code: one }) => one),
      Object.keys(DEPRECATIONS),
    );
    for (const { code: one, name, message } of warnings) {
      const [old, instead] = DEPRECATIONS[one as keyof typeof DEPRECATIONS];
      assert.equal(name, 'DeprecationWarning');
      assert.equal(message, `${old} will go with the next version: use ${instead}`);
    }
  });

  test('new names do not warn', async () => {
    const { code, stderr } = await runProgram('deprecated.mjs', { args: [join(folder, 'new'), 'new'], nodeArgs: ['--throw-deprecation'] });
    assert.equal(code, 0, stderr);
  });
});

test('the old type is the new one', () => {
  const same: (columns: Columns) => ColumnBatch = (columns) => columns;
  assert.equal(typeof same, 'function');
});

suite('arrow-ckpt gc', noCli, () => {
  test('is sweep, and says so once on stderr', async () => {
    const now = await cli(['sweep', folder, '--dry-run']);
    const old = await cli(['gc', folder, '--dry-run']);
    assert.equal(old.code, 0, old.stderr);
    assert.equal(old.stdout, now.stdout);
    assert.equal(now.stderr, '');
    assert.match(old.stderr, /^[^\n]*'gc' is deprecated and will go with the next version: use 'sweep'\n$/);
  });

  test('says nothing with --quiet, its help is that of sweep, and a wrong call ends as that of sweep', async () => {
    assert.equal((await cli(['gc', folder, '--dry-run', '--quiet'])).stderr, '');
    assert.equal((await cli(['gc', '--help'])).stdout, (await cli(['sweep', '--help'])).stdout);
    assert.equal((await cli(['help', 'gc'])).stdout, (await cli(['help', 'sweep'])).stdout);
    assert.equal((await cli(['gc'])).code, 2);
    assert.doesNotMatch((await cli(['--help'])).stdout, /\bgc\b/);
  });
});
