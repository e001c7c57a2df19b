import { BaseColumn, type Odd } from './base-column.js';
import type { ValueColumn as Kinds } from './column.js';

/** A column whose values are only there as values: `make` makes them. */
export class ValueColumn extends BaseColumn {
  constructor(
    name: string,
    readonly kind: Kinds['kind'],
    length: number,
    validity: Uint8Array | null,
    make: Odd,
  ) {
    super(name, length, validity, make);
  }

  protected valid(index: number): unknown {
    return this.odd(index);
  }

  take(rows: readonly number[]): ValueColumn {
    return new ValueColumn(this.name, this.kind, rows.length, this.takeValidity(rows), this.takeOdd(rows));
  }
}
