import assert from 'node:assert/strict';
import { mkdirSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { after, before, describe, test } from 'node:test';
import { CheckpointManager, isCheckpointError, verifyCheckpoint, type Base, type Row } from 'arrow-ckpt';
import { remoteHome, type BucketHome } from '../lib/directory/bucket/bucket-home.js';
import { condemnPool, sweepBucketPool } from '../lib/directory/bucket/sweep-bucket-pool.js';
import { keepHolders, markOf, setMark } from '../lib/directory/bucket/pool-marks.js';
import { fromBucket } from './buckets/copy-directory.js';
import { MemoryBucket } from './buckets/memory-bucket.js';
import { stubOptions, stubUrl } from './buckets/stub-bucket.js';
import { BucketStub, FAULTS, type Fault } from './support/bucket-stub/stub.js';
import { rejectsWith } from './support/codes.js';
import { assertExact } from './support/exact.js';
import { noBinding } from './support/readers.js';
import { documents } from './support/shared-steps.js';
import { tempFolder } from './support/temp-folder.js';
import { assertLoads } from './support/thin-pipeline.js';

const folder = tempFolder('buckets-deltas');
/** Of 2 MB. */
const ROWS = documents(1600);
const MORE = ROWS.map((row) => ({ ...row, length: String(row['text']).length }));
/** Of the race; and the faults: all of them take a minute. */
const SECONDS = Number(process.env['ARROW_CKPT_RACE_SECONDS'] ?? 1);
const TRIED: readonly Fault[] = process.env['ARROW_CKPT_RACE_SECONDS'] === undefined ? ['lost', 'html'] : FAULTS;
const URL = 'memory://any/dir';

/** Answers after some time, so that calls come between each other. */
class SlowBucket extends MemoryBucket {
  override async get(...call: Parameters<MemoryBucket['get']>): ReturnType<MemoryBucket['get']> {
    await delay(Math.random() * 4);
    return super.get(...call);
  }

  override async put(...call: Parameters<MemoryBucket['put']>): ReturnType<MemoryBucket['put']> {
    // A checkpoint is long on its way after its save has looked at the pool.
    await delay(Math.random() * (call[0].includes('/.ckpt/') ? 4 : 80));
    return super.put(...call);
  }

  override async delete(...call: Parameters<MemoryBucket['delete']>): Promise<void> {
    await delay(Math.random() * 4);
    return super.delete(...call);
  }
}

function manager(bucket: MemoryBucket, base: Base = 'auto'): CheckpointManager {
  return new CheckpointManager(URL, { bucket, base, logger: false });
}
const homeOf = (bucket: MemoryBucket): BucketHome => remoteHome(URL, bucket) as BucketHome;
const keysOf = ({ objects }: MemoryBucket, part: string): string[] => [...objects.keys()].filter((key) => key.includes(part));
const holders = (bucket: MemoryBucket): string[] => keysOf(bucket, '.holder');
const sizeOf = ({ objects }: MemoryBucket, key: string): number => objects.get(key)?.bytes.length ?? 0;
/** What calls of this process left in the temporary folder. */
const left = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith(`.arrow-ckpt-bucket.${process.pid}.`));

