import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const LIB = fileURLToPath(new URL('../lib', import.meta.url));
const OF_THE_CLI = /from '(?:commander|cli-table3|cli-progress|picocolors|string-width|csv-parse|csv-stringify)[/']|\/cli\//;

test('the library imports nothing of the command line', () => {
  const sources = (readdirSync(LIB, { recursive: true }) as string[]).map((name) => name.replaceAll('\\', '/'));
  const others = sources.filter((name) => name.endsWith('.ts') && !name.startsWith('cli/'));
  assert.ok(others.length > 50);
  for (const name of [...others, '../index.ts']) assert.doesNotMatch(readFileSync(join(LIB, name), 'utf8'), OF_THE_CLI, name);
});

test('the help loads no command and no store', () => {
  const seen = new Set<string>();
  const follow = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    const text = readFileSync(join(LIB, file), 'utf8');
    for (const [, kind, target] of text.matchAll(/^(?:import|export) (type )?[^;]*? from '(\.[^']+)'|^import '(\.[^']+)'/gm))
      if (kind === undefined && target !== undefined) follow(join(file, '..', target).replaceAll('\\', '/').replace(/\.js$/, '.ts'));
  };
  follow('cli/main.ts');
  assert.deepStrictEqual(
    [...seen].filter((file) =>
      /^(?:store|files|native|columnar|schema|managers|fallback|json)\/|^cli\/(?:commands|rows|directory)\//.test(file),
    ),
    [],
  );
});
