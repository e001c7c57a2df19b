import type { Row } from 'arrow-ckpt';

export type ColumnKind = 'int' | 'big' | 'double' | 'text' | 'date' | 'bool' | 'bytes';

/** Columns that are filtered, and their kind. A path with a dot is a field of a struct. */
export const FILTERED: Record<string, ColumnKind> = {
  id: 'int',
  n: 'int',
  big: 'big',
  plain: 'double',
  odd: 'double',
  zeros: 'double',
  text: 'text',
  word: 'text',
  when: 'date',
  flag: 'bool',
  bytes: 'bytes',
  's.n': 'int',
  's.x': 'double',
};

/** Those of them that a file of many pages is filtered by. */
export const PAGED = Object.fromEntries(Object.entries(FILTERED).filter(([name]) => ['n', 'odd', 'text'].includes(name)));

const WORDS = ['', 'apple', 'ü', 'zebra'];

/**
 * Rows in whose row groups and pages a filter finds something to skip: most columns rise, some repeat. `odd` has NaN, both zeros and
 * infinities, in some row groups and not in others; `zeros` has few values, the two zeros apart from each other.
 */
export function filteredRows(count: number): Row[] {
  return Array.from({ length: count }, (_, i) => {
    const block = Math.floor((i * 12) / count);
    return {
      id: i,
      n: i % 11 === 10 ? null : Math.floor(i / 10) * 7 - 100,
      big: 2n ** 60n + BigInt(i) * 1000n,
      plain: i % 13 === 12 ? null : i / 8 + 1,
      odd: i % 17 === 16 ? null : odd(i, block, count),
      zeros: block % 4 === 0 ? (i % 2 ? -0 : 1.5) : block % 4 === 1 ? (i % 2 ? 0 : 1.5) : block % 4 === 2 ? [0, -0, 2.5][i % 3] : 7.5,
      text: i % 19 === 18 ? null : `t${String(i).padStart(6, '0')}`,
      word: block === 5 ? null : WORDS[(i + block) % 4],
      when: i % 7 === 6 ? null : new Date((i - count / 2) * 3_600_000),
      flag: block < 4 ? true : block < 8 ? i % 2 === 0 : null,
      bytes: Uint8Array.of(block, i % 256),
      s: i % 23 === 22 ? null : { n: i * 2, x: block % 3 === 0 && i % 5 === 0 ? NaN : i / 4 - 10 },
    };
  });
}

function odd(i: number, block: number, count: number): number {
  if (block === 2) return NaN;
  if (block % 3 === 0 && i % 10 === 3) return NaN;
  if (block % 2 === 0 && i % 10 === 4) return -0;
  if (block === 7 && i % 10 === 4) return 0;
  if (block === 9 && i % 10 < 2) return i % 2 ? Infinity : -Infinity;
  return (i - count / 2) / 8;
}
