import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { inspect } from 'node:util';
import {
  CheckpointError,
  createCheckpoint,
  openCheckpoint,
  readCheckpoint,
  verifyCheckpoint,
  writeCheckpoint,
  type Bucket,
  type BucketOptions,
  type ByteRange,
  type FileReadOptions,
  type Progress,
  type Row,
} from 'arrow-ckpt';
import { bucketOf } from '../lib/bucket/bucket-of.js';
import { fallbackStore } from '../lib/formats/parquet/fallback/fallback-store.js';
import { RemoteFile } from '../lib/formats/remote/remote-file.js';
import { RemoteOpen } from '../lib/formats/remote/remote-open.js';
import { gather } from '../lib/store/wanted-rows.js';
import { stubOptions, stubUrl } from './buckets/stub-bucket.js';
import { BucketStub, STUB_BUCKET } from './support/bucket-stub/stub.js';
import { failureOf, rejectsWith } from './support/codes.js';
import { noBinding } from './support/readers.js';
import { runProgram } from './support/run-program.js';
import { tempFolder } from './support/temp-folder.js';

const folder = tempFolder('bucket-files');
const ROWS: Row[] = Array.from({ length: 30_000 }, (_, id) => ({
  id,
  title: `title ${id} ${(id * 2654435761) % 4294967296}`,
  score: Math.sin(id),
  tags: id % 3 === 0 ? ['a', `b${id}`] : [],
  source: { name: id % 2 === 0 ? 'web' : 'mail', at: new Date(id * 1000) },
  text: `${'lorem ipsum '.repeat(id % 7)}${(id * 40503) % 65536}`,
  ...(id % 10 === 0 && { odd: id % 20 === 0 ? 'text' : id }),
  flag: id % 5 === 0,
}));
const READINGS: FileReadOptions[] = [
  {},
  { columns: ['id'] },
  { columns: ['source.name', 'odd'] },
  { where: { id: { $gte: 29_990 } } },
  { where: { title: { $eq: ROWS[77]?.['title'] as string } }, columns: ['text'] },
  { where: { odd: 'text' }, columns: ['flag'], limit: 3 },
  { offset: 12_345, limit: 7 },
  { offset: 29_999, columns: ['tags'] },
  { limit: 0 },
];

/** What calls of this process left in the temporary folder. */
const left = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith(`.arrow-ckpt-bucket.${process.pid}.`));

