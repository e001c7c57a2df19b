import type { Row } from '../suites/suite.ts';

/** What a way gives back: how many rows it had, and a number that is the same for all ways that did the same. */
export interface Outcome {
  rows: number;
  check: number;
}

/** One way to do a work. */
export interface Way {
  name: string;
  /** How it does it, for the record. */
  about: string;
  /** Untimed, in a process of its own: makes what the work is about in `folder`. */
  prepare?(folder: string, rows: readonly Row[]): Promise<void>;
  /** Timed. `rows` are there for works that save. */
  run(folder: string, rows: readonly Row[]): Promise<Outcome>;
}

/** A work that pipelines do with checkpoints, beside saving and loading all rows. The first way is what the others are compared with. */
export interface Work {
  name: string;
  about: string;
  /** The suite whose rows it is about. */
  suite: string;
  rows: number;
  quickRows: number;
  /** Whether the rows are needed when it is timed: works that save. */
  saves: boolean;
  ways: readonly Way[];
  /** The goal of a way: wall time to the first way's. */
  goals: Readonly<Record<string, number>>;
}

/** The sum of a column of numbers, for {@link Outcome}. */
export function sumOf(rows: readonly Row[], name: string): number {
  let sum = 0;
  for (const row of rows) sum += row[name] as number;
  return sum;
}
