// Saves and loads under Node's permission model: every store, managers, steps, maps and their locks. Prints what came of it.
//   permission-model.mjs <folder that may be read and written> <Parquet file that may be read> <file that may not>
import { join } from 'node:path';
import { CheckpointManager, createCheckpoint, isCheckpointError, openCheckpoint, readCheckpoint, writeCheckpoint } from 'arrow-ckpt';

const [, , folder, parquet, denied] = process.argv;
const rows = Array.from({ length: 2000 }, (_, id) => ({ id, text: `text ${id}`, at: new Date(id) }));
const outcome = {};

async function tell(what, work) {
  try {
    outcome[what] = await work();
  } catch (error) {
    outcome[what] = isCheckpointError(error) ? error.code : `raw ${error?.stack}`;
  }
}
const count = async (path) => (await readCheckpoint(path)).length;

await tell('read parquet', () => count(parquet));
await tell('info', async () => {
  const reader = await openCheckpoint(parquet);
  const { rows: count } = reader.info;
  await reader.close();
  return count;
});
for (const name of ['a.json', 'b.jsonl', 'c.parquet', 'new/folders/d.json']) {
  await tell(name, async () => {
    const path = join(folder, name);
    await writeCheckpoint(path, rows);
    await writeCheckpoint(path, rows.slice(1));
    return count(path);
  });
}
await tell('writer', async () => {
  const writer = await createCheckpoint(join(folder, 'w.json'));
  for (const row of rows) await writer.append(row);
  await writer.close();
  const reader = await openCheckpoint(join(folder, 'w.json'));
  let seen = 0;
  for await (const row of reader.rows()) seen += row.id >= 0 ? 1 : 0;
  await reader.close();
  return seen;
});
const manager = new CheckpointManager(join(folder, 'checkpoints'));
await tell('manager', async () => {
  await manager.saveCheckpoint('step', 'operation', rows, { hash: 'hash' });
  return (await manager.loadCheckpoint('step', 'operation', { hash: 'hash' })).length;
});
await tell('step', async () => (await manager.step('step', 'compute', { hash: 'h' }, () => rows)).length);
await tell('map', async () => {
  const map = () => manager.map('step', 'each', rows.slice(0, 50), async (row) => ({ ...row, done: true }), { key: 'id', hash: 'h' });
  await map();
  const { rows: again } = await map();
  return again.length;
});
await tell('list', async () => (await manager.listCheckpoints()).length);
await tell('clear', async () => {
  await manager.clearAll();
  return (await manager.listCheckpoints()).length;
});
await tell('denied read', () => count(denied));
await tell('denied save', () => writeCheckpoint(denied, rows));
console.log(JSON.stringify(outcome));