for (const dialect of ['s3', 'google', 'azure'] as const) {
  describe(`calls of one file on ${dialect}`, () => {
    const stub = new BucketStub(dialect);
    let bucket: BucketOptions;
    const url = (key: string): string => stubUrl(stub, dialect, key);
    before(async () => {
      await stub.start();
      bucket = stubOptions(stub, dialect);
    });
    after(() => stub.stop());
    beforeEach(() => stub.reset());

    for (const extension of ['parquet', 'json', 'jsonl']) {
      test(`what is written as ${extension} is read, whole and in parts, as from a local file`, async () => {
        const local = join(folder, `${dialect}.${extension}`);
        const here = await writeCheckpoint(local, ROWS, { hash: 'h', bloomFilter: ['title'], rowGroupRows: 4000 });
        const there = await writeCheckpoint(url(`a b/c.${extension}`), ROWS, {
          hash: 'h',
          bloomFilter: ['title'],
          rowGroupRows: 4000,
          bucket,
        });
        assert.deepEqual({ ...there, etag: '' }, { ...here, path: url(`a b/c.${extension}`), etag: '' });
        assert.deepEqual(stub.objects.all.get(`a b/c.${extension}`)?.bytes, readFileSync(local));
        for (const options of READINGS) {
          assert.deepStrictEqual(await readCheckpoint(there.path, { ...options, bucket }), await readCheckpoint(local, options));
        }
        await using reader = await openCheckpoint(there.path, { bucket });
        await using localReader = await openCheckpoint(local);
        assert.deepEqual({ ...reader.info, etag: '' }, { ...localReader.info, path: there.path, etag: '' });
        assert.equal(reader.info.etag, there.etag);
        for (const options of READINGS) {
          const rows: Row[] = [];
          for await (const row of reader.rows(options)) rows.push(row);
          assert.deepStrictEqual(rows, await localReader.read(options));
        }
        assert.equal(await reader.count({ where: { flag: true } }), 6000);
        assert.deepStrictEqual(
          await reader.sample(5, { seed: 1, columns: ['id'] }),
          await localReader.sample(5, { seed: 1, columns: ['id'] }),
        );
        assert.deepStrictEqual(
          (await reader.columns(['id'])).column('id')?.toArray(),
          (await localReader.columns(['id'])).column('id')?.toArray(),
        );
        const verified = await verifyCheckpoint(there.path, { bucket });
        assert.deepEqual(verified, { ...(await verifyCheckpoint(local)), path: there.path });
        await reader.close();
        await new Promise((resolve) => setTimeout(resolve, 50));
        assert.deepEqual(left(), []);
      });
    }

    test('readings of one reader at a time', async () => {
      await writeCheckpoint(url('k.parquet'), ROWS, { bucket });
      await using reader = await openCheckpoint(url('k.parquet'), { bucket });
      const all = await Promise.all(READINGS.map((options) => reader.read(options)));
      for (const [index, options] of READINGS.entries()) {
        assert.deepStrictEqual(all[index], await readCheckpoint(url('k.parquet'), { ...options, bucket }));
      }
    });

    test('without the native binary, a reading needs no columns but those that it fetches', { skip: noBinding }, async () => {
      await writeCheckpoint(url('w.parquet'), ROWS, { bucket, rowGroupRows: 5000 });
      const file = await RemoteFile.open(bucketOf(url('w.parquet'), bucket), {});
      const reader = new RemoteOpen(file, fallbackStore, await fallbackStore.info(file.path), {});
      const [count, none, ids] = await Promise.all([
        reader.count({ where: { id: { $lt: 7000 } } }),
        reader.count({ where: { id: -1 } }),
        gather(reader.batches({ columns: ['id'], where: { flag: true }, limit: 3 })),
      ]);
      assert.deepStrictEqual([count, none, ids], [7000, 0, [{ id: 0 }, { id: 5 }, { id: 10 }]]);
      assert.deepStrictEqual(await gather(reader.batches({})), ROWS);
      reader.close();
    });

    test('created once, and swapped', async () => {
      const first = await writeCheckpoint(url('k.parquet'), [{ a: 1 }], { bucket, ifAbsent: true });
      await rejectsWith('ERR_CKPT_CONDITION', () => writeCheckpoint(url('k.parquet'), [{ a: 2 }], { bucket, ifAbsent: true }));
      await writeCheckpoint(url('k.parquet'), [{ a: 3 }], { bucket, ifMatch: first.etag as string });
      await rejectsWith('ERR_CKPT_CONDITION', () =>
        writeCheckpoint(url('k.parquet'), [{ a: 4 }], { bucket, ifMatch: first.etag as string }),
      );
      assert.deepStrictEqual(await readCheckpoint(url('k.parquet'), { bucket }), [{ a: 3 }]);
      assert.deepEqual(left(), []);
    });

    test('rows that come bit by bit', async () => {
      await using writer = await createCheckpoint(url('w.parquet'), { bucket, ifAbsent: true });
      await writer.append(ROWS.slice(0, 10));
      assert.equal(stub.objects.all.size, 0);
      await writer.append(ROWS.slice(10, 20));
      const info = await writer.close();
      assert.equal(info.path, url('w.parquet'));
      assert.deepStrictEqual(await readCheckpoint(url('w.parquet'), { bucket }), ROWS.slice(0, 20));
      const given = await createCheckpoint(url('x.parquet'), { bucket });
      await given.append(ROWS.slice(0, 10));
      await given.abort();
      assert.equal(stub.objects.all.has('x.parquet'), false);
    });

    test('an object that is replaced between two ranges is changed, and never a mixture', async () => {
      await writeCheckpoint(url('k.parquet'), ROWS, { bucket });
      stub.fail('replaced', { when: ({ method }) => method === 'GET', after: 1 });
      await rejectsWith('ERR_CKPT_CHANGED', () => readCheckpoint(url('k.parquet'), { bucket }), { path: url('k.parquet') });
      await writeCheckpoint(url('k.parquet'), ROWS, { bucket });
      await using reader = await openCheckpoint(url('k.parquet'), { bucket });
      await writeCheckpoint(url('k.parquet'), [{ a: 1 }], { bucket });
      await rejectsWith('ERR_CKPT_CHANGED', () => reader.read(), { path: url('k.parquet') });
    });

    test('errors name the URL, and no file that nobody knows', async () => {
      await rejectsWith('ERR_CKPT_NOT_FOUND', () => readCheckpoint(url('none'), { bucket }), { path: url('none') });
      stub.objects.put('bad', Buffer.from('no checkpoint at all, but a text'));
      const bad = await rejectsWith('ERR_CKPT_NOT_A_CHECKPOINT', () => readCheckpoint(url('bad'), { bucket }), { path: url('bad') });
      assert.ok(!bad.message.includes(tmpdir()), bad.message);
      await writeCheckpoint(url('k.parquet'), ROWS, { bucket });
      await rejectsWith('ERR_CKPT_UNKNOWN_COLUMN', () => readCheckpoint(url('k.parquet'), { bucket, columns: ['none'] }), {
        path: url('k.parquet'),
      });
      const { bytes } = stub.objects.all.get('k.parquet') as { bytes: Buffer };
      stub.objects.put('damaged.parquet', Buffer.from(bytes).fill(0, 100, 20_000));
      const damaged = await failureOf(() => readCheckpoint(url('damaged.parquet'), { bucket }));
      assert.ok(
        damaged instanceof CheckpointError && damaged.code === 'ERR_CKPT_CORRUPT' && damaged.path === url('damaged.parquet'),
        inspect(damaged),
      );
      await rejectsWith('ERR_CKPT_ROW_NOT_OBJECT', () => writeCheckpoint(url('k.parquet'), [1] as never, { bucket }));
      assert.deepEqual(left(), []);
    });
  });
}

