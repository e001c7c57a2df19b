import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { classOf, type FileOutcome, type FileReport, type ReaderOutcome } from './corpora/outcome.ts';
import { noBinding } from './support/readers.ts';
import { tempFolder } from './support/temp-folder.ts';
import { int32s, plainPage, tinyParquet, TYPE } from './support/tiny-parquet.ts';

const folder = tempFolder('corpora');
const RUN = fileURLToPath(new URL('corpora/run.ts', import.meta.url));

function run(...args: string[]): { status: number | null; stdout: string } {
  return spawnSync(process.execPath, ['--import', 'tsx', RUN, ...args], { encoding: 'utf8' });
}

test('test:corpora tells what it does', () => {
  const { status, stdout } = run('--help');
  assert.equal(status, 0);
  for (const word of ['--report', '--time-limit', '--memory', 'values differ', 'time-out']) assert.ok(stdout.includes(word), word);
  assert.equal(run().status, 2);
});

test('test:corpora reads a folder with both readers and reports each file', { skip: noBinding }, () => {
  const column = { 1: { i32: TYPE.INT32 } };
  const page = plainPage(int32s(1, 2, 3), 3);
  writeFileSync(join(folder, 'good.parquet'), tinyParquet({ column, pages: [page], rows: 3 }));
  writeFileSync(
    join(folder, 'damaged.parquet'),
    tinyParquet({ column, pages: [{ ...page, header: { ...page.header, 3: undefined } }], rows: 3 }),
  );
  const report = join(folder, 'report.json');
  const { status, stdout } = run(folder, '--no-judges', '--report', report);
  assert.equal(status, 0, stdout);
  const { classes, files } = JSON.parse(readFileSync(report, 'utf8')) as { classes: Record<string, number>; files: FileReport[] };
  assert.deepStrictEqual([classes['read, no judge'], classes['refused alike'], files.length], [1, 1, 2]);
  const [damaged, good] = files as [FileReport, FileReport];
  assert.deepStrictEqual([damaged.native?.code, damaged.fallback?.code], ['ERR_CKPT_CORRUPT', 'ERR_CKPT_CORRUPT']);
  assert.deepStrictEqual([good.native?.rows, good.fallback?.rows, good.partial], [3, 3, {}]);
  assert.match(stdout, /2 {2}files, 0 with faults/);
});

describe('a file falls into the class', () => {
  const read: ReaderOutcome = { rows: 1, columns: [{ name: 'a', digest: 'x', head: ['i1'] }], ms: 1 };
  const refused = (code: string): ReaderOutcome => ({ code, message: 'no', ms: 1 });
  const outcome = (changes: Partial<FileOutcome>): FileOutcome => ({
    native: read,
    fallback: read,
    partial: {},
    isOurs: false,
    megabytes: 1,
    ...changes,
  });
  const same = { rows: 1, columns: [{ name: 'a', digest: 'x', head: ['i1'] }] };
  const other = { rows: 1, columns: [{ name: 'a', digest: 'y', head: ['i2'] }] };
  const cases: [ReturnType<typeof classOf>['class'], FileOutcome, Parameters<typeof classOf>[1]][] = [
    ['equal', outcome({}), { duckdb: other, pyarrow: same }],
    ['engines differ', outcome({}), { duckdb: other }],
    ['read, no judge', outcome({}), { duckdb: { error: 'no' } }],
    ['read, no judge', outcome({ isOurs: true }), { duckdb: other }],
    ['values differ', outcome({ difference: 'rows[0]' }), { duckdb: same }],
    ['partial read differs', outcome({ partial: { fallback: '{"limit":1}' } }), {}],
    ['one refuses', outcome({ fallback: refused('ERR_CKPT_CORRUPT') }), {}],
    ['codes differ', outcome({ native: refused('ERR_CKPT_LIMIT'), fallback: refused('ERR_CKPT_CORRUPT') }), {}],
    ['raw error', outcome({ fallback: refused('raw') }), {}],
    ['raw error', outcome({ native: refused('ERR_CKPT_INTERNAL') }), {}],
    ['refused alike', outcome({ native: refused('ERR_CKPT_LIMIT'), fallback: refused('ERR_CKPT_LIMIT') }), { duckdb: { error: 'no' } }],
    ['refused, engines read it', outcome({ native: refused('ERR_CKPT_LIMIT'), fallback: refused('ERR_CKPT_LIMIT') }), { duckdb: same }],
  ];
  for (const [name, file, judges] of cases) test(name, () => assert.equal(classOf(file, judges).class, name));
});
