import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PLACES = [
  'index.ts',
  'binding.cjs',
  'lib',
  'crates',
  'fuzz',
  '__test__',
  'scripts',
  'bench',
  'examples',
  '.ci',
  '.github',
  'package.json',
];
const SOURCES = /\.(ts|mts|mjs|cjs|rs|py|toml|yml|json)$|\.ci\/run$/;
/** Codes of warnings are spelt like variables. */
const CODES = /^ARROW_CKPT_(?:NO_BINARY|DEP\d+)$/;
/** The parts are apart so that this file names no variable. */
const NAME = new RegExp(`ARROW_${'CKPT'}_[A-Z0-9]+(?:_[A-Z0-9]+)*`, 'g');

function* filesOf(path: string): Generator<string> {
  if (!statSync(path).isDirectory()) return yield path;
  for (const name of readdirSync(path)) {
    if (!['node_modules', 'target', 'results', 'fixtures'].includes(name)) yield* filesOf(join(path, name));
  }
}

function namesIn(text: string): string[] {
  return (text.match(NAME) ?? []).filter((name) => !CODES.test(name));
}

test('docs/environment.md names each variable of the environment that the sources name, once, and no other', () => {
  const found = new Set<string>();
  for (const place of PLACES) {
    for (const file of filesOf(join(ROOT, place))) {
      if (SOURCES.test(file) && file !== fileURLToPath(import.meta.url))
        namesIn(readFileSync(file, 'utf8')).forEach((name) => found.add(name));
    }
  }
  const table = readFileSync(join(ROOT, 'docs/environment.md'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => namesIn(line.split('|')[1]!));
  assert.ok(found.size > 15, `${found.size} variables in the sources: the search misses some`);
  assert.deepStrictEqual(table.toSorted(), [...found].sort());
});