describe('columns of a URL', { skip: noBinding }, () => {
  test('two of eight columns: the bytes of these columns, and few requests', async () => {
    const stub = await new BucketStub('s3').start();
    after(() => stub.stop());
    const bucket = stubOptions(stub, 's3');
    const info = await writeCheckpoint('s3://bucket/wide.parquet', ROWS, { bucket });
    stub.requests.length = 0;
    stub.sentBytes = 0;
    const rows = await readCheckpoint('s3://bucket/wide.parquet', { bucket, columns: ['title', 'score'] });
    assert.equal(rows.length, ROWS.length);
    const wanted = info.columns.filter(({ name }) => name === 'title' || name === 'score').reduce((sum, { bytes }) => sum + bytes, 0);
    assert.ok(stub.sentBytes <= 1.1 * wanted + (128 << 10), `${stub.sentBytes} bytes for ${wanted}`);
    assert.ok(stub.requests.length <= 12, `${stub.requests.length} requests`);
  });

  test('page indexes and bloom filters that are far from the end', async () => {
    const stub = await new BucketStub('s3').start();
    after(() => stub.stop());
    const bucket = stubOptions(stub, 's3');
    const url = 's3://bucket/indexes.parquet';
    const names = Array.from({ length: 120 }, (_, index) => `c${index}`);
    const text = 'far from the end '.repeat(500);
    const rows = Array.from({ length: 1200 }, (_, id) => ({
      text: `${id} ${text}`,
      ...Object.fromEntries(names.map((name) => [name, id])),
    }));
    await writeCheckpoint(url, rows, { bucket, compression: 'none', rowGroupRows: 200, bloomFilter: ['c5', 'text'] });
    for (const columns of [['c0'], ['c7', 'c119'], ['text']]) {
      const picked = rows.map((row) => Object.fromEntries(columns.map((name) => [name, (row as Row)[name]])));
      assert.deepEqual(await readCheckpoint(url, { bucket, columns }), picked);
      await using reader = await openCheckpoint(url, { bucket });
      assert.deepEqual(await reader.read({ columns, limit: 3 }), picked.slice(0, 3));
      assert.equal(await reader.count({ where: { c3: { $lt: 7 } } }), 7);
      const { code, stdout, stderr } = await runProgram('read-url.mjs', {
        args: [url, JSON.stringify({ bucket, columns })],
        env: { ARROW_CKPT_FORCE_JSON: '1' },
      });
      assert.deepEqual({ code, rows: stdout.trim(), stderr }, { code: 0, rows: '1200', stderr: '' });
    }
  });

  test('what was fetched once is not fetched again', async () => {
    const stub = await new BucketStub('s3').start();
    after(() => stub.stop());
    const bucket = stubOptions(stub, 's3');
    await writeCheckpoint('s3://bucket/k.parquet', ROWS, { bucket });
    await using reader = await openCheckpoint('s3://bucket/k.parquet', { bucket });
    await reader.read({ columns: ['title'] });
    const before = stub.requests.length;
    await reader.read({ columns: ['title'], limit: 10 });
    assert.equal(stub.requests.length, before);
  });
});

