import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Row } from 'arrow-ckpt';
import { parseLenient } from '../../lib/base/value/lenient-json.ts';
import { dataPath } from './test-data.ts';

/** What `expected/<name>.json` says of a checkpoint: its rows, or the file that holds them. */
interface Expectation {
  rows?: unknown[] | null;
  same_as?: string;
}

/**
 * The rows that the checkpoints of a folder of the test data must give, by `<step>/<operation>`; null for one that is damaged. `member`:
 * where in the expectation they stand.
 */
export function expectedCheckpoints(name: string, member = 'checkpoints'): Map<string, Row[] | null> {
  const all = parseLenient(readFileSync(dataPath(`expected/${name}.json`), 'utf8')) as Record<string, Record<string, Expectation>>;
  const rows = ({ rows: given, same_as: same }: Expectation): Row[] | null => {
    if (given === null) return null;
    if (given !== undefined) return given.map(unmark) as Row[];
    return parseLenient(readFileSync(join(dataPath('expected'), same as string), 'utf8')) as Row[];
  };
  return new Map(Object.entries(all[member] as Record<string, Expectation>).map(([key, expectation]) => [key, rows(expectation)]));
}

/** The values that stand for what JSON cannot hold. */
function unmark(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unmark);
  if (typeof value !== 'object' || value === null) return value;
  const marked = value as Record<string, never>;
  if ('$number' in marked) return Number(marked['$number']);
  if ('$utf16' in marked) return String.fromCharCode(...(marked['$utf16'] as number[]));
  return Object.fromEntries(Object.entries(marked).map(([key, member]) => [key, unmark(member)]));
}
