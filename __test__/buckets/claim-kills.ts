// `arrow-ckpt work --claim` in three processes, of which two are killed: on the stub, and on the servers of `npm run test:servers`.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readCheckpoint, writeCheckpoint } from 'arrow-ckpt';
import type { Bucket } from '../../lib/options/bucket.js';
import type { BucketOptions } from '../../lib/options/bucket-options.js';
import type { Check } from './checks.js';
import { CLI, ENV, linesOf } from '../support/run-cli.js';

export const STEP = fileURLToPath(new URL('../programs/step.mjs', import.meta.url));
export const PARTS = 4;
export const ROWS = 30;
/** How long is waited for calls that do not come. */
const PATIENCE_MS = 60_000;

export const partNames = Array.from({ length: PARTS }, (_, part) => `part-${part}.parquet`);
export const partInput = (part: number): { id: number; text: string }[] =>
  Array.from({ length: ROWS }, (_, row) => ({ id: part * ROWS + row, text: `text ${row}` }));
export const partResults = (part: number): object[] => partInput(part).map(({ id, text }) => ({ id, upper: text.toUpperCase() }));

/** What one worker tells of a part. */
export interface PartOutcome {
  part: string;
  status: string;
  path: string | null;
  computed?: number;
  resumed?: number;
  error?: { code: string };
}

/** Where it is tried. */
export interface ClaimPlace {
  /** The URL of an empty folder. */
  url: string;
  bucket: BucketOptions | Bucket;
  /** The environment in which a program reaches it. */
  env: Readonly<Record<string, string>>;
  /** A folder for files. */
  folder: string;
}

/** Three processes share the parts; two are killed, and each part is there once. */
export async function claimWithKills({ url, bucket, env, folder }: ClaimPlace): Promise<void> {
  const [from, to] = [`${url}/in.parquet`, `${url}/out.parquet`];
  const calls = join(folder, 'claim-calls');
  const called = (): number[] => readFileSync(calls, 'utf8').split('\n').slice(0, -1).map(Number);
  writeFileSync(calls, '');
  for (const [part, name] of partNames.entries()) await writeCheckpoint(`${from}/${name}`, partInput(part), { bucket });
  const options = { env: { ...process.env, ...ENV, ...env, WORK_CALLS: calls, WORK_HASH: 'h', WORK_MS: '20' } };
  const workers = [0, 1, 2].map(() => spawn(process.execPath, [CLI, 'work', STEP, '--in', from, '--out', to, '--claim'], options));
  try {
    const texts = workers.map((worker) => {
      const text = { stdout: '', stderr: '' };
      worker.stdout.setEncoding('utf8').on('data', (more: string) => (text.stdout += more));
      worker.stderr.setEncoding('utf8').on('data', (more: string) => (text.stderr += more));
      return text;
    });
    const ends = workers.map((worker) => once(worker, 'close'));
    const until = async (count: number): Promise<void> => {
      const end = Date.now() + PATIENCE_MS;
      while (called().length < count) {
        assert.ok(Date.now() < end, `${called().length} of ${count} calls: ${texts[2]?.stderr}`);
        await setTimeout(5);
      }
    };
    await until(ROWS / 2);
    workers[0]?.kill('SIGKILL');
    await until(2 * ROWS);
    workers[1]?.kill('SIGKILL');
    assert.deepEqual(await ends[2], [0, null], texts[2]?.stderr);
    await Promise.all(ends);
    const told = linesOf(texts[2]?.stdout ?? '') as PartOutcome[];
    assert.deepEqual(told.map(({ part }) => part).sort(), partNames);
  } finally {
    for (const worker of workers) worker.kill('SIGKILL');
  }
  for (const [part, name] of partNames.entries()) assert.deepEqual(await readCheckpoint(`${to}/${name}`, { bucket }), partResults(part));
  // A kill costs what was on its way and not yet durable.
  assert.ok(called().length <= PARTS * ROWS + 2 * (4 + 8), String(called().length));
  assert.equal(new Set(called()).size, PARTS * ROWS);
}

/** The same as a check. A program has to reach the server by its environment alone. */
export const CLAIMS: Check<ClaimPlace> = { name: 'three claim parts, two are killed', run: claimWithKills };