describe('a web server', () => {
  const stub = new BucketStub('http');
  before(() => stub.start());
  after(() => stub.stop());
  beforeEach(() => stub.reset());

  test('is read, with ranges and without', async () => {
    const local = join(folder, 'http.parquet');
    await writeCheckpoint(local, ROWS);
    stub.objects.put('k.parquet', readFileSync(local));
    const url = stubUrl(stub, 'http', 'k.parquet?signature=canary');
    assert.deepStrictEqual(await readCheckpoint(url, { columns: ['id'] }), await readCheckpoint(local, { columns: ['id'] }));
    stub.fail('no-ranges', { times: Infinity });
    assert.deepStrictEqual(await readCheckpoint(url), ROWS);
    const error = await rejectsWith('ERR_CKPT_NOT_FOUND', () => readCheckpoint(stubUrl(stub, 'http', 'none?signature=canary')));
    assert.ok(!inspect(error).includes('canary'));
  });

  test('is not written to', async () => {
    await rejectsWith('ERR_CKPT_READ_ONLY', () => writeCheckpoint(stubUrl(stub, 'http', 'k.parquet'), ROWS));
  });
});

describe('a driver of the caller', () => {
  /** The least that is a driver. */
  class Memory implements Bucket {
    readonly conditional: boolean;
    readonly objects = new Map<string, { bytes: Buffer; etag: string }>();

    constructor(conditional = true) {
      this.conditional = conditional;
    }

    async get(key: string, { range, ifMatch }: { range?: ByteRange; ifMatch?: string } = {}): ReturnType<Bucket['get']> {
      const found = this.objects.get(key);
      if (found === undefined) return null;
      if (ifMatch !== undefined && ifMatch !== found.etag) throw new CheckpointError('ERR_CKPT_CHANGED', `${key} is another`);
      const size = found.bytes.length;
      const start = range === undefined ? 0 : 'last' in range ? Math.max(0, size - range.last) : range.start;
      const end = range !== undefined && 'end' in range ? range.end : size;
      const part = found.bytes.subarray(start, end);
      return {
        body: (async function* () {
          yield part;
        })(),
        offset: start,
        etag: found.etag,
        size,
      };
    }

    async put(key: string, file: string, { ifAbsent }: { ifAbsent?: boolean } = {}): Promise<{ etag: string }> {
      if (ifAbsent === true && this.objects.has(key)) throw new CheckpointError('ERR_CKPT_CONDITION', `${key} is there`);
      const etag = `e${this.objects.size}`;
      this.objects.set(key, { bytes: readFileSync(file), etag });
      return { etag };
    }

    async *list(): ReturnType<Bucket['list']> {}

    async delete(key: string): Promise<void> {
      this.objects.delete(key);
    }
  }

  test('is written to and read, by a URL of any scheme', async () => {
    const bucket = new Memory();
    await writeCheckpoint('mem://any/deep/k.parquet', ROWS, { bucket, ifAbsent: true });
    assert.deepEqual([...bucket.objects.keys()], ['deep/k.parquet']);
    assert.deepStrictEqual(
      await readCheckpoint('mem://any/deep/k.parquet', { bucket, columns: ['id'] }),
      ROWS.map(({ id }) => ({ id })),
    );
  });

  test('that does not know conditions refuses saves that need them', async () => {
    const bucket = new Memory(false);
    await writeCheckpoint('mem://any/k.parquet', ROWS, { bucket });
    await rejectsWith('ERR_CKPT_NOT_CONDITIONAL', () => writeCheckpoint('mem://any/k.parquet', ROWS, { bucket, ifAbsent: true }));
  });

  test('lacks a method', async () => {
    const bucket = { get: () => null, conditional: true } as never;
    await rejectsWith('ERR_CKPT_INVALID_OPTION', () => readCheckpoint('mem://any/k', { bucket }), { message: /lacks put, list, delete/ });
  });
});

