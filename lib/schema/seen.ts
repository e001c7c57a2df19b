import { MAX_FIELDS } from '../columnar/write/containers.js';
import { isPlainObject, type Row } from '../base/rows.js';
import { elementsOf } from '../base/value/elements-of.js';
import { kindOf } from '../base/value/kind-of.js';

/** What the values of one place are, in words of JavaScript. */
export type Kind =
  | 'number'
  | 'string'
  | 'boolean'
  | 'bigint'
  | 'undefined'
  | 'list'
  | 'struct'
  | 'date'
  | 'bytes'
  | 'float32array'
  | 'float64array';

/** Objects and arrays deeper than any column are not looked into. */
const MAX_DEPTH = 20;
const KINDS = { array: 'list', object: 'struct', date: 'date', bytes: 'bytes', f32: 'float32array', f64: 'float64array' } as const;

/** What was seen at one place of the rows. */
export class SeenValues {
  readonly kinds = new Map<Kind, number>();
  /** Values that are neither null nor missing. */
  values = 0;
  nulls = 0;
  /** All numbers are safe integers, and none is -0. */
  integers = true;
  element: SeenValues | undefined;
  readonly fields = new Map<string, SeenValues>();
  /** Objects of this place: a field seen fewer times is missing in some. */
  objects = 0;
  /** How often the key was there. */
  keys = 0;

  see(value: unknown, depth: number): void {
    this.keys++;
    if (value === null) {
      this.nulls++;
      return;
    }
    this.values++;
    const kind = kindOfValue(value);
    if (kind === undefined) return;
    this.kinds.set(kind, (this.kinds.get(kind) ?? 0) + 1);
    if (kind === 'number') {
      if (this.integers && (!Number.isSafeInteger(value) || Object.is(value, -0))) this.integers = false;
    } else if (depth >= MAX_DEPTH) return;
    else if (kind === 'list') {
      this.element ??= new SeenValues();
      for (const element of elementsOf(value as unknown[])) this.element.see(element, depth + 1);
    } else if (kind === 'struct') this.seeObject(value as Row, depth);
  }

  seeObject(object: Row, depth: number): void {
    this.objects++;
    for (const key of Object.keys(object)) {
      let field = this.fields.get(key);
      if (field === undefined) {
        // More fields than can be columns: their values are JSON text anyway.
        if (this.fields.size > MAX_FIELDS) continue;
        this.fields.set(key, (field = new SeenValues()));
      }
      field.see(object[key], depth + 1);
    }
  }
}

/** What was seen in rows. */
export class SeenRows {
  rows = 0;
  readonly all = new SeenValues();
  /** Exceptions by top-level key; under null the rows that are kept whole. */
  readonly irregular = new Map<string | null, number>();

  add(chunk: readonly Row[]): void {
    this.rows += chunk.length;
    for (const row of chunk) if (isPlainObject(row)) this.all.seeObject(row, 0);
  }
}

function kindOfValue(value: unknown): Kind | undefined {
  if (typeof value !== 'object' || value === null) return typeof value as Kind;
  const kind = kindOf(value);
  return kind === undefined ? undefined : KINDS[kind];
}
