import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { differences, type Figures } from '../bench/snapshot-differences.ts';
import { SUITES } from '../bench/suites/index.ts';

test('a figure more than 2% away from what is stored is told, better or worse, and one that is not stored', () => {
  const stored = { a: 100, b: 100, c: 100, d: 100, f: 100 };
  const found = differences(stored, { a: 100, b: 102, c: 102.1, d: 97, e: 1 });
  assert.deepStrictEqual(
    found.map((line) => line.split(';')[0]),
    ['c: 2.1% worse', 'd: 3.0% better', 'e: not stored'],
  );
});

test('the stored snapshot has each suite', () => {
  const stored = JSON.parse(readFileSync(new URL('../bench/snapshot.json', import.meta.url), 'utf8')) as Figures;
  for (const { name } of SUITES) assert.ok(stored[`bytes a row, ${name}`]! > 0, name);
});
