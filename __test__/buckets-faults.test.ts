import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { inspect } from 'node:util';
import { isCheckpointError } from '../lib/base/errors.js';
import { bucketOf } from '../lib/bucket/bucket-of.js';
import type { Bucket } from '../lib/options/bucket.js';
import type { BucketOptions } from '../lib/options/bucket-options.js';
import { bytesOf, fileOf } from './buckets/checks.js';
import { stubBucket, stubOptions, stubUrl } from './buckets/stub-bucket.js';
import { BucketStub, DIALECTS, FAULTS, type DialectName, type Fault } from './support/bucket-stub/stub.js';
import { failureOf } from './support/codes.js';
import { tempFolder } from './support/temp-folder.js';

/** What goes by when a request is made again. Those of a body are the business of calls that read one. */
const PASSING: ReadonlySet<Fault> = new Set(['503', '429', 'lost', 'unheard', 'reset', 'cut', 'slow', 'short', 'no-ranges']);
const OLD = Buffer.from('the old object, some bytes of it');
const OLD_LARGE = randomBytes(300_000);
const LARGE = randomBytes(9 << 20);

interface Operation {
  name: string;
  /** What is there when it has succeeded; undefined for nothing. */
  after: Buffer | undefined;
  run: (bucket: Bucket, folder: string) => Promise<unknown>;
}

const etagNow = async (bucket: Bucket): Promise<string> => (await bucket.get('key'))?.etag as string;
const READS: Operation[] = [
  {
    name: 'get',
    after: OLD_LARGE,
    run: async (bucket) => assert.ok((await bytesOf(bucket, 'key'))?.equals(OLD_LARGE)),
  },
  {
    name: 'get of a part',
    after: OLD_LARGE,
    run: async (bucket) => {
      const found = await bucket.get('key', { range: { start: 1000, end: 200_000 } });
      assert.ok(found);
      const pieces: Uint8Array[] = [];
      for await (const piece of found.body) pieces.push(piece);
      const all = Buffer.concat(pieces);
      assert.ok(all.equals(OLD_LARGE.subarray(found.offset, found.offset + all.length)), 'the bytes are those of the object');
      assert.ok(found.offset <= 1000 && found.offset + all.length >= 200_000);
    },
  },
  {
    name: 'list',
    after: OLD_LARGE,
    run: async (bucket) => {
      const keys: string[] = [];
      for await (const { key } of bucket.list('')) keys.push(key);
      assert.deepEqual(keys, ['key']);
    },
  },
];
const WRITES: Operation[] = [
  { name: 'put', after: Buffer.from('new'), run: (bucket, folder) => bucket.put('key', fileOf(folder, 'new')) },
  {
    name: 'swap',
    after: Buffer.from('new'),
    run: async (bucket, folder) => bucket.put('key', fileOf(folder, 'new'), { ifMatch: await etagNow(bucket) }),
  },
  {
    name: 'swap in parts',
    after: LARGE,
    run: async (bucket, folder) => bucket.put('key', fileOf(folder, LARGE), { ifMatch: await etagNow(bucket) }),
  },
  { name: 'delete', after: undefined, run: (bucket) => bucket.delete('key') },
  { name: 'delete one state', after: undefined, run: async (bucket) => bucket.delete('key', { ifMatch: await etagNow(bucket) }) },
];

/** An object in parts costs time: those of the other stores are tried where it is another thing than one in a piece. */
function operationsOf(dialect: DialectName, fault: Fault): Operation[] {
  const isParts = dialect === 's3' || fault === 'lost' || fault === 'short';
  return [...READS, ...WRITES].filter(({ name }) => (isParts || name !== 'swap in parts') && (fault !== 'replaced' || name !== 'list'));
}

const folder = tempFolder('bucket-faults');
const isRead = (method: string): boolean => method === 'GET' || method === 'HEAD';

async function withStub(dialect: DialectName, body: (stub: BucketStub) => Promise<void>): Promise<void> {
  const stub = await new BucketStub(dialect).start();
  try {
    await body(stub);
  } finally {
    await stub.stop();
  }
}

