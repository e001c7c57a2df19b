// npm run bench:memory: rows that are never all in memory, written and read again. Records RSS, time and the delay of the event loop.
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createCheckpoint, openCheckpoint } from 'arrow-ckpt';
import { startLoopDelay } from './measure/loop-delay.ts';
import { writeResult } from './record.ts';
import { flatRows } from './suites/flat.ts';
import type { Row } from './suites/suite.ts';
import { formatTable } from './table.ts';

const { values } = parseArgs({
  options: { rows: { type: 'string', default: '20000000' }, dir: { type: 'string' }, help: { type: 'boolean', default: false } },
});
if (values.help) {
  console.log('Usage: npm run bench:memory [-- --rows <n>, default 20000000] [--dir <folder>]');
  process.exit(0);
}
const ROWS = Number(values.rows.replaceAll('_', ''));
/** Different rows; each is written again and again with another id. */
const POOL = 20_000;
const BATCH = 1000;

interface Measured {
  what: string;
  seconds: number;
  /** MiB over the start. */
  rssGrowth: number;
  loopP99Ms: number;
  loopMaxMs: number;
}

async function measured(what: string, work: () => Promise<void>): Promise<Measured> {
  globalThis.gc?.();
  const before = process.memoryUsage.rss();
  let peak = before;
  const timer = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 20);
  const endLoop = await startLoopDelay();
  const start = performance.now();
  await work();
  const seconds = (performance.now() - start) / 1000;
  const { p99Ms, maxMs } = await endLoop();
  clearInterval(timer);
  return { what, seconds, rssGrowth: (peak - before) / 2 ** 20, loopP99Ms: p99Ms, loopMaxMs: maxMs };
}

const folder = await mkdtemp(join(values.dir ?? tmpdir(), 'arrow-ckpt-memory-'));
const path = join(folder, 'rows.parquet');
try {
  const pool = flatRows(POOL);
  let jsonBytes = 0;
  for (const row of pool) jsonBytes += JSON.stringify(row).length + 1;
  const results: Measured[] = [];
  results.push(
    await measured('createCheckpoint, append of 1000 rows at a time', async () => {
      const writer = await createCheckpoint(path);
      for (let id = 0; id < ROWS; id += BATCH) {
        const batch: Row[] = [];
        for (let row = id; row < Math.min(ROWS, id + BATCH); row++) batch.push({ ...pool[row % POOL], id: row });
        await writer.append(batch);
      }
      await writer.close();
    }),
  );
  const { size } = await stat(path);
  let checked = 0;
  const check = (count: number, sum: number): void => {
    if (count !== ROWS || sum !== (ROWS * (ROWS - 1)) / 2) throw new Error(`read ${count} rows with sum ${sum}`);
    checked++;
  };
  results.push(
    await measured('for await of rows()', async () => {
      await using reader = await openCheckpoint(path);
      let [count, sum] = [0, 0];
      for await (const row of reader.rows()) {
        count++;
        sum += row['id'] as number;
      }
      check(count, sum);
    }),
  );
  results.push(
    await measured('for await of batches() of two columns', async () => {
      await using reader = await openCheckpoint(path);
      let [count, sum] = [0, 0];
      for await (const batch of reader.scanColumns({ columns: ['id', 'title'] })) {
        count += batch.rows;
        const id = batch.column('id');
        if (id?.kind === 'number') for (const value of id.values) sum += value;
      }
      check(count, sum);
    }),
  );
  const file = writeResult(`memory-${ROWS}-rows`, { rows: ROWS, jsonBytes: (jsonBytes / POOL) * ROWS, bytes: size, checked, results });
  const lines = results.map((r) => [r.what, r.seconds.toFixed(1), r.rssGrowth.toFixed(0), r.loopP99Ms.toFixed(1), r.loopMaxMs.toFixed(0)]);
  console.log(
    `${ROWS} flat rows, about ${((jsonBytes / POOL) * ROWS * 1e-9).toFixed(1)} GB as JSON, ${(size * 1e-9).toFixed(2)} GB as a checkpoint\n`,
  );
  console.log(formatTable(['work', 'seconds', 'RSS +MiB', 'loop p99 ms', 'loop max ms'], lines));
  console.log(`\nrecorded in ${file}`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
