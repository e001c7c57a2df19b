// Runs the example that hands vectors to a nearest-neighbour library.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT } from './support/packed-package.ts';
import { noBinding } from './support/readers.ts';
import { tempFolder } from './support/temp-folder.ts';

test('a nearest-neighbour library gets the vectors of a checkpoint', { skip: noBinding }, () => {
  const folder = tempFolder('arrow-examples');
  const example = join(folder, 'nearest-neighbours.mjs');
  copyFileSync(join(ROOT, 'examples/nearest-neighbours.mjs'), example);
  mkdirSync(join(folder, 'node_modules/@uwdata'), { recursive: true });
  for (const name of ['usearch', '@uwdata/flechette'])
    symlinkSync(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name), 'junction');
  symlinkSync(ROOT, join(folder, 'node_modules/arrow-ckpt'), 'junction');
  const printed = execFileSync(process.execPath, [example], { cwd: folder, encoding: 'utf8', timeout: 60_000 });
  assert.match(printed, /^near Article 1234: Article 1234 \(-?0\.0000\), Article \d+ \(0\.0\d+\), Article \d+/);
});
