import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { rejectsWith } from './support/codes.ts';
import { KeptStore } from './support/kept-store.ts';
import { articles, manager, MAP, Model } from './support/map-rows.ts';
import { runProgram } from './support/run-program.ts';
import { tempFolder } from './support/temp-folder.ts';

const folder = tempFolder('forget-kill');
const ROWS = articles(60);
/** It is killed at one call in so many; ARROW_CKPT_KILLS=200: at every one. */
const EVERY = Number(process.env.ARROW_CKPT_KILLS ?? 0) >= 200 ? 1 : 23;
const killer = fileURLToPath(new URL('./programs/kill-at-call.mjs', import.meta.url));

/** Kept results of two hashes, a checkpoint, and batches of an interrupted map. */
async function prepared(directory: string, enableArrow: boolean): Promise<void> {
  const store = new KeptStore(directory, enableArrow);
  await store.calls(ROWS.slice(0, 40), 'g');
  await store.calls(ROWS.slice(0, 30), 'h');
  await store.calls(ROWS.slice(10, 30), 'h');
  const model = new Model(
    () => 0,
    ({ id }) => id === 59,
  );
  await rejectsWith('ERR_CKPT_ROW_FAILED', () =>
    manager(directory, enableArrow).map('s', 'op', ROWS, model.summarise, { ...MAP, batchSize: 8 }),
  );
}

for (const [kind, enableArrow, env] of [
  ['Parquet', true, {}],
  ['JSON', false, {}],
  ['Parquet without the binary', true, { ARROW_CKPT_FORCE_JSON: '1' }],
] as const) {
  test(`forget is killed at its calls of the file system: no other row is paid again, ${kind}`, async (t) => {
    const made = join(folder, `made ${kind}`);
    await prepared(made, enableArrow);
    let [kills, killed] = [0, true];
    const seen = new Set<number>();
    for (let at = 1 + (EVERY === 1 ? 0 : Math.floor(Math.random() * EVERY)); killed; at += EVERY) {
      const directory = join(folder, `${kind} ${at}`);
      cpSync(made, directory, { recursive: true, preserveTimestamps: true });
      const forgotten = [5, 15, 35, 45];
      const args = [directory, enableArrow ? 'no' : 'yes', JSON.stringify({ keys: forgotten })];
      const { signal, stdout, stderr } = await runProgram('forget.mjs', {
        args,
        nodeArgs: ['--import', killer],
        env: { ...env, ARROW_CKPT_TEST_KILL_AT: String(at) },
      });
      killed = signal === 'SIGKILL';
      if (killed) kills++;
      else assert.equal(stdout, 'started\nrows 4\n', stderr);
      const again = killed ? manager(directory, enableArrow) : undefined;
      const store = new KeptStore(directory, enableArrow);
      // Others first, with what is left of the forgotten ones afterwards.
      const others = ROWS.slice(0, 59).filter(({ id }) => !forgotten.includes(id));
      assert.equal(await store.calls(others), 0, `killed at ${at}: rows of this hash`);
      const calls = await store.calls(ROWS.slice(0, 59));
      assert.ok(calls <= 4, `killed at ${at}: ${calls} calls`);
      seen.add(calls);
      assert.equal(await store.calls(others.slice(0, 30), 'g'), 0, `killed at ${at}: rows of another hash`);
      if (!killed) assert.equal(calls, 4);
      // What was cut short can be called again.
      assert.equal((await again?.forget('s', 'op', { keys: forgotten })) ?? 4, 4);
      assert.equal(await store.calls(ROWS.slice(0, 59)), killed ? 4 : 0);
    }
    t.diagnostic(`${kills} kills; calls afterwards: ${[...seen].sort().join(', ')}`);
    assert.ok(kills >= 2, `${kills} kills`);
  });
}