describe('saves with a base in a bucket', { skip: noBinding }, () => {
  test('put what others may refer to into the pool, and then thin objects', async () => {
    const bucket = new MemoryBucket();
    const checkpoints = manager(bucket);
    bucket.calls.length = 0;
    assert.equal(await checkpoints.saveCheckpoint('read', 'load', ROWS, { hash: 'h', metadata: { a: 'b' } }), `${URL}/read/load.parquet`);
    const puts = bucket.calls.filter((call) => call.startsWith('put'));
    assert.match(puts[0] ?? '', /^put dir\/\.ckpt\/pool\/[0-9a-f]{32}\.holder$/);
    assert.deepEqual(puts.slice(1), ['put dir/read/load.parquet']);
    const [holder] = holders(bucket) as [string];
    assert.ok(sizeOf(bucket, holder) > 1 << 20);
    assert.ok(sizeOf(bucket, 'dir/read/load.parquet') < 150_000, `${sizeOf(bucket, 'dir/read/load.parquet')} bytes`);
    assertExact(await checkpoints.loadCheckpoint('read', 'load', { hash: 'h' }), ROWS);
    const info = await checkpoints.getCheckpointInfo('read', 'load');
    assert.deepEqual([info?.hash, info?.metadata, info?.rows], ['h', { a: 'b' }, 1600]);
    assert.deepEqual(
      info?.delta?.holders.map(({ step, operation, present }) => [step, operation, present]),
      [['read', 'load', true]],
    );
    await checkpoints.saveCheckpoint('work', 'more', MORE);
    assert.deepEqual(holders(bucket), [holder], 'nothing large is new');
    assert.ok(sizeOf(bucket, 'dir/work/more.parquet') < 150_000);
    assertExact(await checkpoints.loadCheckpoint('work', 'more'), MORE);
    await checkpoints.saveCheckpoint('work', 'backwards', MORE.toReversed(), { base: { step: 'work', operation: 'more' } });
    assertExact(await checkpoints.loadCheckpoint('work', 'backwards'), MORE.toReversed());
    assert.deepEqual(holders(bucket), [holder]);
    // A process that has just started finds what is there.
    await manager(bucket).saveCheckpoint('work', 'again', MORE.slice(0, 900));
    assert.ok(sizeOf(bucket, 'dir/work/again.parquet') < 150_000);
    await checkpoints.saveCheckpoint('work', 'whole', MORE, { base: false });
    assert.ok(sizeOf(bucket, 'dir/work/whole.parquet') > 1 << 20);
    assert.equal((await verifyCheckpoint(`${URL}/work/again.parquet`, { bucket })).rows, 900);
    // A directory that is copied from there is one.
    const local = join(folder, 'local');
    mkdirSync(local);
    await fromBucket(bucket, 'dir/', local);
    await assertLoads(
      local,
      new Map([
        ['read/load.parquet', ROWS],
        ['work/more.parquet', MORE],
      ]),
    );
    assert.deepEqual(left(), []);
  });

  test('small ones stay whole, and large new values of a thin one are in the pool, too', async () => {
    const bucket = new MemoryBucket();
    const checkpoints = manager(bucket);
    await checkpoints.saveCheckpoint('read', 'small', [{ a: 1 }]);
    assert.deepEqual(keysOf(bucket, '.ckpt'), []);
    await checkpoints.saveCheckpoint('read', 'load', ROWS);
    const others = documents(3600).slice(2000);
    const answered = ROWS.map((row, at) => ({ ...row, answer: `${String(others[at]?.['text'])} ${JSON.stringify(others[at]?.['meta'])}` }));
    const answeredMore = answered.map((row) => ({ ...row, more: 1 }));
    await checkpoints.saveCheckpoint('work', 'answer', answered);
    assert.equal(holders(bucket).length, 2);
    await checkpoints.saveCheckpoint('work', 'more', answeredMore);
    assert.equal(holders(bucket).length, 2);
    assert.ok(sizeOf(bucket, 'dir/work/more.parquet') < 200_000, `${sizeOf(bucket, 'dir/work/more.parquet')} bytes`);
    assertExact(await checkpoints.loadCheckpoint('work', 'more'), answeredMore);
    await checkpoints.deleteCheckpoint('work', 'answer');
    await checkpoints.deleteCheckpoint('read', 'load');
    await sweepBucketPool(homeOf(bucket), { dryRun: false, logger: null, graceMs: 0 });
    await sweepBucketPool(homeOf(bucket), { dryRun: false, logger: null, graceMs: 0 });
    assertExact(await checkpoints.loadCheckpoint('work', 'more'), answeredMore);
  });

  test('bases that are not there, that are refused, and a store without conditions', async () => {
    const bucket = new MemoryBucket();
    await rejectsWith('ERR_CKPT_NOT_FOUND', () => manager(bucket).saveCheckpoint('s', 'o', ROWS, { base: { step: 's', operation: 'x' } }));
    await rejectsWith('ERR_CKPT_INVALID_OPTION', () => manager(bucket).saveCheckpoint('s', 'o', ROWS, { base: 's/x.parquet' }));
    assert.deepEqual([...bucket.objects.keys()], []);
    const warnings: string[] = [];
    const plain = new MemoryBucket(false);
    const logger = { info: () => {}, warn: (line: string) => void warnings.push(line) };
    const checkpoints = new CheckpointManager('memory://plain/dir', { bucket: plain, base: 'auto', logger });
    for (const operation of ['one', 'two']) {
      await checkpoints.saveCheckpoint('s', operation, ROWS);
      assertExact(await checkpoints.loadCheckpoint('s', operation), ROWS);
    }
    assert.equal(keysOf(plain, '.ckpt').length, 0);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? '', /does not obey conditions .* whole/);
  });
});

