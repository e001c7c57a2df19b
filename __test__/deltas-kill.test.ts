import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { CheckpointManager } from 'arrow-ckpt';
import { sweepPool } from '../build/lib/directory/sweep-pool.js';
import { readAllBelow } from './programs/thin-rows.mjs';
import { noBinding } from './support/readers.ts';
import { suite } from './support/suite.ts';
import { tempFolder } from './support/temp-folder.ts';
import { thinKills } from './support/thin-kills.ts';

/** `ARROW_CKPT_KILLS=1000` for a run that is recorded in docs/RELIABILITY.md. */
const KILLS = Number(process.env['ARROW_CKPT_KILLS'] ?? 60);

suite('thin files beside processes that are killed', noBinding, () => {
  const folder = join(tempFolder('deltas-kill'), 'directory');
  mkdirSync(folder);
  const holders = (): string[] =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /\.holder$|trash.[0-9a-f]{32}/.test(name));

  test('no checkpoint that is there is lost, and none has other rows', { timeout: 60_000 + KILLS * 2000 }, async (t) => {
    const { wrong, ...counts } = await thinKills(folder, KILLS);
    t.diagnostic(`${JSON.stringify(counts)}; lost or wrong: ${wrong.length}`);
    assert.deepStrictEqual(wrong, []);
    assert.equal(counts.kills, KILLS);
    assert.ok(counts.thin > 0 && counts.loads > 0);
    for (const [role, turns] of Object.entries(counts.turns)) assert.ok(turns > 0, role);
  });

  test('then sweeps leave what is referred to, and no more', async () => {
    const sweep = () => sweepPool(folder, { dryRun: false, logger: null, trashMs: -1 });
    for (let turn = 0; turn < 3; turn++) await sweep();
    assert.deepStrictEqual((await readAllBelow(folder)).wrong, []);
    assert.ok(
      holders().every((name) => name.endsWith('.holder')),
      'the trash is empty',
    );
    const manager = new CheckpointManager(folder, { logger: false });
    await manager.clearAll();
    for (const name of readdirSync(folder)) if (name.endsWith('.pq')) rmSync(join(folder, name));
    await sweep();
    await sweep();
    assert.deepStrictEqual(holders(), []);
  });
});
