import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { readCheckpoint, writeCheckpoint, type Row } from 'arrow-ckpt';
import { startFlakyModel, type FlakyModel } from '../examples/resume/flaky-model.ts';
import { install } from './engines/install.ts';
import { STUB_KEYS } from './support/bucket-stub/s3-dialect.ts';
import { BucketStub } from './support/bucket-stub/stub.ts';
import { CLI, cliOk } from './support/run-cli.ts';
import { noBinding } from './support/readers.ts';
import { suite } from './support/suite.ts';
import { tempFolder } from './support/temp-folder.ts';

/** `npm run test:machines` installs and starts the engines. */
const notAsked = process.env['ARROW_CKPT_MACHINES'] === 'all' ? false : 'npm run test:machines runs it';
const ENGINES = {
  spark: { version: '4.3.0', packages: ['pyspark==4.3.0'] },
  ray: { version: '2.60.0', packages: ['ray==2.60.0'] },
};
const ROOT = fileURLToPath(new URL('..', import.meta.url));
const STEP = fileURLToPath(new URL('programs/killed-step.ts', import.meta.url));
const PARTS = 5;
const ROWS = 60;
const articles = (part: number): Row[] =>
  Array.from({ length: ROWS }, (_, row) => ({ id: part * ROWS + row, text: `Article ${part}/${row}. It is about subject ${row % 7}.` }));
const summary = ({ id, text }: Row): Row => ({ id, summary: String(text).split('. ')[1] });

suite('a step of Node on many machines', noBinding, () => {
  const folder = tempFolder('machines');
  const parts = join(folder, 'articles.parquet');
  let model: FlakyModel;

  before(async () => {
    model = await startFlakyModel(summary, 20);
    for (let part = 0; part < PARTS; part++) await writeCheckpoint(join(parts, `part-${part}.parquet`), articles(part));
  });
  after(() => model.close());

  /** `start` runs the step on all parts: once killed on the way, and once more when all is there. */
  const tryIt = async (
    name: string,
    start: (out: string, env: Record<string, string>) => Promise<{ computed: number }>,
    read: (out: string) => Promise<Row[]> = readCheckpoint,
  ): Promise<void> => {
    const out = join(folder, name, 'summaries.parquet');
    const env = { MODEL_URL: model.url, KILLED: join(folder, `${name}-killed`), NODE_OPTIONS: '--import tsx' };
    const { answered } = model.counts;
    await start(out, env);
    assert.ok(existsSync(env.KILLED), 'a process was killed');
    // The folder is one checkpoint.
    const rows = await read(out);
    assert.deepStrictEqual(rows, Array.from({ length: PARTS }, (_, part) => articles(part).map(summary)).flat());
    // A kill costs what was on its way and not yet durable: 8 calls, 5 results.
    const paid = model.counts.answered - answered;
    assert.ok(paid >= PARTS * ROWS && paid <= PARTS * ROWS + 8 + 5, `${paid} answers`);
    const before = model.counts.requests;
    assert.equal((await start(out, env)).computed, 0);
    assert.equal(model.counts.requests, before);
  };

  for (const [name, engine] of Object.entries(ENGINES)) {
    test(`tasks of ${name}: one is killed, and the rows are those of one process`, { skip: notAsked, timeout: 600_000 }, async () => {
      const home = install({ name: `work-${name}`, registry: 'pip' }, engine);
      const python = 'python' in home ? home.python : '';
      await tryIt(name, async (out, env) => {
        const options = { env: { ...process.env, ...env, WORK: `${process.execPath} ${CLI} work`, PYSPARK_PYTHON: python }, cwd: ROOT };
        // Tasks are tried again in a cluster; by itself Spark does so if it is told.
        const spark = { ...options, env: { ...options.env, PYSPARK_SUBMIT_ARGS: '--master local[2,4] pyspark-shell' } };
        const { stdout } = await promisify(execFile)(python, [join('examples', name, 'run.py'), STEP, parts, out], spark);
        return JSON.parse(stdout.trim().split('\n').at(-1)!) as { computed: number };
      });
    });
  }

  /** The pods of the job of examples/kubernetes, with other folders. */
  const pods = async (places: Record<string, string>, env: Record<string, string>): Promise<{ computed: number }> => {
    const [, args] = /args: \[(.*)\]/.exec(readFileSync(join(ROOT, 'examples/kubernetes/job.yaml'), 'utf8')) ?? [];
    const [npx, program, ...job] = args!.split(', ');
    assert.deepStrictEqual([npx, program], ['npx', 'arrow-ckpt']);
    const command = job.map((each) => ({ '/app/step.mjs': STEP, ...places })[each] ?? each);
    // OnFailure: what was killed is started again.
    const pod = async (): Promise<string> => (await cliOk(command, 0, { env }).catch(() => cliOk(command, 0, { env }))).stdout;
    const told = (await Promise.all([pod(), pod(), pod()])).join('').trim().split('\n');
    return { computed: told.reduce((sum, line) => sum + ((JSON.parse(line) as { computed?: number }).computed ?? 0), 0) };
  };
  const [IN, OUT] = ['s3://data/texts.parquet', 's3://data/summaries.parquet'];

  // Those on folders: cli-work.test.ts.
  test('by itself: the pods of a job on a bucket, one of which is killed', async () => {
    const stub = await new BucketStub('s3').start();
    try {
      const { accessKeyId, secretAccessKey } = STUB_KEYS;
      const bucket = { endpoint: stub.origin, credentials: STUB_KEYS };
      const aws = { AWS_ENDPOINT_URL_S3: stub.origin, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
      const [from, to] = [IN, OUT].map((url) => url.replace('data', 'bucket')) as [string, string];
      for (let part = 0; part < PARTS; part++) await writeCheckpoint(`${from}/part-${part}.parquet`, articles(part), { bucket });
      const read = async (): Promise<Row[]> => {
        const names = Array.from({ length: PARTS }, (_, part) => `${to}/part-${part}.parquet`);
        return (await Promise.all(names.map((name) => readCheckpoint(name, { bucket })))).flat();
      };
      await tryIt('bucket', (_, env) => pods({ [IN]: from, [OUT]: to }, { ...env, ...aws }), read);
    } finally {
      await stub.stop();
    }
  });
});
