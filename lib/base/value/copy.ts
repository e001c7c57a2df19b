import { MAX_DEPTH, type Row } from '../rows.js';
import { elementsOf } from './elements-of.js';
import { JsonTree } from './json-tree.js';
import { kindOf } from './kind-of.js';
import { changed, joinPath, type ValuePlace } from './refusal.js';

/** How to copy. */
interface CopyMode {
  /**
   * Refuse what no checkpoint can keep, and make what a load gives: no Buffer, no symbol keys. Else such values are left as they are, for
   * others to refuse.
   */
  asLoaded: boolean;
  /** Look at each array for keys of its own. Else at one long array in 32: it costs more than the copy. */
  thorough: boolean;
  /** Look at each object for symbol keys, though none had one so far: it costs as much as the copy of a small one. */
  looksForSymbols: boolean;
}

const FIRST_AS_LOADED: CopyMode = { asLoaded: true, thorough: true, looksForSymbols: true };
const AS_LOADED: CopyMode = { asLoaded: true, thorough: true, looksForSymbols: false };
const THOROUGH: CopyMode = { asLoaded: false, thorough: true, looksForSymbols: false };
const QUICK: CopyMode = { asLoaded: false, thorough: false, looksForSymbols: false };
/** The first rows of a run are searched for symbol keys, and then one row in this number. */
const FIRST_ROWS = 64;
/** Arrays of at most this number of elements are always searched: it costs next to nothing. */
const SHORT = 16;
/** So are arrays of more than this: their length may be all there is of them. */
const LONG = 1 << 20;

/**
 * A copy of a row that shares no object with it, so that whoever has the one may change it. Classes stay as they are, and what is no row,
 * or has no place in a checkpoint, is given as it is: who saves it refuses it. `thorough`: see {@link CopyMode}.
 */
export function copyRow<T>(row: T, thorough = false): T {
  if (typeof row !== 'object' || row === null) return row;
  refusedKeys.length = 0;
  const copy = copyOf(row, 0, thorough ? THOROUGH : QUICK);
  // Deeper than a checkpoint can be, perhaps a cycle: the row as it is, so that the refusal names the right one of the two.
  return copy === REFUSED ? row : (copy as T);
}

/**
 * The row as a load would give it back: a copy whose bytes are Uint8Arrays, without symbol keys, of plain objects. @throws
 * `ERR_CKPT_UNSUPPORTED_VALUE`, `ERR_CKPT_TOO_DEEP` for what no checkpoint can keep, with its path
 */
export function copyAsLoaded(row: Row, where: ValuePlace): Row {
  const isFirst = where.row < FIRST_ROWS || where.row % FIRST_ROWS === 0;
  refusedKeys.length = 0;
  const copy = copyOf(row, 0, isFirst ? FIRST_AS_LOADED : AS_LOADED);
  if (copy !== REFUSED) return copy as Row;
  const path = refusedKeys.reduceRight<string>(joinPath, where.path);
  // Walked once more for the words. An accessor may have another answer now.
  new JsonTree().of(row, where);
  throw changed({ row: where.row, path });
}

/** Something inside is no value of a checkpoint. */
const REFUSED = Symbol('refused');
/** The keys on the way up from what was refused last. */
const refusedKeys: (string | number)[] = [];

function refusedIn(key: string | number): typeof REFUSED {
  refusedKeys.push(key);
  return REFUSED;
}

function copyOf(value: object, depth: number, mode: CopyMode): unknown {
  if (depth > MAX_DEPTH) return REFUSED;
  const kind = kindOf(value);
  if (kind === 'object') return objectCopy(value, depth, mode);
  if (kind === 'array') return arrayCopy(value as unknown[], depth, mode);
  const copy = kind === undefined ? undefined : leafCopy(value, kind, mode);
  return copy ?? (mode.asLoaded ? REFUSED : value);
}

function objectCopy(value: object, depth: number, mode: CopyMode): unknown {
  // Own enumerable keys in order, `__proto__` among them as an own key, every accessor read once.
  const copy: Record<string, unknown> = { ...value };
  for (const key in copy) {
    const member = copy[key];
    if (isPrimitive(member)) continue;
    // hasOwn: for-in also walks what others may have added to Object.prototype.
    if (!Object.hasOwn(copy, key)) continue;
    const own = memberCopy(member, depth, mode);
    if (own === REFUSED) return refusedIn(key);
    copy[key] = own;
  }
  if (mode.looksForSymbols || (mode.asLoaded && hasSymbols)) dropSymbols(copy);
  return copy;
}

/** Whoever makes one object with symbol keys makes more of them. */
function dropSymbols(copy: object): void {
  for (const key of Object.getOwnPropertySymbols(copy)) hasSymbols = Reflect.deleteProperty(copy, key);
}

let hasSymbols = false;

let arrays = 0;

function arrayCopy(value: unknown[], depth: number, mode: CopyMode): unknown {
  const { length } = value;
  const isLookedAt = mode.thorough || length <= SHORT || length > LONG || (arrays++ & 31) === 0;
  if (isLookedAt && Object.keys(value).length !== length) return mode.asLoaded ? REFUSED : value;
  const copy = elementsOf(value);
  if (copy.length !== length) return mode.asLoaded ? REFUSED : value;
  for (let index = 0; index < length; index++) {
    const member = copy[index];
    if (isPrimitive(member)) {
      if (member !== undefined || index in value) continue;
      return mode.asLoaded ? REFUSED : value;
    }
    const own = memberCopy(member, depth, mode);
    if (own === REFUSED) return refusedIn(index);
    copy[index] = own;
  }
  return copy;
}

function memberCopy(member: unknown, depth: number, mode: CopyMode): unknown {
  if (typeof member === 'object') return copyOf(member as object, depth + 1, mode);
  return mode.asLoaded ? REFUSED : member;
}

/** Dates, bytes and float arrays. Undefined for what cannot be copied: a date with keys of its own, more elements than memory. */
function leafCopy(value: object, kind: 'date' | 'bytes' | 'f32' | 'f64', { asLoaded }: CopyMode): unknown {
  if (kind === 'date') return Object.keys(value).length > 0 ? undefined : new Date(Date.prototype.getTime.call(value));
  const view = value as Uint8Array | Float32Array | Float64Array;
  try {
    if (kind === 'f32') return new Float32Array(view);
    if (kind === 'f64') return new Float64Array(view);
    return !asLoaded && Buffer.isBuffer(view) ? Buffer.from(view) : new Uint8Array(view);
  } catch {
    return undefined;
  }
}

/** What has no parts, functions and symbols aside. */
function isPrimitive(value: unknown): boolean {
  return value === null || (typeof value !== 'object' && typeof value !== 'function' && typeof value !== 'symbol');
}
