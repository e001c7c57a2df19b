import { NULLS, type BaseColumn, type Odd } from './base-column.js';
import { Batch } from './batch.js';
import { ChunkPlaces } from './chunk-places.js';
import type { AnyColumn, ListChunk, StringChunk } from './column.js';
import { ListColumn } from './list-column.js';
import { emptyValues, ScalarColumn, type ScalarKind } from './scalar-column.js';
import { StringColumn } from './string-column.js';
import { ValueColumn } from './value-column.js';

/**
 * Makes one batch of the batches of a scan. Numbers, bigints, booleans and dates become one array each; of other columns the parts are
 * kept.
 */
export class Collector {
  readonly #columns: ColumnCollector[] = [];
  #rows = 0;

  readonly #capacity: number;
  readonly #empty: () => Batch;

  /** `capacity`: rows to make room for; more and fewer may come. `empty`: the columns of no rows. */
  constructor(capacity: number, empty: () => Batch) {
    this.#capacity = capacity;
    this.#empty = empty;
  }

  add(batch: Batch): void {
    batch.columns.forEach((column, index) =>
      (this.#columns[index] ??= new ColumnCollector(column.name, this.#capacity)).add(column as unknown as BaseColumn),
    );
    this.#rows += batch.rows;
  }

  /** All of it. */
  finish(): Batch {
    if (this.#rows === 0) return this.#empty();
    return new Batch(
      this.#rows,
      this.#columns.map((column) => column.finish() as unknown as AnyColumn),
    );
  }
}

class ColumnCollector {
  readonly #name: string;
  readonly #capacity: number;
  readonly #parts: BaseColumn[] = [];
  /** Values of a kind that goes into one array. */
  #values: ScalarColumn['values'] | undefined;
  #validity: Uint8Array | undefined;
  readonly #odd = new Map<number, unknown>();
  #kind: ScalarKind | undefined;
  #rows = 0;

  constructor(name: string, capacity: number) {
    this.#name = name;
    this.#capacity = capacity;
  }

  add(part: BaseColumn): void {
    if (part instanceof ScalarColumn && (this.#rows === 0 || part.kind === this.#kind)) {
      this.#addScalar(part);
    } else if (this.#kind !== undefined && part.kind === 'null') this.#addNulls(part);
    else {
      // A column whose kind changes from block to block: only its values are of one.
      if (this.#kind !== undefined && this.#rows > 0) this.#parts.push(this.#scalar());
      this.#kind = undefined;
      this.#parts.push(part);
    }
    this.#rows += part.length;
  }

  #addScalar(part: ScalarColumn): void {
    this.#kind = part.kind;
    this.#values = withRoom(this.#values ?? emptyValues(part.kind, this.#capacity), this.#rows, part.length);
    this.#values.set(part.values as never, this.#rows);
    this.#addValidity(part);
  }

  #addNulls(part: BaseColumn): void {
    this.#values = withRoom(this.#values as ScalarColumn['values'], this.#rows, part.length);
    this.#addValidity(part);
  }

  #addValidity({ validity, odd, length }: BaseColumn): void {
    if (validity === null && this.#validity === undefined) return;
    this.#validity ??= new Uint8Array(this.#capacity).fill(1, 0, this.#rows);
    this.#validity = withRoom(this.#validity, this.#rows, length);
    if (validity === null) this.#validity.fill(1, this.#rows, this.#rows + length);
    else this.#validity.set(validity, this.#rows);
    if (validity === null || odd === NULLS) return;
    for (let row = 0; row < length; row++) {
      if (validity[row] === 1) continue;
      const value = odd(row);
      if (value !== null) this.#odd.set(this.#rows + row, value);
    }
  }

  #scalar(): ScalarColumn {
    const others = this.#odd;
    const odd: Odd = others.size === 0 ? NULLS : (row) => (others.has(row) ? others.get(row) : null);
    const validity = this.#validity?.subarray(0, this.#rows) ?? null;
    return new ScalarColumn(this.#name, this.#kind as ScalarKind, this.#values?.subarray(0, this.#rows) as never, validity, odd);
  }

  finish(): BaseColumn {
    if (this.#kind !== undefined) return this.#scalar();
    return joined(this.#name, this.#parts);
  }
}

/** An array with room for `more` values behind the first `used`. */
function withRoom<A extends ScalarColumn['values']>(array: A, used: number, more: number): A {
  if (used + more <= array.length) return array;
  const Make = array.constructor as new (length: number) => A;
  const larger = new Make(Math.max(used + more, array.length * 2));
  larger.set(array.subarray(0, used) as never);
  return larger;
}

/** One column of the parts. */
function joined(name: string, parts: readonly BaseColumn[]): BaseColumn {
  const [first] = parts;
  if (parts.length === 1 && first !== undefined) return first;
  const places = new ChunkPlaces(parts);
  const value: Odd = (row) => {
    const [number, at] = places.of(row);
    return (parts[number] as BaseColumn).at(at);
  };
  const validity = joinedValidity(parts, places.length);
  const kinds = new Set(parts.map((part) => part.kind));
  if (kinds.size === 1 && first instanceof StringColumn)
    return new StringColumn(
      name,
      (parts as StringColumn[]).flatMap((part): readonly StringChunk[] => part.chunks),
      validity,
      value,
    );
  if (kinds.size === 1 && first instanceof ListColumn)
    return new ListColumn(
      name,
      (parts as ListColumn[]).flatMap((part): readonly ListChunk[] => part.chunks),
      validity,
      value,
    );
  const kind = kinds.size === 1 && first instanceof ValueColumn ? first.kind : 'mixed';
  return new ValueColumn(name, kind, places.length, validity, value);
}

function joinedValidity(parts: readonly BaseColumn[], length: number): Uint8Array | null {
  if (parts.every((part) => part.validity === null)) return null;
  const all = new Uint8Array(length).fill(1);
  let row = 0;
  for (const part of parts) {
    if (part.validity !== null) all.set(part.validity, row);
    row += part.length;
  }
  return all;
}
