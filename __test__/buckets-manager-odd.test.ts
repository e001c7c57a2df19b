import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect, promisify } from 'node:util';
import { after, before, beforeEach, suite, test } from 'node:test';
import {
  CheckpointManager,
  readCheckpoint,
  type BucketOptions,
  type CheckpointError,
  type CheckpointManagerOptions,
  type Row,
} from 'arrow-ckpt';
import { fromBucket, toBucket } from './buckets/copy-directory.js';
import { MemoryBucket } from './buckets/memory-bucket.js';
import { stubOptions } from './buckets/stub-bucket.js';
import { BucketStub } from './support/bucket-stub/stub.js';
import { rejectsWith } from './support/codes.js';
import { tempFolder } from './support/temp-folder.js';

const ROWS: Row[] = Array.from({ length: 3000 }, (_, id) => ({ id, title: `title ${id}`, text: `${'text '.repeat(30)}${id}` }));
const URL_OF = 's3://bucket/dir';
const PROGRAM = new URL('programs/bucket-manager.mjs', import.meta.url).pathname;

suite('managers on buckets', () => {
  const root = tempFolder('buckets-manager-odd');
  const stub = new BucketStub('s3');
  let bucket: BucketOptions;
  before(async () => {
    await stub.start();
    bucket = stubOptions(stub, 's3');
  });
  after(() => stub.stop());
  beforeEach(() => stub.reset());
  const manager = (options: CheckpointManagerOptions = {}): CheckpointManager =>
    new CheckpointManager(URL_OF, { bucket, logger: false, ...options });

  test('a load of some columns fetches these, and a hash that differs costs one look', async () => {
    await manager().saveCheckpoint('s', 'o', ROWS, { hash: 'h', rowGroupRows: 1000 });
    const size = (await manager().getCheckpointSize('s', 'o')) as number;
    stub.sentBytes = 0;
    stub.requests.length = 0;
    assert.equal(await manager().loadCheckpoint('s', 'o', { hash: 'other' }), null);
    assert.equal(stub.requests.length, 2, stub.requests.join('\n'));
    assert.deepEqual(
      await manager().loadCheckpoint('s', 'o', { hash: 'h', columns: ['id'] }),
      ROWS.map(({ id }) => ({ id })),
    );
    assert.ok(stub.requests.length <= 6, stub.requests.join('\n'));
    assert.ok(stub.sentBytes <= 3 * (64 << 10) + size / 4, `${stub.sentBytes} of ${size}`);
    // The URL that a manager gives is one that other calls take.
    const info = await manager().getCheckpointInfo('s', 'o');
    assert.equal(info?.path, `${URL_OF}/s/o.parquet`);
    assert.equal((await readCheckpoint(info?.path as string, { bucket })).length, ROWS.length);
  });

  test('a directory that is copied to a bucket and back is the same for every call', async () => {
    const directory = mkdtempSync(join(root, 'd'));
    const local = new CheckpointManager(directory, { logger: false });
    // Names that differ in case alone have other files there.
    for (const name of ['Case', 'case', 'x'.repeat(200)]) {
      await local.saveCheckpoint(name, 'o', [{ name }], { hash: name });
      await local.saveCheckpoint('s', name, [{ name }]);
    }
    await local.saveCheckpoint('s', 'docetl', [{ a: 1 }], { compat: 'docetl', hash: 'd' });
    const jsonLocal = new CheckpointManager(directory, { logger: false, enableArrow: false });
    await jsonLocal.saveCheckpoint('s', 'bare', [{ a: 1 }], { compat: 'docetl', hash: 'of the file of hashes' });
    const memory = new MemoryBucket();
    await toBucket(directory, memory, 'a/b/');
    const remote = new CheckpointManager('memory://bucket/a/b', { bucket: memory, logger: false });
    const plain = (list: Awaited<ReturnType<CheckpointManager['listCheckpoints']>>): unknown[] =>
      list.map(({ step, operation, rows, hash, format }) => ({ step, operation, rows, hash, format }));
    const expected = plain(await local.listCheckpoints());
    assert.deepEqual(plain(await remote.listCheckpoints()), expected);
    for (const each of [local, remote]) {
      assert.deepEqual(await each.loadCheckpoint('Case', 'o', { hash: 'Case' }), [{ name: 'Case' }]);
      assert.deepEqual(await each.loadCheckpoint('case', 'o', { hash: 'case' }), [{ name: 'case' }]);
      assert.deepEqual(await each.loadCheckpoint('s', 'Case'), [{ name: 'Case' }]);
      assert.deepEqual(await each.loadCheckpoint('s', 'bare', { hash: 'of the file of hashes' }), [{ a: 1 }]);
    }
    // Saved again, each stays one, wherever it was.
    for (const name of ['Case', 'case', 'x'.repeat(200)]) await remote.saveCheckpoint('s', name, [{ name }, { name }]);
    assert.equal((await remote.listCheckpoints()).length, expected.length);
    const back = mkdtempSync(join(root, 'd'));
    await fromBucket(memory, 'a/b/', back);
    assert.deepEqual(plain(await new CheckpointManager(back, { logger: false }).listCheckpoints()), plain(await remote.listCheckpoints()));
  });

  test('what a map left in a directory is there in its copy: results so far, failures, plans, maps', async () => {
    const directory = mkdtempSync(join(root, 'd'));
    const local = new CheckpointManager(directory, { logger: false });
    const rows = Array.from({ length: 40 }, (_, id) => ({ id }));
    const work = (row: Row): Row => {
      if (row['id'] === 7) throw new Error('seven');
      return { ...row, done: true };
    };
    const options = { key: 'id', hash: 'h', onError: 'skip', retries: 0 } as const;
    await local.map('s', 'done', rows, work, options);
    await local.map('s', 'cut', rows.slice(0, 20), work, options);
    const run = local.map('s', 'broken', rows, (row) => (row.id === 30 ? Promise.reject(new Error('thirty')) : { ...row }), {
      key: 'id',
      concurrency: 1,
      retries: 0,
    });
    await run.then(
      () => assert.fail(),
      () => {},
    );
    const memory = new MemoryBucket();
    await toBucket(directory, memory, 'dir/');
    const remote = new CheckpointManager('memory://bucket/dir', { bucket: memory, logger: false });
    const seen = async (each: CheckpointManager): Promise<unknown[]> => {
      const plan = await each.planIncremental('s', 'cut', rows, { key: 'id', hash: 'h' });
      const maps = (await each.listMaps()).map(({ step, operation, state, rows: done, failed }) => [step, operation, state, done, failed]);
      return [
        await each.loadPartialResults('s', 'done'),
        await each.loadPartialResults('s', 'broken'),
        await each.loadPartialResults('s', 'done', { hash: 'none' }),
        await each.failures('s', 'done'),
        plan,
        maps,
        (await each.sweep({ dryRun: true })).removed.length,
      ];
    };
    const expected = await seen(local);
    assert.match(inspect(expected[3]), /seven/);
    assert.deepEqual(await seen(remote), expected);
    // Batches whose results are in a checkpoint go, and nothing else.
    const finished = [...memory.objects.keys()].filter((key) => key.includes('broken_batches'));
    assert.ok(finished.length > 0);
    await toBucket(join(directory, 's'), memory, 'dir/t/');
    assert.equal((await remote.sweep()).removed.filter(({ kind }) => kind === 'checkpoint').length, 0);
  });

  test('calls that work on local files alone say what to do', async () => {
    const calls: (() => unknown)[] = [
      () => manager().migrateJsonToArrow('s', 'o'),
      () => manager().materialize('s', 'o'),
      () => manager().dedupe(),
      () => manager().compact(),
    ];
    for (const call of calls) {
      await rejectsWith('ERR_CKPT_NOT_FOR_BUCKETS', call, { message: /works on local directories, .* Copy it \(arrow-ckpt copy\)/ });
    }
    assert.equal(stub.requests.length, 0);
    await rejectsWith('ERR_CKPT_INVALID_OPTION', () => manager({ base: 'auto', share: 'reflink' }), {
      message: /share is for local files/,
    });
    for (const option of [{ parts: 2 }, { base: false, share: 'reflink' }] as const)
      await rejectsWith('ERR_CKPT_INVALID_OPTION', () => manager().saveCheckpoint('s', 'o', ROWS, option), {
        message: /is for local files/,
      });
    await rejectsWith('ERR_CKPT_INVALID_OPTION', () => new CheckpointManager('local/path', { bucket }), { message: /bucket is for URLs/ });
    await rejectsWith('ERR_CKPT_INVALID_OPTION', () => new CheckpointManager('https://example.com/a?sig=canary'), { message: /no query/ });
    await rejectsWith('ERR_CKPT_INVALID_OPTION', () => manager({ bucket: { endpont: 'x' } as never }), { message: /no option 'endpont'/ });
  });

  test('faults: the old or the new checkpoint, and a save that resolved is there', async () => {
    await manager().saveCheckpoint('s', 'o', [{ a: 1 }], { hash: 'one' });
    for (const fault of ['503', 'lost', 'unheard', 'cut', 'reset'] as const) {
      for (const method of ['GET', 'PUT']) {
        for (const after of method === 'GET' ? [0, 1] : [0]) {
          const value = `${fault} ${method} ${after}`;
          stub.fail(fault, { when: (request) => request.method === method, after });
          await manager().saveCheckpoint('s', 'o', [{ value }], { hash: value });
          stub.mend();
          assert.deepEqual(await manager().loadCheckpoint('s', 'o', { hash: value }), [{ value }]);
          stub.fail(fault, { when: (request) => request.method === method, after });
          assert.deepEqual(await manager().loadCheckpoint('s', 'o'), [{ value }]);
          stub.mend();
        }
      }
    }
    const impatient = { bucket: { ...bucket, retries: 0 } };
    stub.fail('503', { when: ({ method }) => method === 'PUT' });
    await rejectsWith('ERR_CKPT_UNKNOWN_OUTCOME', () => manager(impatient).saveCheckpoint('s', 'o', [{ a: 2 }], { hash: 'x' }));
    assert.deepEqual(await manager().loadCheckpoint('s', 'o'), [{ value: 'reset PUT 0' }]);
    stub.fail('lost', { when: ({ method }) => method === 'PUT', times: 9 });
    stub.fail('503', { when: ({ method }) => method === 'GET', after: 4, times: 9 });
    // Whatever it says, the object is the old or the new one.
    await manager(impatient)
      .saveCheckpoint('s', 'o', [{ a: 3 }], { hash: 'y' })
      .catch((error: CheckpointError) => {
        assert.equal(error.code, 'ERR_CKPT_UNKNOWN_OUTCOME');
      });
    stub.mend();
    assert.deepEqual(await manager().loadCheckpoint('s', 'o'), [{ a: 3 }]);
    // No listing that failed is taken for one that is empty.
    stub.fail('503', { times: 9 });
    await rejectsWith('ERR_CKPT_NETWORK', () => manager(impatient).listCheckpoints());
    await rejectsWith('ERR_CKPT_NETWORK', () => manager(impatient).loadCheckpoint('s', 'o'));
  });

  test('an object that is replaced while it is read is read anew', async () => {
    await manager().saveCheckpoint('s', 'o', ROWS);
    const old = stub.objects.all.get('dir/s/o.parquet')?.bytes as Buffer;
    assert.ok(old.length > 0);
    let isReplaced = false;
    const real: typeof fetch = bucket.fetch ?? fetch;
    const replacing: typeof fetch = async (input, init) => {
      const answer = await real(input, init);
      // Behind the first look, the object is another: of the same rows, in another state.
      if (!isReplaced && (init?.method ?? 'GET') === 'GET' && answer.status === 206) {
        isReplaced = true;
        stub.objects.put('dir/s/o.parquet', old);
      }
      return answer;
    };
    const one = manager({ bucket: { ...bucket, fetch: replacing } });
    assert.equal((await one.loadCheckpoint('s', 'o'))?.length, ROWS.length);
    assert.ok(isReplaced);
    isReplaced = false;
    let count = 0;
    for await (const _ of one.scanCheckpoint('s', 'o')) count++;
    assert.equal(count, ROWS.length);
  });

  test('managers that race: of saves the last counts and is whole; of steps one computes', async () => {
    const values = Array.from({ length: 8 }, (_, writer) => writer);
    await Promise.all(values.map((writer) => manager().saveCheckpoint('s', 'raced', [{ writer }, { writer }], { hash: `${writer}` })));
    const rows = (await manager().loadCheckpoint('s', 'raced')) as { writer: number }[];
    assert.equal(rows.length, 2);
    assert.equal(rows[0]?.writer, rows[1]?.writer);
    assert.equal((await manager().getCheckpointInfo('s', 'raced'))?.hash, `${rows[0]?.writer}`);
    let calls = 0;
    const step = (): Promise<Row[]> =>
      manager().step<Row>('s', 'stepped', { hash: 'h', lockWait: 20_000 }, async () => {
        calls++;
        return [{ a: 1 }];
      });
    assert.deepEqual(await Promise.all([step(), step(), step()]), [[{ a: 1 }], [{ a: 1 }], [{ a: 1 }]]);
    assert.equal(calls, 1);
    // Hashes beside the files of several writers: none is lost.
    const json = manager({ enableArrow: false, compat: 'docetl' });
    await Promise.all(values.map((writer) => json.saveCheckpoint('t', `o${writer}`, [{ a: 1 }], { hash: `${writer}` })));
    for (const writer of values) assert.ok(await json.loadCheckpoint('t', `o${writer}`, { hash: `${writer}` }), `${writer}`);
  });

  test('a lease of another machine keeps a step, a sweep and a delete of batches out', async () => {
    const memory = new MemoryBucket();
    const remote = new CheckpointManager('memory://bucket/dir', { bucket: memory, logger: false });
    await remote.saveCheckpoint('s', 'o', [{ a: 1 }], { hash: 'old' });
    await remote.saveBatchCheckpoint('o', 0, [{ a: 1 }], { step: 's' });
    let lease = '';
    await remote.step('s', 'o', { hash: 'new' }, () => {
      lease = [...memory.objects.keys()].find((key) => key.endsWith('.lock')) as string;
      return [{ a: 1 }];
    });
    const file = join(root, 'lease');
    writeFileSync(
      file,
      JSON.stringify({ pid: 1, host: 'away', started: '1', token: 't', boot: 'b', since: 1, staleMs: 60_000, at: Date.now() }),
    );
    await memory.put(lease, file);
    await rejectsWith('ERR_CKPT_LOCKED', () => remote.step('s', 'o', { hash: 'newer' }, () => []), { message: /process 1 on away/ });
    await rejectsWith('ERR_CKPT_LOCKED', () => remote.deleteBatchCheckpoints('o', { step: 's' }));
    for (const dryRun of [true, false]) {
      const swept = await remote.sweep({ keep: [], dryRun });
      assert.deepEqual(swept.removed, []);
      assert.equal(swept.inUse.length, 2);
    }
    // One that was written hours ago is nobody's, and a sweep removes it.
    writeFileSync(
      file,
      JSON.stringify({ pid: 1, host: 'away', started: '1', token: 't', boot: 'b', since: 1, at: Date.now() - 4 * 3_600_000 }),
    );
    await memory.put(lease, file);
    const swept = await remote.sweep({ keep: [] });
    assert.deepEqual(swept.removed.map(({ reason }) => reason).sort(), ['leftover', 'stale', 'stale']);
    assert.deepEqual([...memory.objects.keys()], []);
  });

  test('a store that obeys no conditions: saves and loads work, what needs a lease is refused', async () => {
    const remote = new CheckpointManager('memory://bucket/dir', { bucket: new MemoryBucket(false), logger: false });
    await remote.saveCheckpoint('s', 'o', [{ a: 1 }], { hash: 'h' });
    assert.deepEqual(await remote.loadCheckpoint('s', 'o', { hash: 'h' }), [{ a: 1 }]);
    await rejectsWith('ERR_CKPT_NOT_CONDITIONAL', () => remote.step('s', 'o', { hash: 'other' }, () => []));
    assert.deepEqual(await remote.step('s', 'o', { hash: 'h' }, () => []), [{ a: 1 }]);
  });

  test('a folder of parts is loaded, scanned, listed and measured; a save replaces it, and it is removed', async () => {
    const memory = new MemoryBucket();
    const remote = new CheckpointManager('memory://bucket/dir', { bucket: memory, logger: false });
    await remote.saveCheckpoint('s', 'o', [{ a: 1 }], { hash: 'h' });
    const one = memory.objects.get('dir/s/o.parquet') as typeof memory.objects extends Map<string, infer O> ? O : never;
    const parts = (operation: string): void => {
      for (const name of ['k=1/part-0.parquet', 'k=2/part-0.parquet', '_SUCCESS', '_temporary/0/part-9.parquet'])
        memory.objects.set(`dir/s/${operation}.parquet/${name}`, one);
    };
    const keys = (): string[] => [...memory.objects.keys()].filter((key) => key.includes('parts.parquet')).sort();
    parts('parts');
    const rows = [
      { a: 1, k: 1 },
      { a: 1, k: 2 },
    ];
    assert.deepEqual(await remote.loadCheckpoint('s', 'parts', { hash: 'h' }), rows);
    assert.equal(await remote.loadCheckpoint('s', 'parts', { hash: 'other' }), null);
    assert.deepEqual(await remote.loadCheckpoint('s', 'parts', { where: { k: 2 }, columns: ['k'] }), [{ k: 2 }]);
    const scanned = [];
    for await (const row of remote.scanCheckpoint('s', 'parts')) scanned.push(row);
    assert.deepEqual(scanned, rows);
    const info = await remote.getCheckpointInfo('s', 'parts');
    assert.deepEqual([info?.path, info?.rows, info?.parts, info?.hash], ['memory://bucket/dir/s/parts.parquet', 2, 2, 'h']);
    const listed = (await remote.listCheckpoints()).map(({ operation, rows: count, error }) => [operation, count, error?.code]);
    assert.deepEqual(listed, [
      ['o', 1, undefined],
      ['parts', 2, undefined],
    ]);
    assert.equal(await remote.getTotalCheckpointSize(), 3 * one.bytes.length);
    assert.deepEqual(await remote.step('s', 'parts', { hash: 'h' }, () => []), rows);
    assert.equal(await remote.deleteCheckpoint('s', 'parts'), true);
    assert.deepEqual(keys(), []);
    assert.equal(await remote.loadCheckpoint('s', 'parts'), null);

    parts('parts');
    await remote.saveCheckpoint('s', 'parts', [{ a: 7 }]);
    assert.deepEqual(keys(), ['dir/s/parts.parquet']);
    assert.deepEqual(await remote.loadCheckpoint('s', 'parts'), [{ a: 7 }]);
    // An object of the name counts, and both go.
    parts('parts');
    assert.deepEqual(await remote.loadCheckpoint('s', 'parts'), [{ a: 7 }]);
    assert.equal((await remote.listCheckpoints()).length, 2);
    assert.equal(await remote.deleteCheckpoint('s', 'parts'), true);
    assert.deepEqual(keys(), []);

    parts('parts');
    parts('more');
    assert.equal(await remote.clearStep('s'), 3);
    assert.deepEqual([...memory.objects.keys()], []);
    parts('parts');
    assert.equal(await remote.clearAll(), 1);
    assert.deepEqual([...memory.objects.keys()], []);
  });

  test('a folder of anything but parts is told, never taken for nothing, and stays', async () => {
    const memory = new MemoryBucket();
    const remote = new CheckpointManager('memory://bucket/dir', { bucket: memory, logger: false });
    await remote.saveCheckpoint('s', 'o', [{ a: 1 }]);
    memory.objects.set('dir/s/parts.parquet/notes.txt', memory.objects.get('dir/s/o.parquet') as never);
    const told = { message: /s\/parts\.parquet: it is a folder, and none of parts: .*notes\.txt/ };
    await rejectsWith('ERR_CKPT_NOT_A_FILE', () => remote.loadCheckpoint('s', 'parts'), told);
    await rejectsWith('ERR_CKPT_NOT_A_FILE', () => remote.getCheckpointInfo('s', 'parts'), told);
    await rejectsWith('ERR_CKPT_NOT_A_FILE', () => remote.saveCheckpoint('s', 'parts', [{ a: 1 }]), told);
    await rejectsWith('ERR_CKPT_NOT_A_FILE', () => remote.deleteCheckpoint('s', 'parts'), told);
    assert.deepEqual(
      (await remote.listCheckpoints()).map(({ operation, error }) => [operation, error?.code]),
      [
        ['o', undefined],
        ['parts', 'ERR_CKPT_NOT_A_FILE'],
      ],
    );
    assert.equal(await remote.clearAll(), 1);
    assert.deepEqual([...memory.objects.keys()], ['dir/s/parts.parquet/notes.txt']);
  });

  test('a removal of a folder that is ended leaves no half of it', async () => {
    for (const way of ['delete', 'clear'] as const) {
      const memory = new MemoryBucket();
      const remote = new CheckpointManager('memory://bucket/dir', { bucket: memory, logger: false });
      await remote.saveCheckpoint('s', 'o', [{ a: 1 }]);
      const one = memory.objects.get('dir/s/o.parquet') as never;
      for (let part = 0; part < 5; part++) memory.objects.set(`dir/s/parts.parquet/part-${part}.parquet`, one);
      const remove = memory.delete.bind(memory);
      memory.delete = async (key, options) => {
        if (key.includes('part-3')) throw new Error('the store is gone');
        return remove(key, options);
      };
      await assert.rejects(way === 'delete' ? remote.deleteCheckpoint('s', 'parts') : remote.clearStep('s'), /the store is gone/);
      assert.ok(memory.objects.has('dir/s/parts.parquet/part-3.parquet'));
      await rejectsWith('ERR_CKPT_NOT_A_CHECKPOINT', () => remote.loadCheckpoint('s', 'parts'));
      memory.delete = remove;
      await remote.deleteCheckpoint('s', 'parts');
      assert.equal(await remote.loadCheckpoint('s', 'parts'), null);
      assert.deepEqual(
        [...memory.objects.keys()].filter((key) => key.includes('parts.parquet')),
        [],
      );
    }
  });

  test('a web server can be read', async () => {
    const web = await new BucketStub('http').start();
    try {
      const memory = new MemoryBucket();
      await new CheckpointManager('memory://bucket/dir', { bucket: memory, logger: false }).saveCheckpoint(
        'a b',
        '100%/x',
        ROWS.slice(0, 5),
        { hash: 'h' },
      );
      for (const [key, { bytes }] of memory.objects) web.objects.put(key, bytes);
      const remote = new CheckpointManager(`${web.origin}/bucket/dir/`, { logger: false });
      assert.deepEqual(await remote.loadCheckpoint('a b', '100%/x', { hash: 'h' }), ROWS.slice(0, 5));
      assert.equal((await remote.getCheckpointInfo('a b', '100%/x'))?.rows, 5);
      assert.equal(await remote.loadCheckpoint('a b', 'none'), null);
      await rejectsWith('ERR_CKPT_READ_ONLY', () => remote.saveCheckpoint('s', 'o', [], { hash: 'h' }));
      await rejectsWith('ERR_CKPT_NOT_FOR_BUCKETS', () => remote.listCheckpoints(), { message: /have no listings/ });
    } finally {
      await web.stop();
    }
  });

  test('a listing of 2,500 checkpoints', async () => {
    const memory = new MemoryBucket();
    const remote = new CheckpointManager('memory://bucket/dir', { bucket: memory, logger: false });
    await remote.saveCheckpoint('s', 'o', [{ a: 1 }], { hash: 'h' });
    const { bytes } = memory.objects.get('dir/s/o.parquet') as { bytes: Buffer };
    memory.objects.clear();
    memory.calls.length = 0;
    for (let index = 0; index < 2500; index++) {
      const key = `dir/s${index % 5}/o${index}.parquet`;
      stub.objects.put(key, bytes);
      memory.objects.set(key, { bytes, etag: `${index}`, modified: new Date() });
    }
    // Page by page: a page has 1,000.
    assert.equal(await manager().getTotalCheckpointSize(), 2500 * bytes.length);
    assert.equal(stub.requests.length, 3);
    memory.objects.set('dir/s1/broken.parquet', { bytes: Buffer.from('PAR1 is not all of it PAR1'), etag: 'b', modified: new Date() });
    const listed = await remote.listCheckpoints();
    assert.equal(listed.length, 2501);
    assert.deepEqual(
      listed.flatMap(({ error, operation }) => (error === undefined ? [] : [operation])),
      ['broken'],
    );
    assert.ok(listed.every(({ rows, error }) => rows === 1 || error !== undefined));
    assert.equal(memory.calls.filter((call) => call.startsWith('list')).length, 1);
    assert.equal(await remote.clearAll(), 2501);
    assert.equal(memory.objects.size, 0);
  });

  test('secrets are in no error and no log, and temporary files do not stay', async () => {
    const lines: string[] = [];
    const logger = { info: (line: string) => lines.push(line), warn: (line: string) => lines.push(line) };
    const one = manager({ logger: logger as never });
    await one.saveCheckpoint('s', 'o', ROWS, { hash: 'h' });
    await one.loadCheckpoint('s', 'o');
    stub.objects.put('dir/s/o.parquet', Buffer.from('PAR1 damaged PAR1'));
    const errors: unknown[] = [];
    for (const call of [
      () => one.loadCheckpoint('s', 'o'),
      () => one.getCheckpointInfo('s', 'o'),
      () => one.loadPartialResults('s', 'o'),
      () =>
        manager({ bucket: { ...bucket, credentials: { accessKeyId: 'OTHER', secretAccessKey: 'canary-secret' } } }).loadCheckpoint(
          's',
          'o',
        ),
    ])
      await call().then(
        () => assert.fail(),
        (error: unknown) => errors.push(error),
      );
    const all = [...lines, ...errors.map((error) => inspect(error)), inspect(one, { depth: 10, showHidden: true })].join('\n');
    assert.equal(all.includes('canary'), false, all);
    assert.equal(all.includes(join(tmpdir(), 'arrow-ckpt')), false, all);
    assert.match(all, /s3:\/\/bucket\/dir\/s\/o\.parquet/);
  });

  test('without the native binary: JSON is saved, Parquet is read', async () => {
    await manager().saveCheckpoint('s', 'o', ROWS.slice(0, 3), { hash: 'h' });
    const env = { ...process.env, ARROW_CKPT_FORCE_JSON: '1' };
    const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, URL_OF, stub.origin], { env, timeout: 60_000 });
    assert.deepEqual(JSON.parse(stdout), {
      enableArrow: false,
      rows: [{ id: 0 }, { id: 1 }, { id: 2 }],
      path: `${URL_OF}/s/p.json`,
      listed: [
        ['o', 'parquet', 3, 'h'],
        ['p', 'json', 1, 'h'],
      ],
      partial: [{ a: 1 }],
    });
    assert.deepEqual(await manager().loadCheckpoint('s', 'p', { hash: 'h' }), [{ a: 1 }]);
    assert.equal((await CheckpointManager.detect(URL_OF, { bucket, logger: false })).enableArrow, true);
  });
});
