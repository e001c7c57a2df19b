// `arrow-ckpt work` with parts and results in a bucket: processes share them by leases there.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readCheckpoint, writeCheckpoint } from 'arrow-ckpt';
import { stubEnvironment } from './buckets/stub-bucket.js';
import { STUB_KEYS } from './support/bucket-stub/s3-dialect.js';
import { BucketStub } from './support/bucket-stub/stub.js';
import { CLI, cliOk, ENV, linesOf, noCli } from './support/run-cli.js';
import { suite } from './support/suite.js';
import { tempFolder } from './support/temp-folder.js';

const STEP = fileURLToPath(new URL('programs/step.mjs', import.meta.url));
const PARTS = 4;
const ROWS = 30;
const IN = 's3://bucket/data/in.parquet';
const OUT = 's3://bucket/data/out.parquet';
const names = Array.from({ length: PARTS }, (_, part) => `part-${part}.parquet`);
const input = (part: number): { id: number; text: string }[] =>
  Array.from({ length: ROWS }, (_, row) => ({ id: part * ROWS + row, text: `text ${row}` }));
const results = (part: number): object[] => input(part).map(({ id, text }) => ({ id, upper: text.toUpperCase() }));

interface Outcome {
  part: string;
  status: string;
  path: string | null;
  computed?: number;
  resumed?: number;
  error?: { code: string };
}

suite('arrow-ckpt work on a bucket', noCli, () => {
  const folder = tempFolder('buckets-work');
  const calls = join(folder, 'calls');
  const stub = new BucketStub('s3');
  let env: Record<string, string>;
  const bucket = (): object => ({ endpoint: stub.origin, credentials: STUB_KEYS });
  const called = (): number[] => readFileSync(calls, 'utf8').split('\n').slice(0, -1).map(Number);
  const work = async (args: readonly string[], code = 0): Promise<Outcome[]> =>
    linesOf((await cliOk(['work', STEP, ...args], code, { env })).stdout) as Outcome[];
  const outcomes = (told: readonly Outcome[]): unknown[] => told.map(({ part, status, path }) => [part, status, path]).sort();
  const all = (status: string): unknown[] => names.map((name) => [name, status, `${OUT}/${name}`]);

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
    for (const [part, name] of names.entries()) await writeCheckpoint(`${IN}/${name}`, input(part), { bucket: bucket() });
    // What engines leave beside their parts.
    for (const name of ['_SUCCESS', '_temporary/part-9.parquet', '.part-0.parquet.crc'])
      stub.objects.put(`data/in.parquet/${name}`, Buffer.from(''));
  });

  test('three processes share the parts; two are killed, and each part is there once', { timeout: 120_000 }, async () => {
    const options = { env: { ...process.env, ...ENV, ...env, WORK_MS: '20' } };
    const workers = [0, 1, 2].map(() => spawn(process.execPath, [CLI, 'work', STEP, '--in', IN, '--out', OUT, '--claim'], options));
    const texts = workers.map((worker) => {
      const text = { stdout: '' };
      worker.stdout.setEncoding('utf8').on('data', (more: string) => (text.stdout += more));
      return text;
    });
    const ends = workers.map((worker) => once(worker, 'close'));
    while (called().length < ROWS / 2) await setTimeout(5);
    workers[0]!.kill('SIGKILL');
    while (called().length < 2 * ROWS) await setTimeout(5);
    workers[1]!.kill('SIGKILL');
    assert.deepEqual(await ends[2], [0, null]);
    await Promise.all(ends);
    const told = linesOf(texts[2]!.stdout) as Outcome[];
    assert.deepEqual(told.map(({ part }) => part).sort(), names);
    for (const [part, name] of names.entries())
      assert.deepEqual(await readCheckpoint(`${OUT}/${name}`, { bucket: bucket() }), results(part));
    // A kill costs what was on its way and not yet durable.
    assert.ok(called().length <= PARTS * ROWS + 2 * (4 + 8), String(called().length));
    assert.equal(new Set(called()).size, PARTS * ROWS);
    const left = [...stub.objects.all.keys()].filter((key) => !/^data\/(?:in|out)\.parquet\/|probe/.test(key));
    assert.deepEqual(left, [], 'no lease and no batch is left');
    writeFileSync(calls, '');
    assert.deepEqual(outcomes(await work(['--in', IN, '--out', OUT, '--claim'])), all('there'));
    assert.deepEqual(called(), []);
  });

  test('names of parts, and local files on one side; what has changed is computed again', async () => {
    const [first] = names as [string];
    assert.deepEqual(outcomes(await work([first, '--in', IN, '--out', OUT])), [[first, 'done', `${OUT}/${first}`]]);
    const url = `${IN}/${names[1]}`;
    assert.deepEqual(outcomes(await work([url, '--out', `${OUT}/`])), [[url, 'done', `${OUT}/${names[1]}`]]);
    writeFileSync(calls, '');
    await writeCheckpoint(`${IN}/${first}`, [...input(0).slice(1), { id: 9000, text: 'new' }], { bucket: bucket() });
    const [again] = await work([first, '--in', IN, '--out', OUT]);
    assert.deepEqual([again?.status, again?.computed, again?.resumed, called()], ['done', 1, ROWS - 1, [9000]]);
    // To local files, and from these.
    const local = join(folder, 'local');
    const [to] = await work([names[2] as string, '--in', IN, '--out', local]);
    assert.deepEqual(await readCheckpoint(to?.path as string), results(2));
    const own = join(folder, 'own');
    await writeCheckpoint(join(own, 'lang=de', 'part-3.parquet'), input(3));
    const told = await work(['--in', own, '--out', `${OUT}/`, '--claim']);
    assert.deepEqual(outcomes(told), [['lang=de/part-3.parquet', 'done', `${OUT}/lang=de/part-3.parquet`]]);
    assert.deepEqual(await readCheckpoint(`${OUT}/lang=de/part-3.parquet`, { bucket: bucket() }), results(3));
  });

  test('what cannot be is refused', async () => {
    const codes = async (args: readonly string[]): Promise<unknown[]> => (await work(args, 1)).map(({ error }) => error?.code);
    assert.deepEqual(await codes(['../other/part-0.parquet', '--in', IN, '--out', OUT]), ['ERR_CKPT_INVALID_ARGUMENT']);
    assert.deepEqual(await codes([names[0] as string, '--in', IN, '--out', 's3://bucket']), ['ERR_CKPT_INVALID_ARGUMENT']);
    assert.deepEqual(await codes(['none.parquet', '--in', IN, '--out', OUT]), ['ERR_CKPT_NOT_FOUND']);
    // The results of a part must not take its place.
    for (const out of [IN, IN.replace('s3:', 'S3:')])
      assert.deepEqual(await codes([names[0] as string, '--in', IN, '--out', out]), ['ERR_CKPT_INVALID_ARGUMENT']);
    assert.deepEqual(await codes([names[0] as string, '--in', IN, '--out', stub.origin]), ['ERR_CKPT_INVALID_ARGUMENT']);
    assert.deepEqual(called(), []);
    assert.deepEqual(await readCheckpoint(`${IN}/${names[0]}`, { bucket: bucket() }), input(0));
  });
});
