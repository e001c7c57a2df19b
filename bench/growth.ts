// npm run bench:growth: time and memory of a row while the work grows from a thousand rows to ten million. See bench/README.md.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runOnNodes } from './nodes.ts';
import { writeGrowth, type GrowthStep } from './performance-page.ts';
import { writeResult } from './record.ts';
import { builtIn } from './run-suite.ts';
import { runTask } from './run-task.ts';
import type { Sample } from './measure/sample.ts';
import { runSeries, type Job, type Series } from './series.ts';
import { formatTable, showMs } from './table.ts';

const SIZES = [1_000, 10_000, 100_000, 1_000_000, 10_000_000];
const HELP = `Usage: npm run bench:growth [-- options]

  --most <n>      the largest number of rows (default ${SIZES.at(-1)}: about 12 GB of memory)
  --runs <n>      measurements of each operation, each in a process of its own; medians are shown (default 3)
  --dir <folder>  where the files go (default: the system's folder for temporary files)
  --node <list>   on these Nodes, one after another: major versions, which npm installs on first use, or paths
  --help          this text`;

runOnNodes();
const { values } = parseArgs({
  options: { most: { type: 'string' }, runs: { type: 'string' }, dir: { type: 'string' }, help: { type: 'boolean', default: false } },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
const most = Number(values.most ?? SIZES.at(-1));
const runs = Number(values.runs ?? 3);
const folder = await mkdtemp(join(values.dir ?? tmpdir(), 'arrow-ckpt-growth-'));
const steps: GrowthStep[] = [];
try {
  for (const rows of SIZES.filter((size) => size <= most)) steps.push({ rows, series: await measured(rows) });
} finally {
  await rm(folder, { recursive: true, force: true });
}
// What has all sizes, and what ends at a million, is drawn.
const label = most === SIZES.at(-1) ? 'growth' : `growth-${most}-rows`;
const file = writeResult(label, { about: 'flat rows; save and load, each the first of its process', runs, steps });
writeGrowth();
const lines = steps.flatMap(({ rows, series }) =>
  series.map(({ contestant, operation, median, error }) => {
    const what = [rows.toLocaleString('en'), contestant, operation];
    if (median === undefined) return [...what, error ?? 'failed', '', ''];
    const memory = median.peakOverMB === null ? '-' : ((median.peakOverMB * 2 ** 20) / rows).toFixed(0);
    return [...what, showMs(median.wallMs), ((median.wallMs * 1000) / rows).toFixed(2), memory];
  }),
);
console.log(`${formatTable(['rows', 'contestant', 'operation', 'wall ms', 'us a row', 'bytes a row'], lines)}\n\nrecorded in ${file}`);

async function measured(rows: number): Promise<Series[]> {
  const jobs: Job[] = [];
  for (const { name, extension, module } of ['json', 'arrow-ckpt'].map(builtIn)) {
    const run = async (operation: 'save' | 'load', path: string): Promise<Sample> => {
      const answer = await runTask({ operation, suite: 'flat', rows, contestant: module!, path, warmups: 0 });
      if (answer.kind === 'sample') return answer.sample;
      throw new Error(answer.kind === 'failed' ? answer.message : 'no answer');
    };
    const kept = join(folder, `kept-${rows}${extension}`);
    // A string of JavaScript ends at 512 MB: then there is nothing to load either.
    const made = await runTask({ operation: 'make', suite: 'flat', rows, contestant: module!, path: kept, warmups: 0 });
    jobs.push({ contestant: name, operation: 'save', run: () => run('save', join(folder, `saved${extension}`)) });
    if (made.kind === 'made') jobs.push({ contestant: name, operation: 'load', run: () => run('load', kept) });
  }
  const series = await runSeries(jobs, runs, ({ contestant, operation }, { wallMs }) => {
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${rows} rows: ${contestant} ${operation} ${wallMs.toFixed(0)} ms`);
  });
  return series;
}