describe('options of URLs', () => {
  test('are refused for local files, and where they make no sense', async () => {
    const bad = (work: () => Promise<unknown>): Promise<unknown> => rejectsWith('ERR_CKPT_INVALID_OPTION', work);
    const local = join(folder, 'local.parquet');
    await bad(() => writeCheckpoint(local, [], { bucket: {} }));
    await bad(() => writeCheckpoint(local, [], { ifAbsent: true }));
    await bad(() => writeCheckpoint('s3://b/k', [], { ifAbsent: true, ifMatch: 'x' }));
    await bad(() => writeCheckpoint('s3://b/k', [], { ifMatch: '' }));
    await bad(() => writeCheckpoint('s3://b/k', [], { base: 'auto', bucket: { credentials: false } }));
    await bad(() => writeCheckpoint('mem://b/k', [], { bucket: {} }));
    await bad(() => readCheckpoint('s3://b/k', { bucket: { endpoint: 'ftp://x' } }));
    await bad(() => readCheckpoint('s3://b/k', { bucket: { endpoint: 'http://user:canary@x' } }));
    await bad(() => readCheckpoint('s3://b/k', { bucket: { retries: 11 } }));
    await bad(() => readCheckpoint('s3://b/k', { bucket: { timeout: 1 } }));
    await bad(() => readCheckpoint('s3://b/k', { bucket: { region: 'a b' } }));
    await bad(() => readCheckpoint('s3://b/k', { bucket: { token: 'x' } as never }));
    await bad(() => readCheckpoint('s3://a@evil.example/k', { bucket: { credentials: false } }));
    await bad(() => readCheckpoint('https://user:pass@host/k'));
    await bad(() => readCheckpoint('az://container/k', { bucket: { credentials: false } }));
  });

  test('progress tells of bytes', async () => {
    const stub = await new BucketStub('s3').start();
    after(() => stub.stop());
    const bucket = stubOptions(stub, 's3');
    const told: Progress[] = [];
    await writeCheckpoint(`s3://${STUB_BUCKET}/k.parquet`, ROWS, { bucket, onProgress: (progress) => told.push(progress) });
    const size = stub.objects.all.get('k.parquet')?.bytes.length as number;
    assert.ok(told.some(({ bytes }) => bytes === size));
    told.length = 0;
    await readCheckpoint(`s3://${STUB_BUCKET}/k.parquet`, { bucket, onProgress: (progress) => told.push(progress) });
    assert.ok(told.some(({ bytes = 0 }) => bytes > 0));
    assert.equal(told.at(-1)?.rows, ROWS.length);
  });

  test('a function of credentials is asked when they are needed, and its failure is told', async () => {
    const stub = await new BucketStub('s3').start();
    after(() => stub.stop());
    const { credentials, ...rest } = stubOptions(stub, 's3');
    let asked = 0;
    const bucket: BucketOptions = {
      ...rest,
      credentials: async () => {
        asked++;
        return credentials as never;
      },
    };
    await writeCheckpoint(`s3://${STUB_BUCKET}/k.parquet`, ROWS, { bucket });
    assert.equal(asked, 1);
    const failing: BucketOptions = {
      ...rest,
      credentials: () => {
        throw new Error('the vault is shut');
      },
    };
    const error = await rejectsWith('ERR_CKPT_CREDENTIALS', () => readCheckpoint(`s3://${STUB_BUCKET}/k.parquet`, { bucket: failing }));
    assert.match(String(error.cause), /the vault is shut/);
  });

  test('an abort of a save leaves the old object', async () => {
    const stub = await new BucketStub('s3').start();
    after(() => stub.stop());
    const bucket = stubOptions(stub, 's3');
    await writeCheckpoint(`s3://${STUB_BUCKET}/k.parquet`, [{ a: 1 }], { bucket });
    stub.latency = 10_000;
    const stop = new AbortController();
    const reason = new Error('enough');
    setTimeout(() => stop.abort(reason), 200);
    assert.equal(await failureOf(() => writeCheckpoint(`s3://${STUB_BUCKET}/k.parquet`, ROWS, { bucket, signal: stop.signal })), reason);
    assert.equal(stub.objects.all.size, 1);
    assert.deepEqual(left(), []);
  });
});