function mayBe(stub: BucketStub, states: readonly (Buffer | undefined)[]): void {
  const now = stub.objects.all.get('key')?.bytes;
  assert.ok(
    states.some((state) => (state === undefined ? now === undefined : now?.equals(state) === true)),
    `neither the old nor the new object is there, but ${now?.length} bytes`,
  );
}

for (const dialect of ['s3', 'google', 'azure'] as const) {
  describe(`faults of ${dialect}`, { concurrency: 4 }, () => {
    for (const fault of FAULTS) {
      for (const operation of operationsOf(dialect, fault)) {
        const isWriting = WRITES.includes(operation);
        const old = isWriting ? OLD : OLD_LARGE;
        // Reads of a write, as of the state that is to be swapped, are no matter here.
        const when = ({ method }: { method: string }): boolean => isRead(method) !== isWriting;

        test(`${operation.name}, ${fault} once`, async () => {
          await withStub(dialect, async (stub) => {
            stub.objects.put('key', old);
            stub.fail(fault, { when });
            const bucket = stubBucket(stub, dialect, { timeout: 700 });
            const failed = await operation.run(bucket, folder).then(
              () => undefined,
              (error: unknown) => error,
            );
            if (failed === undefined) return mayBe(stub, fault === 'replaced' ? [old.fill(7, 0, 0), operation.after] : [operation.after]);
            // "replaced" writes an object of its own: what is there is that.
            if (fault === 'replaced') return void assert.ok(isCheckpointError(failed) || failed instanceof assert.AssertionError);
            assert.ok(isCheckpointError(failed), inspect(failed));
            assert.ok(!PASSING.has(fault), `it passes, and gave ${failed.code}: ${failed.message}`);
            assert.ok(!inspect(failed).includes('canary'), 'no secret is told');
            mayBe(stub, [old]);
          });
        });

        if (operation.name !== 'swap in parts' || fault === 'lost')
          test(`${operation.name}, ${fault} for ever`, async () => {
            await withStub(dialect, async (stub) => {
              stub.objects.put('key', old);
              stub.fail(fault, { when, times: Infinity });
              const bucket = stubBucket(stub, dialect, { timeout: 500, retries: 1 });
              const failed = await operation.run(bucket, folder).then(
                () => undefined,
                (error: unknown) => error,
              );
              if (fault === 'replaced') return;
              if (failed !== undefined) assert.ok(isCheckpointError(failed), inspect(failed));
              assert.ok(!inspect(failed).includes('canary'), 'no secret is told');
              mayBe(stub, failed === undefined ? [operation.after] : [old, operation.after]);
            });
          });
      }
    }
  });
}

