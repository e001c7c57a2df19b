import { BaseColumn, type Odd } from './base-column.js';

/** Kinds whose values are numbers of a fixed size, with their arrays. */
interface Arrays {
  number: Float64Array;
  bigint: BigInt64Array;
  boolean: Uint8Array;
  date: Float64Array;
}

export type ScalarKind = keyof Arrays;

/** A column of numbers, bigints, booleans or dates. */
export class ScalarColumn<K extends ScalarKind = ScalarKind> extends BaseColumn {
  constructor(
    name: string,
    readonly kind: K,
    readonly values: Arrays[K],
    validity: Uint8Array | null,
    odd: Odd,
  ) {
    super(name, values.length, validity, odd);
  }

  protected valid(index: number): unknown {
    const value = this.values[index];
    if (this.kind === 'boolean') return value === 1;
    return this.kind === 'date' ? new Date(value as number) : value;
  }

  take(rows: readonly number[]): ScalarColumn<K> {
    const values = emptyValues(this.kind, rows.length);
    for (let index = 0; index < rows.length; index++) values[index] = this.values[rows[index] as number] as never;
    return new ScalarColumn(this.name, this.kind, values, this.takeValidity(rows), this.takeOdd(rows));
  }
}

export function emptyValues<K extends ScalarKind>(kind: K, length: number): Arrays[K] {
  return new { number: Float64Array, bigint: BigInt64Array, boolean: Uint8Array, date: Float64Array }[kind as ScalarKind](
    length,
  ) as Arrays[K];
}
