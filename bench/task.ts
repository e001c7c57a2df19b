import type { Differences } from './compare.ts';
import type { Sample } from './measure/sample.ts';

/**
 * What a child process is asked to do. `verify` saves, loads and compares, and leaves the file for the loads to come; `make` only saves and
 * leaves it.
 */
export interface Task {
  operation: 'save' | 'load' | 'verify' | 'make';
  suite: string;
  rows: number;
  /** The module of the contestant, as a file URL. */
  contestant: string;
  path: string;
  /** Untimed repetitions in the same process before the timed one. */
  warmups: number;
}

/** What it answers. */
export type Answer =
  | { kind: 'started' }
  | { kind: 'sample'; sample: Sample }
  | { kind: 'verified'; differences: Differences; bytes: number }
  | { kind: 'made' }
  | { kind: 'failed'; message: string };