describe('a sweep of a pool in a bucket', { skip: noBinding }, () => {
  const sweep = (bucket: MemoryBucket, graceMs = 0): ReturnType<typeof sweepBucketPool> =>
    sweepBucketPool(homeOf(bucket), { dryRun: false, logger: null, graceMs });
  const saved = async (): Promise<MemoryBucket> => {
    const bucket = new MemoryBucket();
    await manager(bucket).saveCheckpoint('read', 'load', ROWS);
    return bucket;
  };

  test('removes what nobody refers to, an hour after it was found first', async () => {
    const bucket = await saved();
    const checkpoints = manager(bucket);
    assert.deepEqual((await checkpoints.sweep()).removed, []);
    assert.deepEqual(keysOf(bucket, '/trash/'), []);
    await checkpoints.deleteCheckpoint('read', 'load');
    assert.equal(holders(bucket).length, 1);
    assert.deepEqual((await checkpoints.sweep({ dryRun: true })).removed, []);
    for (let times = 0; times < 2; times++) assert.deepEqual((await checkpoints.sweep()).removed, []);
    assert.equal(keysOf(bucket, '/trash/').length, 1);
    const [mark] = keysOf(bucket, '/trash/') as [string];
    // An hour goes by.
    const object = bucket.objects.get(mark);
    assert.ok(object);
    object.modified = new Date(Date.now() - 3_600_001);
    const dry = await checkpoints.sweep({ dryRun: true });
    assert.deepEqual(
      dry.removed.map(({ kind, reason, path }) => [kind, reason, path]),
      [['holder', 'unreferenced', `${URL}/${(holders(bucket)[0] as string).slice('dir/'.length)}`]],
    );
    assert.equal((await checkpoints.sweep()).bytes, dry.bytes);
    assert.deepEqual(holders(bucket), []);
    (bucket.objects.get(mark) as { modified: Date }).modified = new Date(Date.now() - 3_600_001);
    await checkpoints.sweep();
    assert.deepEqual(keysOf(bucket, 'dir/'), []);
  });

  test('keeps all while a checkpoint cannot be read, and what is referred to in any folder', async () => {
    const bucket = await saved();
    const load = bucket.objects.get('dir/read/load.parquet');
    assert.ok(load);
    bucket.objects.delete('dir/read/load.parquet');
    bucket.objects.set('dir/deep/er/of another name', load);
    for (let times = 0; times < 3; times++) await sweep(bucket);
    assert.equal(holders(bucket).length, 1);
    bucket.objects.delete('dir/deep/er/of another name');
    bucket.objects.set('dir/read/broken.parquet', { ...load, bytes: Buffer.from('PAR1 nothing PAR1') });
    for (let times = 0; times < 3; times++) await sweep(bucket);
    assert.equal(holders(bucket).length, 1);
    bucket.objects.delete('dir/read/broken.parquet');
    for (let times = 0; times < 2; times++) await sweep(bucket);
    assert.equal(holders(bucket).length, 0);
  });

  test('and a save of the same file: one of the two wins', async () => {
    const bucket = await saved();
    const checkpoints = manager(bucket);
    const base = { step: 'read', operation: 'load' };
    const thin = bucket.objects.get('dir/read/load.parquet');
    const id = /([0-9a-f]{32})\.holder/.exec(holders(bucket)[0] ?? '')?.[1] as string;
    await checkpoints.deleteCheckpoint('read', 'load');
    await sweep(bucket);
    assert.equal((await markOf(homeOf(bucket), id))?.state, 'condemned');
    // The save looks for what it refers to, and keeps it.
    bucket.objects.set('dir/read/load.parquet', thin as never);
    await checkpoints.saveCheckpoint('work', 'more', MORE, { base });
    assert.equal((await markOf(homeOf(bucket), id))?.state, 'kept');
    bucket.objects.delete('dir/read/load.parquet');
    for (let times = 0; times < 3; times++) await sweep(bucket);
    assertExact(await checkpoints.loadCheckpoint('work', 'more'), MORE);
    // The sweep has begun to remove it: the save is whole, or fails where its rows came once.
    bucket.objects.set('dir/read/load.parquet', thin as never);
    assert.equal(await setMark(homeOf(bucket), id, 'going', await markOf(homeOf(bucket), id)), true);
    assert.deepEqual(await keepHolders(homeOf(bucket), new Set([id])), [id]);
    await checkpoints.saveCheckpoint('work', 'other', MORE, { base });
    assert.equal((await checkpoints.getCheckpointInfo('work', 'other'))?.delta, null);
    const before = bucket.objects.get('dir/work/other.parquet');
    await rejectsWith('ERR_CKPT_CHANGED', () => checkpoints.saveCheckpoint('work', 'other', MORE.values(), { base }), {
      message: /nothing is saved: save the rows again/,
    });
    assert.equal(bucket.objects.get('dir/work/other.parquet'), before);
  });

  test('and a save whose object is on its way: what it refers to waits', async () => {
    const bucket = await saved();
    const checkpoints = manager(bucket);
    await sweep(bucket);
    const { put } = bucket;
    let [arrive, sent] = [(): void => {}, (): void => {}];
    const isSent = new Promise<void>((resolve) => (sent = resolve));
    const until = new Promise<void>((resolve) => (arrive = resolve));
    bucket.put = async (...call) => {
      if (call[0].endsWith('more.parquet')) {
        sent();
        await until;
      }
      return put.apply(bucket, call);
    };
    const saving = checkpoints.saveCheckpoint('work', 'more', MORE, { base: { step: 'read', operation: 'load' } });
    await isSent;
    await checkpoints.deleteCheckpoint('read', 'load');
    for (let times = 0; times < 3; times++) await sweep(bucket, 1_800_000);
    assert.equal(keysOf(bucket, '/trash/').length, 1);
    arrive();
    await saving;
    for (let times = 0; times < 3; times++) await sweep(bucket);
    assertExact(await checkpoints.loadCheckpoint('work', 'more'), MORE);
  });

  test('a directory that is cleared has its pool until a sweep an hour later', async () => {
    const bucket = await saved();
    const checkpoints = manager(bucket);
    await checkpoints.saveCheckpoint('work', 'more', MORE);
    assert.equal(await checkpoints.clearAll(), 2);
    assert.equal(keysOf(bucket, '/trash/').length, 1);
    await sweep(bucket, 3_600_000);
    assert.equal(holders(bucket).length, 1);
    await sweep(bucket);
    assert.equal(holders(bucket).length, 0);
    await condemnPool(homeOf(bucket));
  });

  test('savers, replacers, deleters and sweepers at once: what is there loads', { timeout: 60_000 }, async () => {
    const bucket = new SlowBucket();
    await manager(bucket).saveCheckpoint('read', 'load', ROWS);
    const until = performance.now() + SECONDS * 1000;
    const grace = 500;
    const go = async (work: () => Promise<unknown>): Promise<number> => {
      let times = 0;
      for (; performance.now() < until; times++) await work();
      return times;
    };
    const saver = (operation: string, rows: Row[]) => () => manager(bucket).saveCheckpoint('work', operation, rows);
    const reader = async (): Promise<void> => {
      for (const { step, operation, error } of await manager(bucket).listCheckpoints()) {
        assert.ok(error === undefined || error.code === 'ERR_CKPT_CHANGED', String(error));
        const rows = await manager(bucket)
          .loadCheckpoint(step, operation)
          .catch((error: unknown) => {
            // Others replace it all the time.
            if (!isCheckpointError(error) || error.code !== 'ERR_CKPT_CHANGED') throw error;
            return null;
          });
        if (rows !== null) assert.ok(rows.length >= 900);
      }
      await delay(5);
    };
    const deleter = async (): Promise<void> => {
      await delay(60);
      for (const operation of ['one', 'two']) await manager(bucket).deleteCheckpoint('work', operation);
      await manager(bucket).deleteCheckpoint('read', 'load');
    };
    const sweeper = async (): Promise<void> => {
      await sweep(bucket, grace);
      await delay(5);
    };
    const counts = await Promise.all([
      go(saver('one', MORE)),
      go(saver('two', MORE.slice(0, 900))),
      go(deleter),
      go(sweeper),
      go(sweeper),
      go(reader),
    ]);
    assert.ok(
      counts.every((count) => count > 0),
      counts.join(),
    );
    await manager(bucket).saveCheckpoint('work', 'one', MORE);
    assertExact(await manager(bucket).loadCheckpoint('work', 'one'), MORE);
  });
});

