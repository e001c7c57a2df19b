// What needs no native binary on a bucket: maps and managers of JSON, all of it in TypeScript.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CheckpointManager, readCheckpoint } from 'arrow-ckpt';
import { stubEnvironment, stubOptions } from './buckets/stub-bucket.ts';
import { BucketStub } from './support/bucket-stub/stub.ts';
import { allSummaries, articles, MAP, Model, type Summary } from './support/map-rows.ts';
import { noBinding } from './support/readers.ts';
import { resultOf, runProgram } from './support/run-program.ts';
import { suite } from './support/suite.ts';

const WITHOUT = { ARROW_CKPT_FORCE_JSON: '1' };

suite('a bucket without the native binary', noBinding, () => {
  const stub = new BucketStub('s3');
  before(() => stub.start());
  after(() => stub.stop());

  test('maps do what they do with it', async () => {
    // A process of its own, as none of this run of tests.
    const env = { ...WITHOUT, NODE_TEST_CONTEXT: undefined };
    const { code, stdout, stderr } = await runProgram('../buckets-map.test.ts', { env, timeout: 100_000 });
    assert.equal(code, 0, `${stdout.slice(-5000)}${stderr}`);
    assert.match(stdout, /# pass 15\n/);
  });

  test('a map that the binary began goes on without it, and what it made is read with it', async () => {
    const rows = articles(60);
    const expected = allSummaries(rows);
    const options = { bucket: stubOptions(stub, 's3') };
    const manager = new CheckpointManager('s3://bucket/dir', { logger: false, ...options });
    const model = new Model(undefined, (_, calls) => calls > 25);
    const given = { ...MAP, concurrency: 1 };
    await assert.rejects(manager.map('s', 'op', rows, model.summarise, given), { code: 'ERR_CKPT_ROW_FAILED' });
    assert.ok([...stub.objects.all.keys()].some((key) => key.endsWith('.parquet')));
    const env = { ...WITHOUT, ...stubEnvironment(stub) };
    const told = await resultOf<Record<string, unknown>>('bucket-without-binary.ts', { env, args: ['s3://bucket/dir', '60'] });
    assert.deepStrictEqual(told, { partial: 25, resumed: 25, calls: 35, loaded: expected.length, listed: ['op:json'], swept: 0 });
    assert.deepStrictEqual([...stub.objects.all.keys()], ['dir/s/op.json']);
    assert.deepStrictEqual(await readCheckpoint<Summary>('s3://bucket/dir/s/op.json', options), expected);
    const again = await manager.map('s', 'op', rows, model.summarise, given);
    assert.deepStrictEqual([again.rows, again.calls], [expected, 0]);
  });
});
