import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { tempFolder } from './support/temp-folder.ts';

interface Skip {
  skipped: string;
  in: string;
  reason: string;
}
interface Expected {
  reason: string;
  when?: string[];
  why: string;
}
type Describe = (skips: Skip[], facts: string[], expected: Expected[]) => { lines: string[]; unexpected: string[] };

const script = (name: string): string => new URL(`../scripts/${name}`, import.meta.url).href;
const { describeSkips } = (await import(script('skips.mjs'))) as { describeSkips: Describe };
const { rustSkips } = (await import(script('test-runs.mjs'))) as {
  rustSkips(output: { stdout: string; stderr: string }): { ignored: Skip[]; passed: Skip[] };
};

const SKIPS = [
  { skipped: 'a', in: 'a.test.ts', reason: 'no disk: none' },
  { skipped: 'b', in: 'b.test.ts', reason: 'for Linux' },
  { skipped: 'c', in: 'b.test.ts', reason: 'for Linux' },
];

test('a skip is expected by its reason, and on the machines that the list names', () => {
  const expected = [
    { reason: 'no disk', why: 'disks are dear' },
    { reason: 'for Linux', when: ['win32'], why: 'it is another system' },
  ];
  assert.deepStrictEqual(describeSkips(SKIPS, ['win32'], expected).unexpected, []);
  const { lines, unexpected } = describeSkips(SKIPS, ['linux', 'root'], expected);
  assert.deepStrictEqual(unexpected, ['for Linux']);
  assert.deepStrictEqual(lines, [
    'skipped, as expected: no disk: none',
    '    (disks are dear)',
    '    a.test.ts: a',
    'skipped, NOT EXPECTED: for Linux',
    '    b.test.ts: b',
    '    b.test.ts: c',
  ]);
});

test('suites that are skipped, tests that skip themselves and skips without a reason are all told', () => {
  const folder = tempFolder('skips');
  const file = join(folder, 'some.test.mjs');
  writeFileSync(
    file,
    `import { describe, test } from 'node:test';
describe('a suite', { skip: 'why a' }, () => { test('inside', () => {}); });
describe('outer', () => { test('b test', { skip: true }, () => {}); });
test('late', (t) => t.skip('why late'));
test('todo', { todo: 'some day' }, () => {});
test('is run', () => {});`,
  );
  const events = join(folder, 'events');
  const env = { ...process.env };
  // Of the runner of this test: with it, the inner one would report to it.
  delete env['NODE_TEST_CONTEXT'];
  execFileSync(
    process.execPath,
    ['--test', `--test-reporter=${script('test-events.mjs')}`, `--test-reporter-destination=${events}`, file],
    { env },
  );
  const told = readFileSync(events, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Partial<Skip> & { ms?: number });
  const skips = told.filter((event) => event.skipped !== undefined).map(({ skipped, reason }) => [skipped, reason]);
  assert.deepStrictEqual(skips.toSorted(), [
    ['a suite', 'why a'],
    ['late', 'why late'],
    ['outer > b test', 'no reason given'],
    ['todo', 'todo: some day'],
  ]);
  assert.equal(told.filter((event) => event.ms !== undefined).length, 1);
});

test("what cargo's tests leave out is told", () => {
  const stdout = 'test open ... ok\ntest write_seeds ... ignored, it writes files\ntest other ... ignored\n';
  const { ignored, passed } = rustSkips({ stdout, stderr: 'warning: x\nskipped: every_file: no test data: nowhere\n' });
  assert.deepStrictEqual(
    [...ignored, ...passed].map(({ skipped, reason }) => [skipped, reason]),
    [
      ['write_seeds', 'it writes files'],
      ['other', 'no reason given'],
      ['every_file', 'no test data: nowhere'],
    ],
  );
});

test('each expected skip says why, and is a part of some source', () => {
  const text = readFileSync(fileURLToPath(script('expected-skips.json')), 'utf8');
  for (const { reason, why } of JSON.parse(text) as Expected[]) {
    assert.ok(why.length > 10, reason);
    const options = { cwd: fileURLToPath(new URL('..', import.meta.url)), encoding: 'utf8' } as const;
    assert.notEqual(execFileSync('git', ['grep', '-lF', reason, '--', '__test__', 'crates'], options), '', reason);
  }
});
