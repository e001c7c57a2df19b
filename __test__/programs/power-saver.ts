// Saves, replaces, deletes and sweeps checkpoints that refer to each other, until it is killed:
//   power-saver.ts <directory> <seed>
// Says of each change that it begins, and that it is durable. __test__/deltas-power.test.ts cuts the power under it.
import { join } from 'node:path';
import { readCheckpoint, writeCheckpoint } from 'arrow-ckpt';
import { removeFiles } from '../../build/lib/directory/clear.js';
import { sweepPool } from '../../build/lib/directory/sweep-pool.js';
import { rowsOf } from '../support/power-rows.ts';

const [directory = '', seed = '1'] = process.argv.slice(2);
let state = Number(seed) | 1;
const below = (limit: number): number => {
  state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9;
  return (state >>> 0) % limit;
};
const say = (what: string, name: string, about = ''): boolean => process.stdout.write(`${what} ${name} ${about}\n`);

const texts = new Map<string, number>();
for (let change = 1; ; change++) {
  const name = `${'ab'[below(2)]}${below(3)}`;
  const path = join(directory, `${name}.parquet`);
  const what = below(10);
  if (what === 0) {
    say('begin', name, 'gone');
    await removeFiles([path]);
    say('done', name, 'gone');
    texts.delete(name);
  } else if (what === 1) {
    await sweepPool(directory, { dryRun: false, logger: null, trashMs: 0 });
  } else {
    // The texts of another checkpoint, of which this process knows that it is there; else new ones.
    const others = [...texts].filter(([other]) => other !== name);
    const from = what < 7 ? others[below(Math.max(1, others.length))] : undefined;
    const version = `${from?.[1] ?? below(1e9)}.${below(1e9)}`;
    const base = from === undefined ? 'auto' : join(directory, `${from[0]}.parquet`);
    say('begin', name, version);
    await writeCheckpoint(path, rowsOf(version), { base, metadata: { version } });
    say('done', name, version);
    texts.set(name, Number(version.split('.')[0]));
    if (below(8) === 0) await readCheckpoint(path);
  }
}
