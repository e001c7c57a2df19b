// npm run bench:delta: what thin checkpoints save, and what they cost, against whole ones in the same run. See bench/README.md.
import { fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DeltaAnswer, DeltaTask } from './delta/child.ts';
import { PIPELINES, type Pipeline } from './delta/pipelines.ts';
import { namedFlags } from './named-flags.ts';
import { runOnNodes } from './nodes.ts';
import { writeResult } from './record.ts';
import { median } from './series.ts';
import { formatTable, showMs, showRatio } from './table.ts';

const CHILD = fileURLToPath(new URL('./delta/child.ts', import.meta.url));
const HELP = `Usage: npm run bench:delta [-- options]

  --pipeline <names>  ${PIPELINES.map(({ name }) => name).join(', ')}; all by default
  --runs <n>          runs of each way, each in a process of its own; medians are shown (default 3)
  --dir <folder>      where the files go (default: the system's folder for temporary files)
  --node <list>       on these Nodes, one after another: major versions, which npm installs on first use, or paths
  --quick             few rows
  --help              this text`;

const WAYS = ['whole', 'thin', 'json'] as const;
type Way = (typeof WAYS)[number];

function ask(task: DeltaTask): Promise<DeltaAnswer> {
  return new Promise((resolve, reject) => {
    const execArgv = ['--expose-gc', '--max-old-space-size=8192', '--import', import.meta.resolve('tsx')];
    const child = fork(CHILD, [], { execArgv, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    child.on('message', resolve);
    child.on('exit', (code) => reject(new Error(`a run ended with ${code}`)));
    child.send(task);
  });
}

interface Outcome {
  saves: DeltaAnswer[];
  loads: DeltaAnswer[];
}

async function outcomes(pipeline: Pipeline, rows: number, runs: number, dir: string): Promise<Record<Way, Outcome>> {
  const all: Record<Way, Outcome> = { whole: { saves: [], loads: [] }, thin: { saves: [], loads: [] }, json: { saves: [], loads: [] } };
  // Rounds of all ways, so that a machine that gets slower does so for all alike.
  for (let run = 0; run < runs; run++) {
    for (const way of WAYS) {
      const home = mkdtempSync(join(dir, 'arrow-ckpt-delta-'));
      const folder = join(home, 'data');
      mkdirSync(folder);
      const task = { pipeline: pipeline.name, way, rows, folder };
      const saved = await ask({ ...task, loads: false });
      all[way].saves.push(saved);
      if (way !== 'json') {
        writeFileSync(join(home, 'names.json'), JSON.stringify(saved.costs.map(({ name }) => name)));
        all[way].loads.push(await ask({ ...task, loads: true }));
      }
      rmSync(home, { recursive: true });
    }
  }
  return all;
}

const bytes = ({ saves }: Outcome): number => median(saves.map((save) => save.bytes)) ?? 0;
const cost = (answers: readonly DeltaAnswer[], step: number, what: 'wallMs' | 'cpuMs'): number =>
  median(answers.map(({ costs }) => costs[step]![what])) ?? 0;

function tableOf(all: Record<Way, Outcome>): string {
  const { whole, thin, json } = all;
  const steps = whole.saves[0]!.costs.map(({ name }, step) => {
    const of = (outcome: Outcome, what: 'wallMs' | 'cpuMs'): number => cost(outcome.saves, step, what);
    return [
      name,
      showMs(of(whole, 'wallMs')),
      showRatio(of(thin, 'wallMs') / of(whole, 'wallMs')),
      showRatio(of(thin, 'cpuMs') / of(whole, 'cpuMs')),
      showRatio(of(thin, 'wallMs') / of(json, 'wallMs')),
      showMs(cost(whole.loads, step, 'wallMs')),
      showRatio(cost(thin.loads, step, 'wallMs') / cost(whole.loads, step, 'wallMs')),
    ];
  });
  return formatTable(['save', 'whole ms', 'thin x', 'CPU x', 'x JSON', 'load ms', 'thin x'], steps);
}

runOnNodes();
const flags = namedFlags('pipeline', HELP);
for (const name of flags.names ?? PIPELINES.map((each) => each.name)) {
  const pipeline = PIPELINES.find((each) => each.name === name);
  if (pipeline === undefined) throw new Error(`unknown pipeline '${name}'; use ${PIPELINES.map((each) => each.name).join(', ')}`);
  const rows = flags.quick ? pipeline.quickRows : pipeline.rows;
  const runs = Number(flags.runs ?? 3);
  const all = await outcomes(pipeline, rows, runs, flags.dir ?? tmpdir());
  const ratio = bytes(all.thin) / bytes(all.whole);
  const label = rows === pipeline.rows ? `delta-${name}` : `delta-${name}-${rows}-rows`;
  const { about, goal } = pipeline;
  const file = writeResult(label, { about, rows, runs, goal, ratio, ways: all });
  const sizes = `${(bytes(all.whole) / 1e6).toFixed(1)} MB whole, ${(bytes(all.thin) / 1e6).toFixed(1)} MB thin: ${ratio.toFixed(3)}`;
  console.log(`\n${name}: ${about}; ${rows} rows, medians of ${runs} runs\n${sizes} (goal ${goal}, ${ratio <= goal ? 'met' : 'missed'})\n`);
  console.log(`${tableOf(all)}\n\nrecorded in ${file}`);
}
