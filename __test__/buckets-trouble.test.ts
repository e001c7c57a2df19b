// What goes wrong beside a bucket: a store that takes some objects and not others, batches of the user's own, calls that end early.
import assert from 'node:assert/strict';
import { after, before, beforeEach, suite, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { CheckpointError, CheckpointManager, ParquetCheckpointManager, type BucketPutOptions } from 'arrow-ckpt';
import { BucketLease } from '../lib/bucket/bucket-lease.js';
import { ensureConditional } from '../lib/bucket/ensure-conditional.js';
import { removeItems } from '../lib/directory/bucket/remove-items.js';
import { inParallel } from '../lib/base/in-parallel.js';
import { MemoryBucket } from './buckets/memory-bucket.js';
import { stubOptions } from './buckets/stub-bucket.js';
import { BucketStub } from './support/bucket-stub/stub.js';
import { failureOf, rejectsWith } from './support/codes.js';
import { allSummaries, articles, MAP, Model } from './support/map-rows.js';

const rows = articles(22);
const expected = allSummaries(rows);
const STRICT = { ...MAP, concurrency: 1, batchSize: 4, flushEvery: 60_000 } as const;
/** Longer than anything here takes. */
const FOR_EVER_MS = 8_000;

/** A driver of which a test says what a call of a key does beside what it is to do. */
class OddBucket extends MemoryBucket {
  before: (call: 'get' | 'put' | 'delete' | 'list', key: string, signal?: AbortSignal) => unknown = () => undefined;

  override async get(...call: Parameters<MemoryBucket['get']>): ReturnType<MemoryBucket['get']> {
    await this.before('get', call[0], call[1]?.signal);
    return super.get(...call);
  }

  override async put(key: string, file: string, options: BucketPutOptions = {}): Promise<{ etag: string }> {
    await this.before('put', key, options.signal);
    return super.put(key, file, options);
  }

  override async delete(...call: Parameters<MemoryBucket['delete']>): Promise<void> {
    await this.before('delete', call[0], call[1]?.signal);
    return super.delete(...call);
  }
}

const managerOf = (bucket: MemoryBucket, warn: (line: string) => void = () => {}): CheckpointManager =>
  new CheckpointManager('memory://bucket/dir', { bucket, logger: { info: () => {}, warn } });

/** What becomes of a promise, if it does not take for ever. */
async function endOf(run: PromiseLike<unknown>): Promise<unknown> {
  const late = new AbortController();
  const ended = failureOf(() => run).finally(() => late.abort());
  return Promise.race([ended, delay(FOR_EVER_MS, 'for ever', { signal: late.signal }).catch(() => ended)]);
}

suite('trouble beside a bucket', { concurrency: true }, () => {
  for (const how of ['an abort', 'a stop', 'a row that fails'] as const)
    test(`${how} ends a map whose lease is taken and whose results are not`, async () => {
      const bucket = new OddBucket();
      const lines: string[] = [];
      let isDown = false;
      bucket.before = (call, key) => {
        if (isDown && call === 'put' && !key.includes('.lease-')) throw new CheckpointError('ERR_CKPT_NETWORK', 'the store is down');
      };
      const stop = new AbortController();
      const model = new Model(undefined, (_, calls) => {
        isDown = calls > 10;
        return how === 'a row that fails' && calls > 11;
      });
      const run = managerOf(bucket, (line) => lines.push(line)).map(how, 'op', rows, model.summarise, { ...STRICT, signal: stop.signal });
      for (let tries = 0; lines.length === 0 && tries < 3000; tries++) await delay(5);
      assert.match(lines.join(), /memory:\/\/bucket\/dir\/[^/]+\/op_batches\/batch_\d+\.parquet.*asked again: the store is down/);
      if (how === 'an abort') stop.abort(new Error('enough'));
      if (how === 'a stop') run.stop();
      const error = (await endOf(run)) as CheckpointError;
      const codes = { 'an abort': undefined, 'a stop': 'ERR_CKPT_NETWORK', 'a row that fails': 'ERR_CKPT_ROW_FAILED' };
      assert.equal(error.code, codes[how], String(error));
      assert.equal(how === 'an abort' ? error.message : 'enough', 'enough');
      assert.ok(![...bucket.objects.keys()].some((key) => key.includes('.lease-')));
      bucket.before = () => {};
      const again = await managerOf(bucket).map(how, 'op', rows, new Model().summarise, MAP);
      assert.deepEqual(again.rows, expected);
      assert.ok(again.resumed >= 6, String(again.resumed));
    });

  test('a forget whose lease is taken and whose results are not says so', async () => {
    const bucket = new OddBucket();
    await managerOf(bucket).map('s', 'op', rows, new Model().summarise, MAP);
    bucket.before = (call, key) => {
      if (call === 'put' && !key.includes('.lease-')) throw new CheckpointError('ERR_CKPT_NETWORK', 'the store is down');
    };
    const error = (await endOf(managerOf(bucket).forget('s', 'op', { keys: [3] }))) as CheckpointError;
    assert.equal(error.code, 'ERR_CKPT_NETWORK');
  });

  test('who may not write there has the results that are there, and pays for none', async () => {
    const bucket = new OddBucket();
    await managerOf(bucket).map('s', 'op', rows, new Model().summarise, MAP);
    await managerOf(bucket).map('s', 'op', rows.slice(0, 15), new Model().summarise, MAP);
    const denied = new CheckpointError('ERR_CKPT_PERMISSION', 'these credentials may not do that');
    bucket.before = (call) => {
      if (call === 'put' || call === 'delete') throw denied;
    };
    const model = new Model();
    const result = await managerOf(bucket).map('s', 'op', rows.slice(0, 15), model.summarise, MAP);
    assert.deepEqual([result.rows, result.resumed], [allSummaries(rows.slice(0, 15)), 15]);
    // Kept results are looked at, too; what is in none of them is not called.
    const more = await failureOf(() => managerOf(bucket).map('s', 'op', articles(23), model.summarise, MAP));
    assert.equal(more, denied);
    assert.deepEqual(model.calls, []);
  });

  test('a batch that somebody saves beside a running map ends nothing, and stays', async () => {
    const bucket = new OddBucket();
    const own = managerOf(bucket);
    let saved: Promise<unknown> | undefined;
    const model = new Model();
    const work: typeof model.summarise = async (...call) => {
      // Of those that come next.
      if (model.calls.length === 13)
        saved = Promise.all([4, 5].map((index) => own.saveBatchCheckpoint('op', index, [{ mine: index + 0.5 }], { step: 's' })));
      await saved;
      return model.summarise(...call);
    };
    const flushed: string[] = [];
    const onEvent = (event: { type: string; path?: string }): void => void (event.type === 'flushed' && flushed.push(event.path as string));
    const result = await own.map('s', 'op', rows, work, { ...STRICT, onEvent });
    assert.deepEqual(result.rows, expected);
    assert.equal(new Set(flushed).size, flushed.length);
    assert.ok(!flushed.slice(4).some((path) => /batch_[45]\.parquet$/.test(path)), flushed.join());
    assert.deepEqual(await own.loadBatchCheckpoints('op', { step: 's' }), [[{ mine: 4.5 }], [{ mine: 5.5 }]]);
    assert.equal((await own.map('s', 'op', rows, model.summarise, MAP)).calls, 0);
  });

  test('parts that an engine put beside the steps are none of ours', async () => {
    const bucket = new MemoryBucket();
    const manager = managerOf(bucket);
    await manager.saveCheckpoint('s', 'o', [{ a: 1 }], { hash: 'h' });
    await manager.saveCheckpoint('named.parquet', 'o', [{ a: 1 }]);
    const one = bucket.objects.get('dir/s/o.parquet') as never;
    const parts = [
      'dir/spark.parquet/part-00000-x.snappy.parquet',
      'dir/marked.parquet/one.parquet',
      'dir/marked.parquet/_SUCCESS',
      'dir/hive.parquet/a.parquet',
      'dir/hive.parquet/year=2024/part-0.parquet',
      // Of another directory, whose name begins as this one's.
      'dir2/s/o.parquet',
      'dir.parquet',
    ];
    for (const key of parts) bucket.objects.set(key, one);
    const names = (await manager.listCheckpoints()).map(({ step, operation }) => `${step} ${operation}`);
    assert.deepEqual(names, ['named.parquet o', 's o']);
    assert.equal((await manager.sweep({ keep: [] })).removed.length, 2);
    await manager.saveCheckpoint('s', 'o', [{ a: 1 }]);
    assert.equal(await manager.clearAll(), 1);
    assert.deepEqual([...bucket.objects.keys()].sort(), [...parts].sort());
  });

  test('a call that fails leaves nothing running behind it', async () => {
    let running = 0;
    let begun = 0;
    const error = await failureOf(() =>
      inParallel(Array.from({ length: 1000 }), async (_, index) => {
        begun++;
        running++;
        await delay(index === 5 ? 1 : 5);
        running--;
        if (index === 5) throw new Error('five');
      }),
    );
    assert.equal((error as Error).message, 'five');
    assert.equal(running, 0);
    await delay(20);
    assert.ok(begun < 100, String(begun));
    // The same where a listing breaks off.
    const bucket = new OddBucket();
    let deleting = 0;
    bucket.before = async () => {
      deleting++;
      await delay(5);
      deleting--;
    };
    const broken = (async function* () {
      yield* [1, 2, 3].map((index) => ({ key: `k${index}` }) as never);
      throw new Error('broken off');
    })();
    assert.match(String(await failureOf(() => removeItems({ home: { bucket } as never }, broken))), /broken off/);
    assert.equal(deleting, 0);
  });

  test('one that gives up while a store is tried for conditions does not end the others', async () => {
    const bucket = new OddBucket();
    bucket.before = async (_, key, signal) => {
      if (key.includes('probe')) await delay(30, undefined, signal && { signal });
    };
    const place = { bucket, key: 'a/b', url: 'odd://bucket/a/b', endpoint: 'http://trouble.test/bucket' };
    const stop = new AbortController();
    const first = failureOf(() => ensureConditional(place, stop.signal));
    const second = ensureConditional(place, undefined);
    await delay(5);
    stop.abort(new Error('enough'));
    assert.equal(((await first) as Error).message, 'enough');
    await second;
    assert.deepEqual([...bucket.objects.keys()], []);
  });

  test('what a killed process left of a trial goes with a sweep, and one of now stays', async () => {
    const bucket = new MemoryBucket();
    const old = { bytes: Buffer.from('x'), etag: 'x', modified: new Date(Date.now() - 2 * 3_600_000) };
    const name = '.arrow-ckpt-probe-0123456789abcdef';
    for (const key of [`dir/${name}`, `dir/s/${name}`, `dir/s/${name}.parquet`, `other/${name}`]) bucket.objects.set(key, old);
    bucket.objects.set(`dir/t/${name}`, { ...old, modified: new Date() });
    const { removed } = await managerOf(bucket).sweep();
    assert.deepEqual(removed.map(({ path, reason }) => `${path} ${reason}`).sort(), [
      `memory://bucket/dir/${name} leftover`,
      `memory://bucket/dir/s/${name} leftover`,
    ]);
    assert.deepEqual([...bucket.objects.keys()], [`dir/s/${name}.parquet`, `other/${name}`, `dir/t/${name}`]);
  });

  test('a lease is given back in the time that it lasts, or left to end by itself', async () => {
    const bucket = new OddBucket();
    let isSilent = false;
    bucket.before = (_, __, signal) =>
      isSilent ? new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason))) : undefined;
    const lease = await BucketLease.take({ bucket, key: 'l', url: 'odd://bucket/l' }, { staleMs: 600 });
    isSilent = true;
    const ended = await Promise.race([lease.release().then(() => 'given back'), delay(5_000, 'for ever', { ref: false })]);
    assert.equal(ended, 'given back');
  });

  test('leases of two stores that have one URL are two', async () => {
    const lease = (etag: string): MemoryBucket => {
      const bucket = new MemoryBucket();
      const text = JSON.stringify({ pid: 1, host: 'away', started: '1', token: etag, boot: 'b', since: 1, staleMs: 200, beat: 1 });
      bucket.objects.set('l', { bytes: Buffer.from(text), etag: 'e0', modified: new Date() });
      return bucket;
    };
    const take = (bucket: MemoryBucket): Promise<unknown> => BucketLease.take({ bucket, key: 'l', url: 'twice://bucket/l' });
    await rejectsWith('ERR_CKPT_LOCKED', () => take(lease('one')));
    await delay(250);
    await rejectsWith('ERR_CKPT_LOCKED', () => take(lease('two')));
  });
});

