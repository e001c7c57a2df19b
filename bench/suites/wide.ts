import { Random } from '../random.ts';
import type { Row, Suite } from './suite.ts';

const COLUMNS = 200;

/** 200 numeric columns: half of them integers, half doubles of some digits, as features and measurements are. */
export const wide: Suite = {
  name: 'wide',
  defaultRows: 50_000,
  quickRows: 5_000,
  about: `${COLUMNS} numeric columns: half integers below a million, half doubles of 4 digits behind the point`,
  rows(count) {
    const random = new Random(47);
    const names = Array.from({ length: COLUMNS }, (_, index) => `feature_${index}`);
    const rows: Row[] = [];
    for (let i = 0; i < count; i++) {
      const row: Row = { id: i };
      names.forEach((name, index) => {
        row[name] = index % 2 === 0 ? random.below(1_000_000) : random.below(10_000_000) / 10_000;
      });
      rows.push(row);
    }
    return rows;
  },
};
