import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { CheckpointManager, readCheckpoint, writeCheckpoint } from 'arrow-ckpt';
import { programOf } from '../lib/cli/program-of.ts';
import type { Context } from '../lib/cli/context.ts';
import { toBucket } from './buckets/copy-directory.ts';
import { stubBucket, stubEnvironment, stubOptions } from './buckets/stub-bucket.ts';
import { BucketStub } from './support/bucket-stub/stub.ts';
import { cliHere } from './support/cli-here.ts';
import { cliOk, linesOf, noCli } from './support/run-cli.ts';
import { suite } from './support/suite.ts';
import { tempFolder } from './support/temp-folder.ts';

const DIR = 's3://bucket/dir';
const FILE = `${DIR}/process/extract.parquet`;
const folder = tempFolder('cli-urls');
const path = (name: string): string => join(folder, name);

/** A call with URLs: its exit code, and what it prints, to stderr if it fails. */
type Call = [args: string[], code: number, printed: RegExp];

/** For every command, calls with a URL at each place where a path may stand: among its arguments, and as the value of an option. */
const CALLS: Record<string, Call[]> = {
  analyze: [
    [['analyze', DIR], 0, /Not migrated: 1 checkpoint, .*\nArrow only: 2 checkpoints/],
    [['analyze', DIR, '--estimate'], 0, /Estimated savings/],
    [['analyze', DIR, '--shared'], 0, /Parquet checkpoints: .*\nAfter dedupe/],
    [['analyze', 's3://bucket/none'], 3, /there are no checkpoints at s3:\/\/bucket\/none.*ERR_CKPT_NOT_FOUND/],
  ],
  cat: [[['cat', FILE, '--where', 'id>=18'], 0, /^\{"id":18,.*\n\{"id":19,.*\n$/]],
  compact: [[['compact', DIR], 2, /compact works on local directories, and s3:\/\/bucket\/dir is in a bucket.*ERR_CKPT_NOT_FOR_BUCKETS/]],
  convert: [
    [['convert', FILE, 's3://bucket/made/out.jsonl', '--columns', 'id', '--limit', '2'], 0, /extract\.parquet → s3:.*out\.jsonl: 2 rows/],
    [['convert', FILE, 's3://bucket/made/out.csv'], 0, /out\.csv: 20 rows/],
    [['convert', 's3://bucket/dir/table.csv', path('table.parquet'), '--infer'], 0, /table\.csv → .*table\.parquet: 2 rows/],
    [['convert', 's3://bucket/dir/none.csv', path('none.parquet')], 3, /cannot read s3:\/\/bucket\/dir\/none\.csv.*ERR_CKPT_NOT_FOUND/],
  ],
  copy: [[['copy', `${DIR}/`, path('copied')], 0, /✓ s3:\/\/bucket\/dir\/ → /]],
  dedupe: [[['dedupe', DIR], 2, /dedupe works on local directories.*ERR_CKPT_NOT_FOR_BUCKETS/]],
  diff: [
    [['diff', FILE, 's3://bucket/dir/process/clean.json', '--key', 'id'], 0, /^no row differs \(20 and 20 rows\)/],
    [['diff', path('other.parquet'), FILE, '--key', 'id'], 1, /1 changed, .*19 equal/],
    [['diff', FILE, 's3://bucket/dir/none.json'], 3, /cannot read s3:\/\/bucket\/dir\/none\.json/],
  ],
  forget: [
    [['forget', DIR, 'process', 'mapped', '--key', '3'], 0, /Forgotten: 1 row of process\/mapped/],
    [['forget', 's3://bucket/none', 'process', 'mapped', '--key', '3'], 0, /No results of such rows/],
  ],
  head: [[['head', FILE, '-n', '1'], 0, /^\{"id":0,"text":"row 0"\}\n$/]],
  inspect: [[['inspect', FILE], 0, /File {7}s3:\/\/bucket\/dir\/process\/extract\.parquet\n/]],
  list: [[['list', DIR], 0, /process {2}clean {7}json /]],
  materialize: [
    [['materialize', FILE], 2, /materialize works on local directories.*ERR_CKPT_NOT_FOR_BUCKETS/],
    [['materialize', path('other.parquet'), '--to', 's3://bucket/made/whole.parquet'], 2, /ERR_CKPT_NOT_FOR_BUCKETS/],
  ],
  migrate: [[['migrate', DIR], 2, /migrate works on local directories.*ERR_CKPT_NOT_FOR_BUCKETS/]],
  report: [
    [['report', DIR, '-o', 's3://bucket/made/report.html'], 0, /✓ s3:\/\/bucket\/made\/report\.html: 4 checkpoints/],
    [['report', path('checkpoints'), '--since', DIR, '-o', path('since.html')], 0, /since\.html: 3 checkpoints/],
    [['report', 's3://bucket/none'], 3, /there are no checkpoints at s3:\/\/bucket\/none/],
  ],
  sql: [
    [['sql', DIR, 'select count(*) as n from process.extract', '--csv'], 0, /^n\n20\n$/],
    [['sql', FILE, 'from extract where id < 3', '--parquet', 's3://bucket/made/low.parquet'], 0, /^$/],
    [
      ['sql', DIR, '--views'],
      2,
      /--views makes statements about local files, and s3:\/\/bucket\/dir is in a bucket.*ERR_CKPT_NOT_FOR_BUCKETS/,
    ],
  ],
  sweep: [[['sweep', DIR, '--keep', 'process/extract', '--dry-run'], 0, /Would remove: process\/clean\.json/]],
  verify: [
    [['verify', FILE], 0, /1 file, all are whole; 20 rows read/],
    [['verify', DIR], 0, /4 files, all are whole; 63 rows/],
    [['verify', 's3://bucket/none'], 3, /there is nothing at s3:\/\/bucket\/none/],
  ],
  view: [[['view', 's3://bucket/none'], 3, /there are no checkpoints at s3:\/\/bucket\/none/]],
  work: [
    [
      ['work', path('step.mjs'), '--in', 's3://bucket/dir/process', '--out', 's3://bucket/made/out', 'extract.parquet'],
      0,
      /"status":"done"/,
    ],
    [['work', 's3://bucket/step.mjs', '--out', path('out'), FILE], 2, /s3:\/\/bucket\/step\.mjs is no step: it must be a local file/],
  ],
};

suite('every command of the command line and URLs', noCli, () => {
  const stub = new BucketStub('s3');
  const ROWS = Array.from({ length: 20 }, (_, id) => ({ id, text: `row ${id}` }));
  const directory = path('checkpoints');
  const outside = { ...process.env };
  let env: Record<string, string>;

  before(async () => {
    await stub.start();
    env = { ...stubEnvironment(stub), AWS_SESSION_TOKEN: 'canary-session', NO_COLOR: '1' };
    Object.assign(process.env, env);
    const manager = new CheckpointManager(directory, { logger: false });
    await manager.saveCheckpoint('process', 'extract', ROWS, { hash: 'h' });
    await new CheckpointManager(directory, { logger: false, enableArrow: false }).saveCheckpoint('process', 'clean', ROWS);
    await manager.map('process', 'mapped', ROWS, ({ id }) => ({ id }), { key: 'id', hash: 'h' });
    const bucket = stubBucket(stub, 's3');
    await toBucket(directory, bucket, 'dir/');
    writeFileSync(path('table.csv'), 'id,text\n1,one\n2,two\n');
    await bucket.put('dir/table.csv', path('table.csv'));
    await writeCheckpoint(path('flat.jsonl'), ROWS.slice(0, 3));
    await bucket.put('dir/flat.jsonl', path('flat.jsonl'));
    await writeCheckpoint(path('other.parquet'), [...ROWS.slice(0, 19), { id: 19, text: 'another' }]);
    writeFileSync(path('step.mjs'), "export default (row) => row;\nexport const options = { key: 'id', hash: 'v1' };\n");
  });
  after(async () => {
    for (const name of Object.keys(env)) {
      if (outside[name] === undefined) delete process.env[name];
      else process.env[name] = outside[name];
    }
    await stub.stop();
  });

  const program = programOf({ output: {} as Context['output'], signal: new AbortController().signal }, () => {});

  for (const command of program.commands) {
    test(command.name(), async () => {
      const calls = CALLS[command.name()] ?? [];
      assert.ok(calls.length > 0, 'a command must work with URLs or refuse them: add calls to this test');
      for (const { long, flags } of command.options) {
        if (!/<(?:dir|file|path|url)>/.test(flags)) continue;
        const isTried = calls.some(([args]) =>
          args.some((arg, at) => [long, flags.split(',')[0]].includes(arg) && args[at + 1] !== undefined),
        );
        assert.ok(isTried, `${flags} takes a path: add a call with a URL for it`);
      }
      for (const [args, code, printed] of calls) {
        // The bundle has what makes the report.
        const outcome = await (command.name() === 'report' ? cliOk(args, code, { env }) : cliHere(args));
        assert.equal(outcome.code, code, outcome.stderr);
        assert.match(code < 2 ? outcome.stdout : outcome.stderr, printed, args.join(' '));
        assert.doesNotMatch(outcome.stdout + outcome.stderr, /canary/);
      }
      // A URL was nowhere taken for the name of a local file.
      assert.deepEqual(
        readdirSync(folder).filter((name) => /^[a-z0-9]+:/.test(name)),
        [],
      );
    });
  }

  test('what was made is what was asked for', async () => {
    const read = { bucket: stubOptions(stub, 's3') };
    assert.deepStrictEqual(await readCheckpoint('s3://bucket/made/out.jsonl', read), [{ id: 0 }, { id: 1 }]);
    assert.deepStrictEqual(await readCheckpoint('s3://bucket/made/low.parquet', read), ROWS.slice(0, 3));
    assert.deepStrictEqual(await readCheckpoint(path('table.parquet')), [
      { id: 1, text: 'one' },
      { id: 2, text: 'two' },
    ]);
    const csv = stub.objects.all.get('made/out.csv')?.bytes.toString() ?? '';
    assert.deepEqual([csv.split('\n').length, csv.split('\n')[0], csv.split('\n')[20]], [22, 'id,text', '19,row 19']);
    assert.match(stub.objects.all.get('made/report.html')?.bytes.toString() ?? '', /^<!doctype html>/i);
    assert.ok(readFileSync(path('since.html'), 'utf8').includes('extract'));
    assert.ok(existsSync(path('copied/process/extract.parquet')));
  });

  test('a conversion into the object that it reads', async () => {
    await cliHere(['convert', FILE, 's3://bucket/made/same.parquet']);
    const same = ['convert', 's3://bucket/made/same.parquet', 's3://bucket/made/same.parquet', '--where', 'id<5'];
    assert.equal((await cliHere(same)).code, 0);
    const read = { bucket: stubOptions(stub, 's3') };
    assert.deepStrictEqual(await readCheckpoint('s3://bucket/made/same.parquet', read), ROWS.slice(0, 5));
    assert.match((await cliHere(['inspect', 's3://bucket/made/same.parquet'])).stdout, /Hash {7}h\n/);
  });

  test('results of a map that has no checkpoint yet', async () => {
    const manager = new CheckpointManager('s3://bucket/running', { bucket: stubOptions(stub, 's3'), logger: false });
    const failing = manager.map('process', 'half', ROWS, ({ id }) => (id === 7 ? Promise.reject(new Error('no')) : { id }), {
      key: 'id',
      hash: 'h',
      concurrency: 1,
    });
    await assert.rejects(failing);
    const { stdout, stderr } = await cliHere(['cat', 's3://bucket/running/process/half']);
    assert.match(stderr, /partial results: the map process\/half was interrupted; 7 rows/);
    assert.deepEqual(
      linesOf(stdout),
      ROWS.slice(0, 7).map(({ id }) => ({ id })),
    );
    assert.equal((await cliHere(['cat', 's3://bucket/running/process/none'])).code, 3);
  });

  test('a signature in a URL is shown nowhere', async () => {
    const web = new BucketStub('http');
    await web.start();
    try {
      for (const [key, { bytes }] of stub.objects.all) web.objects.put(key, bytes);
      const url = `${web.origin}/bucket/dir/process/extract.parquet?signature=canary`;
      for (const args of [
        ['convert', url, path('web.jsonl')],
        ['convert', url, path('web.csv')],
        ['diff', url, path('other.parquet')],
        ['diff', `${url}&none=1`, url, '--json'],
        ['verify', url, '--json'],
        ['verify', `${web.origin}/bucket/none.parquet?signature=canary`, '--json'],
        ['convert', url, `${web.origin}/bucket/made.txt?signature=canary`],
        ['convert', url, `${web.origin}/bucket/made.jsonl?signature=canary`, '--json'],
        ['dedupe', url],
        ['sql', url, '--views'],
      ]) {
        const { stdout, stderr, code } = await cliHere(args);
        assert.ok(code < 70, stderr);
        assert.doesNotMatch(stdout + stderr, /canary/, args.join(' '));
      }
      assert.deepStrictEqual(await readCheckpoint(path('web.jsonl')), ROWS);
    } finally {
      await web.stop();
    }
  });

  // The last one: the fault replaces all objects.
  test('an object that is replaced while it is read is told', async () => {
    const large = Array.from({ length: 50_000 }, (_, id) => ({ id, text: `${(id * 2654435761) % 4294967296}` }));
    await writeCheckpoint('s3://bucket/made/large.parquet', large, { bucket: stubOptions(stub, 's3') });
    stub.fail('replaced', { when: ({ method, url }) => method === 'GET' && url.pathname.endsWith('/large.parquet'), after: 1 });
    const { code, stderr } = await cliHere(['convert', 's3://bucket/made/large.parquet', path('torn.csv')]);
    stub.mend();
    assert.equal(code, 3, stderr);
    assert.match(stderr, /made\/large\.parquet in bucket was replaced while it was read.*ERR_CKPT_CHANGED/);
    assert.equal(existsSync(path('torn.csv')), false);
  });
});
