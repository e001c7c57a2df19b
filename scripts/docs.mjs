// npm run docs: makes docs/options.md and docs/errors.md. With --check it writes nothing and fails when one is stale.
// build/ must be there (npm run build:ts).
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { errorsPage } from './docs/errors-page.mjs';
import { optionsPage } from './docs/options-page.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

const PAGES = {
  'docs/options.md': () => optionsPage(['build/index.d.ts', 'build/lib/sql/open-sql.d.ts'].map((path) => join(ROOT, path))),
  'docs/errors.md': () => errorsPage(),
};

for (const [name, make] of Object.entries(PAGES)) {
  const text = make();
  const path = join(ROOT, name);
  if (!process.argv.includes('--check')) {
    writeFileSync(path, text);
    console.log(`${name} is written`);
  } else if (existsSync(path) && readFileSync(path, 'utf8').replaceAll('\r\n', '\n') === text) {
    console.log(`${name} is up to date`);
  } else {
    console.error(`${name} is stale: run \`npm run docs\` and commit it`);
    process.exitCode = 1;
  }
}
