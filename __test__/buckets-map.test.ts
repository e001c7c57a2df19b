// A map of a manager on a bucket: its results are durable when they are in the bucket, and it does there what it does in a directory.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { type CheckpointError, CheckpointManager, readCheckpoint, type JobProvider, type Logger, type MapEvent } from 'arrow-ckpt';
import { loadBinding } from '../lib/base/addon/binding.ts';
import { MemoryBucket } from './buckets/memory-bucket.ts';
import { stubOptions, stubUrl } from './buckets/stub-bucket.js';
import { BucketStub, type Fault } from './support/bucket-stub/stub.js';
import { failureOf, rejectsWith } from './support/codes.js';
import { tempFolder } from './support/temp-folder.ts';
import { articles, allSummaries, MAP, Model, summaries, type Article, type Summary } from './support/map-rows.ts';

/** What saves make: without the binary it is JSON. buckets-without-binary.test.ts runs this file so. */
const END = loadBinding() === null ? 'json' : 'parquet';
const WITHOUT = END === 'json' ? 'this is about Parquet' : false;
const ROWS = 60;
const rows = articles(ROWS);
const expected = allSummaries(rows);
const stub = new BucketStub('s3');
const directory = stubUrl(stub, 's3', 'pre/dir');
const final = `${directory}/s/op.${END}`;
const options = (): { bucket: object } => ({ bucket: stubOptions(stub, 's3') });
const manager = (logger: Logger | false = false): CheckpointManager => new CheckpointManager(directory, { logger, ...options() });
const keys = (): string[] => [...stub.objects.all.keys()].sort();
const read = (): Promise<Summary[]> => readCheckpoint<Summary>(final, options());
/** Two results become durable at a time. */
const STRICT = { ...MAP, concurrency: 1, batchSize: 4, flushEvery: 60_000 } as const;

/** A map that ends with the error of its `after`-th call. */
async function interrupted(after: number, more: object = {}): Promise<Model> {
  const model = new Model(undefined, (_, calls) => calls > after);
  await assert.rejects(manager().map('s', 'op', rows, model.summarise, { ...STRICT, ...more }), { code: 'ERR_CKPT_ROW_FAILED' });
  return model;
}

before(() => stub.start());
after(() => stub.stop());
beforeEach(() => stub.reset());

