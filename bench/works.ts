// npm run bench:works: what pipelines do with checkpoints beside saving and loading all rows. See bench/README.md.
import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { namedFlags } from './named-flags.ts';
import { runOnNodes } from './nodes.ts';
import { writeResult } from './record.ts';
import type { Sample } from './measure/sample.ts';
import { median } from './series.ts';
import { formatTable, showMs, showRatio } from './table.ts';
import type { WorkAnswer, WorkTask } from './work-child.ts';
import { WORKS, workNamed } from './works/index.ts';
import type { Outcome, Work } from './works/work.ts';

const CHILD = fileURLToPath(new URL('./work-child.ts', import.meta.url));
const HELP = `Usage: npm run bench:works [-- options]

  --work <names>  ${WORKS.map((work) => work.name).join(', ')}; all by default
  --runs <n>      measurements of each way, each in a process of its own; medians are shown (default 5)
  --dir <folder>  where the files go (default: the system's folder for temporary files); choose the disk to measure
  --node <list>   on these Nodes, one after another: major versions, which npm installs on first use, or paths
  --quick         few rows, 3 runs
  --help          this text`;

interface WayResult {
  way: string;
  about: string;
  samples: Sample[];
  outcome?: Outcome;
  error?: string;
}

function ask(task: WorkTask): Promise<WorkAnswer> {
  return new Promise((resolve) => {
    const execArgv = ['--expose-gc', '--max-old-space-size=8192', '--import', import.meta.resolve('tsx')];
    const child = fork(CHILD, [], { execArgv, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    let answer: WorkAnswer = { failed: 'the process ended without an answer' };
    child.on('message', (message: WorkAnswer) => (answer = message));
    child.on('close', () => resolve(answer));
    child.send(task);
  });
}

async function measured(work: Work, rows: number, runs: number, folder: string): Promise<WayResult[]> {
  const results: WayResult[] = work.ways.map(({ name, about }) => ({ way: name, about, samples: [] }));
  const task = (way: string, prepare: boolean): WorkTask => ({
    work: work.name,
    way,
    rows,
    folder: work.saves ? join(folder, 'saved') : folder,
    prepare,
  });
  for (const { name, prepare } of work.ways) if (prepare !== undefined) await ask(task(name, true));
  // Rounds of all ways, so that a machine that gets slower does so for all alike.
  for (let round = 0; round < runs; round++) {
    for (const result of results) {
      const answer = await ask(task(result.way, false));
      if ('failed' in answer) result.error = answer.failed;
      if (!('sample' in answer)) continue;
      result.samples.push(answer.sample);
      result.outcome ??= answer.outcome;
      if (JSON.stringify(answer.outcome) !== JSON.stringify(results[0]?.outcome)) result.error = 'it did something else than the first way';
    }
  }
  return results;
}

function tableOf(work: Work, results: readonly WayResult[]): string {
  const wall = ({ samples }: WayResult): number | null => median(samples.map((sample) => sample.wallMs));
  const main = ({ samples }: WayResult): number | null => median(samples.map((sample) => sample.main?.activeMs));
  const ratio = (value: number | null, base: number | null): number | null => (value === null || base === null ? null : value / base);
  const [first] = results as [WayResult];
  const lines = results.map((result) => {
    if (result.error !== undefined) return [result.way, result.error];
    const [ofWall, ofMain] = [ratio(wall(result), wall(first)), ratio(main(result), main(first))];
    const goal = work.goals[result.way];
    return [
      result.way,
      showMs(wall(result)),
      ofWall === null ? '-' : ofWall < 0.1 ? ofWall.toFixed(4) : showRatio(ofWall),
      showMs(main(result)),
      showRatio(ofMain),
      showMs(median(result.samples.map((sample) => sample.loop?.p99Ms))),
      (median(result.samples.map((sample) => sample.memory?.peakOverMB)) ?? 0).toFixed(0),
      goal === undefined ? '' : `<= ${goal}`,
      goal === undefined || ofWall === null ? '' : ofWall <= goal ? 'met' : 'missed',
    ];
  });
  return formatTable(['way', 'wall ms', `x ${first.way}`, 'main ms', `x ${first.way}`, 'loop p99', 'RSS +MB', 'goal', ''], lines);
}

runOnNodes();
const flags = namedFlags('work', HELP);
const runs = flags.runs === undefined ? (flags.quick ? 3 : 5) : Number(flags.runs);
for (const name of flags.names ?? WORKS.map((work) => work.name)) {
  const work = workNamed(name);
  const rows = flags.quick ? work.quickRows : work.rows;
  const folder = await mkdtemp(join(flags.dir ?? tmpdir(), 'arrow-ckpt-works-'));
  try {
    const results = await measured(work, rows, runs, folder);
    const label = rows === work.rows ? `work-${name}` : `work-${name}-${rows}-rows`;
    const file = writeResult(label, { about: work.about, suite: work.suite, rows, runs, goals: work.goals, ways: results });
    console.log(
      `\n${name}: ${work.about}; ${rows} rows of ${work.suite}; medians of ${runs} runs\n\n${tableOf(work, results)}\n\nrecorded in ${file}`,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
