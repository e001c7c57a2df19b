import { Random } from '../random.ts';
import type { Row, Suite } from './suite.ts';
import { phrase } from './words.ts';

const CATEGORIES = ['billing', 'technical', 'account', 'feedback', 'other'];

/** 8 columns, about 215 bytes of JSON a row. `foreign` is the share of words that are not ASCII. */
export function flatRows(count: number, foreign = 0): Row[] {
  const random = new Random(42);
  const rows: Row[] = [];
  for (let i = 0; i < count; i++) {
    rows.push({
      id: i,
      title: phrase(random, random.between(3, 5), foreign),
      text: phrase(random, random.between(8, 14), foreign),
      category: random.pick(CATEGORIES),
      score: random.below(1_000_000) / 10_000,
      count: random.below(10_000),
      active: random.next() < 0.5,
      note: random.next() < 0.3 ? null : phrase(random, random.between(1, 3), foreign),
    });
  }
  return rows;
}

export const flat: Suite = {
  name: 'flat',
  defaultRows: 1_000_000,
  quickRows: 100_000,
  about: '8 columns: int, title, text, category of 5 values, double, int, boolean, string that is null in 30%; ASCII',
  rows: (count) => flatRows(count),
};
