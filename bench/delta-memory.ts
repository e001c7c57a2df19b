// npm run bench:delta-memory: the memory of saving and streaming thin checkpoints, against whole ones in the same run. See bench/README.md.
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MEMORY_CASES } from './delta/memory-cases.ts';
import type { MemoryAnswer, MemoryTask } from './delta/memory-child.ts';
import { namedFlags } from './named-flags.ts';
import { writeResult } from './record.ts';
import { median } from './series.ts';
import { formatTable } from './table.ts';

const CHILD = fileURLToPath(new URL('./delta/memory-child.ts', import.meta.url));
const HELP = `Usage: npm run bench:delta-memory [-- options]

  --case <names>  ${Object.keys(MEMORY_CASES).join(', ')}; all by default
  --runs <n>      runs of each way, each in a process of its own; medians are shown (default 3)
  --dir <folder>  where the files go (default: the system's folder for temporary files)
  --quick         few rows
  --help          this text`;

function ask(task: MemoryTask): Promise<MemoryAnswer> {
  return new Promise((resolve, reject) => {
    const execArgv = ['--expose-gc', '--import', import.meta.resolve('tsx')];
    const child = fork(CHILD, [], { execArgv, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    child.on('message', resolve);
    child.on('exit', (code) => reject(new Error(`a run ended with ${code}`)));
    child.send(task);
  });
}

const peak = (answers: readonly MemoryAnswer[]): number => median(answers.map(({ sample }) => sample.memory!.peakOverMB)) ?? 0;
const seconds = (answers: readonly MemoryAnswer[]): number => (median(answers.map(({ sample }) => sample.wallMs)) ?? 0) / 1000;

const flags = namedFlags('case', HELP);
for (const name of flags.names ?? Object.keys(MEMORY_CASES)) {
  const wanted = MEMORY_CASES[name];
  if (wanted === undefined) throw new Error(`unknown case '${name}'; use ${Object.keys(MEMORY_CASES).join(', ')}`);
  const rows = flags.quick ? wanted.quickRows : wanted.rows;
  const folder = mkdtempSync(join(flags.dir ?? tmpdir(), 'arrow-ckpt-delta-memory-'));
  const path = (file: string): string => join(folder, `${file}.parquet`);
  const works: Record<string, Record<'whole' | 'thin', MemoryAnswer[]>> = {
    save: { whole: [], thin: [] },
    load: { whole: [], thin: [] },
  };
  try {
    const task = { case: name, rows, base: path('base') };
    await ask({ ...task, file: 'base', path: path('base'), loads: false });
    for (let run = 0; run < Number(flags.runs ?? 3); run++)
      for (const [work, ways] of Object.entries(works))
        for (const file of ['whole', 'thin'] as const) {
          const answer = await ask({ ...task, file, path: path(file), loads: work === 'load' });
          if (answer.shared > 0 !== (file === 'thin')) throw new Error(`${file}: ${answer.shared} values are shared`);
          ways[file].push(answer);
        }
    const bytes = Object.fromEntries(['base', 'whole', 'thin'].map((file) => [file, statSync(path(file)).size]));
    const { about, goals } = wanted;
    const label = rows === wanted.rows ? `delta-memory-${name}` : `delta-memory-${name}-${rows}-rows`;
    const file = writeResult(label, { about, rows, goals, bytes, works });
    const lines = Object.entries(works).map(([work, { whole, thin }]) => {
      const [more, goal] = [peak(thin) - peak(whole), goals[work as 'save' | 'load']];
      const told = more <= goal ? `${goal} met` : `${goal} missed`;
      const times = [seconds(whole), seconds(thin)].map((each) => each.toFixed(1));
      return [work, peak(whole).toFixed(0), peak(thin).toFixed(0), more.toFixed(0), told].concat(times);
    });
    console.log(
      `\n${name}: ${about}; ${rows} rows, ${(bytes['whole']! / 1e6).toFixed(1)} MB whole, ${(bytes['thin']! / 1e6).toFixed(1)} MB thin\n`,
    );
    console.log(formatTable(['work', 'whole RSS +MiB', 'thin', 'thin over whole', 'goal', 'whole s', 'thin s'], lines));
    console.log(`\nrecorded in ${file}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
