import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { uniqueDigits } from '../lib/base/unique-digits.ts';

const MODULE = pathToFileURL(join(import.meta.dirname, '../build/lib/base/unique-digits.js')).href;
const PROGRAM = `import { uniqueDigits } from ${JSON.stringify(MODULE)}; console.log(uniqueDigits());`;

test('names are 22 digits, each another', () => {
  const made = Array.from({ length: 100_000 }, uniqueDigits);
  assert.ok(made.every((digits) => /^[0-9a-f]{22}$/.test(digits)));
  assert.equal(new Set(made).size, made.length);
});

test('they differ where V8 was told which random numbers to give', () => {
  const args = ['--random-seed=7', '--input-type=module', '-e', PROGRAM];
  const [first, second] = [1, 2].map(() => execFileSync(process.execPath, args, { encoding: 'utf8' }).trim()) as [string, string];
  assert.equal(first.slice(0, 12), second.slice(0, 12));
  assert.notEqual(first, second);
});
