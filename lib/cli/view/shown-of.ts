import { cellKind, cut, dateText, hexOf } from './cell-of.js';
import { imageKind } from './image-kind.js';
import type { Shown, ValuePath } from './wire.js';

/** What one answer holds of a value; the page asks for the rest. */
export interface ShownLimits {
  /** Code units of one text. */
  text: number;
  /** Elements of one list, keys of one object. */
  items: number;
  /** Code units and values in all. */
  total: number;
  /** Bytes of a picture that goes along: for a report, which has no server to ask. @default none */
  image?: number;
}

const BYTES_SHOWN = 256;
/** Objects and lists in each other. */
const MOST_DEPTH = 64;
const ROW_LIMITS: ShownLimits = { text: 20_000, items: 200, total: 400_000 };

/** A value with what is in it, up to the limits. `from`: the first code unit or element of the value itself. */
export function shownOf(value: unknown, limits: ShownLimits = ROW_LIMITS, from = 0): Shown {
  return new Showing(limits).of(value, 0, from);
}

/** The value at the end of a path; `found` is false where there is none. */
export function valueAtPath(row: unknown, path: ValuePath): { found: boolean; value: unknown } {
  let value = row;
  for (const step of path) {
    const isView = ArrayBuffer.isView(value) || Array.isArray(value);
    if (typeof value !== 'object' || value === null || (isView && typeof step !== 'number') || !Object.hasOwn(value, step))
      return { found: false, value: undefined };
    value = (value as Record<string | number, unknown>)[step];
  }
  return { found: true, value };
}

class Showing {
  readonly #limits: ShownLimits;
  #left: number;

  constructor(limits: ShownLimits) {
    this.#limits = limits;
    this.#left = limits.total;
  }

  of(value: unknown, depth: number, from = 0): Shown {
    if (this.#left <= 0 || depth > MOST_DEPTH) return { kind: 'more' };
    this.#left--;
    const kind = cellKind(value);
    switch (kind) {
      case 'null':
      case 'undefined':
        return { kind };
      case 'string':
        return this.#text(value as string, from);
      case 'bytes':
      case 'image': {
        const bytes = value as Uint8Array;
        const image = imageKind(bytes);
        const shown: Shown = { kind: 'bytes', hex: hexOf(bytes, BYTES_SHOWN), size: bytes.length };
        if (image !== undefined) shown.image = image;
        if (image !== undefined && bytes.length <= (this.#limits.image ?? 0)) shown.data = Buffer.from(bytes).toString('base64');
        return shown;
      }
      case 'list':
      case 'chat':
        return this.#list(value as ArrayLike<unknown>, depth, from);
      case 'object':
        return this.#object(value as Record<string, unknown>, depth, from);
      case 'date':
        return { kind, text: dateText(value as Date) };
      case 'number':
        return { kind, text: Object.is(value, -0) ? '-0' : String(value) };
      default:
        return { kind: kind as 'bigint' | 'boolean', text: cut(String(value), this.#limits.text) };
    }
  }

  #text(text: string, from: number): Shown {
    const most = Math.min(this.#limits.text, Math.max(this.#left, 1000));
    const part = cut(from === 0 && text.length <= most ? text : text.slice(from, from + most + 1), most);
    this.#left -= part.length;
    return { kind: 'string', text: part, size: text.length };
  }

  #list(list: ArrayLike<unknown>, depth: number, from: number): Shown {
    const items: Shown[] = [];
    const end = Math.min(list.length, from + this.#limits.items);
    for (let index = from; index < end && this.#left > 0; index++) items.push(this.of(list[index], depth + 1));
    return { kind: 'list', items, size: list.length };
  }

  #object(object: Record<string, unknown>, depth: number, from: number): Shown {
    const keys = Object.keys(object);
    const entries: [string, Shown][] = [];
    for (const key of keys.slice(from, from + this.#limits.items)) {
      if (this.#left <= 0) break;
      this.#left -= key.length;
      entries.push([cut(key, this.#limits.text), this.of(object[key], depth + 1)]);
    }
    return { kind: 'object', entries, size: keys.length };
  }
}
