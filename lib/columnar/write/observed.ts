import { isPlainObject, type Row } from '../../base/rows.js';
import { elementsOf } from '../../base/value/elements-of.js';
import { kindOf } from '../../base/value/kind-of.js';
import { hasOnlyElements, isPlainArray, MAX_FIELDS } from './containers.js';
import { isInt64, millisecondsOf } from './data-nodes.js';
import { DICTIONARY_MIN_SLOTS, FEW_TEXTS } from './text-nodes.js';

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
  /** The kinds of the values in order of appearance, and how many there are of each: nearly always one, and cheaper than a map. */
  readonly kinds: Seen[] = [];
  readonly #counts: number[] = [];
  /** Those that are not null, and all. */
  total = 0;
  slots = 0;
  structs = 0;
  keys = 0;
  element: Observed | undefined;
  /** By the list of keys, in order of appearance. */
  readonly shapes = new Map<string, SeenShape>();
  readonly fields = new Map<string, Observed>();
  /** One more than {@link FEW_TEXTS} at most; none where there cannot be slots enough for a dictionary. */
  readonly texts = new Set<string>();
  #last: SeenShape | undefined;

  /** `mostSlots`: more slots the place cannot have. */
  constructor(readonly mostSlots = Infinity) {}

  see(value: unknown, depth: number): void {
    this.slots++;
    if (value === null) return;
    const seen = kindOfValue(value, depth);
    this.#count(seen, 1);
    if (seen === 'text') {
      if (this.mostSlots >= DICTIONARY_MIN_SLOTS && this.texts.size <= FEW_TEXTS) this.texts.add(value as string);
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
    let at = this.kinds.indexOf(seen);
    if (at < 0) {
      at = this.kinds.push(seen) - 1;
      this.#counts.push(0);
    }
    (this.#counts[at] as number) += values;
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
    if (field === undefined && this.fields.size <= MAX_FIELDS) this.fields.set(key, (field = new Observed(this.mostSlots)));
    return field;
  }

  /** The kind of most values, and how many those are; `other` if it ties with any. */
  most(): [Seen, number] {
    let most: Seen = 'other';
    let count = this.#counts[this.kinds.indexOf('other')] ?? 0;
    for (let at = 0; at < this.kinds.length; at++) {
      const found = this.#counts[at] as number;
      if (found > count) [most, count] = [this.kinds[at] as Seen, found];
    }
    return [most, count];
  }
}

/** What the rows of a chunk are; what is no row is left out. */
export function observe(rows: readonly Row[], start: number, count: number): Observed {
  const seen = new Observed(count);
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
