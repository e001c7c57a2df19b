import { readFileSync, writeFileSync } from 'node:fs';
import { plot, type Line } from './plot.ts';
import { newest, type Recording } from './recorded.ts';
import { median, type Series } from './series.ts';

const PAGE = 'docs/performance.md';
const ROOT = new URL('../', import.meta.url);
/** Sizes of small checkpoints that `npm run bench:works` has. */
const SMALL = [10, 100, 1000];

/** What was measured at one number of rows. */
export interface GrowthStep {
  rows: number;
  series: Series[];
}

interface Growth extends Recording {
  steps: GrowthStep[];
}
interface Work extends Recording {
  ways: { way: string; samples: { wallMs: number }[] }[];
}

/** Puts `text` between the marks `<!-- name:begin -->` and `<!-- name:end -->` of a page. */
export function replaceTable(page: string, name: string, text: string): void {
  const file = new URL(page, ROOT);
  const before = readFileSync(file, 'utf8');
  const [begin, end] = [`<!-- ${name}:begin -->\n`, `<!-- ${name}:end -->`];
  const [from, to] = [before.indexOf(begin), before.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`${page} has no place for the table '${name}'`);
  writeFileSync(file, `${before.slice(0, from)}${begin}${text}\n${before.slice(to)}`);
}

/** Writes all that is measured on docs/performance.md; `suites`: the tables of the suites. */
export function writePerformance(suites: string): void {
  replaceTable(PAGE, 'bench', suites);
  const small = smallTable();
  if (small !== undefined) replaceTable(PAGE, 'small', small);
  writeGrowth();
}

/** Draws the newest recorded growth, that on Node 26 first, and puts the plot on docs/performance.md. */
export function writeGrowth(): void {
  const growth = newest<Growth>('growth-node26') ?? newest<Growth>('growth') ?? newest<Growth>('growth-1000000-rows-node26');
  if (growth === undefined) return;
  writeFileSync(new URL('docs/performance.svg', ROOT), growthPlot(growth.steps));
  const { node, cores, date, commit } = growth.environment;
  replaceTable(
    PAGE,
    'growth',
    `![time and memory of a row by rows](performance.svg)\n\nNode ${node.slice(1)}, ${cores} cores, ${date.slice(0, 10)}; commit ${commit}.`,
  );
}

/** Milliseconds of a small checkpoint, JSON's and ours, on each Node. */
function smallTable(): string | undefined {
  const lines: string[] = [];
  for (const [node, suffix] of [
    ['26', '-node26'],
    ['20', ''],
  ] as const) {
    for (const size of SMALL) {
      const cells = ['small-save', 'small-load', 'first-save', 'first-load'].map((name) => {
        const work = newest<Work>(`work-${name}-${size}${suffix}`);
        if (work === undefined) return undefined;
        const count = name.startsWith('first') ? 1 : MANY;
        const [json, ours] = work.ways.map(({ samples }) => (median(samples.map(({ wallMs }) => wallMs)) ?? NaN) / count);
        return `${json!.toFixed(2)} / ${ours!.toFixed(2)}`;
      });
      if (cells.every((cell) => cell !== undefined)) lines.push(`| ${node} | ${size} | ${cells.join(' | ')} |`);
    }
  }
  if (lines.length === 0) return undefined;
  return `| Node | rows | save, one of many | load, one of many | first save | first load |\n|---|---|---|---|---|---|\n${lines.join('\n')}`;
}

/** Checkpoints of the works that have many: bench/works/small.ts. */
const MANY = 200;

function growthPlot(steps: readonly GrowthStep[]): string {
  const lines = (value: (series: Series, rows: number) => number | undefined): Line[] =>
    (['json', 'arrow-ckpt'] as const).flatMap((contestant) =>
      (['save', 'load'] as const).map((operation) => {
        const points = steps.flatMap(({ rows, series }) => {
          const own = series.find((each) => each.contestant === contestant && each.operation === operation);
          const y = own === undefined ? undefined : value(own, rows);
          return y === undefined || y <= 0 ? [] : [[rows, y] as const];
        });
        const name = `${contestant === 'json' ? 'JSON' : contestant}, ${operation}`;
        return { name, colour: contestant === 'json' ? '#b5533c' : '#2a6f97', dashed: operation === 'load', points };
      }),
    );
  return plot([
    { title: 'time', unit: 'microseconds a row', lines: lines(({ median: m }, rows) => m && (m.wallMs * 1000) / rows) },
    {
      title: 'memory at the peak, over what was there',
      unit: 'bytes a row',
      lines: lines(({ median: m }, rows) => (m?.peakOverMB ? (m.peakOverMB * 2 ** 20) / rows : undefined)),
    },
  ]);
}