describe('a map on a bucket', () => {
  test('has the results of a map in a directory, and leaves its checkpoint alone', async () => {
    const model = new Model();
    const events: MapEvent[] = [];
    const result = await manager().map('s', 'op', rows, model.summarise, { ...STRICT, onEvent: (event) => events.push(event) });
    assert.deepStrictEqual(result.rows, expected);
    assert.deepStrictEqual([result.computed, result.resumed, result.calls, result.path], [ROWS, 0, ROWS, final]);
    assert.deepStrictEqual(keys(), [`pre/dir/s/op.${END}`]);
    assert.deepStrictEqual(await read(), expected);
    const told = events.filter((event) => event.type === 'flushed' || event.type === 'compacted').map(({ path }) => path);
    assert.ok(told.length > 5);
    for (const path of told) assert.match(path, new RegExp(`^s3://bucket/pre/dir/s/op_batches/batch_\\d+\\.${END}$`));
    // Again: nothing is called, and nothing is written but the lease.
    stub.requests.length = 0;
    const again = await manager().map('s', 'op', rows, model.summarise, MAP);
    assert.deepStrictEqual([again.rows, again.resumed, again.calls, again.path], [expected, ROWS, 0, final]);
    assert.deepStrictEqual(
      stub.requests.filter((request) => !request.startsWith('GET') && !request.includes('.lease-')),
      [],
    );
  });

  test('computes what is new or changed, keeps what has gone, and has it back', async () => {
    const model = new Model();
    await manager().map('s', 'op', rows, model.summarise, MAP);
    model.calls = [];
    const changed = [...rows.slice(0, 20), { id: 7000, title: 'new' }, { ...(rows[20] as Article), title: 'changed' }];
    const second = await manager().map('s', 'op', changed, model.summarise, MAP);
    assert.deepStrictEqual(second.rows, allSummaries(changed));
    assert.deepStrictEqual(model.calls, [7000, 20]);
    assert.deepStrictEqual(keys(), [`pre/dir/s/.kept/op/kept_0.${END}`, `pre/dir/s/op.${END}`]);
    model.calls = [];
    // Kept results are fetched where a row is in no other file.
    const third = await manager().map('s', 'op', rows, model.summarise, MAP);
    assert.deepStrictEqual([third.rows, model.calls], [expected, []]);
    const other = await manager().map('s', 'op', rows.slice(0, 5), model.summarise, { ...MAP, hash: 'other' });
    assert.deepStrictEqual([other.rows, model.calls], [allSummaries(rows.slice(0, 5)), [0, 1, 2, 3, 4]]);
    const back = await manager().map('s', 'op', rows, model.summarise, MAP);
    assert.deepStrictEqual([back.rows, back.calls], [expected, 0]);
  });

  test('goes on where it was interrupted; what it has is seen meanwhile', async () => {
    await interrupted(40);
    const segments = keys();
    const before = new Map([...stub.objects.all].map(([key, { bytes }]) => [key, bytes]));
    assert.ok(segments.length > 1 && segments.every((key) => /\/s\/op_batches\/batch_\d+\.(?:parquet|json)$/.test(key)), segments.join());
    const [listed, ...others] = await manager().listMaps();
    assert.deepStrictEqual(
      [listed?.step, listed?.operation, listed?.state, listed?.rows, listed?.failed, others],
      ['s', 'op', 'interrupted', 40, 1, []],
    );
    const partial = await manager().loadPartialResults('s', 'op');
    assert.deepStrictEqual(partial, { rows: allSummaries(rows.slice(0, 40)), inputRows: 40, isPartial: true });
    assert.deepStrictEqual(
      (await manager().failures('s', 'op')).map(({ key }) => key),
      [40],
    );
    const plan = await manager().planIncremental('s', 'op', rows, { key: 'id', hash: 'h' });
    assert.deepStrictEqual([plan.new.length, plan.unchanged.length], [ROWS - 40, 40]);
    assert.deepStrictEqual(keys(), segments, 'looking changes nothing');
    const model = new Model();
    const result = await manager().map('s', 'op', rows, model.summarise, MAP);
    assert.deepStrictEqual([result.rows, result.resumed, model.calls.length], [expected, 40, ROWS - 40]);
    assert.deepStrictEqual(keys(), [`pre/dir/s/op.${END}`]);
    assert.deepStrictEqual(await manager().listMaps(), []);
    // A process that was killed before it removed them leaves batches beside the checkpoint.
    for (const [key, bytes] of before) stub.objects.put(key, bytes);
    assert.deepStrictEqual(await manager().loadPartialResults('s', 'op'), { rows: expected, inputRows: ROWS, isPartial: false });
    assert.equal((await manager().map('s', 'op', rows, model.summarise, MAP)).calls, 0);
    assert.deepStrictEqual(keys(), [`pre/dir/s/op.${END}`]);
  });

  test('computes again what a missing or cut object had, and nothing else', async () => {
    // Each writes what it has at its end.
    for (const after of [10, 10, 20]) await interrupted(after, { batchSize: 100 });
    const lines: string[] = [];
    const [first, second, ...others] = keys() as [string, string];
    assert.equal(others.length, 1);
    const { bytes } = stub.objects.all.get(second) as { bytes: Buffer };
    stub.objects.put(second, bytes.subarray(0, bytes.length - 10));
    stub.objects.delete(first);
    const damaged: string[] = [];
    const model = new Model();
    const onEvent = (event: MapEvent): void => void (event.type === 'damaged' && damaged.push(event.path, String(event.error.path)));
    const logger = { info: () => {}, warn: (line: string) => lines.push(line) };
    const result = await manager(logger).map('s', 'op', rows, model.summarise, { ...MAP, onEvent });
    assert.deepStrictEqual(result.rows, expected);
    assert.deepStrictEqual([result.resumed, model.calls.length], [20, ROWS - 20]);
    const url = `s3://bucket/${second}`;
    // A cut object of JSON has no record of rows, as one that is not of a map: nobody is told of it, and it stays.
    assert.deepStrictEqual(damaged, END === 'json' ? [] : [url, url]);
    assert.ok(lines.some((line) => line.includes(url)) || END === 'json', lines.join());
    assert.ok(!lines.some((line) => line.includes('arrow-ckpt-bucket')), lines.join());
    assert.deepStrictEqual(keys(), [`pre/dir/s/op.${END}`, ...(END === 'json' ? [second] : [])]);
  });

  test('in the other forms: a stream, several rows a call, single rows forgotten', async () => {
    const model = new Model();
    const streamed: Summary[] = [];
    for await (const row of manager().mapStream('s', 'stream', rows, model.summarise, MAP)) streamed.push(row);
    assert.deepStrictEqual(streamed, expected);
    const together = async (some: readonly Article[]): Promise<Summary[][]> => some.map(summaries);
    const batches = await manager().mapBatches('s', 'batches', rows, together, { ...MAP, size: 7 });
    assert.deepStrictEqual(batches.rows, expected);
    await manager().map('s', 'op', rows, model.summarise, MAP);
    assert.equal(await manager().forget('s', 'op', { keys: [3, 5] }), 2);
    model.calls = [];
    const again = await manager().map('s', 'op', rows, model.summarise, MAP);
    assert.deepStrictEqual([again.rows, model.calls.sort()], [expected, [3, 5]]);
    assert.deepStrictEqual(keys(), [`pre/dir/s/batches.${END}`, `pre/dir/s/op.${END}`, `pre/dir/s/stream.${END}`]);
    // Without a stream to its end.
    for await (const _ of manager().mapStream('s', 'left', rows, model.summarise, { ...STRICT, concurrency: 4 })) break;
    assert.ok(keys().some((key) => key.includes('/left_batches/')) && !keys().some((key) => key.includes('.lease-')), keys().join());
  });

  test('as jobs: their records are there before they are handed in, and a run that is stopped finds them', async () => {
    const jobs = new Map<string, string[]>();
    const records = (): string[] => keys().filter((key) => key.includes('.job-'));
    let isDone = false;
    const provider: JobProvider<Article, Summary, string> = {
      submit: (handed, { jobKey }) => {
        assert.deepStrictEqual(
          records().map((key) => key.includes(jobKey)),
          [true],
          'its intent is durable',
        );
        jobs.set(
          jobKey,
          handed.map(({ customId }) => customId),
        );
        return jobKey;
      },
      poll: () => (isDone ? 'done' : 'running'),
      fetch: ({ id }) => jobs.get(id)?.map((customId) => ({ customId, value: 'done' })) ?? [],
      output: (_, article) => summaries(article),
    };
    const more = { key: 'id', hash: 'h', jobSize: 100, pollEvery: 5 } as const;
    const run = manager().mapJobs('s', 'jobs', rows, provider, more);
    while (jobs.size === 0) await setTimeout(1);
    run.stop({ drain: 0 });
    await assert.rejects(run, { code: 'ERR_CKPT_STOPPED' });
    const [known] = await manager().jobs('s', 'jobs');
    assert.deepStrictEqual([known?.id, known?.rows, known?.state], [[...jobs.keys()][0], ROWS, 'submitted']);
    isDone = true;
    const result = await manager().mapJobs('s', 'jobs', rows, provider, more);
    assert.deepStrictEqual([result.rows, jobs.size, keys()], [expected, 1, [`pre/dir/s/jobs.${END}`]]);
    const left = manager().mapJobs('s', 'left', rows, { ...provider, poll: () => 'running' }, more);
    while (jobs.size === 1) await setTimeout(1);
    left.stop({ drain: 0 });
    await assert.rejects(left, { code: 'ERR_CKPT_STOPPED' });
    const [jobKey] = [...jobs.keys()].slice(1) as [string];
    assert.deepStrictEqual([await manager().forgetJob('s', 'left', jobKey), await manager().forgetJob('s', 'left', jobKey)], [true, false]);
    assert.deepStrictEqual(records(), []);
  });

  test('as JSON', { skip: WITHOUT }, async () => {
    const json = new CheckpointManager(directory, { logger: false, enableArrow: false, ...options() });
    const model = new Model(undefined, (_, calls) => calls > 30);
    await assert.rejects(json.map('s', 'op', rows, model.summarise, STRICT));
    assert.ok(keys().every((key) => key.endsWith('.json')));
    const result = await json.map('s', 'op', rows, new Model().summarise, MAP);
    assert.deepStrictEqual([result.rows, result.resumed, keys()], [expected, 30, ['pre/dir/s/op.json']]);
    // A manager of Parquet goes on with it, and its checkpoint takes the place of that one.
    const parquet = await manager().map('s', 'op', articles(61), new Model().summarise, MAP);
    assert.deepStrictEqual([parquet.resumed, keys()], [ROWS, ['pre/dir/s/op.parquet']]);
  });

  test('that was interrupted goes on in a directory that has a copy of it', async () => {
    await interrupted(40);
    const folder = tempFolder('bucket-map-copy');
    for (const [key, { bytes }] of stub.objects.all) {
      const path = join(folder, key.slice('pre/dir/'.length));
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, bytes);
    }
    const local = await new CheckpointManager(folder, { logger: false }).map('s', 'op', rows, new Model().summarise, MAP);
    assert.deepStrictEqual([local.rows, local.resumed], [expected, 40]);
  });

  test('finds what a copy of a directory has under another name', { skip: WITHOUT }, async () => {
    const folder = tempFolder('bucket-map-twin');
    const local = new CheckpointManager(folder, { logger: false });
    await local.map('s', 'op', rows, new Model().summarise, MAP);
    // A local directory does not tell case apart: this one gets another name.
    await local.map('s', 'OP', rows, new Model().summarise, MAP);
    const names = readdirSync(join(folder, 's')).filter((name) => name.endsWith('.parquet'));
    assert.ok(names.length === 2 && !names.includes('OP.parquet'), names.join());
    for (const name of names) stub.objects.put(`pre/dir/s/${name}`, readFileSync(join(folder, 's', name)));
    const before = keys();
    const more = articles(ROWS + 1);
    const result = await manager().map('s', 'OP', more, new Model().summarise, MAP);
    assert.deepStrictEqual([result.rows, result.calls, keys()], [allSummaries(more), 1, before]);
    assert.equal(result.path, `${directory}/s/${names.find((name) => name !== 'op.parquet')}`);
  });

  test('changes the hashes beside the checkpoints as a save does', { skip: WITHOUT }, async () => {
    const config = 'pre/dir/.docetl_intermediate_config.json';
    const hashes = (): unknown => JSON.parse(String(stub.objects.all.get(config)?.bytes));
    stub.objects.put(config, Buffer.from(JSON.stringify({ s: { op: 'of another', other: 'x' } })));
    // A checkpoint without a hash of its own would have that one.
    await manager().map('s', 'op', rows, new Model().summarise, { key: 'id' });
    assert.deepStrictEqual(hashes(), { s: { other: 'x' } });
    assert.equal(await manager().loadCheckpoint('s', 'op', { hash: 'of another' }), null);
    const docetl = new CheckpointManager(directory, { logger: false, compat: 'docetl', ...options() });
    await docetl.map('s', 'op', rows, new Model().summarise, MAP);
    assert.deepStrictEqual(hashes(), { s: { op: 'h', other: 'x' } });
  });

  test('is refused where two would work on it, also by calls of one process that wait for each other', async () => {
    const slow = new Model(() => 20);
    const first = manager().map('s', 'op', rows, slow.summarise, MAP);
    while (slow.calls.length === 0) await setTimeout(1);
    const other = await manager().listMaps();
    assert.ok(other.every(({ state }) => state === 'running'));
    // A call of this process waits for its turn.
    const second = manager().map('s', 'op', rows, slow.summarise, MAP);
    assert.deepStrictEqual([(await first).calls, (await second).calls], [ROWS, 0]);
    // One inside of the other would wait for ever.
    const inner = async (row: Article): Promise<Summary[]> => {
      await manager().map('s', 'op', rows, slow.summarise, MAP);
      return summaries(row);
    };
    const failed = await failureOf(() => manager().map('s', 'op', rows, inner, { ...MAP, hash: 'inner' }));
    assert.equal(((failed as CheckpointError).cause as CheckpointError).code, 'ERR_CKPT_LOCKED');
  });

  test('whose lease is taken over ends with an error before it saves anything', async () => {
    const model = new Model(() => 5);
    const run = manager().map('s', 'op', rows, model.summarise, { ...MAP, flushEvery: 60_000 });
    while (model.calls.length < 20) await setTimeout(1);
    const lease = keys().find((key) => key.includes('.lease-')) as string;
    stub.objects.put(lease, Buffer.from('{"of":"another"}'));
    await assert.rejects(run, { code: 'ERR_CKPT_LOCKED' });
    assert.deepStrictEqual(keys(), [lease]);
  });

  test('whose checkpoint another saves meanwhile ends with an error, and goes on from both', async () => {
    const model = new Model(() => 2);
    // However slow this machine is, the run is not at its end before.
    let saved: () => void = () => {};
    const isSaved = new Promise<void>((resolve) => (saved = resolve));
    const slow: typeof model.summarise = async (...call) => {
      if (model.calls.length >= 20) await isSaved;
      return model.summarise(...call);
    };
    const run = manager().map('s', 'op', rows, slow, { ...MAP, flushEvery: 0 });
    while (model.calls.length < 20) await setTimeout(1);
    await manager().saveCheckpoint('s', 'op', [{ id: 'of another' }], { hash: 'other' });
    saved();
    await assert.rejects(run, { code: 'ERR_CKPT_CONDITION', path: final });
    assert.deepStrictEqual(await read(), [{ id: 'of another' }]);
    model.calls = [];
    const again = await manager().map('s', 'op', rows, model.summarise, MAP);
    assert.deepStrictEqual([again.rows, again.calls], [expected, 0]);
  });

  test('on a store without conditions fails before anything is paid, as workers that share it', async () => {
    const model = new Model();
    const loose = new CheckpointManager('memory://any/dir', { logger: false, bucket: new MemoryBucket(false) });
    await assert.rejects(loose.map('s', 'op', rows, model.summarise, MAP), { code: 'ERR_CKPT_NOT_CONDITIONAL' });
    await assert.rejects(manager().map('s', 'op', rows, model.summarise, { ...MAP, workers: 'shared' }), {
      code: 'ERR_CKPT_NOT_FOR_BUCKETS',
    });
    await assert.rejects(manager().map('s', 'op', rows, model.summarise, { ...MAP, base: 'other' }), { code: 'ERR_CKPT_INVALID_OPTION' });
    assert.deepStrictEqual(model.calls, []);
  });

  test('goes on when the store cannot be reached for a while', async () => {
    const model = new Model();
    const checkpoints = new CheckpointManager(directory, { logger: false, bucket: { ...stubOptions(stub, 's3'), retries: 0 } });
    stub.fail('lost', { when: ({ method, url }) => method === 'PUT' && url.pathname.endsWith(`batch_1.${END}`) });
    stub.fail('unheard', { when: ({ method, url }) => method === 'PUT' && url.pathname.endsWith(`op.${END}`) });
    const result = await checkpoints.map('s', 'op', rows, model.summarise, { ...MAP, concurrency: 1, batchSize: 60, flushEvery: 60_000 });
    assert.deepStrictEqual([result.rows, model.calls.length, keys()], [expected, ROWS, [`pre/dir/s/op.${END}`]]);
  });

  test('with a driver of its own', async () => {
    const bucket = new MemoryBucket();
    const own = new CheckpointManager('memory://any/dir', { logger: false, bucket });
    const model = new Model(undefined, (_, calls) => calls > 30);
    await assert.rejects(own.map('s', 'op', rows, model.summarise, STRICT));
    const result = await own.map('s', 'op', rows, new Model().summarise, MAP);
    assert.deepStrictEqual([result.rows, result.resumed], [expected, 30]);
    assert.deepStrictEqual([...bucket.objects.keys()], [`dir/s/op.${END}`]);
  });

  test('that may not remove objects tells that, and comes to its end', async () => {
    await interrupted(40);
    const lines: string[] = [];
    const logger = { info: () => {}, warn: (line: string) => lines.push(line) };
    stub.fail('html', { when: ({ method }) => method === 'DELETE', times: Infinity });
    const result = await manager(logger).map('s', 'op', rows, new Model().summarise, MAP);
    assert.deepStrictEqual([result.rows, result.resumed], [expected, 40]);
    assert.ok(
      lines.some((line) => line.includes('could not remove s3://bucket/pre/dir/s/op_batches/')),
      lines.join(),
    );
    stub.mend();
    const again = await manager().map('s', 'op', rows, new Model().summarise, MAP);
    assert.deepStrictEqual([again.rows, again.calls, keys()], [expected, 0, [`pre/dir/s/op.${END}`]]);
  });
});

