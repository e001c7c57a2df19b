import type { AnyColumn } from '../../columnar/columns/column.js';
import type { OpenFile } from '../../store/store.js';
import { cellKind, cellOfValue, dateText } from './cell-of.js';
import { Histogram } from './histogram.js';
import type { CellKind, Profile } from './wire.js';

/** Different values that are counted. */
const MOST_DISTINCT = 20_000;
/** Long texts are not compared: two are the same if so many code units are. */
const MOST_CHARS = 1000;
const TOP = 10;

type Key = string | number | bigint | boolean;

/** What a column holds, by reading it twice: for its range, then for the histogram. Memory is bounded, however long the column is. */
export async function profileOf(file: OpenFile, name: string, signal: AbortSignal): Promise<Profile> {
  const seen = new Seen();
  for await (const column of pieces(file, name, signal)) seen.add(column);
  const { range } = seen;
  const histogram = range === undefined || range.min > range.max ? undefined : new Histogram(range.min, range.max, seen.isWhole);
  if (histogram !== undefined) for await (const column of pieces(file, name, signal)) eachMeasure(column, (value) => histogram.add(value));
  const type = file.info.columns.find((column) => column.name === name)?.type ?? '';
  return { name, type, ...seen.facts(), histogram: histogram === undefined ? null : { of: seen.measured, bars: histogram.bars() } };
}

async function* pieces(file: OpenFile, name: string, signal: AbortSignal): AsyncGenerator<AnyColumn, void, undefined> {
  for await (const { columns } of file.columnBatches({ columns: [name], signal })) if (columns[0] !== undefined) yield columns[0];
}

/** Calls `add` with what is measured of each value: numbers and dates as they are, texts, lists and bytes by their length. */
function eachMeasure(column: AnyColumn, add: (value: number) => void): void {
  for (let index = 0; index < column.length; index++) {
    const measure = measureOf(valueAt(column, index));
    if (measure !== undefined && Number.isFinite(measure)) add(measure);
  }
}

/** The value in a row; numbers without the detour over `at`, which makes them one by one. */
function valueAt(column: AnyColumn, index: number): unknown {
  const isPlain = column.kind === 'number' && column.validity?.[index] !== 0;
  return isPlain ? column.values[index] : column.at(index);
}

function measureOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'string') return value.length;
  if (value instanceof Date) return value.getTime();
  return Array.isArray(value) || ArrayBuffer.isView(value) ? (value as unknown as ArrayLike<unknown>).length : undefined;
}

/** What was seen of a column so far. */
class Seen {
  #rows = 0;
  #nulls = 0;
  #missing = 0;
  readonly #kinds = new Map<CellKind, number>();
  readonly #counts = new Map<Key, number>();
  #isCounted = true;
  /** Whether some values have no order and cannot be compared. */
  #isComparable = true;
  #sum = 0;
  #numbers = 0;
  isWhole = true;
  #range = { min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY };
  #least: Key | Date | undefined;
  #most: Key | Date | undefined;

  add(column: AnyColumn): void {
    for (let index = 0; index < column.length; index++) this.#value(valueAt(column, index));
  }

  /** Of what is measured; undefined for a column in which nothing is. */
  get range(): { min: number; max: number } | undefined {
    const isFew = this.measured === 'lengths' && this.#kinds.has('string') && this.#counts.size <= TOP && this.#isCounted;
    return this.#kinds.size === 1 && !isFew && this.#range.min <= this.#range.max ? this.#range : undefined;
  }

  get measured(): 'values' | 'dates' | 'lengths' {
    if (this.#kinds.has('date')) return 'dates';
    return this.#kinds.has('number') || this.#kinds.has('bigint') ? 'values' : 'lengths';
  }

  facts(): Omit<Profile, 'name' | 'type' | 'histogram'> {
    const top = [...this.#counts].sort(([, a], [, b]) => b - a).slice(0, TOP);
    const repeats = this.#isCounted && (top[0]?.[1] ?? 0) > 1;
    return {
      rows: this.#rows,
      nulls: this.#nulls,
      missing: this.#missing,
      kinds: [...this.#kinds].sort(([, a], [, b]) => b - a),
      distinct: this.#isComparable ? { count: this.#counts.size, isExact: this.#isCounted } : null,
      min: textOf(this.#least),
      max: textOf(this.#most),
      mean: this.#numbers === 0 ? null : this.#sum / this.#numbers,
      top: repeats ? top.map(([value, count]) => ({ cell: this.#cellOf(value), count })) : [],
    };
  }

  #value(value: unknown): void {
    this.#rows++;
    if (value === null) {
      this.#nulls++;
      return;
    }
    if (value === undefined) {
      this.#missing++;
      return;
    }
    const kind = cellKind(value);
    this.#kinds.set(kind, (this.#kinds.get(kind) ?? 0) + 1);
    const measure = measureOf(value);
    if (measure !== undefined && Number.isFinite(measure)) {
      if (measure < this.#range.min) this.#range.min = measure;
      if (measure > this.#range.max) this.#range.max = measure;
      this.isWhole &&= Number.isInteger(measure);
    }
    if (typeof value === 'number' && Number.isFinite(value)) {
      this.#sum += value;
      this.#numbers++;
    }
    this.#count(value);
  }

  #count(value: unknown): void {
    const key = keyOf(value);
    if (key === undefined) {
      this.#isComparable = false;
      return;
    }
    const known = this.#counts.get(key);
    if (known !== undefined) this.#counts.set(key, known + 1);
    else if (this.#counts.size < MOST_DISTINCT) this.#counts.set(key, 1);
    else this.#isCounted = false;
    const ordered = value instanceof Date ? value : key;
    // The first one would stay: nothing is less, and nothing more.
    if (Number.isNaN(key)) return;
    if (this.#least === undefined || isLess(ordered, this.#least)) this.#least = ordered;
    if (this.#most === undefined || isLess(this.#most, ordered)) this.#most = ordered;
  }

  #cellOf(key: Key): Profile['top'][number]['cell'] {
    return cellOfValue(this.measured === 'dates' && typeof key === 'number' ? new Date(key) : key);
  }
}

/** What makes a value the same as another; undefined for lists and objects. */
function keyOf(value: unknown): Key | undefined {
  if (typeof value === 'string') return value.length > MOST_CHARS ? value.slice(0, MOST_CHARS) : value;
  if (value instanceof Date) return value.getTime();
  return typeof value === 'object' ? undefined : (value as Key);
}

/** NaN and values of other kinds have no place in the order. */
function isLess(a: Key | Date, b: Key | Date): boolean {
  const isText = typeof a === 'string';
  return isText === (typeof b === 'string') && a < b;
}

function textOf(value: Key | Date | undefined): string | null {
  if (value === undefined) return null;
  return value instanceof Date ? dateText(value) : cellOfValue(value)[1];
}