test('no secret is in an error or an inspection', async () => {
  const stub = await new BucketStub('s3').start();
  after(() => stub.stop());
  const canaries = ['canary-key', 'canary-secret', 'canary-session'];
  const credentials = { accessKeyId: 'canary-key', secretAccessKey: 'canary-secret', sessionToken: 'canary-session' };
  writeFileSync(join(folder, 'f'), 'x');
  const throwing: typeof fetch = (_, init) => Promise.reject(new Error(`no: ${JSON.stringify(init)}`, { cause: init }));
  for (const bucket of [
    { endpoint: stub.origin, credentials },
    { endpoint: stub.origin, credentials, fetch: throwing, retries: 0 },
  ]) {
    for (const url of [`s3://${STUB_BUCKET}/k.parquet`, 's3://none/k.parquet']) {
      for (const work of [
        () => readCheckpoint(url, { bucket }),
        () => writeCheckpoint(url, ROWS, { bucket }),
        () => writeCheckpoint(url, ROWS, { bucket, ifAbsent: true }),
        () => openCheckpoint(url, { bucket }),
        () => verifyCheckpoint(url, { bucket }),
      ]) {
        const text = inspect(await failureOf(work), { depth: Infinity, showHidden: true });
        for (const canary of canaries) assert.ok(!text.includes(canary), text);
      }
    }
  }
  stub.objects.put('k.parquet', Buffer.from('[]'));
  const bucket = {
    endpoint: stub.origin,
    credentials: { accessKeyId: 'STUB', secretAccessKey: 'canary-secret', sessionToken: 'canary-session' },
  };
  await writeCheckpoint(`s3://${STUB_BUCKET}/k.parquet`, ROWS, { bucket });
  await using reader = await openCheckpoint(`s3://${STUB_BUCKET}/k.parquet`, { bucket });
  const text = inspect(reader, { depth: Infinity, showHidden: true }) + JSON.stringify(reader);
  for (const canary of canaries) assert.ok(!text.includes(canary), text);
});