describe('trouble of buckets', { concurrency: 4 }, () => {
  for (const dialect of DIALECTS) {
    test(`${dialect}: an object that is replaced between two parts of a body is changed`, async () => {
      await withStub(dialect, async (stub) => {
        stub.objects.put('key', OLD_LARGE);
        stub.fail('cut', { when: ({ method }) => method === 'GET' });
        stub.fail('replaced', { when: ({ method }) => method === 'GET' });
        const { bucket, key } = bucketOf(stubUrl(stub, dialect, 'key'), stubOptions(stub, dialect));
        const error = await failureOf(() => bytesOf(bucket, key));
        assert.ok(isCheckpointError(error) && error.code === 'ERR_CKPT_CHANGED', inspect(error));
      });
    });
  }

  for (const [fault, code] of [
    ['html', 'ERR_CKPT_BUCKET_ANSWER'],
    ['redirect', 'ERR_CKPT_REDIRECT'],
    ['skew', 'ERR_CKPT_CLOCK'],
  ] as const) {
    for (const operation of [...READS, ...WRITES]) {
      test(`${operation.name}: ${fault} is ${code}`, async () => {
        await withStub('s3', async (stub) => {
          stub.objects.put('key', OLD);
          stub.fail(fault, { times: Infinity });
          const error = await failureOf(() => operation.run(stubBucket(stub, 's3'), folder));
          assert.ok(isCheckpointError(error) && error.code === code, inspect(error));
        });
      });
    }
  }

  test('an answer that is lost after each of several commits: the call knows that it was its own', async () => {
    for (const dialect of ['s3', 'google', 'azure'] as const) {
      await withStub(dialect, async (stub) => {
        for (const file of [fileOf(folder, 'mine'), fileOf(folder, LARGE)]) {
          stub.objects.all.clear();
          // The one that makes the object is the last of them.
          const { fetch: counted, commits } = countingFetch(stub);
          await stubBucket(stub, dialect, { fetch: counted }).put('dry', file, { ifAbsent: true });
          const last = commits();
          stub.fail('lost', { when: ({ method }) => !isRead(method), after: last - 1 });
          const { etag } = await stubBucket(stub, dialect).put('key', file, { ifAbsent: true });
          stub.mend();
          assert.equal((await stubBucket(stub, dialect).get('key', { range: { last: 1 } }))?.etag, etag);
        }
      });
    }
  });

  test('another object in the place of a lost one is no success', async () => {
    await withStub('s3', async (stub) => {
      stub.fail('unheard', { when: ({ method }) => method === 'PUT' });
      const put = stubBucket(stub, 's3').put('key', fileOf(folder, 'mine'), { ifAbsent: true });
      while (stub.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      stub.objects.put('key', Buffer.from('your'));
      const error = await failureOf(() => put);
      assert.ok(isCheckpointError(error) && error.code === 'ERR_CKPT_CONDITION', inspect(error));
    });
  });

  test('a refused connection fails in less than two seconds', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const waits: number[] = [];
    let last = performance.now();
    const timed: typeof fetch = (...call) => {
      waits.push(performance.now() - last);
      return fetch(...call).finally(() => (last = performance.now()));
    };
    const options: BucketOptions = { endpoint: `http://127.0.0.1:${port}`, credentials: false, fetch: timed };
    const error = await failureOf(() => bucketOf('s3://bucket/key', options).bucket.get('key'));
    assert.ok(isCheckpointError(error) && error.code === 'ERR_CKPT_NETWORK', inspect(error));
    assert.match(error.message, /ECONNREFUSED/);
    assert.equal(waits.length, 5);
    // Each wait is 100 ms at most and doubled: 1.5 s in all, and the rest is the machine's.
    assert.ok(waits.slice(1).every((wait, index) => wait >= 45 * 2 ** index));
  });

  test('what the store asks for as a wait is waited for', async () => {
    await withStub('s3', async (stub) => {
      stub.objects.put('key', OLD);
      stub.fail('429');
      const before = performance.now();
      assert.ok((await bytesOf(stubBucket(stub, 's3'), 'key'))?.equals(OLD));
      assert.ok(performance.now() - before >= 990);
    });
  });

  test('an abort ends a wait, a request and a body', async () => {
    await withStub('s3', async (stub) => {
      stub.objects.put('key', OLD_LARGE);
      for (const fault of ['429', 'slow', undefined] as const) {
        if (fault !== undefined) stub.fail(fault, { times: Infinity });
        else stub.latency = 60_000;
        const stop = new AbortController();
        const reason = new Error(`stopped at ${fault}`);
        const reading = failureOf(() => bytesOf(stubBucket(stub, 's3'), 'key', { signal: stop.signal }));
        setTimeout(() => stop.abort(reason), 100);
        assert.equal(await reading, reason);
        stub.mend();
      }
    });
  });
});

/** How many requests that change something a put makes. */
function countingFetch(stub: BucketStub): { fetch: typeof fetch; commits: () => number } {
  const before = stub.requests.length;
  return {
    fetch: (...call) => fetch(...call),
    commits: () => stub.requests.slice(before).filter((request) => !/^(?:GET|HEAD) /.test(request)).length,
  };
}
