import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import {
  CheckpointManager,
  isCheckpointError,
  openCheckpoint,
  readCheckpoint,
  verifyCheckpoint,
  type FileReadOptions,
  type Row,
} from 'arrow-ckpt';
import { bucketOf } from '../lib/bucket/bucket-of.js';
import { fallbackStore } from '../lib/formats/parquet/fallback/fallback-store.js';
import { OpenedFile } from '../lib/formats/parquet/fallback/opened-file.js';
import { parquetStore } from '../lib/formats/parquet/parquet-store.js';
import { heldRanges } from '../lib/formats/remote/held-ranges.js';
import { RemoteFile } from '../lib/formats/remote/remote-file.js';
import { gather } from '../lib/store/wanted-rows.js';
import { toBucket } from './buckets/copy-directory.js';
import { MemoryBucket } from './buckets/memory-bucket.js';
import { stubOptions, stubUrl } from './buckets/stub-bucket.js';
import { BucketStub } from './support/bucket-stub/stub.js';
import { rejectsWith } from './support/codes.js';
import { assertExact } from './support/exact.js';
import { noBinding } from './support/readers.js';
import { runProgram } from './support/run-program.js';
import { tempFolder } from './support/temp-folder.js';
import { BASE, thinDirectory } from './support/thin-pipeline.js';

const folder = tempFolder('buckets-thin');
const directory = join(folder, 'made');
const THIN = ['process/map.parquet', 'process/filter.parquet', 'process/changed.parquet'];
const READINGS: FileReadOptions[] = [
  {},
  { columns: ['id'] },
  { columns: ['text'] },
  { where: { id: { $gte: 990 } } },
  { where: { text: { $ne: '' } }, columns: ['id'], limit: 3 },
  { offset: 490, limit: 7 },
  { limit: 0 },
];
const url = (path: string, prefix = 'a/b/'): string => `memory://any/${prefix}${path}`;
const holderOf = ({ objects }: MemoryBucket): string => [...objects.keys()].find((key) => key.endsWith('.holder')) as string;

/** The directory in a bucket, where the pool alone has the values. */
async function copied(prefix = 'a/b/'): Promise<MemoryBucket> {
  const bucket = new MemoryBucket();
  await toBucket(directory, bucket, prefix);
  bucket.objects.delete(prefix + BASE);
  return bucket;
}

/** Calls `work` with a store that can be told to do something wrong. */
async function withStub(work: (stub: BucketStub) => Promise<void>): Promise<void> {
  const stub = await new BucketStub('s3').start();
  try {
    await work(stub);
  } finally {
    await stub.stop();
  }
}

let saved: Map<string, Row[]>;
before(async () => {
  if (noBinding === false) saved = await thinDirectory(directory);
});

