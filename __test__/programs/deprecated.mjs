// Calls every deprecated name twice, and prints whether it gave what the new one gives, and the warnings. With `new`: only the new names.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { CheckpointManager, migrateDirectory, openCheckpoint } from 'arrow-ckpt';

const [folder, which] = process.argv.slice(2);
const isNew = which === 'new';
const warnings = [];
process.on('warning', ({ code, name, message }) => {
  if (name === 'DeprecationWarning') warnings.push({ code, name, message });
});

const directory = join(folder, 'checkpoints');
const manager = new CheckpointManager(directory, { logger: false });
const rows = [{ id: 1, title: 'one' }, { id: 2 }];
const path = await manager.saveCheckpoint('s', 'o', rows, { hash: 'h' });
const same = {};

for (let again = 0; again < 2; again++) {
  const loaded = await manager.loadCheckpoint('s', 'o', { columns: ['id'] });
  if (!isNew) same.loadOutput = isDeepStrictEqual(await manager.loadOutput('s', 'o', { columns: ['id'] }), loaded);
}

const reader = await openCheckpoint(path);
for (let again = 0; again < 2; again++) {
  const ids = async (pieces) => {
    const found = [];
    for await (const piece of pieces) found.push(...piece.column('id').toArray());
    return found;
  };
  const scanned = await ids(reader.scanColumns({ columns: ['id'] }));
  if (!isNew) same.batches = isDeepStrictEqual(await ids(reader.batches({ columns: ['id'] })), scanned);
}
await reader.close();

const json = join(folder, 'json');
mkdirSync(join(json, 's'), { recursive: true });
for (const name of ['a', 'b']) writeFileSync(join(json, 's', `${name}.json`), JSON.stringify([{ id: 1 }]));
let seen = 0;
const onProgress = (progress) => {
  seen++;
  const { filesDone, files } = progress;
  if (isNew) return;
  same.done = progress.done === filesDone && typeof filesDone === 'number';
  same.total = progress.total === files && files === 2;
};
for await (const { error } of migrateDirectory(json, { onProgress }))
  if (error !== undefined) same.migration = error.code === 'ERR_CKPT_INTERNAL';
same.seen = seen >= 2;

// Warnings are emitted in a later turn.
await new Promise((resolve) => setImmediate(resolve));
console.log(JSON.stringify({ same, warnings }));
