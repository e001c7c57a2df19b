import { BaseColumn, type Odd } from './base-column.js';
import { ChunkPlaces } from './chunk-places.js';
import type { ListChunk } from './column.js';

/** A column of lists. Its values are made by `make`; lists of numbers are there as numbers too. */
export class ListColumn extends BaseColumn {
  readonly kind = 'list';
  readonly #places: ChunkPlaces;
  readonly #make: Odd;

  constructor(
    name: string,
    readonly chunks: readonly ListChunk[],
    validity: Uint8Array | null,
    make: Odd,
  ) {
    const places = new ChunkPlaces(chunks);
    super(name, places.length, validity, make);
    this.#places = places;
    this.#make = make;
  }

  protected valid(index: number): unknown {
    return this.#make(index);
  }

  view(index: number): Float64Array | Float32Array | undefined {
    if (!(index >= 0 && index < this.length) || this.validity?.[index] === 0) return undefined;
    const [number, at] = this.#places.of(index);
    const { offsets, values } = this.chunks[number] as ListChunk;
    return values?.subarray(offsets[at], offsets[at + 1]);
  }

  take(rows: readonly number[]): ListColumn {
    const offsets = new Uint32Array(rows.length + 1);
    const views = rows.map((row) => this.view(row));
    rows.forEach((row, index) => (offsets[index + 1] = (offsets[index] as number) + this.#count(row)));
    const numeric = this.chunks.every((chunk) => chunk.values !== null);
    const Numbers = this.chunks.every((chunk) => chunk.values instanceof Float32Array) ? Float32Array : Float64Array;
    const values = numeric ? new Numbers(offsets.at(-1) as number) : null;
    views.forEach((view, index) => view !== undefined && values?.set(view, offsets[index]));
    const odd = this.takeOdd(rows);
    return new ListColumn(this.name, [{ length: rows.length, offsets, values }], this.takeValidity(rows), odd);
  }

  #count(row: number): number {
    const [number, at] = this.#places.of(row);
    const { offsets } = this.chunks[number] as ListChunk;
    return (offsets[at + 1] as number) - (offsets[at] as number);
  }
}
