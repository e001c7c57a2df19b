// Part of `npm version`: writes the new version of package.json into lib/base/version.ts, and stages it for npm's commit.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './setup.mjs';

const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const path = join(ROOT, 'lib/base/version.ts');
writeFileSync(path, readFileSync(path, 'utf8').replace(/(?<=VERSION = ')[^']*/, version));
execFileSync('git', ['add', path], { cwd: ROOT, stdio: 'inherit' });
