import { MAX_DEPTH } from '../rows.js';
import { toBase64 } from './base64.js';
import { kindOf } from './kind-of.js';
import { cyclic, joinPath, tooDeep, tooLong, unsupported, unsupportedArray, type ValuePlace } from './refusal.js';

/** The key of an escape object. A user's object that has it is escaped itself, so that no data can be taken for an escape. */
export const MARK = '$ckpt';

/**
 * Makes copies of values that `JSON.stringify` writes without loss: what JSON has no form for becomes an escape object.
 *
 * A copy, and not a check before `JSON.stringify` reads the value again: an accessor may give another value the second time.
 * It costs next to nothing, since the copies die young: 21 ms against 366 for `JSON.stringify` on 200k flat rows.
 * One instance serves any number of values, one after the other.
 */
export class JsonTree {
  /** Whether any value so far needed an escape. */
  escaped = false;
  #row = 0;
  #path = '';
  /** From the value given to {@link of} down to the one that is being copied: the objects, and the key of each in the one before. */
  readonly #parents: object[] = [];
  readonly #keys: (string | number)[] = [];

  /** The copy of a value. @throws `ERR_CKPT_UNSUPPORTED_VALUE`, `ERR_CKPT_TOO_DEEP` */
  of(value: unknown, { row, path, depth = path === '' ? 0 : 1 }: ValuePlace): unknown {
    this.#row = row;
    this.#path = path;
    // Only a value that was refused leaves them filled.
    if (this.#keys.length > 0) this.#parents.length = this.#keys.length = 0;
    if (isLeaf(value)) return value;
    return typeof value === 'object' ? this.#container(value as object, depth) : this.#scalar(value, undefined);
  }

  #container(value: object, depth: number): unknown {
    if (depth > MAX_DEPTH) throw this.#deep(value);
    const kind = kindOf(value);
    if (kind === 'object') return this.#object(value, depth);
    if (kind === 'array') return this.#array(value as unknown[], depth);
    if (kind === undefined) throw unsupported(value, this.#where());
    this.escaped = true;
    if (kind === 'date') {
      if (Object.keys(value).length > 0) throw unsupported(value, this.#where());
      const ms = Date.prototype.getTime.call(value);
      return { [MARK]: 'date', v: Number.isNaN(ms) ? null : ms };
    }
    return { [MARK]: kind, v: this.#base64(value as Uint8Array | Float32Array | Float64Array) };
  }

  #base64(value: Uint8Array | Float32Array | Float64Array): string {
    try {
      return toBase64(value);
    } catch (cause) {
      throw tooLong(this.#where(), cause);
    }
  }

  #object(value: object, depth: number): unknown {
    // Own enumerable keys in order, `__proto__` among them as an own key, every accessor read once.
    const copy: Record<string, unknown> = { ...value };
    let hasMark = false;
    for (const key in copy) {
      const member = copy[key];
      if (key === MARK) hasMark = true;
      // hasOwn: for-in also walks what others may have added to Object.prototype.
      if (!isLeaf(member) && Object.hasOwn(copy, key)) copy[key] = this.#member(value, key, member, depth);
    }
    if (!hasMark) return copy;
    this.escaped = true;
    return { [MARK]: 'object', v: Object.entries(copy) };
  }

  #array(value: unknown[], depth: number): unknown[] {
    const { length } = value;
    // First, so that `length` alone never makes a long loop.
    if (Object.keys(value).length !== length) throw unsupportedArray(value, this.#where());
    const copy: unknown[] = [];
    for (let index = 0; index < length; index++) {
      const member = value[index];
      if (isLeaf(member)) copy.push(member);
      else if (member === undefined && !(index in value)) throw unsupportedArray(value, this.#where());
      else copy.push(this.#member(value, index, member, depth));
    }
    return copy;
  }

  #member(parent: object, key: string | number, member: unknown, depth: number): unknown {
    if (typeof member !== 'object') return this.#scalar(member, key);
    this.#parents.push(parent);
    this.#keys.push(key);
    const copy = this.#container(member as object, depth + 1);
    this.#parents.pop();
    this.#keys.pop();
    return copy;
  }

  #scalar(value: unknown, key: string | number | undefined): unknown {
    this.escaped = true;
    if (value === undefined) return { [MARK]: 'undefined' };
    if (typeof value === 'number') return { [MARK]: 'number', v: value === 0 ? '-0' : String(value) };
    if (typeof value === 'bigint') return { [MARK]: 'bigint', v: String(value) };
    if (key !== undefined) this.#keys.push(key);
    throw unsupported(value, this.#where());
  }

  /** Only here are cycles looked for: any cycle gets here, and looking earlier would cost every nested value. */
  #deep(value: object): Error {
    const chain = [...this.#parents, value];
    const seen = new Set<object>();
    for (const [index, object] of chain.entries()) {
      if (seen.has(object)) return cyclic(this.#where(index));
      seen.add(object);
    }
    return tooDeep(this.#where());
  }

  #where(steps = this.#keys.length): ValuePlace {
    return { row: this.#row, path: this.#keys.slice(0, steps).reduce<string>(joinPath, this.#path) };
  }
}

/** True for what JSON writes and reads back as it is, objects aside: strings, booleans, null, finite numbers but -0. */
export function isLeaf(value: unknown): boolean {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return true;
  return typeof value === 'number' && value - value === 0 && !(value === 0 && 1 / value < 0);
}
