// What every call that reads makes of thin checkpoints. Given: one in how many calls is tried of each, 0 for the first alone; their paths.
// Prints by path and call the rows that came, or the error.
import { dirname, join, parse } from 'node:path';
import { CheckpointManager, isCheckpointError, verifyCheckpoint, type ReadOptions, type Row } from 'arrow-ckpt';
import { loadBinding } from '../../lib/base/addon/binding.ts';
import { READING_CALLS } from '../support/reading-calls.ts';

export type ThinOutcome = { code: string; message: string; path?: string; column?: string } | { rows: number; last?: Row | undefined };

async function outcome(work: () => Promise<unknown>): Promise<ThinOutcome> {
  try {
    const given = await work();
    return Array.isArray(given) ? { rows: given.length, last: given.at(-1) as Row | undefined } : { rows: Number(given) };
  } catch (error) {
    // Of the command line there is the text alone.
    if (!isCheckpointError(error) && typeof (error as { code?: unknown }).code !== 'string') throw error;
    const { code, message, path, column } = error as { code: string; message: string; path?: string; column?: string };
    return { code, message, ...(path !== undefined && { path }), ...(column !== undefined && { column }) };
  }
}

const USES: Record<string, ReadOptions> = {
  '': {},
  ' columns': { columns: ['text'] },
  ' where': { where: { text: { $ne: 'no such text' } } },
  ' id': { columns: ['id'] },
};

const [, , every = '1', ...paths] = process.argv;
const all: Record<string, Record<string, ThinOutcome>> = {};
for (const [at, path] of paths.entries()) {
  const works: Record<string, () => Promise<unknown>> = {};
  for (const { name, run, without = [], only, formats = ['.parquet'], counts } of READING_CALLS) {
    if (!formats.includes('.parquet')) continue;
    for (const [use, options] of Object.entries(USES)) {
      const keys = Object.keys(options) as (keyof ReadOptions)[];
      if (keys.some((key) => without.includes(key) || only?.includes(key) === false)) continue;
      // How many rows there are the footer tells.
      if (counts === true && name === 'count' && use === '') continue;
      works[`${name}${use}`] = () => run(path, options);
    }
  }
  works['verify'] = async () => (await verifyCheckpoint(path)).rows;
  if (loadBinding() !== null) {
    const { dir, name } = parse(path);
    const manager = new CheckpointManager(dirname(dir), { logger: false });
    works['materialize'] = async () => (await manager.materialize(parse(dir).base, name, { to: join(dir, `${name}-copy.parquet`) })).rows;
  }
  const told: Record<string, ThinOutcome> = (all[path] = {});
  for (const [index, [name, work]] of Object.entries(works).entries())
    if (every === '0' ? index === 0 : (index + at) % Number(every) === 0) told[name] = await outcome(work);
}
process.stdout.write(JSON.stringify({ all, peakMB: process.resourceUsage().maxRSS / 1024 }));
