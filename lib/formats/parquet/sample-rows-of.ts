import { setOwn } from '../../base/build.js';
import type { Row } from '../../base/rows.js';
import type { ColumnTypes, SeenType } from './column-types.js';

/** A key that objects have before all others, whenever it was set. */
const INDEX = /^(?:0|[1-9]\d{0,9})$/;

/**
 * Rows that show a writer these types: see `Columniser.expect`. Two of each, as only values that differ in type make a column of JSON text,
 * and more where one object cannot have its keys in the order of the types.
 */
export function sampleRowsOf(types: ColumnTypes): Row[] {
  const count = countOf({ t: 'struct', fields: types });
  return Array.from({ length: count }, (_, at) => at).flatMap((at) => [objectAt(types, 0, at), objectAt(types, 1, at)]);
}

type Run = [string, SeenType][];

/** The types in runs, in each of which an object keeps the order. */
function runsOf(types: ColumnTypes): Run[] {
  const runs: Run[] = [[]];
  let last = -1;
  for (const entry of types) {
    const index = INDEX.test(entry[0]) ? Number(entry[0]) : Number.POSITIVE_INFINITY;
    if (index < last) runs.push([]);
    runs.at(-1)?.push(entry);
    last = index;
  }
  return runs;
}

/** How many samples show a type. */
function countOf({ element, fields }: SeenType): number {
  if (element !== undefined) return countOf(element);
  return fields === undefined ? 1 : runsOf(fields).reduce((sum, run) => sum + spanOf(run), 0);
}

function spanOf(run: Run): number {
  return run.reduce((most, [, type]) => Math.max(most, countOf(type)), 1);
}

/** The sample of this number, or the last. */
function objectAt(types: ColumnTypes, which: 0 | 1, at: number): Row {
  const runs = runsOf(types);
  let left = at;
  let current: Run = [];
  for (current of runs) {
    const span = spanOf(current);
    if (left < span) break;
    left -= span;
  }
  const row: Row = {};
  for (const [key, type] of current) setOwn(row, key, valueOf(type, which, left));
  return row;
}

function valueOf({ t, element, fields }: SeenType, which: 0 | 1, at: number): unknown {
  switch (t) {
    case 'null':
      return null;
    case 'num':
      return 0;
    case 'bool':
      return false;
    case 'text':
      return '';
    case 'json':
      return which === 0 ? 0 : '';
    case 'date':
      return new Date(0);
    case 'bytes':
      return new Uint8Array(0);
    case 'big':
      return 0n;
    case 'f64s':
      return new Float64Array(0);
    case 'f32s':
      return new Float32Array(0);
    case 'list':
      return element === undefined ? [] : [valueOf(element, 0, at), valueOf(element, 1, at)];
    case 'struct':
      return fields === undefined ? {} : objectAt(fields, which, at);
  }
}