describe('no result is lost or there twice', { concurrency: 5 }, () => {
  const few = rows.slice(0, 16);
  const faults = ['lost', '503', 'unheard', 'reset', 'cut'] as const satisfies Fault[];
  for (const fault of END === 'json' ? faults.slice(0, 1) : faults)
    test(`one request in four: ${fault}`, async () => {
      const bad = await new BucketStub('s3').start();
      try {
        let asked = 0;
        bad.fail(fault, { when: ({ url }) => !url.pathname.includes('probe') && ++asked % 4 === 0, times: Infinity });
        const bucket = stubOptions(bad, 's3');
        const checkpoints = new CheckpointManager('s3://bucket/dir', { logger: false, bucket });
        const model = new Model(undefined, (_, calls) => calls === 9);
        await rejectsWith('ERR_CKPT_ROW_FAILED', () => checkpoints.map('s', 'op', few, model.summarise, STRICT));
        const result = await checkpoints.map('s', 'op', few, model.summarise, { ...MAP, flushEvery: 0 });
        assert.deepStrictEqual([result.rows, result.resumed, model.calls.length], [allSummaries(few), 8, 17]);
        bad.mend();
        assert.deepStrictEqual(await readCheckpoint(`s3://bucket/dir/s/op.${END}`, { bucket }), allSummaries(few));
        assert.deepStrictEqual(
          [...bad.objects.all.keys()].filter((key) => !key.includes('.lease-')),
          [`dir/s/op.${END}`],
        );
      } finally {
        await bad.stop();
      }
    });
});
