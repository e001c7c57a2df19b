import type { BaseColumn } from './base-column.js';
import type { AnyColumn, Columns } from './column.js';

/** The columns of some rows. */
export class Batch implements Columns {
  constructor(
    readonly rows: number,
    readonly columns: readonly AnyColumn[],
  ) {}

  column(name: string): AnyColumn | undefined {
    return this.columns.find((column) => column.name === name);
  }

  /** These rows only. */
  take(rows: readonly number[]): Batch {
    return new Batch(
      rows.length,
      this.columns.map((column) => (column as unknown as BaseColumn).take(rows) as AnyColumn),
    );
  }
}
