import type { Row } from 'arrow-ckpt';
import { objectOf } from './arbitrary-values.js';

/** How the values of one place are made, row after row: small to generate and to shrink however many rows it makes. */
export type Cell =
  | { t: 'pool'; values: readonly unknown[] }
  | { t: 'count'; from: number; step: number }
  | { t: 'text'; prefix: string }
  | { t: 'list'; of: Cell; max: number }
  | { t: 'struct'; fields: readonly Field[]; turn: number }
  | { t: 'map'; of: Cell; keys: number; size: number }
  /** Another kind of value in one row of so many. */
  | { t: 'rare'; usual: Cell; odd: Cell; every: number }
  /** Another kind of value from a row on. */
  | { t: 'late'; before: Cell; after: Cell; from: number };

export interface Field {
  key: string;
  cell: Cell;
  /** Missing in one object of so many; 0 for none. */
  missing: number;
  /** Null in one object of so many; 0 for none. */
  nulls: number;
}

export interface Table {
  rows: number;
  fields: readonly Field[];
  /** The order of keys turns in one row of so many; 0 for none. */
  turn: number;
  /** Whole rows that stand in others' place. */
  odd: readonly { at: number; row: Row }[];
}

export function rowsOf({ rows, fields, turn, odd }: Table): Row[] {
  const made = Array.from({ length: rows }, (_, row) => objectAt(fields, turn, row, row));
  for (const { at, row } of odd) if (made.length > 0) made[at % made.length] = row;
  return made;
}

function objectAt(fields: readonly Field[], turn: number, row: number, salt: number): Row {
  const entries: [string, unknown][] = [];
  fields.forEach(({ key, cell, missing, nulls }, index) => {
    const own = mix(salt, index);
    if (hits(missing, own)) return;
    entries.push([key, hits(nulls, own >>> 7) ? null : valueAt(cell, row, own)]);
  });
  if (hits(turn, mix(salt, 77)) && entries.length > 0) entries.push(entries.shift() as [string, unknown]);
  return objectOf(entries);
}

function valueAt(cell: Cell, row: number, salt: number): unknown {
  switch (cell.t) {
    case 'pool':
      return cell.values[salt % cell.values.length];
    case 'count':
      return cell.from + row * cell.step;
    case 'text':
      return `${cell.prefix}${row}`;
    case 'list':
      return Array.from({ length: salt % (cell.max + 1) }, (_, index) => valueAt(cell.of, row, mix(salt, index)));
    case 'struct':
      return objectAt(cell.fields, cell.turn, row, salt);
    case 'map':
      return objectOf(
        Array.from({ length: salt % (cell.size + 1) }, (_, index) => {
          const own = mix(salt, index);
          return [`k${own % cell.keys}`, valueAt(cell.of, row, own)] as const;
        }),
      );
    case 'rare':
      return valueAt(hits(cell.every, mix(row, 5)) ? cell.odd : cell.usual, row, salt);
    case 'late':
      return valueAt(row < cell.from ? cell.before : cell.after, row, salt);
  }
}

function hits(every: number, salt: number): boolean {
  return every > 0 && salt % every === 0;
}

/** A number that looks random, the same for the same two. */
function mix(a: number, b: number): number {
  let hash = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(b + 1, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}
