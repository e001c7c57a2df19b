import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noBinding } from './support/readers.ts';
import { resultOf } from './support/run-program.ts';
import { tempFolder } from './support/temp-folder.ts';

/** `ARROW_CKPT_CYCLES=10000` for the run that is recorded in docs/RELIABILITY.md. */
const CYCLES = Number(process.env['ARROW_CKPT_CYCLES'] ?? 400);
/** What malloc's arenas and V8's heap may still grow to after a third of the cycles, whatever their number. */
const RSS_KIB = 24 << 10;

interface Moment {
  done: number;
  rssKiB: number;
  threads: number;
  descriptors: number;
}

const skip = process.platform === 'linux' ? noBinding : 'looks into /proc, which is for Linux';

test(
  'cycles of saves and loads, whole, failed, aborted and forgotten, leave no memory, thread or descriptor',
  { skip, timeout: 60_000 + CYCLES * 100 },
  async (t) => {
    const start = { args: [tempFolder('leaks'), String(CYCLES)], nodeArgs: ['--expose-gc'], timeout: 60_000 + CYCLES * 100 };
    const { seconds, moments } = await resultOf<{ seconds: number; moments: Moment[] }>('leaks.mjs', start);
    for (const { done, rssKiB, threads, descriptors } of moments)
      t.diagnostic(`after ${done} cycles: RSS ${Math.round(rssKiB / 102.4) / 10} MiB, ${threads} threads, ${descriptors} descriptors`);
    t.diagnostic(`leaks: ${CYCLES} cycles in ${seconds} s`);
    const settled = moments.slice(3);
    const last = settled.at(-1)!;
    const range = (of: (moment: Moment) => number) => Math.max(...settled.map(of)) - Math.min(...settled.map(of));
    assert.equal(
      range(({ descriptors }) => descriptors),
      0,
    );
    assert.ok(range(({ threads }) => threads) <= 1, 'threads');
    assert.ok(last.rssKiB - settled[0]!.rssKiB < RSS_KIB, `RSS grew from ${settled[0]!.rssKiB} to ${last.rssKiB} KiB`);
  },
);
