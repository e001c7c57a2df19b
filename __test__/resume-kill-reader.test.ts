import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { allSummaries, articles, manager, MAP, Model } from './support/map-rows.ts';
import { cli } from './support/run-cli.ts';
import { runProgram } from './support/run-program.ts';
import { tempFolder } from './support/temp-folder.ts';

const folder = tempFolder('kill-reader');
const program = (name: string): string => fileURLToPath(new URL(`./programs/${name}`, import.meta.url));
/** A map of so many rows, then one of more. */
const ROWS = [260, 380];
/** Where a run is killed: see kill-in-merge.mjs. The 17th batch is the first merge, which then is the first of the next run. */
const KILLS = [
  ['claim:17:1', 'claim:1:3', 'unlink:2', 'unlink:16', 'unlink:25'],
  ['claim:17:4', 'unlink:9'],
];
/** Many small batches: sixteen of one size are merged. */
const OPTIONS = JSON.stringify({ concurrency: 2, batchSize: 2, flushEvery: 2 });

interface Read {
  looks: number;
  batches: number;
  merging: number;
  partial: number;
  finals: number;
  wrong: string[];
  wrongs: number;
}

/** `inspect` of what is there: what it is told, or a coded error where the file has gone meanwhile. */
async function inspect(directory: string, env: Record<string, string>): Promise<void> {
  const name = readdirSync(join(directory, 's', 'op_batches')).find((file) => !file.startsWith('.'));
  if (name === undefined) return;
  const { code, stdout, stderr } = await cli(['inspect', join(directory, 's', 'op_batches', name)], { env });
  if (code === 0) assert.match(stdout, /"?id"?/);
  else assert.match(stderr, /ERR_CKPT_NOT_FOUND/);
}

test('a claim that a killed process had begun, and is empty, goes with the batches, and with a sweep when it is old', async () => {
  const directory = join(folder, 'claims');
  const batches = join(directory, 's', 'op_batches');
  mkdirSync(batches, { recursive: true });
  const claim = join(batches, '.batch_0.claim');
  writeFileSync(claim, '');
  await manager(directory).sweep();
  assert.ok(existsSync(claim), 'it may be of this moment');
  utimesSync(claim, 1e9, 1e9);
  await manager(directory).sweep();
  assert.ok(!existsSync(claim));
  mkdirSync(batches, { recursive: true });
  writeFileSync(claim, '');
  await manager(directory).map('s', 'op', articles(9), new Model().summarise, MAP);
  assert.deepStrictEqual(readdirSync(join(directory, 's'), { recursive: true }), ['op.parquet']);
});

for (const [kind, env] of Object.entries({ Parquet: {}, JSON: { ARROW_CKPT_FORCE_JSON: '1' } })) {
  test(`a reader beside a map that is killed, in merges too, sees right rows: ${kind}`, { timeout: 120_000 }, async (t) => {
    const directory = join(folder, kind);
    mkdirSync(directory);
    const reader = spawn(process.execPath, [program('map-reader.mjs'), directory, JSON.stringify(ROWS)], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, ...env },
    });
    t.after(() => reader.kill());
    const read = text(reader.stdout);
    const closed = once(reader, 'close');
    for (const [phase, rows] of ROWS.entries()) {
      const run = (kill: string) =>
        runProgram('map-rows.mjs', {
          args: [directory, String(rows), join(folder, `${kind} calls`), '0', OPTIONS],
          nodeArgs: ['--import', program('kill-in-merge.mjs')],
          env: { ...env, ARROW_CKPT_TEST_KILL: kill },
        });
      for (const kill of KILLS[phase]!) {
        const { signal, stdout, stderr } = await run(kill);
        assert.equal(signal, 'SIGKILL', `${kill}: ${stdout}${stderr}`);
      }
      await inspect(directory, env);
      const { code, stdout } = await run('');
      assert.equal(code, 0, stdout);
      assert.deepStrictEqual(await manager(directory).loadCheckpoint('s', 'op', { hash: 'h' }), allSummaries(articles(rows)));
      const left = readdirSync(join(directory, 's'), { recursive: true });
      assert.deepStrictEqual(left, [`op.${kind.toLowerCase()}`], 'the batches are gone, and what killed runs left');
    }
    reader.stdin.end();
    await closed;
    const { wrong, wrongs, ...seen } = JSON.parse(await read) as Read;
    t.diagnostic(JSON.stringify(seen));
    assert.deepStrictEqual(wrong, [], `${wrongs} in all`);
    for (const [what, count] of Object.entries(seen)) assert.ok(count > 0, `${what} was not seen`);
  });
}
