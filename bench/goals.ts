import { ratioTo } from './results-table.ts';
import type { Medians, Series } from './series.ts';
import { formatTable } from './table.ts';

/** A goal of the project, and the place in the results where it is met or missed. */
interface Goal {
  suite: string;
  /** The goal is about this number of rows. */
  rows: number;
  what: string;
  limit: number;
  value(series: readonly Series[]): number | null;
}

const OURS = 'arrow-ckpt';

function toJson(suite: string, rows: number, operation: 'save' | 'load', measure: keyof Medians, what: string, limit: number): Goal {
  return { suite, rows, what, limit, value: (series) => ratioTo(series, OURS, operation, measure) };
}

function ownWorst(suite: string, rows: number, measure: keyof Medians, what: string, limit: number, only?: 'save'): Goal {
  const value = (series: readonly Series[]): number | null => {
    const mine = series
      .filter((s) => s.contestant === OURS && (only === undefined || s.operation === only))
      .map((s) => s.median?.[measure]);
    const numbers = mine.filter((n): n is number => typeof n === 'number');
    return numbers.length === 0 ? null : Math.max(...numbers);
  };
  return { suite, rows, what, limit, value };
}

/** On newer V8s than that of Node 20 JSON is faster: there a ratio to it may be so many times as high, but stays below 1. */
const NEWER = Number(process.versions.node.split('.')[0]) > 20 ? 1.5 : 1;

/** The ratios that a suite is to reach, as [save on the main thread, save, load on the main thread, load, file]; null: none. */
type Ratios = readonly [number | null, number | null, number | null, number | null, number | null];

function ratios(suite: string, rows: number, limits: Ratios): Goal[] {
  return RATIOS.flatMap(([operation, measure, what], index) => {
    const limit = limits[index];
    if (limit === null || limit === undefined) return [];
    return toJson(suite, rows, operation, measure, what, measure === 'bytes' ? limit : Math.min(limit * NEWER, 0.99));
  });
}

const RATIOS = [
  ['save', 'mainMs', 'save, main thread, x JSON'],
  ['save', 'wallMs', 'save, wall, x JSON'],
  ['load', 'mainMs', 'load, main thread, x JSON'],
  ['load', 'wallMs', 'load, wall, x JSON'],
  ['save', 'bytes', 'file, x JSON'],
] as const;

function loop(suite: string, rows: number): Goal {
  return ownWorst(suite, rows, 'loopP99Ms', 'loop delay p99, ms', 30);
}

const FLAT_ROWS = 1_000_000;
const NESTED_ROWS = 200_000;

const GOALS: readonly Goal[] = [
  ...ratios('flat', FLAT_ROWS, [0.2, 0.3, 0.22, 0.35, 0.35]),
  toJson('flat', FLAT_ROWS, 'load', 'peakOverMB', 'load, peak RSS, x JSON', 1),
  ownWorst('flat', FLAT_ROWS, 'peakOverMB', 'save, peak RSS over the rows, MB', 250, 'save'),
  ownWorst('flat', FLAT_ROWS, 'loopMaxMs', 'longest block of the loop, ms', 100),
  loop('flat', FLAT_ROWS),
  ...ratios('nested', NESTED_ROWS, [0.33, 0.55, null, 0.5, null]),
  ownWorst('nested', NESTED_ROWS, 'loopMaxMs', 'longest block of the loop, ms', 100),
  loop('nested', NESTED_ROWS),
  ...ratios('text', 20_000, [null, 0.6, null, 0.5, 0.35]),
  loop('text', 20_000),
  ...ratios('unicode', FLAT_ROWS, [null, 0.6, null, 0.4, null]),
  loop('unicode', FLAT_ROWS),
  ...ratios('embeddings', 10_000, [null, 0.1, null, 0.1, 0.4]),
  loop('embeddings', 10_000),
  ...ratios('mixed', 500_000, [null, 0.6, null, 0.8, null]),
];

/** A goal beside what was measured. */
export interface GoalResult {
  what: string;
  limit: number;
  measured: number | null;
  met: boolean | null;
}

/** The goals of a suite against its results. */
export function checkGoals(suite: string, series: readonly Series[]): GoalResult[] {
  return GOALS.filter((goal) => goal.suite === suite).map((goal) => {
    const measured = goal.value(series);
    return { what: goal.what, limit: goal.limit, measured, met: measured === null ? null : measured <= goal.limit };
  });
}

/** The goals as a table; says so when the run's size is not the one the goals are about. */
export function goalsTable(suite: string, rows: number, results: readonly GoalResult[]): string {
  if (results.length === 0) return '';
  const meant = GOALS.find((goal) => goal.suite === suite)!.rows;
  const title = rows === meant ? 'goals' : `goals (they are about ${meant} rows; this run has ${rows})`;
  const lines = results.map((r) => [
    r.what,
    `<= ${show(r.limit)}`,
    r.measured === null ? '-' : show(r.measured),
    r.met === null ? '-' : r.met ? 'met' : 'missed',
  ]);
  return `${title}\n${formatTable([OURS, 'goal', 'measured', ''], lines)}`;
}

function show(n: number): string {
  return n < 10 ? n.toFixed(2) : n.toFixed(0);
}
