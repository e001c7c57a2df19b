import { Random } from '../random.ts';
import { flatRows } from './flat.ts';
import type { Row, Suite } from './suite.ts';
import { phrase } from './words.ts';

/** One of the 8 columns mixes numbers, texts, booleans, nulls and small objects. */
export const mixed: Suite = {
  name: 'mixed',
  defaultRows: 500_000,
  quickRows: 50_000,
  about: 'the columns of flat, but `note` mixes strings, numbers, booleans, nulls, lists and objects',
  rows(count) {
    const random = new Random(44);
    const rows = flatRows(count);
    for (const row of rows) {
      const kind = random.below(6);
      if (kind === 1) row['note'] = random.below(1000);
      else if (kind === 2) row['note'] = random.next() < 0.5;
      else if (kind === 3) row['note'] = { code: random.below(100), text: phrase(random, 2) };
      else if (kind === 4) row['note'] = [random.below(10), 'x'];
    }
    return rows;
  },
};

/** The number of different shapes, and the keys they choose from. */
const SHAPES = 50;
const KEYS = 40;

export const shapes: Suite = {
  name: 'shapes',
  defaultRows: 300_000,
  quickRows: 30_000,
  about: `rows of ${SHAPES} shapes: id and 9 of ${KEYS} other keys, in an order of their own; numbers and strings`,
  rows(count) {
    const random = new Random(45);
    const orders = Array.from({ length: SHAPES }, () => Array.from({ length: 9 }, () => random.below(KEYS)));
    const rows: Row[] = [];
    for (let i = 0; i < count; i++) {
      const row: Row = { id: i };
      for (const key of random.pick(orders)) row[`key_${key}`] = key % 2 === 0 ? random.below(100_000) : phrase(random, 2);
      rows.push(row);
    }
    return rows;
  },
};

export const missing: Suite = {
  name: 'missing',
  defaultRows: 500_000,
  quickRows: 50_000,
  about: 'the columns of flat, each key but the id missing in 30% of the rows',
  rows(count) {
    const random = new Random(46);
    return flatRows(count).map((row) => Object.fromEntries(Object.entries(row).filter(([key]) => key === 'id' || random.next() >= 0.3)));
  },
};
