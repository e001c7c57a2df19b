import type { ColumnKind } from './column.js';

/** The value of a row that the typed arrays do not hold: null, undefined, or one of another kind. */
export type Odd = (index: number) => unknown;

/** Every such value is null. */
export const NULLS: Odd = () => null;

/** What the columns of all kinds share. */
export abstract class BaseColumn {
  abstract readonly kind: ColumnKind;

  constructor(
    readonly name: string,
    readonly length: number,
    readonly validity: Uint8Array | null,
    /** Internal. */
    readonly odd: Odd,
  ) {}

  at(index: number): unknown {
    if (!Number.isInteger(index) || index < 0 || index >= this.length) {
      throw new RangeError(`column '${this.name}' has ${this.length} rows, there is no row ${String(index)}`);
    }
    return this.validity === null || this.validity[index] === 1 ? this.valid(index) : this.odd(index);
  }

  toArray(): unknown[] {
    return Array.from({ length: this.length }, (_, index) => this.at(index));
  }

  *[Symbol.iterator](): Iterator<unknown> {
    for (let index = 0; index < this.length; index++) yield this.at(index);
  }

  /** The value of a row that the typed arrays hold. */
  protected abstract valid(index: number): unknown;

  /** The column with these rows only. */
  abstract take(rows: readonly number[]): BaseColumn;

  /** The validity of some rows. */
  protected takeValidity(rows: readonly number[]): Uint8Array | null {
    const { validity } = this;
    return validity === null ? null : Uint8Array.from(rows, (row) => validity[row] as number);
  }

  protected takeOdd(rows: readonly number[]): Odd {
    return this.odd === NULLS ? NULLS : (index) => this.odd(rows[index] as number);
  }
}
