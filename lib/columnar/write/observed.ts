import { isPlainObject, type Row } from '../../base/rows.js';
import { elementsOf } from '../../base/value/elements-of.js';
import { kindOf } from '../../base/value/kind-of.js';
import { hasOnlyElements, isPlainArray, MAX_FIELDS } from './containers.js';
import { isInt64, millisecondsOf } from './data-nodes.js';
import { FEW_TEXTS } from './text-nodes.js';

/** Nesting below a column that becomes nested Parquet columns; what is deeper is stored as JSON text. */
const MAX_COLUMN_DEPTH = 16;

/** What a value is to the plan; `other` fits no column but JSON text. */
export type Seen = 'num' | 'bool' | 'text' | 'list' | 'struct' | 'date' | 'bytes' | 'big' | 'f64' | 'f32' | 'other';

/** Objects with the same keys in the same order. */
interface SeenShape {
  keys: string[];
  /** What stands at each key; undefined beyond the fields that a struct may have. */
  fields: (Observed | undefined)[];
  objects: number;
}

/** What a chunk's values of one place were. */
export class Observed {
  readonly counts = new Map<Seen, number>();
  /** Those that are not null, and all. */
  total = 0;
  slots = 0;
  structs = 0;
  keys = 0;
  element: Observed | undefined;
  /** By the list of keys, in order of appearance. */
  readonly shapes = new Map<string, SeenShape>();
  readonly fields = new Map<string, Observed>();
  /** One more than {@link FEW_TEXTS} at most. */
  readonly texts = new Set<string>();
  #last: SeenShape | undefined;

  see(value: unknown, depth: number): void {
    this.slots++;
    if (value === null) return;
    const seen = kindOfValue(value, depth);
    this.#count(seen, 1);
    if (seen === 'text') {
      if (this.texts.size <= FEW_TEXTS) this.texts.add(value as string);
    } else if (seen === 'list') {
      this.element ??= new Observed();
      this.element.#seeAll(elementsOf(value as unknown[]), depth + 1);
    } else if (seen === 'struct') this.seeObject(value as Row, depth);
  }

  /** Sees the elements of a list. Long ones are of numbers, which are counted together. */
  #seeAll(elements: readonly unknown[], depth: number): void {
    let numbers = 0;
    for (const element of elements) {
      if (typeof element !== 'number') this.see(element, depth);
      // Of kinds that are as frequent the first one counts.
      else if (numbers++ === 0) this.#count('num', 0);
    }
    if (numbers === 0) return;
    this.slots += numbers;
    this.#count('num', numbers);
  }

  #count(seen: Seen, values: number): void {
    this.counts.set(seen, (this.counts.get(seen) ?? 0) + values);
    this.total += values;
  }

  /** Sees the members of an object, which is here itself. */
  seeObject(object: Row, depth: number): void {
    const keys = Object.keys(object);
    const shape = (this.#last = this.#shapeOf(keys));
    shape.objects++;
    this.structs++;
    this.keys += keys.length;
    for (let index = 0; index < keys.length; index++) shape.fields[index]?.see(object[keys[index] as string], depth + 1);
  }

  #shapeOf(keys: string[]): SeenShape {
    const last = this.#last;
    if (last !== undefined && areSame(last.keys, keys)) return last;
    const list = keys.join('\0');
    const known = this.shapes.get(list);
    // Keys with zeros in them may make the same list.
    if (known !== undefined && areSame(known.keys, keys)) return known;
    const shape: SeenShape = { keys, fields: keys.map((key) => this.#field(key)), objects: 0 };
    if (known === undefined) this.shapes.set(list, shape);
    return shape;
  }

  #field(key: string): Observed | undefined {
    let field = this.fields.get(key);
    if (field === undefined && this.fields.size <= MAX_FIELDS) this.fields.set(key, (field = new Observed()));
    return field;
  }

  /** The kind of most values, and how many those are; `other` if it ties with any. */
  most(): [Seen, number] {
    let most: [Seen, number] = ['other', this.counts.get('other') ?? 0];
    for (const entry of this.counts) if (entry[1] > most[1]) most = entry;
    return most;
  }
}

/** What the rows of a chunk are; what is no row is left out. */
export function observe(rows: readonly Row[], start: number, count: number): Observed {
  const seen = new Observed();
  for (let index = start; index < start + count; index++) {
    const row: unknown = rows[index];
    if (isPlainObject(row)) seen.seeObject(row, 0);
  }
  return seen;
}

function areSame(keys: readonly string[], others: readonly string[]): boolean {
  if (keys.length !== others.length) return false;
  for (let index = 0; index < keys.length; index++) if (keys[index] !== others[index]) return false;
  return true;
}

function kindOfValue(value: unknown, depth: number): Seen {
  if (typeof value === 'string') return 'text';
  if (typeof value === 'number') return 'num';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'bigint') return isInt64(value) ? 'big' : 'other';
  if (typeof value !== 'object' || value === null) return 'other';
  const kind = kindOf(value);
  if (kind === 'array' || kind === 'object') {
    if (depth >= MAX_COLUMN_DEPTH) return 'other';
    if (kind === 'object') return 'struct';
    return isPlainArray(value) && hasOnlyElements(value) ? 'list' : 'other';
  }
  if (kind === 'date') return Number.isNaN(millisecondsOf(value)) ? 'other' : 'date';
  return kind ?? 'other';
}
