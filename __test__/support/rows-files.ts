import { readFileSync } from 'node:fs';
import type { Row } from 'arrow-ckpt';
import { isPlainObject } from '../../lib/base/rows.ts';
import { dataFiles, dataPath } from './test-data.ts';

/** A JSON or JSONL file of the test data. */
export interface RowsFile {
  name: string;
  /** Every set of rows in it: the file itself, or the arrays of objects inside an object that describes them. Null for what is not JSON. */
  sets: Row[][] | null;
}

/** The JSON and JSONL files of the test data; none where it is absent. */
export function rowsFiles(): RowsFile[] {
  return dataFiles(/\.jsonl?$/).map((name) => ({ name, sets: rowSets(name) }));
}

function rowSets(name: string): Row[][] | null {
  const text = readFileSync(dataPath(name), 'utf8');
  // A JSONL file is an array, less its brackets and with line ends for commas.
  const json = name.endsWith('.jsonl') ? `[${text.trim().split('\n').join(',')}]` : text;
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return null;
  }
  return Array.isArray(value) && value.length === 0 ? [[]] : [...setsIn(value)];
}

/** Arrays of objects, the outermost ones. An empty one inside an object may be a list of anything, and is none. */
function* setsIn(value: unknown): Generator<Row[]> {
  if (Array.isArray(value) && value.length > 0 && value.every(isPlainObject)) yield value as Row[];
  else if (typeof value === 'object' && value !== null) for (const member of Object.values(value)) yield* setsIn(member);
}
