// Compares builds of the native addon with each other, interleaved, each measurement in a process of its own:
//   npx tsx bench/addons.ts [--runs 7] [--cycles 10000] [--rows 1000000] before=one.node after=other.node
// Results go to bench/results/<date>-<commit>/addons.json.
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { writeResult } from './record.ts';
import { formatTable } from './table.ts';

/** What a process is asked to do: save or load rows of a suite, or save and load 100 rows again and again. */
interface Task {
  what: 'save' | 'load' | 'cycles';
  suite: string;
  rows: number;
  path: string;
}

/**
 * What it answers: ms from the call to the end, ms of all threads on a processor (the figure to compare where the machine is noisy),
 * resident MB at the most over those before, and after a second of rest.
 */
interface Answer {
  ms: number;
  cpuMs: number;
  /** Pages that the kernel had to clear or map anew. */
  faults: number;
  peakMB: number;
  restMB: number;
}

const self = fileURLToPath(import.meta.url);

async function work({ what, suite, rows: count, path }: Task): Promise<Answer> {
  const { readCheckpoint, writeCheckpoint } = await import('arrow-ckpt');
  const { suiteNamed } = await import('./suites/index.ts');
  const { startMemory } = await import('./measure/memory.ts');
  const rows = suiteNamed(suite).rows(what === 'cycles' ? 100 : what === 'load' ? 0 : count);
  const peak = startMemory();
  const { minorPageFault } = process.resourceUsage();
  const cpu = process.cpuUsage();
  const begun = performance.now();
  if (what === 'save') await writeCheckpoint(path, rows);
  else if (what === 'load') await readCheckpoint(path);
  else {
    for (let cycle = 0; cycle < count; cycle++) {
      await writeCheckpoint(path, rows);
      await readCheckpoint(path);
    }
  }
  const ms = performance.now() - begun;
  const { user, system } = process.cpuUsage(cpu);
  const faults = process.resourceUsage().minorPageFault - minorPageFault;
  const { peakOverMB } = peak();
  await new Promise((done) => setTimeout(done, 1000));
  return { ms, cpuMs: (user + system) / 1000, faults, peakMB: peakOverMB, restMB: process.memoryUsage.rss() / 2 ** 20 };
}

function inProcess(addon: string, task: Task): Promise<Answer> {
  return new Promise((done, failed) => {
    const child = fork(self, ['--child'], { env: { ...process.env, NAPI_RS_NATIVE_LIBRARY_PATH: addon } });
    child.once('message', (answer) => done(answer as Answer));
    child.once('exit', (code) => failed(new Error(`a measurement ended with code ${code}`)));
    child.send(task);
  });
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] as number;

async function main(): Promise<void> {
  const options = {
    runs: { type: 'string', default: '7' },
    cycles: { type: 'string', default: '10000' },
    rows: { type: 'string', default: '1000000' },
  } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const addons = positionals.map((pair) => pair.split('=') as [string, string]).map(([name, path]) => [name, resolve(path)] as const);
  const folder = mkdtempSync(join(tmpdir(), 'arrow-ckpt-addons-'));
  const path = (name: string): string => join(folder, `${name}.parquet`);
  const tasks: [string, Task][] = [];
  for (const [suite, rows] of Object.entries({
    flat: Number(values.rows),
    text: Number(values.rows) / 10,
    embeddings: Number(values.rows) / 100,
  })) {
    tasks.push(
      [`save ${suite}`, { what: 'save', suite, rows, path: path(suite) }],
      [`load ${suite}`, { what: 'load', suite, rows, path: path(suite) }],
    );
  }
  tasks.push(['cycles', { what: 'cycles', suite: 'flat', rows: Number(values.cycles), path: path('cycles') }]);
  const samples: Record<string, Record<string, Answer[]>> = {};
  try {
    for (let run = 0; run < Number(values.runs); run++) {
      for (const [name, task] of tasks) {
        // The many small ones take long and vary little.
        if (task.what === 'cycles' && run > Number(values.runs) / 3) continue;
        for (const [addon, file] of run % 2 === 0 ? addons : addons.toReversed()) {
          const answer = await inProcess(file, task);
          ((samples[name] ??= {})[addon] ??= []).push(answer);
          console.error(
            `${run + 1} ${name} ${addon}: ${answer.ms.toFixed(0)} ms, ${answer.cpuMs.toFixed(0)} cpu ms, +${answer.peakMB.toFixed(0)} MB`,
          );
        }
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  const lines = Object.entries(samples).flatMap(([name, byAddon]) =>
    Object.entries(byAddon).map(([addon, answers]) => {
      const of = (field: keyof Answer): string => median(answers.map((answer) => answer[field])).toFixed(0);
      return [name, addon, of('ms'), of('cpuMs'), of('faults'), of('peakMB'), of('restMB')];
    }),
  );
  console.log(formatTable(['', 'addon', 'ms', 'cpu ms', 'faults', 'peak +MB', 'rest MB'], lines));
  console.log(writeResult('addons', { options: values, samples }));
}

if (process.argv[2] === '--child') {
  process.once('message', (task: Task) => {
    void work(task).then((answer) => process.send?.(answer, () => process.exit(0)));
  });
} else await main();
