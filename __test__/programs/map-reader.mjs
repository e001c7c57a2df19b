// Reads what a map beside it writes, in all ways, until its input ends; prints how often, and what was wrong:
//   map-reader.mjs <folder> <numbers of rows of the maps, as JSON>
import { isDeepStrictEqual } from 'node:util';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CheckpointManager, isCheckpointError, readCheckpoint, verifyCheckpoint } from 'arrow-ckpt';

const [, , folder, counts] = process.argv;
const manager = new CheckpointManager(folder, { logger: false });
let ended = false;
process.stdin.resume().on('end', () => (ended = true));

/** What the map makes of a row. */
function resultsOf(id) {
  const parts = id % 10 === 3 ? 0 : id % 10 === 7 ? 3 : 1;
  return Array.from({ length: parts }, (_, part) => ({ id, part, text: `article ${id}, part ${part}` }));
}

const finals = JSON.parse(counts).map((count) => Array.from({ length: count }, (_, id) => resultsOf(id)).flat());
const seen = { looks: 0, batches: 0, merging: 0, partial: 0, finals: 0 };
const wrong = [];
let least = 0;
let lastFinal = -1;

function check(what, isRight, found) {
  if (!isRight) wrong.push(`${what}: ${JSON.stringify(found)?.slice(0, 300)}`);
}

/** Rows in any order: all results of each input row, or none. `once`: not twice. */
function checkRows(what, rows, once) {
  const byId = new Map();
  for (const row of rows) byId.set(row.id, [...(byId.get(row.id) ?? []), row]);
  for (const [id, results] of byId) {
    const times = once ? 1 : results.length / resultsOf(id).length;
    const expected = Array.from({ length: times }, () => resultsOf(id)).flat();
    check(`${what}, row ${id}`, isDeepStrictEqual(results, expected), results);
  }
}

const LOOKS = {
  list: async () => {
    for (const { step, operation, error } of await manager.listCheckpoints())
      check('list', step === 's' && operation === 'op' && error === undefined, String(error));
  },
  info: async () => {
    const info = await manager.getCheckpointInfo('s', 'op');
    check('info', info === null || finals.some(({ length }) => length === info.rows), info);
  },
  load: async () => {
    const rows = await manager.loadCheckpoint('s', 'op', { hash: 'h' });
    const which = finals.findIndex((final) => isDeepStrictEqual(final, rows));
    check('load', rows === null ? lastFinal < 0 : which >= lastFinal, rows?.length);
    if (rows === null) return;
    lastFinal = Math.max(lastFinal, which);
    seen.finals++;
    const path = join(folder, 's', (await manager.getCheckpointInfo('s', 'op')).path.split('/').at(-1));
    checkRows('final', await readCheckpoint(path), true);
    await verifyCheckpoint(path);
  },
  batches: async () => {
    const batches = await manager.loadBatchCheckpoints('op', { step: 's' });
    seen.batches += batches.length;
    checkRows('batches', batches.flat(), true);
    const indexes = await manager.listBatchCheckpoints('op');
    check(
      'indexes',
      indexes.every((index, at) => at === 0 || index > indexes[at - 1]),
      indexes,
    );
  },
  partial: async () => {
    const partial = await manager.loadPartialResults('s', 'op', { hash: 'h' });
    if (partial === null) return check('partial', least === 0, partial);
    checkRows('partial', partial.rows, true);
    check(`durable rows are lost, ${least} were there`, partial.inputRows >= least, partial.inputRows);
    least = Math.max(least, partial.inputRows);
    if (partial.isPartial) seen.partial++;
  },
  files: async () => {
    const batches = join(folder, 's', 'op_batches');
    let names = [];
    try {
      names = readdirSync(batches).filter((name) => !name.startsWith('.'));
    } catch {
      // There is none yet, or none any more.
    }
    const all = [];
    for (const name of names) {
      try {
        all.push(...(await readCheckpoint(join(batches, name))));
      } catch (error) {
        // It was merged, or the map has ended.
        if (!isCheckpointError(error) || error.code !== 'ERR_CKPT_NOT_FOUND') throw error;
      }
    }
    checkRows('files', all, false);
    if (new Set(all.map(({ id, part }) => `${id} ${part}`)).size < all.length) seen.merging++;
  },
};

while (!ended) {
  for (const [name, look] of Object.entries(LOOKS)) {
    try {
      await look();
      seen.looks++;
    } catch (error) {
      wrong.push(`${name}: ${isCheckpointError(error) ? error.code : 'no code'} ${error?.stack}`);
    }
  }
  await new Promise((resolve) => setTimeout(resolve, 1));
}
console.log(JSON.stringify({ ...seen, wrong: wrong.slice(0, 5), wrongs: wrong.length }));
