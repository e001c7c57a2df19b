import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { after, before, describe, suite, test } from 'node:test';
import { CheckpointError } from 'arrow-ckpt';
import { BucketLease, type BucketLeaseOptions } from '../lib/bucket/bucket-lease.js';
import type { BucketPlace } from '../lib/bucket/bucket-of.js';
import { MemoryBucket } from './buckets/memory-bucket.js';
import { stubBucket } from './buckets/stub-bucket.js';
import { BucketStub } from './support/bucket-stub/stub.js';
import { failureOf, rejectsWith } from './support/codes.js';
import { tempFolder } from './support/temp-folder.js';

const KEY = 'dir/.lease-x.lock';
const URL_OF = `memory://bucket/${KEY}`;
const SHORT = 300;
/** So that a machine that is busy beats in time. */
const LONG = 2000;

function placeOf(bucket: BucketPlace['bucket']): BucketPlace {
  return { bucket, key: KEY, url: URL_OF };
}

function memory(): { bucket: MemoryBucket; place: BucketPlace; take: (options?: BucketLeaseOptions) => Promise<BucketLease> } {
  const bucket = new MemoryBucket();
  // What a process has seen of a lease it knows by the URL: each test has its own.
  const place = { ...placeOf(bucket), url: `${URL_OF}-${Math.random()}` };
  return { bucket, place, take: (options) => BucketLease.take(place, options) };
}

