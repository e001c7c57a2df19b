// Saves over an old checkpoint rows whose values another one has, twice, where a mount lets no file be kept. Prints what came of it.
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { readCheckpoint, writeCheckpoint } from 'arrow-ckpt';

const [, , folder, step] = process.argv;
const [base, path] = ['base', 'thin'].map((name) => join(folder, `${name}.parquet`));
const textOf = (id) => createHash('shake256', { outputLength: 1500 }).update(String(id)).digest('base64');
const rows = Array.from({ length: 1000 }, (_, id) => ({ id, text: textOf(id) }));
const old = [{ id: -1 }];
const check = async (file, wanted) => {
  if (!isDeepStrictEqual(await readCheckpoint(file), wanted)) throw new Error(`${file} has other rows`);
};

if (step === 'prepare') {
  await writeCheckpoint(base, rows, { base: 'auto' });
  await writeCheckpoint(path, old);
} else {
  const warnings = [];
  process.on('warning', ({ message }) => warnings.push(message));
  const saves = [];
  let there = old;
  for (let turn = 0; turn < 2; turn++) {
    try {
      const { delta } = await writeCheckpoint(path, rows, { base });
      there = rows;
      await check(path, there);
      saves.push(delta === null ? 'whole' : 'thin');
    } catch (error) {
      const { code } = error;
      if (error.path !== path) throw error;
      await check(path, there);
      saves.push(code);
    }
  }
  await check(base, rows);
  await new Promise((done) => setImmediate(done));
  const left = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.tmp'));
  process.stdout.write(JSON.stringify({ saves, warnings, left }));
}
