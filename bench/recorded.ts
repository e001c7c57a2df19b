import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { Series } from './series.ts';

/** What every recorded run says of itself. */
export interface Recording {
  environment: { cpu: string; cores: number; system: string; node: string; commit: string; date: string };
}

/** A recorded run of a suite. */
export interface Recorded extends Recording {
  rows: number;
  series: Series[];
}

const RESULTS = new URL('./results/', import.meta.url);

/** The newest recorded run of this name; undefined if there is none. */
export function newest<T extends Recording>(name: string): T | undefined {
  const names = readdirSync(RESULTS).map((run) => `${run}/${name}.json`);
  const recorded = names.filter((file) => existsSync(new URL(file, RESULTS)));
  const all = recorded.map((file) => JSON.parse(readFileSync(new URL(file, RESULTS), 'utf8')) as T);
  return all.sort((a, b) => (a.environment.date < b.environment.date ? 1 : -1))[0];
}
