// docs/api.md has every exported name, and no other; the public types stay small and say nothing that is not exported.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import * as api from 'arrow-ckpt';
import * as kura from 'arrow-ckpt/kura';
import * as sql from 'arrow-ckpt/sql';
import { DEPRECATIONS } from '../lib/base/deprecated.ts';
import { ROOT } from './support/packed-package.js';

/** 900 until 0.2, and what came since. */
const MOST_LINES = 1_445;
const read = (name: string): string => readFileSync(join(ROOT, name), 'utf8').replaceAll('\r\n', '\n');
const page = read('docs/api.md');
const [main = '', rest = ''] = page.split('## arrow-ckpt/kura\n');
const [schemas = '', more = ''] = rest.split('## arrow-ckpt/sql\n');
const [questions = '', renamed = ''] = more.split('## Renamed\n');

/** The names of the tables: each with its kind. */
function namesOf(text: string): Map<string, string> {
  const rows = [...text.matchAll(/^\| `(\w+)` \| (\w+) \| (.+) \|$/gm)];
  const names = new Map(rows.map(([, name, kind]) => [name as string, kind as string]));
  assert.equal(names.size, rows.length, 'a name has two lines');
  return names;
}

/** The names that a file of types exports, and those that it declares and does not export. */
function declared(file: string): { exported: string[]; hidden: string[] } {
  const exported = new Set<string>();
  const hidden = new Set<string>();
  for (const [, isExported, name] of read(file).matchAll(/^(export )?declare (?:abstract )?(?:\w+) (\w+)/gm))
    (isExported === undefined ? hidden : exported).add(name as string);
  for (const [, names] of read(file).matchAll(/^export type \{ (.*) \};$/gm))
    for (const name of (names as string).split(', ')) {
      exported.add(name);
      hidden.delete(name);
    }
  return { exported: [...exported].sort(), hidden: [...hidden] };
}

/** A deprecated type has its line in the table of what was renamed. */
const OLD_TYPES = ['ColumnBatch'];
const names = namesOf(main);

test('docs/api.md has every name of index.d.ts, kura.d.ts and sql.d.ts, and no other', () => {
  assert.deepEqual([...names.keys(), ...OLD_TYPES].sort(), declared('index.d.ts').exported);
  assert.deepEqual([...namesOf(schemas).keys()].sort(), declared('kura.d.ts').exported);
  assert.deepEqual([...namesOf(questions).keys()].sort(), declared('sql.d.ts').exported);
});

test('the values of docs/api.md are those that there are at run time', () => {
  const values = [...names].filter(([, kind]) => kind !== 'type');
  assert.deepEqual(values.map(([name]) => name).sort(), Object.keys(api).sort());
  for (const [name, kind] of values) {
    const value = (api as Record<string, unknown>)[name];
    const isClass = typeof value === 'function' && value.toString().startsWith('class ');
    assert.equal(kind, isClass ? 'class' : typeof value === 'function' ? 'function' : 'list', name);
  }
  assert.deepEqual([...namesOf(schemas).keys()].sort(), Object.keys(kura).sort());
  assert.deepEqual(
    [...namesOf(questions)].filter(([, kind]) => kind !== 'type').map(([name]) => name),
    Object.keys(sql),
  );
});

test('nothing that is not exported is in the public types', () => {
  for (const file of ['index.d.ts', 'kura.d.ts', 'sql.d.ts']) assert.deepEqual(declared(file).hidden, [], file);
});

test(`index.d.ts has at most ${MOST_LINES} lines, none of a comment longer than 140`, () => {
  const lines = read('index.d.ts').split('\n');
  assert.ok(lines.length <= MOST_LINES, `${lines.length} lines`);
  assert.deepEqual(
    lines.filter((line) => line.length > 140 && /^\s*(?:\/\*\*|\*)/.test(line) && !line.includes('```') && !line.includes('// [')),
    [],
  );
});

test('every deprecated name is in the table of what was renamed, in docs/api.md and in CHANGELOG.md', () => {
  for (const [code, [old]] of Object.entries(DEPRECATIONS)) {
    assert.ok(renamed.includes(`\`${code}\``), code);
    const name = old.split(' ')[0]?.split('.').pop() as string;
    assert.ok(read('CHANGELOG.md').includes(`${name}\``), `${name} in CHANGELOG.md`);
  }
  for (const name of OLD_TYPES) assert.ok(renamed.includes(`| \`${name}\` |`), name);
});
