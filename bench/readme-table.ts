// Writes the measured tables of README.md (five rows) and docs/speed.md (all) anew, from the newest recorded run of each suite:
// `npx tsx bench/readme-table.ts`.
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
/** What README.md shows, the last one because it is what JSON does better. */
const README_SUITES = ['flat', 'nested', 'text', 'embeddings', 'shapes'];
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

/** A row of a table: what the rows are, then the figures. */
function line(suite: string, figures: (keyof typeof FIGURES)[]): string {
  const { rows, series } = RUNS.get(suite)!;
  const bytes = series.find((s) => s.contestant === 'json')?.median?.bytes ?? 0;
  const what = `${rows.toLocaleString('en')} ${SUITES[suite]}, ${(bytes / 1e6).toFixed(0)} MB of JSON`;
  return `| ${[what, ...figures.map((figure) => FIGURES[figure](series))].join(' | ')} |`;
}

const ratio = (operation: 'save' | 'load', measure: keyof Medians) => (series: readonly Series[]) =>
  (ratioTo(series, 'arrow-ckpt', operation, measure) ?? NaN).toFixed(2);
const both = (measure: keyof Medians, only?: string) => (series: readonly Series[]) =>
  `${worst(series, 'json', measure, only)} / ${worst(series, 'arrow-ckpt', measure, only)}`;

/** The columns of the tables. */
const FIGURES = {
  'save, main thread': ratio('save', 'mainMs'),
  'save, wall': ratio('save', 'wallMs'),
  'load, main thread': ratio('load', 'mainMs'),
  'load, wall': ratio('load', 'wallMs'),
  file: ratio('save', 'bytes'),
  'memory while saving, MB over the rows (JSON / ours)': both('peakOverMB', 'save'),
  'longest block of the event loop, ms (JSON / ours)': both('loopMaxMs'),
};
const RUNS = new Map(Object.keys(SUITES).map((suite) => [suite, newest(suite)]));

function table(suites: string[], figures: (keyof typeof FIGURES)[]): string {
  const head = `| rows | ${figures.join(' | ')} |\n|${'---|'.repeat(figures.length + 1)}`;
  return `${head}\n${suites.map((suite) => line(suite, figures)).join('\n')}`;
}

/** Which Node, machine and commits: the runs of these suites. */
function machine(suites: string[]): string {
  const runs = suites.map((suite) => RUNS.get(suite)!.environment);
  const one = (what: (environment: Recorded['environment']) => string): string => [...new Set(runs.map(what))].join(' and ');
  const system = one(({ system: name }) => name.replace(/^linux (\d+\.\d+).*/, 'Linux $1'));
  const date = one(({ date: day }) => day.slice(0, 10));
  return `Node ${one(({ node }) => node.slice(1))}, ${one(({ cpu }) => cpu)}, ${one(({ cores }) => `${cores}`)} cores, ${system}, ${date}`;
}

const HOW = `Ratios to JSON in the same run; below 1 is faster or smaller. JSON is \`JSON.stringify\`, one write and fsync; \`readFile\` and
\`JSON.parse\`. Medians of 5 runs, each the first save or load of its process. Main thread: time in which the event loop was busy.`;

function replaceTable(name: string, text: string): void {
  const file = new URL(`../${name}`, import.meta.url);
  const page = readFileSync(file, 'utf8');
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (from === -1 || to < from) throw new Error(`${name} has no place for the table`);
  writeFileSync(file, `${page.slice(0, from)}${BEGIN}${text}\n${page.slice(to)}`);
}

const columns = Object.keys(FIGURES) as (keyof typeof FIGURES)[];
const short = columns.filter((figure) => !figure.startsWith('memory'));
replaceTable('README.md', `${HOW}\n\n${table(README_SUITES, short)}\n\n${machine(README_SUITES)}.`);
const all = Object.keys(SUITES);
const commits = [...new Set(all.map((suite) => RUNS.get(suite)!.environment.commit))].join(' and ');
replaceTable('docs/speed.md', `${HOW}\n\n${table(all, columns)}\n\n${machine(all)}; commits ${commits}.`);
