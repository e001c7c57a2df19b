import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { CheckpointManager, writeCheckpoint } from 'arrow-ckpt';
import { BucketStub } from './support/bucket-stub/stub.js';
import { stubEnvironment } from './buckets/stub-bucket.js';
import { cli, cliJson, cliOk, linesOf, noCli } from './support/run-cli.js';
import { noBinding } from './support/readers.js';
import { suite } from './support/suite.js';
import { tempFolder } from './support/temp-folder.js';
import { assertLoads, BASE, thinDirectory } from './support/thin-pipeline.js';

interface Copy {
  copied: number;
  bytes: number;
  files: { path: string; same: boolean }[];
}

suite('the command line and buckets', noCli, () => {
  const folder = tempFolder('cli-buckets');
  const stub = new BucketStub('s3');
  const ROWS = Array.from({ length: 20_000 }, (_, id) => ({ id, text: `${(id * 2654435761) % 4294967296}` }));
  let env: Record<string, string>;
  before(async () => {
    await stub.start();
    env = { ...stubEnvironment(stub), AWS_SESSION_TOKEN: 'canary-session' };
  });
  after(() => stub.stop());
  beforeEach(() => {
    stub.reset();
    rmSync(folder, { recursive: true });
    mkdirSync(folder);
  });

  /** The files below a folder, with their bytes. */
  function filesOf(root: string): Record<string, string> {
    const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    return Object.fromEntries(
      files.map(({ parentPath, name }) => [join(parentPath, name).slice(root.length + 1), readFileSync(join(parentPath, name), 'base64')]),
    );
  }

  test('list and sweep take the URL of a directory, and leases are not copied', async () => {
    const directory = join(folder, 'checkpoints');
    const manager = new CheckpointManager(directory, { logger: false });
    await manager.saveCheckpoint('process', 'one', ROWS.slice(0, 5), { hash: 'h' });
    await manager.saveBatchCheckpoint('one', 0, ROWS.slice(0, 2), { step: 'process' });
    await writeCheckpoint(join(directory, 'flat.jsonl'), ROWS.slice(0, 3));
    const url = 's3://bucket/dir';
    await cliOk(['copy', directory, url], 0, { env });
    const lease = 'dir/.lease-0123456789abcdef01234567.lock';
    stub.objects.put(lease, Buffer.from('{}'));
    stub.objects.put('dir/process/broken.parquet', Buffer.from('PAR1 none PAR1'));
    stub.objects.put('dir/spark.parquet/part-0.parquet', Buffer.from('of an engine'));
    interface Document {
      checkpoints: { step: string | null; operation: string; rows?: number; path: string; error?: object }[];
      batches: { batches: number }[];
    }
    const { checkpoints, batches } = await cliJson<Document>(['list', url], 1, { env });
    assert.deepEqual(
      checkpoints.map(({ step, operation, rows, error }) => [step, operation, error === undefined ? rows : 'damaged']),
      [
        ['process', 'broken', 'damaged'],
        ['process', 'one', 5],
        [null, 'flat.jsonl', 3],
        [null, 'spark.parquet', 'damaged'],
      ],
    );
    assert.equal(checkpoints[1]?.path, `${url}/process/one.parquet`);
    assert.deepEqual(
      batches.map((each) => each.batches),
      [1],
    );
    assert.match((await cliOk(['list', url], 1, { env })).stdout, /process\s+one\s/);
    assert.match((await cliOk(['list', 's3://bucket/none'], 3, { env })).stderr, /there are no checkpoints at s3:\/\/bucket\/none/);
    const dry = await cliOk(['sweep', url, '--keep', 'process/one', '--dry-run'], 0, { env });
    assert.match(dry.stdout, /Would remove: process\/broken\.parquet/);
    await cliOk(['sweep', url, '--keep', 'process/one'], 0, { env });
    assert.equal(stub.objects.all.has('dir/process/broken.parquet'), false);
    assert.equal(stub.objects.all.has('dir/process/one.parquet'), true);
    assert.equal(stub.objects.all.has('dir/spark.parquet/part-0.parquet'), true);
    const back = join(folder, 'back');
    await cliOk(['copy', `${url}/`, back], 0, { env });
    assert.equal(stub.objects.all.has(lease), true);
    assert.deepEqual(readdirSync(back).sort(), ['.docetl_intermediate_config.json', 'flat.jsonl', 'process', 'spark.parquet']);
  });

  test('a directory goes to a bucket and comes back, and what is there is left out', async () => {
    const directory = join(folder, 'checkpoints');
    const manager = new CheckpointManager(directory, { logger: false });
    await manager.saveCheckpoint('a step', 'one', ROWS, { hash: 'h' });
    await manager.saveCheckpoint('a step', 'two/2', ROWS.slice(0, 3));
    writeFileSync(join(directory, 'large.json'), `[${ROWS.map((row) => JSON.stringify(row)).join(',')}]`);
    writeFileSync(join(directory, 'x.lock'), 'mine');
    const there = 's3://bucket/deep/er';
    const first = await cliJson<Copy>(['copy', directory, there], 0, { env });
    assert.equal(stub.objects.all.has('deep/er/x.lock'), false);
    assert.deepEqual([...stub.objects.all.keys()].sort(), first.files.map(({ path }) => path.replace('s3://bucket/', '')).sort());
    assert.equal(first.copied, first.files.length);
    // Text that is long is copied again: only its end was compared.
    const again = await cliJson<Copy>(['copy', directory, there], 0, { env });
    assert.deepEqual(
      again.files.filter(({ same }) => !same).map(({ path }) => path),
      [`${there}/large.json`],
    );

    const back = join(folder, 'back');
    await cliOk(['copy', `${there}/`, back], 0, { env });
    rmSync(join(directory, 'x.lock'));
    assert.deepEqual(filesOf(back), filesOf(directory));
    assert.deepStrictEqual(await new CheckpointManager(back, { logger: false }).loadCheckpoint('a step', 'one', { hash: 'h' }), ROWS);
    // Half of it is gone: the rest is fetched.
    rmSync(join(back, 'a step'), { recursive: true, force: true });
    await cliOk(['copy', `${there}/`, back], 0, { env });
    assert.deepEqual(filesOf(back), filesOf(directory));
    await cliOk(['copy', `${there}/`, 's3://bucket/other/'], 0, { env });
    assert.equal(stub.objects.all.size, 2 * first.files.length);
  });

  test('thin checkpoints take their pool along, and load at the other end', { skip: noBinding }, async () => {
    const directory = join(folder, 'thin');
    const saved = await thinDirectory(directory);
    mkdirSync(join(directory, '.ckpt', 'trash'));
    writeFileSync(join(directory, '.ckpt', 'trash', `${'a1'.repeat(16)}.1700000000000`), 'it is about to go');
    writeFileSync(join(directory, '.ckpt', 'lock'), 'of a process');
    rmSync(join(directory, BASE));
    const there = 's3://bucket/thin';
    const { files } = await cliJson<Copy>(['copy', directory, there], 0, { env });
    const paths = files.map(({ path }) => path.slice(there.length + 1));
    assert.match(paths[0] ?? '', /^\.ckpt\/pool\/[0-9a-f]{32}\.holder$/, 'what others refer to is there before them');
    assert.deepEqual(paths.slice(1), ['process/changed.parquet', 'process/filter.parquet', 'process/map.parquet']);
    const verified = await cliJson<{ whole: number }>(['verify', `${there}/process/map.parquet`], 0, { env });
    assert.equal(verified.whole, 1);
    const counted = await cliOk(['sql', there, 'select count(text) as n, min(id) as first from process.filter', '--csv'], 0, { env });
    assert.match(counted.stdout, /500,0/);
    const back = join(folder, 'back');
    await cliOk(['copy', `${there}/`, back], 0, { env });
    await assertLoads(back, saved, [BASE]);
  });

  test('a file goes to a bucket, is looked at there, and comes back', async () => {
    const file = join(folder, 'k.parquet');
    await writeCheckpoint(file, ROWS, { hash: 'h', rowGroupRows: 5000 });
    const url = 's3://bucket/k 1.parquet';
    await cliOk(['copy', file, url], 0, { env });
    const info = await cliJson<{ path: string; rows: number; hash: string; sample: unknown[] }>(['inspect', url, '--rows', '2'], 0, {
      env,
    });
    assert.deepEqual([info.path, info.rows, info.hash, info.sample], [url, 20_000, 'h', ROWS.slice(0, 2)]);
    assert.deepEqual(linesOf((await cliOk(['head', url, '-n', '2'], 0, { env })).stdout), ROWS.slice(0, 2));
    const cat = await cliOk(['cat', url, '--where', 'id>=19998', '--columns', 'id'], 0, { env });
    assert.deepEqual(linesOf(cat.stdout), [{ id: 19_998 }, { id: 19_999 }]);
    // Without the binary, too: the file is read in TypeScript.
    const without = await cliOk(['cat', url, '--columns', 'id', '--limit', '2'], 0, { env: { ...env, ARROW_CKPT_FORCE_JSON: '1' } });
    assert.deepEqual(linesOf(without.stdout), [{ id: 0 }, { id: 1 }]);
    const none = await cliOk(['cat', url, '--columns', 'id', '--limit', '0'], 0, { env: { ...env, ARROW_CKPT_FORCE_JSON: '1' } });
    assert.equal(none.stdout, '');
    const last = ['cat', url, '--columns', 'id', '--offset', '19998'];
    for (const json of ['', '1'])
      assert.deepEqual(linesOf((await cliOk(last, 0, { env: { ...env, ARROW_CKPT_FORCE_JSON: json } })).stdout), [
        { id: 19_998 },
        { id: 19_999 },
      ]);
    const verified = await cliJson<{ whole: number; rows: number }>(['verify', url], 0, { env });
    assert.deepEqual([verified.whole, verified.rows], [1, 20_000]);
    const back = join(folder, 'new', 'back.parquet');
    await cliOk(['copy', url, back], 0, { env });
    assert.deepEqual(readFileSync(back), readFileSync(file));
    const { bytes } = stub.objects.all.get('k 1.parquet') as { bytes: Buffer };
    stub.objects.put('k 1.parquet', Buffer.from(bytes).fill(0, 50, 5000));
    const damaged = await cliJson<{ damaged: number }>(['verify', url], 1, { env });
    assert.equal(damaged.damaged, 1);
  });

  test('what is wrong is told, and no secret is', async () => {
    const file = join(folder, 'k.json');
    writeFileSync(file, '[]');
    const codes: [string[], number, RegExp][] = [
      [['copy', join(folder, 'none'), 's3://bucket/x'], 3, /there is nothing at/],
      [['copy', 's3://bucket/none/', folder], 3, /there is nothing at/],
      [['copy', file, 's3://bucket/x/'], 2, /names no file/],
      [['copy', file, 's3://none/x'], 3, /there is no such bucket/],
      [['list', 's3://none/x'], 3, /there is no such bucket/],
      [['sweep', 's3://none/x'], 3, /there is no such bucket/],
      [['dedupe', 'gs://bucket/x'], 2, /dedupe works on local directories/],
      [['convert', 's3://none/x.json', join(folder, 'y.parquet')], 3, /there is no such bucket/],
      [['convert', file, 's3://none/x.json'], 3, /there is no such bucket/],
    ];
    for (const [args, code, message] of codes) {
      const outcome = await cli(args, { env });
      assert.equal(outcome.code, code, outcome.stderr);
      assert.match(outcome.stderr, message);
      assert.ok(!/canary/.test(outcome.stderr + outcome.stdout));
    }
  });

  test('a key that leads out of the directory is not followed', async () => {
    stub.objects.put('deep/../../evil', Buffer.from('x'));
    stub.objects.put('deep/fine', Buffer.from('x'));
    const outcome = await cli(['copy', 's3://bucket/deep/', join(folder, 'in', 'to')], { env });
    assert.equal(outcome.code, 2, outcome.stderr);
    assert.match(outcome.stderr, /cannot be the name of a local file/);
    assert.deepEqual(
      Object.keys(filesOf(folder)).filter((name) => name.includes('evil')),
      [],
    );
  });
});
