// With a binding built to panic: saves and loads where it does, then where it does not, and prints what became of it.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isCheckpointError, readCheckpoint, writeCheckpoint } from 'arrow-ckpt';

const folder = process.argv[2];
const at = (name) => join(folder, name);
const rows = Array.from({ length: 20_000 }, (_, id) => ({ id, text: `row ${id}` }));

async function outcome(work) {
  try {
    await work();
    return 'no failure';
  } catch (error) {
    return isCheckpointError(error) ? { code: error.code, message: error.message } : String(error);
  }
}

const save = () => outcome(() => writeCheckpoint(at('panic-in-save.parquet'), rows));
const load = () => outcome(() => readCheckpoint(at('panic-in-load.parquet')));
const alone = [await save(), await load()];
const together = await Promise.all(Array.from({ length: 8 }, (_, index) => (index % 2 === 0 ? save() : load())));
const old = await readCheckpoint(at('panic-in-save.parquet'));
const { format } = await writeCheckpoint(at('after.parquet'), rows);
const after = JSON.stringify(await readCheckpoint(at('after.parquet'))) === JSON.stringify(rows);
console.log(JSON.stringify({ alone, together, old, format, after, files: readdirSync(folder).sort() }));
