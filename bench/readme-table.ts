// Writes the measured table of README.md anew from the newest recorded run of each suite: `npx tsx bench/readme-table.ts`.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { ratioTo } from './results-table.ts';
import type { Medians, Series } from './series.ts';

interface Recorded {
  environment: { cpu: string; cores: number; system: string; node: string; commit: string; date: string };
  rows: number;
  series: Series[];
}

/** What the rows of a suite are, in the table's words. */
const SUITES: Record<string, string> = {
  flat: 'flat rows of 8 columns',
  nested: 'nested rows (lists, structs)',
  wide: 'rows of 200 numbers',
  text: 'documents of 2 to 20 KB',
  scripts: 'flat rows, half of the words in other scripts',
  embeddings: 'vectors of 1,536 doubles',
  embeddings32: 'vectors of 1,536 floats',
  mixed: 'flat rows, one column of mixed types',
  missing: 'flat rows, each key missing in 30% of them',
  shapes: 'rows of 50 shapes with 10 of 40 keys',
};
const RESULTS = new URL('./results/', import.meta.url);
const README = new URL('../README.md', import.meta.url);
const BEGIN = '<!-- bench:begin -->\n';
const END = '<!-- bench:end -->';

function newest(suite: string): Recorded {
  const names = readdirSync(RESULTS).map((run) => `${run}/${suite}.json`);
  const recorded = names.filter((name) => existsSync(new URL(name, RESULTS)));
  const all = recorded.map((name) => JSON.parse(readFileSync(new URL(name, RESULTS), 'utf8')) as Recorded);
  const last = all.sort((a, b) => (a.environment.date < b.environment.date ? 1 : -1))[0];
  if (last === undefined) throw new Error(`no recorded run of ${suite}: npm run bench -- --suite ${suite}`);
  return last;
}

function worst(series: readonly Series[], contestant: string, measure: keyof Medians, only?: string): string {
  const mine = series.filter((s) => s.contestant === contestant && (only === undefined || s.operation === only));
  return Math.max(...mine.map((s) => s.median?.[measure] ?? 0)).toFixed(0);
}

function line(suite: string): string {
  const { rows, series } = RUNS.get(suite)!;
  const ratio = (operation: 'save' | 'load', measure: keyof Medians) =>
    (ratioTo(series, 'arrow-ckpt', operation, measure) ?? NaN).toFixed(2);
  const bytes = series.find((s) => s.contestant === 'json')?.median?.bytes ?? 0;
  const both = (measure: keyof Medians, only?: string) =>
    `${worst(series, 'json', measure, only)} / ${worst(series, 'arrow-ckpt', measure, only)}`;
  const cells = [
    `${rows.toLocaleString('en')} ${SUITES[suite]}, ${(bytes / 1e6).toFixed(0)} MB of JSON`,
    ratio('save', 'mainMs'),
    ratio('save', 'wallMs'),
    ratio('load', 'mainMs'),
    ratio('load', 'wallMs'),
    ratio('save', 'bytes'),
    both('peakOverMB', 'save'),
    both('loopMaxMs'),
  ];
  return `| ${cells.join(' | ')} |`;
}

const RUNS = new Map(Object.keys(SUITES).map((suite) => [suite, newest(suite)]));
const { environment } = RUNS.get('flat')!;
const commits = [...new Set(Array.from(RUNS.values(), (run) => run.environment.commit))];
const system = environment.system.replace(/^linux (\d+\.\d+).*/, 'Linux $1');
const text = `${BEGIN}Ratios to JSON in the same run; below 1 is faster or smaller. JSON is \`JSON.stringify\`, one write and fsync; \`readFile\` and \`JSON.parse\`.

| rows | save, main thread | save, wall | load, main thread | load, wall | file | memory while saving, MB over the rows (JSON / ours) | longest block of the event loop, ms (JSON / ours) |
|---|---|---|---|---|---|---|---|
${Object.keys(SUITES).map(line).join('\n')}

Medians of 5 runs, each the first save or load of a process of its own. Main thread: time in which the event loop was busy. Node ${environment.node.slice(1)}, ${environment.cpu}, ${environment.cores} cores, ${system},
${commits.length === 1 ? 'commit' : 'commits'} ${commits.join(' and ')}, ${environment.date.slice(0, 10)}; the samples are in \`bench/results\`. Small checkpoints gain less, and the first save of a process pays for compilation.
\`npm run bench\` measures on your machine, \`npm run bench:rivals\` against the other Parquet libraries for Node.
`;
const readme = readFileSync(README, 'utf8');
const [from, to] = [readme.indexOf(BEGIN), readme.indexOf(END)];
if (from === -1 || to < from) throw new Error('README.md has no place for the table');
writeFileSync(README, readme.slice(0, from) + text + readme.slice(to));
