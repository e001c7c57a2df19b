// What an earlier version of the package makes of a directory: its folder, the directory, the thin file.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [, , folder, directory, thin] = process.argv;
const old = await import(pathToFileURL(join(folder, 'dist', 'index.js')).href);
const manager = new old.CheckpointManager(directory, { logger: false });
const path = join(directory, `${thin}.parquet`);
const [step, operation] = thin.split('/');
const opened = async (use) => {
  const reader = await old.openCheckpoint(path);
  try {
    return await use(reader);
  } finally {
    await reader.close();
  }
};
const calls = {
  readCheckpoint: () => old.readCheckpoint(path),
  columns: () => old.readCheckpoint(path, { columns: ['id'] }),
  where: () => old.readCheckpoint(path, { where: { id: 1 } }),
  openCheckpoint: () => opened(() => 'open'),
  'columns()': () => opened((reader) => reader.columns(['id'])),
  verifyCheckpoint: () => old.verifyCheckpoint(path),
  loadCheckpoint: () => manager.loadCheckpoint(step, operation),
  getCheckpointInfo: () => manager.getCheckpointInfo(step, operation),
};
const refused = {};
for (const [name, call] of Object.entries(calls)) {
  try {
    await call();
    refused[name] = { code: 'none' };
  } catch ({ code, message }) {
    refused[name] = { code, message };
  }
}
// It replaces and deletes names as it likes.
const rows = Array.from({ length: 30 }, (_, id) => ({ id, text: `of an earlier version ${id}` }));
const whole = (await manager.loadCheckpoint('load', 'base')).length;
await manager.saveCheckpoint('load', 'base', rows);
await manager.sweep?.();
await manager.clearStep('load');
process.stdout.write(JSON.stringify({ refused, whole }));
