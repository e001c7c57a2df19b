import {
  FORM_BOOL,
  FORM_BYTES,
  FORM_DATE,
  FORM_DICT,
  FORM_F32,
  FORM_F64,
  FORM_FAR_TIMESTAMP,
  FORM_I64,
  FORM_LIST,
  FORM_NULL,
  FORM_STRUCT,
  FORM_TEXT,
  FORM_TIMESTAMP,
  FORM_U64,
  NODE_WORDS,
} from '../layout.js';
import { CheckpointError } from '../../base/errors.js';
import type { Row } from '../../base/rows.js';
import { LongText, MAX_STRING_UNITS, type BlockText } from './long-text.js';
import { timestampOf } from './timestamp-of.js';

/** Memory that the core fills with blocks, with a view for its directory. */
export class Arena {
  readonly bytes: Buffer;
  readonly u32: Uint32Array;

  constructor(readonly capacity: number) {
    // Not zeroed: nothing of it is read that the core has not written. A new ArrayBuffer would be, on the main thread.
    this.bytes = Buffer.allocUnsafeSlow(capacity);
    this.u32 = new Uint32Array(this.bytes.buffer);
  }
}

/** Validity of nodes without nulls, shared by all. */
let ones = new Uint8Array(1 << 16).fill(1);

/** One node's part of the block at hand. All nodes' views have the same fields, so that generated code sees one hidden class. */
export class NodeView {
  count = 0;
  /** One byte a slot, 1 = present. */
  valid: Uint8Array = ones;
  /** By form: numbers, bools, end offsets, dictionary indices; or the finished values of the rarer forms. */
  data: Float64Array | Float32Array | Uint8Array | Uint32Array | unknown[] = [];
  /** The text of all slots in one string, as far as a string can hold it. */
  text: BlockText = '';
  /** The distinct texts, one string each, shared by all rows. Stays in force until a block brings another. */
  dict: string[] = [];

  load(arena: Arena, node: number): void {
    const { bytes, u32 } = arena;
    const word = 2 + node * NODE_WORDS;
    const memory = bytes.buffer;
    const count = (this.count = u32[word] as number);
    const form = u32[word + 1];
    const validAt = u32[word + 2] as number;
    const at = u32[word + 3] as number;
    if (ones.length < count) ones = new Uint8Array(count * 2).fill(1);
    this.valid = validAt === 0 ? ones : new Uint8Array(memory, validAt, count);
    if (form === FORM_F64) this.data = new Float64Array(memory, at, count);
    else if (form === FORM_F32) this.data = new Float32Array(memory, at, count);
    else if (form === FORM_TEXT) {
      this.data = new Uint32Array(memory, at, count);
      this.text = textOf(arena, word);
    } else if (form === FORM_DICT) {
      this.data = new Uint32Array(memory, at, count);
      const entries = u32[word + 7] as number;
      if (entries > 0) this.dict = split(textOf(arena, word), u32, (u32[word + 8] as number) / 4, entries);
    } else if (form === FORM_LIST) this.data = new Uint32Array(memory, at, count);
    else if (form === FORM_BOOL) this.data = new Uint8Array(memory, at, count);
    else if (form !== FORM_STRUCT && form !== FORM_NULL) this.data = this.#values(arena, word, form as number, at, count);
  }

  /** The values of the rarer forms, made at once. */
  #values({ bytes, u32 }: Arena, word: number, form: number, at: number, count: number): unknown[] {
    const { valid } = this;
    const memory = bytes.buffer;
    const values = Array<unknown>(count).fill(null);
    if (form === FORM_I64 || form === FORM_U64) {
      const data = form === FORM_I64 ? new BigInt64Array(memory, at, count) : new BigUint64Array(memory, at, count);
      for (let slot = 0; slot < count; slot++) if (valid[slot] === 1) values[slot] = numberOf(data[slot] as bigint);
    } else if (form === FORM_DATE) {
      const data = new Float64Array(memory, at, count);
      for (let slot = 0; slot < count; slot++) if (valid[slot] === 1) values[slot] = timestampOf(data[slot] as number, 0);
    } else if (form === FORM_TIMESTAMP || form === FORM_FAR_TIMESTAMP) {
      const data = form === FORM_TIMESTAMP ? new Float64Array(memory, at, count) : new BigInt64Array(memory, at, count);
      const nanosAt = u32[word + 8] as number;
      const nanos = nanosAt === 0 ? undefined : new Uint32Array(memory, nanosAt, count);
      for (let slot = 0; slot < count; slot++)
        if (valid[slot] === 1) values[slot] = timestampOf(data[slot] as number | bigint, nanos?.[slot] ?? 0);
    } else if (form === FORM_BYTES) {
      const ends = new Uint32Array(memory, at, count);
      const from = u32[word + 4] as number;
      // Not a slice of `bytes`: that is a Buffer, and so would be its slices.
      const all = new Uint8Array(memory);
      for (let slot = 0, start = 0; slot < count; slot++) {
        const end = ends[slot] as number;
        if (valid[slot] === 1) values[slot] = all.slice(from + start, from + end);
        start = end;
      }
    } else
      throw new CheckpointError(
        'ERR_CKPT_INTERNAL',
        `arrow-ckpt has a bug: unknown form ${form}; binary and package may differ in version`,
      );
    return values;
  }
}

/** Puts the rows of a block, whose views are at hand, into `out` from index `at` on. */
export type Materialise = (views: readonly NodeView[], rows: number, out: Row[], at: number) => void;

function textOf({ bytes, u32 }: Arena, word: number): BlockText {
  const from = u32[word + 4] as number;
  const size = u32[word + 5] as number;
  const isWide = u32[word + 6] === 1;
  if (size > MAX_STRING_UNITS * (isWide ? 2 : 1)) return new LongText(bytes, from, isWide);
  return bytes.toString(isWide ? 'utf16le' : 'latin1', from, from + size);
}

function split(text: BlockText, ends: Uint32Array, from: number, count: number): string[] {
  const parts = Array<string>(count);
  for (let index = 0, start = 0; index < count; index++) {
    const end = ends[from + index] as number;
    parts[index] = text.slice(start, end);
    start = end;
  }
  return parts;
}

function numberOf(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