suite('trouble on a store', () => {
  const stub = new BucketStub('s3');
  before(() => stub.start());
  after(() => stub.stop());
  beforeEach(() => stub.reset());

  test('a Kura manager whose checkpoint is replaced meanwhile looks again, whatever it does', async () => {
    const bucket = stubOptions(stub, 's3');
    const json = Buffer.from(`{"arrow-ckpt":1${' '.repeat(200_000)}}`);
    const key = 'dir/n.json';
    let isReplaced = false;
    const replacing: typeof fetch = async (input, init) => {
      const answer = await fetch(input, init);
      if (
        !isReplaced &&
        answer.status === 206 &&
        String(input).endsWith(key) &&
        answer.headers.get('content-range')?.startsWith('bytes 0-0') === false
      ) {
        isReplaced = true;
        stub.objects.put(key, json);
      }
      return answer;
    };
    const manager = new ParquetCheckpointManager('s3://bucket/dir', { logger: false, bucket: { ...bucket, fetch: replacing } });
    const calls: Record<string, () => Promise<unknown>> = {
      path: () => manager.getCheckpointPath('n'),
      save: () => manager.saveCheckpoint('n', [{ a: 1 }]),
      list: () => manager.listCheckpoints(),
      delete: () => manager.deleteCheckpoint('n'),
    };
    for (const [name, call] of Object.entries(calls)) {
      stub.objects.all.clear();
      stub.objects.put(key, json);
      isReplaced = false;
      await call();
      assert.ok(isReplaced, name);
    }
  });
});
