// npm run bench:sql: a question in SQL against the same in JavaScript over columns and over rows, in turn in one process: bench/README.md.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { CheckpointManager, openCheckpoint, readCheckpoint } from 'arrow-ckpt';
import { openSql } from 'arrow-ckpt/sql';
import { namedFlags } from './named-flags.ts';
import { runOnNodes } from './nodes.ts';
import { writeResult } from './record.ts';
import { median } from './series.ts';
import { flat } from './suites/flat.ts';
import { formatTable, showMs, showRatio } from './table.ts';

const HELP = `Usage: npm run bench:sql [-- options]

  --runs <n>      runs of each way, in turn (default 15); the first of each is left out
  --dir <folder>  where the checkpoint goes (default: the system's folder for temporary files)
  --node <list>   on these Nodes, one after another: major versions, which npm installs on first use, or paths
  --quick         few rows
  --help          this text`;

/** What a run took, in ms: until the answer was there, the event loop's part, and all threads of the process. */
interface Cost {
  wallMs: number;
  mainMs: number;
  cpuMs: number;
}

async function costOf(work: () => Promise<unknown>): Promise<Cost> {
  const cpu = process.cpuUsage();
  const loop = performance.eventLoopUtilization();
  const from = performance.now();
  await work();
  const wallMs = performance.now() - from;
  const mainMs = performance.eventLoopUtilization(loop).active;
  const { user, system } = process.cpuUsage(cpu);
  return { wallMs, mainMs, cpuMs: (user + system) / 1000 };
}

type Group = { category: string; n: number; score: number };

/** The ways to the same answer. */
function ways(path: string, query: (sql: string) => Promise<unknown[]>): Record<string, () => Promise<Group[]>> {
  const grouped = (): { add: (category: string, score: number) => void; groups: () => Group[] } => {
    const found = new Map<string, Group>();
    return {
      add: (category, score) => {
        const group = found.get(category);
        if (group === undefined) found.set(category, { category, n: 1, score });
        else {
          group.n++;
          group.score += score;
        }
      },
      groups: () => [...found.values()].sort((a, b) => (a.category < b.category ? -1 : 1)),
    };
  };
  return {
    sql: async () =>
      (await query(
        'select category, count(*) as n, sum(score) as score from process.extract group by category order by category',
      )) as Group[],
    columns: async () => {
      await using reader = await openCheckpoint(path);
      const columns = await reader.columns(['category', 'score']);
      const [category, score] = [columns.column('category')!, columns.column('score')!];
      const { add, groups } = grouped();
      for (let at = 0; at < columns.rows; at++) add(category.at(at) as string, score.at(at) as number);
      return groups();
    },
    rows: async () => {
      const { add, groups } = grouped();
      for (const { category, score } of await readCheckpoint<Group>(path, { columns: ['category', 'score'] })) add(category, score);
      return groups();
    },
  };
}

runOnNodes();
const flags = namedFlags('question', HELP);
const rows = flags.quick ? flat.quickRows : flat.defaultRows;
const runs = Number(flags.runs ?? 15);
const folder = mkdtempSync(join(flags.dir ?? tmpdir(), 'arrow-ckpt-bench-sql-'));
try {
  const path = await new CheckpointManager(folder, { logger: false }).saveCheckpoint('process', 'extract', flat.rows(rows));
  const opening = await costOf(async () => (await openSql(folder)).close());
  await using db = await openSql(folder);
  const all = ways(path, (sql) => db.query(sql));
  const expected = await all['rows']!();
  const costs: Record<string, Cost[]> = Object.fromEntries(Object.keys(all).map((way) => [way, []]));
  for (let run = 0; run <= runs; run++)
    for (const [way, work] of Object.entries(all)) {
      let answer: Group[] = [];
      const cost = await costOf(async () => (answer = await work()));
      assert.deepEqual(
        answer.map(({ category, n, score }) => [category, n, Math.round(score)]),
        expected.map(({ category, n, score }) => [category, n, Math.round(score)]),
      );
      if (run > 0) costs[way]!.push(cost);
    }
  const [{ version } = { version: '' }] = await db.query<{ version: string }>('select version() as version');
  const of = (way: string, what: keyof Cost): number => median(costs[way]!.map((cost) => cost[what])) ?? 0;
  const best = (way: string, what: keyof Cost): number => Math.min(...costs[way]!.map((cost) => cost[what]));
  const pair = (of: (way: string) => number, way: string): string[] => [showMs(of(way)), showRatio(of(way) / of('sql'))];
  const table = Object.keys(all).map((way) =>
    [
      [way],
      pair((each) => of(each, 'wallMs'), way),
      pair((each) => of(each, 'mainMs'), way),
      pair((each) => of(each, 'cpuMs'), way),
      // On a machine that others use, too, the best run says most.
      pair((each) => best(each, 'wallMs'), way),
      pair((each) => best(each, 'mainMs'), way),
    ].flat(),
  );
  const label = rows === flat.defaultRows ? 'sql' : `sql-${rows}-rows`;
  const file = writeResult(label, { about: 'group by category over flat rows', rows, runs, duckdb: version, opening, costs });
  console.log(
    `\ngroup by over ${rows} flat rows, DuckDB ${version}, medians of ${runs} runs; the first openSql ${showMs(opening.wallMs)} ms\n`,
  );
  console.log(
    `${formatTable(['way', 'wall ms', 'x', 'main ms', 'x', 'CPU ms', 'x', 'best wall ms', 'x', 'best main ms', 'x'], table)}\n\nrecorded in ${file}`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