suite('a lease of a bucket', () => {
  const folder = tempFolder('lease');
  const put = (bucket: MemoryBucket, lease: object): Promise<{ etag: string }> => {
    const file = join(folder, 'lease');
    writeFileSync(file, JSON.stringify(lease));
    return bucket.put(KEY, file);
  };
  const elsewhere = { pid: 1, host: 'another machine', started: '1', token: 'other', boot: 'b', since: 1, staleMs: SHORT, beat: 1 };

  test('one of 16 has it, the others are told who, and the next has it when it is given back', async () => {
    const { bucket, take } = memory();
    const taken = await Promise.allSettled(Array.from({ length: 16 }, () => take({ what: 'the thing' })));
    const won = taken.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    assert.equal(won.length, 1);
    await rejectsWith('ERR_CKPT_LOCKED', () => take({ what: 'the thing' }), {
      message: /^the thing is in use by another call of this process.* nobody's after 60 s/,
    });
    assert.equal(won[0]?.tookOver, false);
    await won[0]?.confirm();
    await won[0]?.release();
    assert.equal(bucket.objects.size, 0);
    const next = await take();
    assert.equal(next.tookOver, false);
    await next.release();
  });

  test('a call waits for it as long as it says, and stops at an abort', async () => {
    const { bucket, take } = memory();
    const first = await take();
    const waiting = take({ waitMs: 10_000 });
    await delay(20);
    await first.release();
    const second = await waiting;
    const stop = new AbortController();
    const reason = new Error('enough');
    const aborted = failureOf(() => take({ waitMs: 60_000, signal: stop.signal }));
    await delay(20);
    stop.abort(reason);
    assert.equal(await aborted, reason);
    await second.release();
    assert.equal(bucket.objects.size, 0);
  });

  test('whoever beats keeps it', async () => {
    const { take } = memory();
    const first = await take({ staleMs: LONG });
    await rejectsWith('ERR_CKPT_LOCKED', () => take({ waitMs: 1.2 * LONG }), { message: /waited in vain/ });
    assert.equal(await first.isHeld(), true);
    await first.release();
  });

  test('that of a machine that is silent is taken over, by one, and not before its time', async () => {
    const { bucket, place, take } = memory();
    await put(bucket, elsewhere);
    assert.equal(await BucketLease.isSeen(place), true);
    await rejectsWith('ERR_CKPT_LOCKED', () => take(), { message: /process 1 on another/ });
    const from = performance.now();
    const taken = await Promise.allSettled(Array.from({ length: 8 }, () => take({ waitMs: 2 * SHORT })));
    const won = taken.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    assert.equal(won.length, 1);
    assert.ok(performance.now() - from >= SHORT * 0.9);
    assert.equal(won[0]?.tookOver, true);
    await won[0]?.release();
    // A call that waits for nothing comes to it, too, when it is asked often enough.
    await put(bucket, { ...elsewhere, beat: 2 });
    await rejectsWith('ERR_CKPT_LOCKED', () => take());
    await delay(SHORT + 20);
    await (await take()).release();
  });

  test('that of a process that has ended here is taken over at once, and one that is older than any clock can be wrong', async () => {
    const { bucket, place, take } = memory();
    const here = await take();
    const text = bucket.objects.get(KEY)?.bytes.toString() as string;
    await here.release();
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    await put(bucket, { ...(JSON.parse(text) as object), pid, token: 'dead' });
    assert.equal(await BucketLease.isSeen(place), false);
    const dead = await take();
    assert.equal(dead.tookOver, true);
    await dead.release();
    await put(bucket, { ...elsewhere, at: Date.now() - 2 * 3_600_000 });
    await (await take()).release();
    // What is no lease at all is one whose holder nobody knows.
    await put(bucket, ['none']);
    await rejectsWith('ERR_CKPT_LOCKED', () => take(), { message: /another process/ });
  });

  test('a holder whose lease another has taken over finds out, and leaves the other alone', async () => {
    const { bucket, take } = memory();
    const lease = await take();
    await put(bucket, elsewhere);
    await rejectsWith('ERR_CKPT_LOCKED', () => lease.confirm(), { message: /was taken over by another/ });
    assert.equal(lease.signal.aborted, true);
    assert.equal(await lease.isHeld(), false);
    await rejectsWith('ERR_CKPT_LOCKED', () => lease.confirm());
    await lease.release();
    assert.match(bucket.objects.get(KEY)?.bytes.toString() ?? '', /another machine/);
    // The same by its own heartbeat.
    bucket.objects.clear();
    const other = await take({ staleMs: SHORT });
    const told = new Promise((resolve) => other.signal.addEventListener('abort', resolve));
    await put(bucket, elsewhere);
    const keepsAlive = setTimeout(() => {}, 5_000);
    await told;
    clearTimeout(keepsAlive);
  });

  test('a holder that cannot beat has lost it before another may take it over', async () => {
    const { bucket, take } = memory();
    const lease = await take({ staleMs: SHORT });
    const from = performance.now();
    const told = new Promise<number>((resolve) => lease.signal.addEventListener('abort', () => resolve(performance.now() - from)));
    bucket.put = async () => {
      throw new CheckpointError('ERR_CKPT_NETWORK', 'no');
    };
    await rejectsWith('ERR_CKPT_NETWORK', () => lease.confirm());
    const keepsAlive = setTimeout(() => {}, 5_000);
    const after = await told;
    clearTimeout(keepsAlive);
    assert.ok(after >= SHORT / 2, `${after} ms`);
    await rejectsWith('ERR_CKPT_LOCKED', () => lease.confirm(), { message: /could not be shown to live in time/ });
  });

  test('answers that are lost', async () => {
    const { bucket, take } = memory();
    const real = bucket.put.bind(bucket);
    let isLost = true;
    bucket.put = async (...call) => {
      const made = await real(...call);
      if (!isLost) return made;
      throw new CheckpointError('ERR_CKPT_UNKNOWN_OUTCOME', 'nobody knows');
    };
    const lease = await take();
    await lease.confirm();
    isLost = false;
    await lease.confirm();
    await lease.release();
    assert.equal(bucket.objects.size, 0);
  });

  test('an abort while it is made leaves none', async () => {
    const { bucket, take } = memory();
    const stop = new AbortController();
    const real = bucket.put.bind(bucket);
    bucket.put = async (...call) => {
      await real(...call);
      stop.abort(new Error('enough'));
      throw stop.signal.reason;
    };
    assert.equal(await failureOf(() => take({ signal: stop.signal })), stop.signal.reason);
    assert.equal(bucket.objects.size, 0);
  });

  test('without the right to remove anything', async () => {
    const { bucket, place, take } = memory();
    bucket.delete = async () => {
      throw new CheckpointError('ERR_CKPT_PERMISSION', 'no');
    };
    await (await take()).release();
    assert.equal(bucket.objects.size, 1);
    assert.equal(await BucketLease.isSeen(place), false);
    const next = await take();
    assert.equal(next.tookOver, false);
    await next.release();
  });

  test('a store that obeys no conditions is refused', async () => {
    await rejectsWith('ERR_CKPT_NOT_CONDITIONAL', () => BucketLease.take(placeOf(new MemoryBucket(false))));
  });

  test('calls of one thread that queue have it one after the other; one inside of the other fails', async () => {
    const { take } = memory();
    const order: number[] = [];
    await Promise.all(
      [1, 2, 3].map(async (call) => {
        const lease = await take({ queues: true });
        await lease.during(async () => {
          await rejectsWith('ERR_CKPT_LOCKED', () => take({ queues: true }), { message: /waits for this one/ });
          order.push(call);
          await delay(5);
          order.push(call);
        });
        await lease.release();
      }),
    );
    assert.deepEqual(order, [1, 1, 2, 2, 3, 3]);
  });

  for (const dialect of ['s3', 'google', 'azure'] as const) {
    describe(`over ${dialect}`, () => {
      const stub = new BucketStub(dialect);
      before(() => stub.start());
      after(() => stub.stop());
      test('with faults', async () => {
        const place = { ...placeOf(stubBucket(stub, dialect)), url: `${dialect}://bucket/${KEY}` };
        stub.fail('503', { when: ({ method }) => method === 'PUT' || method === 'POST' });
        const lease = await BucketLease.take(place);
        stub.fail('lost', { when: ({ method }) => method === 'PUT' || method === 'POST' });
        await lease.confirm();
        await rejectsWith('ERR_CKPT_LOCKED', () => BucketLease.take(place));
        stub.fail('lost', { when: ({ method }) => method === 'DELETE' });
        await lease.release();
        assert.equal(stub.objects.all.size, 0);
        await (await BucketLease.take(place)).release();
      });
    });
  }
});