describe('a thin checkpoint in a bucket', { skip: noBinding }, () => {
  for (const prefix of ['a/b/', '']) {
    test(`is read as from a directory, with the prefix '${prefix}'`, async () => {
      const bucket = await copied(prefix);
      for (const path of prefix === '' ? THIN.slice(2) : THIN) {
        for (const reading of READINGS)
          assertExact(
            await readCheckpoint(url(path, prefix), { ...reading, bucket }),
            await readCheckpoint(join(directory, path), reading),
          );
        const { rows, bytes, checksums } = await verifyCheckpoint(url(path, prefix), { bucket });
        const here = await verifyCheckpoint(join(directory, path));
        assert.deepEqual({ rows, bytes, checksums }, { rows: here.rows, bytes: here.bytes, checksums: true });
        await using reader = await openCheckpoint(url(path, prefix), { bucket });
        assert.equal(reader.info.delta?.holders[0]?.present, true);
        const all: Row[] = [];
        for await (const row of reader.rows()) all.push(row);
        assertExact(all, saved.get(path));
        assert.equal(await reader.count({ where: { id: { $lt: 10 } } }), saved.get(path)?.filter(({ id }) => (id as number) < 10).length);
      }
    });
  }

  test('a manager loads, scans, lists and describes it, and a map goes on from it', async () => {
    const bucket = await copied();
    const manager = new CheckpointManager('memory://any/a/b', { bucket, logger: false });
    assertExact(await manager.loadCheckpoint('process', 'filter'), saved.get('process/filter.parquet'));
    const scanned: Row[] = [];
    for await (const row of manager.scanCheckpoint('process', 'changed')) scanned.push(row);
    assertExact(scanned, saved.get('process/changed.parquet'));
    const local = new CheckpointManager(directory, { logger: false });
    const [there, here] = await Promise.all([manager, local].map((each) => each.getCheckpointInfo('process', 'map')));
    assert.deepEqual(there?.delta, here?.delta);
    const listed = await manager.listCheckpoints();
    assert.deepEqual(
      listed.map(({ operation, delta, error }) => [operation, delta?.holders[0]?.present, error]),
      ['changed', 'filter', 'map'].map((operation) => [operation, true, undefined]),
    );
    assert.ok(bucket.objects.has(holderOf(bucket)), 'what lists and loads changes nothing');
    let calls = 0;
    const rows = saved.get('process/map.parquet') as Row[];
    const work = (row: Row): Row => (calls++, { ...row, length: String(row['text']).length });
    const first = await manager.map('process', 'lengths', rows, work, { key: 'id', hash: 'h' });
    assert.equal(calls, rows.length);
    // The results are made thin by another program: they are kept all the same.
    const made = join(folder, 'mapped');
    const thin = new CheckpointManager(made, { logger: false, base: 'auto' });
    await thin.saveCheckpoint('load', 'docs', saved.get(BASE) as Row[]);
    await thin.map('process', 'lengths', rows, work, { key: 'id', hash: 'h' });
    const other = new MemoryBucket();
    await toBucket(made, other, '');
    assert.ok((await thin.getCheckpointInfo('process', 'lengths'))?.delta, 'the results are thin');
    calls = 0;
    const again = await new CheckpointManager('memory://any', { bucket: other, logger: false }).map('process', 'lengths', rows, work, {
      key: 'id',
      hash: 'h',
    });
    assertExact(again.rows, first.rows);
    assert.equal(calls, 0);
  });

  test('without the native binary, too', async () => {
    await withStub(async (stub) => {
      const bucket = stubOptions(stub, 's3');
      for (const [key, { bytes }] of (await copied()).objects) stub.objects.put(key, bytes);
      for (const path of THIN.slice(2)) {
        const options = JSON.stringify({ bucket });
        const { code, stdout, stderr } = await runProgram('read-url.mjs', {
          args: [stubUrl(stub, 's3', `a/b/${path}`), options],
          env: { ARROW_CKPT_FORCE_JSON: '1' },
        });
        assert.deepEqual({ code, rows: stdout.trim(), stderr }, { code: 0, rows: String(saved.get(path)?.length), stderr: '' });
      }
    });
  });

  test('a reading fetches the pages that it needs of other files, each once', async () => {
    const docs = saved.get(BASE) as Row[];
    const rows = docs.slice(0, 450);
    const part = join(folder, 'part');
    const manager = new CheckpointManager(part, { logger: false, base: 'auto' });
    await manager.saveCheckpoint('load', 'docs', docs, { rowGroupRows: 300 });
    const path = await manager.saveCheckpoint('process', 'part', rows);
    const { delta } = (await manager.getCheckpointInfo('process', 'part')) ?? {};
    const holder = delta?.holders[0]?.bytes as number;
    assert.ok(holder > 2_500_000, 'it is thin');
    await withStub(async (stub) => {
      const bucket = stubOptions(stub, 's3');
      await toBucket(part, bucketOf(stubUrl(stub, 's3', ''), bucket).bucket, 'p/');
      const at = stubUrl(stub, 's3', 'p/process/part.parquet');
      for (const [options, most] of [
        [{ columns: ['id'] }, 200_000],
        [{}, holder * 0.5 + 200_000],
      ] as const) {
        stub.sentBytes = 0;
        stub.requests.length = 0;
        assertExact(await readCheckpoint(at, { ...options, bucket }), await readCheckpoint(path, options));
        assert.ok(stub.sentBytes < most, `${stub.sentBytes} bytes of ${holder}`);
        assert.ok(stub.requests.length <= 8, stub.requests.join('\n'));
      }
      const reader = await openCheckpoint(at, { bucket });
      await reader.read();
      stub.requests.length = 0;
      assertExact(await reader.read(), rows);
      assert.deepEqual(stub.requests, []);
      await reader.close();
    });
  });

  test('the ranges are enough for both readers, whatever rows are picked', async () => {
    const rows = saved.get(BASE) as Row[];
    const picks: [string, Row[]][] = [
      ['every', rows],
      ['back', rows.toReversed()],
      ['third', rows.filter((_, at) => at % 3 === 0)],
      ['two', [...rows.slice(100, 300), ...rows.slice(600, 750), ...rows.slice(100, 120)]],
    ];
    const some = join(folder, 'some');
    await new CheckpointManager(some, { logger: false, base: 'auto' }).saveCheckpoint('load', 'docs', rows, { rowGroupRows: 400 });
    for (const [name, picked] of picks)
      await new CheckpointManager(some, { logger: false }).saveCheckpoint('p', name, picked, { base: { step: 'load', operation: 'docs' } });
    const bucket = new MemoryBucket();
    await toBucket(some, bucket, '');
    for (const [name, picked] of picks) {
      for (const byPages of [true, false]) {
        const file = await RemoteFile.open(bucketOf(url(`p/${name}.parquet`, ''), bucket), {});
        try {
          assert.equal(file.holders.size, 1, name);
          await file.fetch([[0, file.size]], {});
          const opened = await OpenedFile.open(file.path);
          const groups = opened.file.metadata.row_groups.map((_, at) => at);
          await file.fetchHeld(await heldRanges(opened, opened.columns, groups, byPages), {});
          await opened.close();
          assertExact(await gather((byPages ? parquetStore : fallbackStore).batches(file.path, {})), picked);
        } finally {
          await file.close();
        }
      }
    }
  });

  test('one whose other file is missing says so, and has its own columns', async () => {
    const bucket = await copied();
    bucket.objects.delete(holderOf(bucket));
    for (const path of THIN) {
      const told = await rejectsWith('ERR_CKPT_BASE', () => readCheckpoint(url(path), { bucket }), {
        message:
          /^memory:\/\/any\/a\/b\/process.*column 'text' has values in another file .*load\/docs\.parquet.*copy the whole directory/s,
      });
      assert.equal(told.path, url(path));
      const ids = saved.get(path)?.map(({ id }) => ({ id }));
      assertExact(await readCheckpoint(url(path), { bucket, columns: ['id'] }), ids);
      await rejectsWith('ERR_CKPT_BASE', () => verifyCheckpoint(url(path), { bucket }));
    }
    const manager = new CheckpointManager('memory://any/a/b', { bucket, logger: false });
    await rejectsWith('ERR_CKPT_BASE', () => manager.loadCheckpoint('process', 'map'));
    assert.equal((await manager.getCheckpointInfo('process', 'map'))?.delta?.holders[0]?.present, false);
    // Where the base has its name still, it counts.
    await bucket.put(`a/b/${BASE}`, join(directory, BASE));
    assertExact(await manager.loadCheckpoint('process', 'map'), saved.get('process/map.parquet'));
  });

  test('damage in the other file is told with its URL; another file is none', async () => {
    const bucket = await copied();
    const key = holderOf(bucket);
    const whole = bucket.objects.get(key)?.bytes as Buffer;
    const [damaged, end] = [Buffer.from(whole), Buffer.from(whole)];
    damaged.writeUInt8(damaged.readUInt8(100_000) ^ 1, 100_000);
    end.writeUInt8(end.readUInt8(end.length - 200) ^ 1, end.length - 200);
    const put = (bytes: Buffer): unknown => bucket.objects.set(key, { bytes, etag: String(Math.random()), modified: new Date() });
    put(damaged);
    const told = await rejectsWith('ERR_CKPT_CORRUPT', () => readCheckpoint(url(THIN[0] as string), { bucket }));
    assert.equal(told.path, `memory://any/${key}`);
    assert.match(told.message, /\.holder, which has values of memory:\/\/any\/a\/b\/process\/map\.parquet/);
    assert.doesNotMatch(told.message, /arrow-ckpt-bucket/);
    for (const bytes of [end, readFileSync(join(directory, THIN[0] as string)), Buffer.from('{}'), Buffer.alloc(0)]) {
      put(bytes);
      const other = await rejectsWith('ERR_CKPT_BASE', () => readCheckpoint(url(THIN[0] as string), { bucket }), {
        message: /what is there is another file \(memory:\/\/any\/a\/b\/\.ckpt\/pool/,
      });
      assert.doesNotMatch(other.message, /arrow-ckpt-bucket/);
    }
    put(whole);
    assertExact(await readCheckpoint(url(THIN[0] as string), { bucket }), saved.get('process/map.parquet'));
  });

  test('one that is replaced while its other file is looked for is read anew', async () => {
    class Replaced extends MemoryBucket {
      override async get(...[key, options]: Parameters<MemoryBucket['get']>): ReturnType<MemoryBucket['get']> {
        const found = await super.get(key, options);
        if (key.endsWith('.holder') && found !== null) {
          // Whoever replaced it, and swept.
          this.objects.delete(key);
          await this.put('a/b/process/map.parquet', join(directory, BASE));
          return null;
        }
        return found;
      }
    }
    const bucket = new Replaced();
    for (const [key, object] of (await copied()).objects) bucket.objects.set(key, object);
    const manager = new CheckpointManager('memory://any/a/b', { bucket, logger: false });
    assertExact(await manager.loadCheckpoint('process', 'map'), saved.get(BASE));
    for (const [key, object] of (await copied()).objects) bucket.objects.set(key, object);
    await rejectsWith('ERR_CKPT_CHANGED', () => readCheckpoint(url('process/map.parquet'), { bucket }));
  });

  for (const fault of ['503', 'cut', 'reset', 'short', 'no-ranges', 'replaced', 'html', 'skew'] as const) {
    test(`${fault} while the other file is read: its rows, or a coded error`, async () => {
      await withStub(async (stub) => {
        const bucket = { ...stubOptions(stub, 's3'), timeout: 700 };
        for (const [key, { bytes }] of (await copied()).objects) stub.objects.put(key, bytes);
        for (const after of [0, 1]) {
          stub.fail(fault, { when: ({ url: { pathname } }) => pathname.includes('.holder'), after });
          const read = await readCheckpoint(stubUrl(stub, 's3', 'a/b/process/map.parquet'), { bucket }).catch((error: unknown) => error);
          if (Array.isArray(read)) assertExact(read, saved.get('process/map.parquet'));
          else assert.ok(isCheckpointError(read), String(read));
          assert.ok(Array.isArray(read) || ['replaced', 'html', 'skew'].includes(fault), String(read));
          stub.mend();
          if (fault === 'replaced') break;
        }
      });
    });
  }
});