describe('faults of saves and sweeps of a pool', { skip: noBinding, concurrency: 2 }, () => {
  const [rows, more]: [Row[], Row[]] = [ROWS.slice(0, 200), MORE.slice(0, 200)];
  before(() => (process.env['ARROW_CKPT_SHARE_ANY'] = '1'));
  after(() => delete process.env['ARROW_CKPT_SHARE_ANY']);

  for (const fault of TRIED) {
    test(`${fault}: the old or the new checkpoint, and nothing that is referred to goes`, { timeout: 60_000 }, async () => {
      const stub = await new BucketStub('s3').start();
      try {
        const options = { bucket: { ...stubOptions(stub, 's3'), timeout: 300, retries: 1 }, base: 'auto', logger: false } as const;
        const url = stubUrl(stub, 's3', 'dir');
        const home = remoteHome(url, options.bucket) as BucketHome;
        const sweep = (): Promise<unknown> => sweepBucketPool(home, { dryRun: false, logger: null, graceMs: 0 });
        const made = (): CheckpointManager => new CheckpointManager(url, options);
        await made().saveCheckpoint('s', 'o', rows);
        await made().saveCheckpoint('s', 'other', more);
        assert.equal((await made().getCheckpointInfo('s', 'other'))?.delta?.holders.length, 1);
        let now: Row[] = rows;
        const operations: [name: string, method: string, run: () => Promise<unknown>][] = [
          ['save', 'GET', () => made().saveCheckpoint('s', 'o', more.slice(1))],
          ['save', 'PUT', () => made().saveCheckpoint('s', 'o', more.slice(2), { base: { step: 's', operation: 'o' } })],
          ['save', 'PUT', () => made().saveCheckpoint('s', 'o', documents(900).slice(500, 697))],
          ['sweep', 'GET', sweep],
          ['sweep', 'PUT', sweep],
          ['sweep', 'DELETE', sweep],
        ];
        const expected: Row[][] = [rows, more.slice(1), more.slice(2), documents(900).slice(500, 697)];
        for (const [name, method, run] of operations) {
          for (const after of name === 'save' ? [0, 1] : [0]) {
            stub.fail(fault, { when: (request) => request.method === method && request.url.pathname.startsWith('/bucket/dir'), after });
            const failed = await run().then(
              () => undefined,
              (error: unknown) => error,
            );
            stub.mend();
            assert.ok(failed === undefined || isCheckpointError(failed), String(failed));
            // What is there is something else then.
            if (fault === 'replaced') return;
            const there = (await made().loadCheckpoint('s', 'o')) as Row[];
            const state = expected.find((each) => each.length === there.length && each[0]?.['id'] === there[0]?.['id']);
            assertExact(there, state);
            if (name !== 'save') assert.equal(state, now, 'a sweep changes nothing that is seen');
            now = state as Row[];
            assertExact(await made().loadCheckpoint('s', 'other'), more);
          }
        }
        await sweep();
        await sweep();
        assertExact(await made().loadCheckpoint('s', 'o'), now);
        assertExact(await made().loadCheckpoint('s', 'other'), more);
      } finally {
        await stub.stop();
      }
    });
  }
});
