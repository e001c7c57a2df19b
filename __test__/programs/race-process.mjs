// One of several processes that save, load, list and delete in one directory at once; prints what it did, and what was wrong:
//   race-process.mjs <folder> <number> <milliseconds>
import { CheckpointManager, isCheckpointError } from 'arrow-ckpt';
import { generationOf, rowsOf } from './generations.mjs';

const [, , folder, number, milliseconds] = process.argv;
const manager = new CheckpointManager(folder, { enableArrow: Number(number) % 4 !== 3, logger: false });
const counts = { saves: 0, loads: 0, lists: 0, deletions: 0, gone: 0 };
const wrong = [];
let state = Number(number) + 1;
const random = (below) => (state = (state * 48271) % 2147483647) % below;

async function once(turn) {
  const generation = turn * 8 + Number(number);
  const shared = `shared-${random(3)}`;
  switch (random(8)) {
    case 0:
    case 1:
    case 2:
      await manager.saveCheckpoint('step', shared, rowsOf(generation), { hash: String(generation) });
      counts.saves++;
      break;
    case 3: {
      // A name of its own: what it has saved it must find, whatever the others do.
      const own = `own-${number}`;
      await manager.saveCheckpoint('step', own, rowsOf(generation), { hash: String(generation) });
      counts.saves++;
      const rows = await manager.loadCheckpoint('step', own, { hash: String(generation) });
      if (rows === null || generationOf(rows) !== generation) wrong.push(`${own} of generation ${generation} is lost`);
      break;
    }
    case 4: {
      const rows = await manager.loadCheckpoint('step', shared);
      if (rows !== null) generationOf(rows);
      counts.loads++;
      break;
    }
    case 5:
      for (const { error } of await manager.listCheckpoints())
        if (error !== undefined && error.code !== 'ERR_CKPT_NOT_FOUND') wrong.push(String(error));
      counts.lists++;
      break;
    case 6:
      if (random(4) === 0 && (await manager.deleteCheckpoint('step', shared))) counts.deletions++;
      break;
    default:
      await manager.saveBatchCheckpoint('batches', random(4), rowsOf(generation));
      for (const batch of await manager.loadBatchCheckpoints('batches')) generationOf(batch);
      counts.saves++;
  }
}

const until = performance.now() + Number(milliseconds);
for (let turn = 0; performance.now() < until; turn++) {
  try {
    await once(turn);
  } catch (error) {
    // A file that another has removed between two looks at it is not there, and says so.
    if (!(isCheckpointError(error) && error.code === 'ERR_CKPT_NOT_FOUND'))
      wrong.push(isCheckpointError(error) ? `${error.code} ${error.message}` : String(error.stack));
    else counts.gone++;
  }
}
console.log(JSON.stringify({ counts, wrong: wrong.slice(0, 5), wrongs: wrong.length }));
