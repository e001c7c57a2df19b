import assert from 'node:assert/strict';
import { cpSync, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { rejectsWith } from './support/codes.ts';
import { assertExact } from './support/exact.ts';
import { KeptStore } from './support/kept-store.ts';
import { allSummaries, articles, manager, MAP, Model } from './support/map-rows.ts';
import { runProgram } from './support/run-program.ts';
import { tempFolder } from './support/temp-folder.ts';

const folder = tempFolder('kept-kill');
const ROWS = articles(60);
/** It is killed at one call in so many; ARROW_CKPT_KILLS=200: at every one. */
const EVERY = Number(process.env.ARROW_CKPT_KILLS ?? 0) >= 200 ? 1 : 31;
const killer = fileURLToPath(new URL('./programs/kill-at-call.mjs', import.meta.url));

/** A checkpoint, fifteen small files of kept results, and batches of two interrupted maps, of this hash and another. */
async function prepared(directory: string, enableArrow: boolean): Promise<void> {
  const store = new KeptStore(directory, enableArrow);
  const titled = (title: string) => [{ id: 0, title }, ...ROWS.slice(1, 40)];
  for (let version = 0; version <= 15; version++) await store.calls(titled(`version ${version}`));
  assert.equal(store.files.length, 15);
  for (const hash of ['g', 'h']) {
    const model = new Model(
      () => 0,
      ({ id }) => id === 59,
    );
    const options = { ...MAP, hash, batchSize: 8 };
    await rejectsWith('ERR_CKPT_ROW_FAILED', () =>
      manager(directory, enableArrow).map('s', 'op', ROWS.slice(hash === 'g' ? 30 : 1), model.summarise, options),
    );
  }
}

for (const enableArrow of [true, false]) {
  const kind = enableArrow ? 'Parquet' : 'JSON';
  test(`a map that retires results is killed at its calls of the file system: none is paid twice, ${kind}`, async (t) => {
    const made = join(folder, `made ${kind}`);
    await prepared(made, enableArrow);
    let [kills, killed] = [0, true];
    // A call of its own each time the suite runs.
    for (let at = 1 + (EVERY === 1 ? 0 : Math.floor(Math.random() * EVERY)); killed; at += EVERY) {
      const directory = join(folder, `${kind} ${at}`);
      cpSync(made, directory, { recursive: true, preserveTimestamps: true });
      const { signal, stdout, stderr } = await runProgram('map-few.mjs', {
        args: [directory, '5', enableArrow ? 'no' : 'yes'],
        nodeArgs: ['--import', killer],
        env: { ARROW_CKPT_TEST_KILL_AT: String(at) },
      });
      killed = signal === 'SIGKILL';
      if (killed) kills++;
      // Row 0 has the title of no version.
      else assert.equal(stdout, 'started\ncalls 1\n', stderr);
      const store = new KeptStore(directory, enableArrow);
      const rowsOf = async (): Promise<unknown> => (await manager(directory, enableArrow).loadCheckpoint('s', 'op', { hash: 'h' }))?.length;
      const [before, after] = [allSummaries(ROWS.slice(0, 40)).length, allSummaries(ROWS.slice(0, 5)).length];
      assert.ok([before, after].includes((await rowsOf()) as number), `killed at ${at}`);
      const own = ROWS.slice(1, 59);
      assert.equal(await store.calls(own), 0, `killed at ${at}: rows of this hash`);
      assert.equal(await store.calls(ROWS.slice(30, 59), 'g'), 0, `killed at ${at}: rows of another hash`);
      for (const version of [0, 7, 15]) {
        const rows = [{ id: 0, title: `version ${version}` }, ...own];
        assert.equal(await store.calls(rows), 0, `killed at ${at}: version ${version}`);
      }
      assertExact(await manager(directory, enableArrow).loadBatchCheckpoints('op'), []);
      assert.ok(store.files.length < 32, `${store.files.length} files of kept results`);
      const others = readdirSync(join(directory, 's')).filter((name) => name !== '.kept');
      assert.deepStrictEqual(others, [enableArrow ? 'op.parquet' : 'op.json']);
      assert.ok(existsSync(store.kept));
    }
    t.diagnostic(`${kills} kills`);
    assert.ok(kills >= 5, `${kills} kills`);
  });
}
