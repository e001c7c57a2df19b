// `arrow-ckpt work` with parts and results in a bucket: processes share them by leases there.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { readCheckpoint, writeCheckpoint } from 'arrow-ckpt';
import { claimWithKills, partInput, partNames, partResults, ROWS, STEP, type PartOutcome } from './buckets/claim-kills.js';
import { stubEnvironment } from './buckets/stub-bucket.js';
import { STUB_KEYS } from './support/bucket-stub/s3-dialect.js';
import { BucketStub } from './support/bucket-stub/stub.js';
import { cliOk, linesOf, noCli } from './support/run-cli.js';
import { suite } from './support/suite.js';
import { tempFolder } from './support/temp-folder.js';

const IN = 's3://bucket/data/in.parquet';
const OUT = 's3://bucket/data/out.parquet';

suite('arrow-ckpt work on a bucket', noCli, () => {
  const folder = tempFolder('buckets-work');
  const calls = join(folder, 'calls');
  const stub = new BucketStub('s3');
  let env: Record<string, string>;
  const bucket = (): object => ({ endpoint: stub.origin, credentials: STUB_KEYS });
  const called = (): number[] => readFileSync(calls, 'utf8').split('\n').slice(0, -1).map(Number);
  const work = async (args: readonly string[], code = 0): Promise<PartOutcome[]> =>
    linesOf((await cliOk(['work', STEP, ...args], code, { env })).stdout) as PartOutcome[];
  const outcomes = (told: readonly PartOutcome[]): unknown[] => told.map(({ part, status, path }) => [part, status, path]).sort();
  const all = (status: string): unknown[] => partNames.map((name) => [name, status, `${OUT}/${name}`]);

  before(async () => {
    await stub.start();
    env = {
      ...stubEnvironment(stub),
      AWS_REGION: 'us-east-1',
      WORK_CALLS: calls,
      WORK_HASH: 'h',
    };
  });
  after(() => stub.stop());
  beforeEach(async () => {
    stub.reset();
    writeFileSync(calls, '');
    for (const [part, name] of partNames.entries()) await writeCheckpoint(`${IN}/${name}`, partInput(part), { bucket: bucket() });
    // What engines leave beside their parts.
    for (const name of ['_SUCCESS', '_temporary/part-9.parquet', '.part-0.parquet.crc'])
      stub.objects.put(`data/in.parquet/${name}`, Buffer.from(''));
  });

  test('three processes share the parts; two are killed, and each part is there once', { timeout: 120_000 }, async () => {
    await claimWithKills({ url: 's3://bucket/data', bucket: bucket(), env, folder });
    const left = [...stub.objects.all.keys()].filter((key) => !/^data\/(?:in|out)\.parquet\/|probe/.test(key));
    assert.deepEqual(left, [], 'no lease and no batch is left');
    assert.deepEqual(outcomes(await work(['--in', IN, '--out', OUT, '--claim'])), all('there'));
    assert.deepEqual(called(), []);
  });

  test('names of parts, and local files on one side; what has changed is computed again', async () => {
    const [first] = partNames as [string];
    assert.deepEqual(outcomes(await work([first, '--in', IN, '--out', OUT])), [[first, 'done', `${OUT}/${first}`]]);
    const url = `${IN}/${partNames[1]}`;
    assert.deepEqual(outcomes(await work([url, '--out', `${OUT}/`])), [[url, 'done', `${OUT}/${partNames[1]}`]]);
    writeFileSync(calls, '');
    await writeCheckpoint(`${IN}/${first}`, [...partInput(0).slice(1), { id: 9000, text: 'new' }], { bucket: bucket() });
    const [again] = await work([first, '--in', IN, '--out', OUT]);
    assert.deepEqual([again?.status, again?.computed, again?.resumed, called()], ['done', 1, ROWS - 1, [9000]]);
    // To local files, and from these.
    const local = join(folder, 'local');
    const [to] = await work([partNames[2] as string, '--in', IN, '--out', local]);
    assert.deepEqual(await readCheckpoint(to?.path as string), partResults(2));
    const own = join(folder, 'own');
    await writeCheckpoint(join(own, 'lang=de', 'part-3.parquet'), partInput(3));
    const told = await work(['--in', own, '--out', `${OUT}/`, '--claim']);
    assert.deepEqual(outcomes(told), [['lang=de/part-3.parquet', 'done', `${OUT}/lang=de/part-3.parquet`]]);
    assert.deepEqual(await readCheckpoint(`${OUT}/lang=de/part-3.parquet`, { bucket: bucket() }), partResults(3));
  });

  test('what cannot be is refused', async () => {
    const codes = async (args: readonly string[]): Promise<unknown[]> => (await work(args, 1)).map(({ error }) => error?.code);
    assert.deepEqual(await codes(['../other/part-0.parquet', '--in', IN, '--out', OUT]), ['ERR_CKPT_INVALID_ARGUMENT']);
    assert.deepEqual(await codes([partNames[0] as string, '--in', IN, '--out', 's3://bucket']), ['ERR_CKPT_INVALID_ARGUMENT']);
    assert.deepEqual(await codes(['none.parquet', '--in', IN, '--out', OUT]), ['ERR_CKPT_NOT_FOUND']);
    // The results of a part must not take its place.
    for (const out of [IN, IN.replace('s3:', 'S3:')])
      assert.deepEqual(await codes([partNames[0] as string, '--in', IN, '--out', out]), ['ERR_CKPT_INVALID_ARGUMENT']);
    assert.deepEqual(await codes([partNames[0] as string, '--in', IN, '--out', stub.origin]), ['ERR_CKPT_INVALID_ARGUMENT']);
    assert.deepEqual(called(), []);
    assert.deepEqual(await readCheckpoint(`${IN}/${partNames[0]}`, { bucket: bucket() }), partInput(0));
  });
});
