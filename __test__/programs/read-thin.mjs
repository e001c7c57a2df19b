// Prints what the calls of the package give of a checkpoint, and whether the native binary was there.
import { openCheckpoint, readCheckpoint, verifyCheckpoint } from 'arrow-ckpt';
import { loadBinding } from '../../build/lib/base/addon/binding.js';

const [path] = process.argv.slice(2);
const reader = await openCheckpoint(path);
const columns = await reader.columns(['value', 'id']);
const result = {
  isNative: loadBinding() !== null,
  rows: await readCheckpoint(path),
  some: await readCheckpoint(path, { columns: ['value'], where: { id: { $gt: 100 } }, offset: 3, limit: 40 }),
  sample: await reader.sample(10, { seed: 3 }),
  count: await reader.count({ where: { value: null } }),
  verified: await verifyCheckpoint(path),
  ids: [...columns.column('id').values],
  texts: columns.column('value').toArray(),
  columns: reader.info.columns.map(({ name, type }) => ({ name, type })),
  delta: reader.info.delta,
};
reader.close();
process.stdout.write(JSON.stringify(result));
