// One of several processes that save, map and step in a directory which others sweep and clear; prints what it did, and what was wrong:
//   race-clear.mjs <folder> <role> <milliseconds> <file that the cleaners make when they are done> <number>
import { existsSync, writeFileSync } from 'node:fs';
import { CheckpointManager, JsonlCheckpointManager } from 'arrow-ckpt';

const [, , folder, role, milliseconds, done, number] = process.argv;
const until = performance.now() + Number(milliseconds);
const manager = (options) => new CheckpointManager(folder, { logger: false, ...options });
const wrong = [];
let turns = 0;

const rowsOf = (turn) => Array.from({ length: 5 }, (_, id) => ({ id, turn, number: Number(number) }));
const LONG = 'long '.repeat(60) + number;

/** What saves, a turn of it: the step and operation that it saved, with which manager, and the rows. */
const SAVERS = {
  parquet: (turn) => saved(manager(), 'p', `op ${number}`, turn, { hash: String(turn) }),
  json: (turn) => saved(manager({ enableArrow: false }), 'j', `op ${number}`, turn, { hash: String(turn) }),
  bare: (turn) => saved(manager({ enableArrow: false, compat: 'docetl' }), 'b', `op ${number}`, turn, { hash: String(turn) }),
  long: (turn) => saved(manager(), LONG, LONG, turn, {}),
  both: (turn) => saved(manager({ enableArrow: turn % 2 === 0 }), 'both', `op ${number}`, turn, { hash: String(turn) }),
  batches: async (turn) => {
    await manager().saveBatchCheckpoint(`b ${number}`, turn % 3, rowsOf(turn));
    return async () => {
      const batches = await manager().loadBatchCheckpoints(`b ${number}`);
      return batches.some((rows) => JSON.stringify(rows) === JSON.stringify(rowsOf(turn)));
    };
  },
  map: async (turn) => {
    const { rows } = await manager().map('m', `op ${number}`, rowsOf(turn), async (row) => ({ ...row, made: true }), {
      key: 'id',
      hash: String(turn % 3),
      batchSize: 2,
      flushEvery: 0,
    });
    const made = rowsOf(turn).map((row) => Object.assign(row, { made: true }));
    if (JSON.stringify(rows) !== JSON.stringify(made)) wrong.push(`the rows of map ${turn} are wrong`);
    return async () => JSON.stringify(await manager().loadCheckpoint('m', `op ${number}`)) === JSON.stringify(made);
  },
  step: async (turn) => {
    const rows = await manager().step('s', `op ${number}`, { hash: String(turn) }, () => rowsOf(turn));
    if (JSON.stringify(rows) !== JSON.stringify(rowsOf(turn))) wrong.push(`the rows of step ${turn} are wrong`);
    return async () =>
      JSON.stringify(await manager().loadCheckpoint('s', `op ${number}`, { hash: String(turn) })) === JSON.stringify(rowsOf(turn));
  },
  lines: async (turn) => {
    const lines = new JsonlCheckpointManager(`${folder}/kura`, { logger: false });
    await lines.saveCheckpoint(`lines ${number}`, rowsOf(turn));
    return async () => (await lines.loadCheckpoint(`lines ${number}`))?.length === 5;
  },
  migrate: async (turn) => {
    const json = manager({ enableArrow: false });
    await json.saveCheckpoint('mi', `op ${number}`, rowsOf(turn), { hash: String(turn) });
    await manager().migrateJsonToArrow('mi', `op ${number}`, { keepJson: turn % 2 === 0 });
    return async () => (await manager().loadCheckpoint('mi', `op ${number}`))?.length === 5;
  },
};

async function saved(checkpoints, step, operation, turn, options) {
  await checkpoints.saveCheckpoint(step, operation, rowsOf(turn), options);
  return async () => JSON.stringify(await checkpoints.loadCheckpoint(step, operation, options)) === JSON.stringify(rowsOf(turn));
}

const CLEANERS = [
  () => manager().sweep({ keep: [] }),
  () => manager().sweep(),
  () => manager().clearAll(),
  () => manager().clearStep(['p', 'j', 'b', 'm', 's', 'mi', LONG.replace(/.$/, '0')][turns % 7]),
  () => manager().deleteCheckpoint('p', 'op 0'),
  () => manager().deleteBatchCheckpoints(`b ${turns % 2}`),
  () => manager().sweep({ maxBytes: 1000, dryRun: turns % 2 === 0 }),
  () => manager().listCheckpoints(),
  () => manager().getTotalCheckpointSize(),
];

async function tried(what, work) {
  try {
    return await work();
  } catch (error) {
    wrong.push(`${what}: ${error.code} ${error.code?.startsWith('ERR_CKPT') ? error.message : error.stack}`);
    return undefined;
  }
}

if (role === 'clean') {
  for (; performance.now() < until; turns++) await tried(`cleaner ${turns % CLEANERS.length}`, CLEANERS[turns % CLEANERS.length]);
  writeFileSync(done, '');
} else {
  for (; !existsSync(done); turns++) await tried(role, () => SAVERS[role](turns));
  // From here on nobody clears: what is saved is there.
  const isThere = await tried(role, () => SAVERS[role](turns + 1));
  if (isThere !== undefined && !(await tried(role, isThere))) wrong.push(`what ${role} saved after the last clear is not there`);
}
console.log(JSON.stringify({ turns, wrong: wrong.slice(0, 5), wrongs: wrong.length }));
