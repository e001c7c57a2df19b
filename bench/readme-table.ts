// npm run bench:tables: writes the measured tables of README.md (five rows) and docs/performance.md (all, and the plot) anew, from the
// newest recorded run of each suite.
import { replaceTable, writePerformance } from './performance-page.ts';
import { newest, type Recorded } from './recorded.ts';
import { LLM_SUITES } from './suites/llm.ts';
import { ratioTo } from './results-table.ts';
import type { Medians, Series } from './series.ts';

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
  ...Object.fromEntries(LLM_SUITES.map(({ name, about }) => [name, about])),
};
/** What README.md shows, the last one because it is what JSON does better. */
const README_SUITES = ['flat', 'nested', 'text', 'embeddings', 'shapes'];
/** The Nodes of docs/performance.md, with what the names of their runs end in. */
const NODES: Record<string, string> = { 'Node 26': '-node26', 'Node 20': '' };

function worst(series: readonly Series[], contestant: string, measure: keyof Medians, only?: string): string {
  const mine = series.filter((s) => s.contestant === contestant && (only === undefined || s.operation === only));
  return Math.max(...mine.map((s) => s.median?.[measure] ?? 0)).toFixed(0);
}

/** A row of a table: what the rows are, then the figures. */
function line(suite: string, { rows, series }: Recorded, figures: (keyof typeof FIGURES)[]): string {
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

/** The newest recorded runs of these suites on one Node; without those that were never run. */
function runsOf(suites: readonly string[], node: string): Map<string, Recorded> {
  const runs = suites.map((suite) => [suite, newest<Recorded>(`${suite}${node}`)] as const);
  return new Map(runs.filter((run): run is readonly [string, Recorded] => run[1] !== undefined));
}

function table(runs: ReadonlyMap<string, Recorded>, figures: (keyof typeof FIGURES)[]): string {
  const head = `| rows | ${figures.join(' | ')} |\n|${'---|'.repeat(figures.length + 1)}`;
  return `${head}\n${[...runs].map(([suite, run]) => line(suite, run, figures)).join('\n')}`;
}

/** Which Node, machine and commits: of these runs. */
function machine(runs: ReadonlyMap<string, Recorded>): string {
  const environments = [...runs.values()].map(({ environment }) => environment);
  const one = (what: (environment: Recorded['environment']) => string): string => [...new Set(environments.map(what))].join(' and ');
  const system = one(({ system: name }) => name.replace(/^linux (\d+\.\d+).*/, 'Linux $1'));
  const date = one(({ date: day }) => day.slice(0, 10));
  return `Node ${one(({ node }) => node.slice(1))}, ${one(({ cpu }) => cpu)}, ${one(({ cores }) => `${cores}`)} cores, ${system}, ${date}`;
}

const HOW = `Ratios to JSON in the same run; below 1 is faster or smaller. JSON is \`JSON.stringify\`, one write and fsync; \`readFile\` and
\`JSON.parse\`. Medians of 3 to 5 runs, each the first save or load of its process. Main thread: time in which the event loop was busy.`;

const columns = Object.keys(FIGURES) as (keyof typeof FIGURES)[];
const short = columns.filter((figure) => !figure.startsWith('memory'));
const forReadme = runsOf(README_SUITES, '');
replaceTable('README.md', 'bench', `${HOW}\n\n${table(forReadme, short)}\n\n${machine(forReadme)}.`);
const sections = Object.entries(NODES).map(([name, node]) => {
  const runs = runsOf(Object.keys(SUITES), node);
  const commits = [...new Set([...runs.values()].map(({ environment }) => environment.commit))].join(', ');
  return `### ${name}\n\n${table(runs, columns)}\n\n${machine(runs)};\ncommits ${commits}.`;
});
writePerformance(`${HOW}\n\n${sections.join('\n\n')}`);
