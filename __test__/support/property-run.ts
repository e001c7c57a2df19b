import { resultOf, type Start } from './run-program.js';
import type { StoreModeName } from './store-modes.js';

/** What programs/property.ts prints. */
export interface Verdict {
  cases: number;
  /** Rows of fixtures/shrunk.ts that were tried. */
  fixtures: number;
  /** What came back otherwise, with the seed and the rows. */
  failures: string[];
}

/** Multiplies the number of cases: `ARROW_CKPT_CASES=1000000` runs so many in the Parquet path, and the other modes in proportion. */
export const CASES = Number(process.env['ARROW_CKPT_CASES'] ?? 20_000);
/** Runs a part of the cases in a process of its own. */
export async function runCases(mode: StoreModeName, cases: number, seed: number, folder: string, start: Start = {}): Promise<Verdict> {
  const timeout = 120_000 + cases * 60;
  return resultOf<Verdict>('property.ts', { ...start, args: [mode, String(cases), String(seed), folder], timeout });
}
