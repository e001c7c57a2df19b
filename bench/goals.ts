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

const MIXED_ROWS = 500_000;
const FLAT_ROWS = 1_000_000;
const NESTED_ROWS = 200_000;

const GOALS: readonly Goal[] = [
  toJson('flat', FLAT_ROWS, 'save', 'mainMs', 'save, main thread, x JSON', 0.3),
  toJson('flat', FLAT_ROWS, 'save', 'mainCpuMs', '  the same as CPU time', 0.3),
  toJson('flat', FLAT_ROWS, 'save', 'wallMs', 'save, wall, x JSON', 0.4),
  toJson('flat', FLAT_ROWS, 'load', 'wallMs', 'load, wall, x JSON', 0.45),
  toJson('flat', FLAT_ROWS, 'save', 'bytes', 'file, x JSON', 0.35),
  ownWorst('flat', FLAT_ROWS, 'peakOverMB', 'save, peak RSS over the rows, MB', 250, 'save'),
  ownWorst('flat', FLAT_ROWS, 'loopMaxMs', 'longest block of the loop, ms', 100),
  ownWorst('flat', FLAT_ROWS, 'loopP99Ms', 'loop delay p99, ms', 30),
  toJson('nested', NESTED_ROWS, 'save', 'mainMs', 'save, main thread, x JSON', 0.4),
  toJson('nested', NESTED_ROWS, 'save', 'mainCpuMs', '  the same as CPU time', 0.4),
  toJson('nested', NESTED_ROWS, 'save', 'wallMs', 'save, wall, x JSON', 0.8),
  toJson('nested', NESTED_ROWS, 'load', 'wallMs', 'load, wall, x JSON', 0.65),
  ownWorst('nested', NESTED_ROWS, 'loopMaxMs', 'longest block of the loop, ms', 100),
  ownWorst('nested', NESTED_ROWS, 'loopP99Ms', 'loop delay p99, ms', 30),
  toJson('mixed', MIXED_ROWS, 'save', 'wallMs', 'save, wall, x JSON', 0.6),
  toJson('mixed', MIXED_ROWS, 'load', 'wallMs', 'load, wall, x JSON', 0.8),
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
