// One of several processes that save thin files in a directory, replace and remove their bases and them, sweep and clear, until it is
// killed; tells a line before each turn, and what was wrong:
//   thin-actor.mjs <folder> <save|replace|remove|sweep> <number>
import { mkdirSync, readdirSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { CheckpointManager, writeCheckpoint } from 'arrow-ckpt';
import { sweepPool } from '../../build/lib/directory/sweep-pool.js';
import { baseRows, generationOf, thinRows } from './thin-rows.mjs';

const [, , folder, role, number] = process.argv;
const manager = new CheckpointManager(folder, { logger: false });
const random = (below) => Math.floor(Math.random() * below);
const tell = (text) => writeSync(1, `${text}\n`);
const base = () => `base ${random(2)}`;
const thin = () => `thin ${random(3)}`;

/** Files that are there. */
const filesIn = (step) => {
  try {
    return readdirSync(join(folder, step)).filter((name) => !name.startsWith('.'));
  } catch {
    return [];
  }
};
/** What is named may have gone meanwhile. */
const unlessGone = (work) => {
  try {
    return work();
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    return undefined;
  }
};

const TURNS = {
  async save(turn) {
    const operation = random(3) === 0 ? thin() : base();
    const rows = await manager.loadCheckpoint('step', operation);
    if (rows === null) return TURNS.replace();
    const made = thinRows(generationOf(rows), turn);
    const outside = random(6) === 0;
    const target = thin();
    if (outside) {
      const base = join(folder, 'step', `${operation}.parquet`);
      const { delta } = await writeCheckpoint(join(folder, `file ${random(2)}.pq`), made, { base, pool: folder });
      if (delta) tell('thin');
    } else {
      await manager.saveCheckpoint('step', target, made, { base: random(3) === 0 ? 'auto' : { step: 'step', operation } });
      if ((await manager.getCheckpointInfo('step', target))?.delta) tell('thin');
    }
  },
  async replace() {
    if (role === 'replace') await setTimeout(random(100));
    const rows = baseRows(Number(number) * 1000 + random(1000));
    if (random(2) === 0) await manager.saveCheckpoint('step', base(), rows, { base: 'auto' });
    else {
      // As DuckDB, mv, git and tar do it.
      const other = join(folder, '..', `other ${process.pid}.parquet`);
      await writeCheckpoint(other, rows, { base: 'auto' });
      mkdirSync(join(folder, 'step'), { recursive: true });
      unlessGone(() => renameSync(other, join(folder, 'step', `${base()}.parquet`)));
    }
  },
  async remove() {
    // Others are to have something to do.
    await setTimeout(10 + random(40));
    const name = filesIn('step')[random(6)];
    if (name === undefined) return;
    const path = join(folder, 'step', name);
    const way = random(3);
    if (way === 0) await manager.deleteCheckpoint('step', name.replace(/\.parquet$/, ''));
    else if (way === 1) unlessGone(() => rmSync(path));
    // Once: of a file that gets new names again and again, two sweeps in a row may see none, and these here have no grace.
    else if (!name.startsWith('moved')) unlessGone(() => renameSync(path, join(folder, 'step', `moved ${random(9)}.parquet`)));
  },
  async sweep(turn) {
    // Shorter than any save: the lock must do.
    await setTimeout(random(5));
    if (turn % 150 === 0) await manager.clearAll();
    else await sweepPool(folder, { dryRun: false, logger: null, trashMs: random(4) - 1 });
  },
};

for (let turn = random(1000); ; turn++) {
  tell('begun');
  try {
    await TURNS[role](turn);
  } catch (error) {
    if (error.code !== 'ERR_CKPT_NOT_FOUND') tell(`wrong ${role}: ${error.code} ${error.stack.replaceAll('\n', ' ')}`);
  }
}
