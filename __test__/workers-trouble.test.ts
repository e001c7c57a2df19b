import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { readCheckpoint } from 'arrow-ckpt';
import { assertExact } from './support/exact.ts';
import { allSummaries, articles } from './support/map-rows.ts';
import { mounting, noMounts } from './support/no-mounts.ts';
import { resultOf } from './support/run-program.ts';
import { tempFolder } from './support/temp-folder.ts';
import { callsIn, expectedDigest, WorkerProcess } from './support/worker-kills.ts';

const folder = tempFolder('workers-trouble');
let count = 0;

function fresh(): string {
  const where = join(folder, `d${count++}`);
  mkdirSync(where);
  writeFileSync(join(where, 'calls'), '');
  return where;
}

test('threads of one process share a map; that of a terminated one is taken over', async () => {
  const directory = fresh();
  const thread = (data: Record<string, unknown>): Worker =>
    new Worker(new URL('./programs/map-thread.mjs', import.meta.url), { workerData: { folder: directory, count: 300, ms: 5, ...data } });
  const dead = thread({ stays: true });
  await once(dead, 'message');
  const live = [thread({}), thread({})];
  const ends = live.map(
    (worker) =>
      new Promise<{ rows: unknown[]; calls: number[] }>((resolve, reject) => {
        worker.on('message', (message) => message !== 'begun' && resolve(message));
        worker.on('error', reject);
      }),
  );
  await once(live[0] as Worker, 'message');
  await dead.terminate();
  const results = await Promise.all(ends);
  for (const { rows } of results) assertExact(rows, allSummaries(articles(300)));
  assert.equal(results.flatMap(({ calls }) => calls).length, 300);
});

test('failures of processes: each row is computed once, all list all, a killed one is replaced', async () => {
  const where = fresh();
  const plan = { folder: where, rows: 400, callMs: 10, options: { concurrency: 4, onError: 'collect', fails: 50, batchSize: 32 } };
  const workers = [1, 2, 3].map(() => new WorkerProcess(plan));
  await Promise.all(workers.map(({ begun }) => begun));
  workers[0]?.signal('SIGKILL');
  const [, one, two] = await Promise.all(workers.map((worker) => worker.end()));
  const failed = [1, 51, 101, 151, 201, 251, 301, 351];
  for (const end of [one, two]) {
    assert.deepEqual(
      end?.failures,
      failed.map((id) => ({
        row: id,
        key: id,
        message: `row ${id} (key ${id}) failed: no summary of ${id}`,
        cause: `no summary of ${id}`,
      })),
    );
    assert.equal(end?.path, null);
  }
  assert.ok(callsIn(where).length <= 400 + 4 + 32, `${callsIn(where).length}`);
  const again = new WorkerProcess({ ...plan, options: { concurrency: 4 } });
  assert.equal((await again.end())?.digest, expectedDigest(400));
});

test('a worker that the system stops for a while does no harm', async () => {
  const where = fresh();
  const plan = { folder: where, rows: 600, callMs: 10, options: { concurrency: 4, flushEvery: 20 } };
  const workers = [1, 2].map(() => new WorkerProcess(plan));
  await Promise.all(workers.map(({ begun }) => begun));
  workers[0]?.signal('SIGSTOP');
  setTimeout(() => workers[0]?.signal('SIGCONT'), 1500);
  for (const end of await Promise.all(workers.map((worker) => worker.end()))) assert.equal(end?.digest, expectedDigest(600));
  assert.equal(callsIn(where).length, 600);
  assertExact(await readCheckpoint(join(where, 'checkpoints', 's', 'op.parquet')), allSummaries(articles(600)));
});

test('one worker with the binary and one without refuse each other', async () => {
  const where = fresh();
  const plan = { folder: where, rows: 300, callMs: 20, options: { concurrency: 4 } };
  const first = new WorkerProcess(plan);
  await first.begun;
  const second = new WorkerProcess({ ...plan, environment: { ARROW_CKPT_FORCE_JSON: '1' } });
  const refused = await second.end();
  assert.equal(refused?.error?.code, 'ERR_CKPT_WORKERS_DIFFER');
  assert.match(refused?.error?.message ?? '', /format: theirs parquet, here json/);
  assert.equal((await first.end())?.digest, expectedDigest(300));
});

test('a disk that fills up ends all workers; what was flushed is kept', { skip: noMounts() }, async (t) => {
  const where = fresh();
  const ballast = join(where, 'ballast');
  const through = mounting(where, 'mount -t tmpfs -o size=4m none "$0"', `head -c 2800000 /dev/zero > ${JSON.stringify(ballast)}`);
  const report = await resultOf<{ failures: string[]; first: number; second: number; areEqual: boolean; left: string[] }>(
    'map-worker-disk.mjs',
    { args: [where, ballast], through },
  );
  t.diagnostic(JSON.stringify(report));
  assert.deepEqual(report.failures, ['ERR_CKPT_NO_SPACE', 'ERR_CKPT_NO_SPACE']);
  assert.ok(report.areEqual);
  assert.ok(report.first + report.second <= 4000 + 2 * (16 + 200));
  assert.deepEqual(report.left, []);
});
