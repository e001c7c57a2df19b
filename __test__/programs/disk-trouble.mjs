// Saves over an old checkpoint where the disk refuses, and prints what became of it:
//   disk-trouble.mjs <folder> <rows> <extension> [<action> <path>]
// With `load` the file at the path is loaded as well.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isCheckpointError, readCheckpoint, writeCheckpoint } from 'arrow-ckpt';

const [, , folder, rows, extension, action, other] = process.argv;
const path = join(folder, `a.${extension}`);

async function failure(work) {
  try {
    await work();
    return null;
  } catch (error) {
    return isCheckpointError(error) ? { code: error.code, path: error.path, message: error.message } : { code: String(error) };
  }
}

// Text that no codec makes small.
function* many(count) {
  let state = 1;
  const random = () => (state = (state * 48271) % 2147483647);
  for (let id = 0; id < count; id++) yield { id, text: Array.from({ length: 20 }, () => random().toString(36)).join('') };
}

const save = await failure(() => writeCheckpoint(path, many(Number(rows))));
const load = action === 'load' ? await failure(() => readCheckpoint(other)) : null;
let old = null;
const unreadable = await failure(async () => {
  old = await readCheckpoint(path);
});
console.log(JSON.stringify({ save, load, old, unreadable, files: readdirSync(folder) }));
