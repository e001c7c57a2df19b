import { align8, FLAG_DICT, FLAG_MAP, FLAG_UTF16, FLAG_VALIDITY, RECORD_PLAN, RECORD_ROWS } from '../layout.js';
import { ListNode } from './containers.js';
import { BytesNode } from './bytes-node.js';
import { BoolNode, NumberNode, ShapeIdNode, BigNode, DateNode, FloatNode } from './data-nodes.js';
import { MapNode } from './map-node.js';
import type { WriteNode } from './nodes.js';
import { TextNode } from './text-nodes.js';

/**
 * Texts longer than this on average are written one by one: a call takes 60 ns, and to join them is to copy them once more, into new
 * memory. Of 300 ASCII characters a text took 168 ns instead of 272 on Node 26, 219 instead of 468 on Node 20; of 100 the same either way.
 */
const JOIN_MAX_AVERAGE = 256;
/** The same of texts that are more than this together: one string could not hold the texts of a very long list. */
const JOIN_MAX_UNITS = 1 << 26;
/** Room that a UTF-8 write needs beyond the text's length to tell ASCII for certain: one more character of any size. */
const UTF8_MARGIN = 4;

/** Memory that records are written to, with a view for each kind of data. */
export class Slab {
  readonly bytes: Buffer;
  readonly u32: Uint32Array;
  readonly f64: Float64Array;
  readonly f32: Float32Array;
  readonly i64: BigInt64Array;

  constructor(readonly capacity: number) {
    const memory = new ArrayBuffer(capacity);
    this.bytes = Buffer.from(memory);
    this.u32 = new Uint32Array(memory);
    this.f64 = new Float64Array(memory);
    this.f32 = new Float32Array(memory);
    this.i64 = new BigInt64Array(memory);
  }
}

interface JoinedText {
  /** Undefined: the parts are written one by one. */
  joined: string | undefined;
  units: number;
}

/** Writes a filled chunk as a rows record: see crates/arrow-ckpt/src/layout.rs. */
export class ChunkBytes {
  readonly #texts = new Map<TextNode, JoinedText>();
  /** A text of this pass is not what its node was thought to hold. One pass shows all such columns: a pass for each takes seconds. */
  #isUnfit = false;

  /**
   * The bytes that the record may take, or -1 if a text has lone surrogates: its node then looks at each, and the chunk must be filled
   * again.
   */
  measure(roots: readonly WriteNode[], rows: number): number {
    let bytes = 16;
    this.#isUnfit = false;
    for (const node of roots) bytes += this.#measureNode(node, rows);
    return this.#isUnfit ? -1 : bytes;
  }

  #measureNode(node: WriteNode, slots: number): number {
    if (node.kind === 'null') return 16;
    let bytes = 16 + (node.hasNulls ? align8(slots) : 0);
    if (node instanceof MapNode) {
      node.settle(slots);
      bytes += align8(node.entries.length * 4);
    }
    if (node instanceof TextNode) {
      const text = this.#join(node, slots);
      if (node.dictionary !== undefined) bytes += align8(slots * 4);
      bytes += align8(node.parts.length * 4) + align8((node.wide ? text.units * 2 : text.units) + UTF8_MARGIN);
    } else if (node instanceof BytesNode) {
      const total = node.measure(slots);
      if (total === undefined) this.#isUnfit = true;
      bytes += align8(slots * 4) + align8(total ?? 0);
    } else bytes += align8(slots * SLOT_BYTES[node.kind]);
    const below = node instanceof ListNode ? node.startOf(slots) : slots;
    for (const child of node.children) bytes += this.#measureNode(child, below);
    return bytes;
  }

  #join(node: TextNode, slots: number): JoinedText {
    const { parts } = node;
    node.measured(slots);
    if (node.dictionary === undefined) parts.length = slots;
    const count = parts.length;
    const ends = node.endsOf(count);
    let units = 0;
    for (let index = 0; index < count; index++) ends[index] = units += (parts[index] as string).length;
    const joined = units <= Math.min(count * JOIN_MAX_AVERAGE, JOIN_MAX_UNITS) ? ropeOf(parts) : undefined;
    if (node.wide && !node.checked && !isEachWellFormed(parts, joined)) {
      node.checked = true;
      this.#isUnfit = true;
    }
    const text = { joined, units };
    this.#texts.set(node, text);
    return text;
  }

  /**
   * Writes the record at `offset`, a multiple of 8; gives its end, or -1 if a text turned out not to be ASCII: measure and write again.
   * The slab must have room for what `measure` said. `mayEnd`: a row group may end behind these rows.
   */
  write(slab: Slab, offset: number, roots: readonly WriteNode[], rows: number, mayEnd: boolean): number {
    let end = offset + 16;
    this.#isUnfit = false;
    for (const node of roots) end = this.#writeNode(slab, end, node, rows);
    if (this.#isUnfit) return -1;
    slab.u32.set([RECORD_ROWS, end - offset - 8, rows, mayEnd ? 1 : 0], offset / 4);
    this.#texts.clear();
    return end;
  }

  #writeNode(slab: Slab, start: number, node: WriteNode, slots: number): number {
    const head = start / 4;
    slab.u32[head] = slots;
    slab.u32[head + 1] = node.hasNulls ? FLAG_VALIDITY : 0;
    slab.u32[head + 2] = 0;
    slab.u32[head + 3] = 0;
    let end = start + 16;
    if (node.kind === 'null') return end;
    if (node.hasNulls) {
      slab.bytes.set(node.valid.subarray(0, slots), end);
      end += align8(slots);
    }
    if (node instanceof TextNode) end = this.#writeText(slab, head, end, node, slots);
    else if (node instanceof BytesNode) {
      if (node.hasChanged(slots)) this.#isUnfit = true;
      else end = writeBytes(slab, head, end, node, slots);
    } else {
      writeData(slab, end, node, slots);
      end += align8(slots * SLOT_BYTES[node.kind]);
    }
    const below = node instanceof ListNode ? node.startOf(slots) : slots;
    for (const child of node.children) end = this.#writeNode(slab, end, child, below);
    return end;
  }

  #writeText(slab: Slab, head: number, start: number, node: TextNode, slots: number): number {
    const { u32, bytes } = slab;
    const { parts } = node;
    const { joined } = this.#texts.get(node) as JoinedText;
    let ends = start;
    if (node.dictionary !== undefined) {
      u32.set(node.ids.subarray(0, slots), start / 4);
      u32[head + 1] = (u32[head + 1] as number) | FLAG_DICT;
      u32[head + 3] = parts.length;
      ends += align8(slots * 4);
    }
    u32.set(node.endsOf(parts.length).subarray(0, parts.length), ends / 4);
    const from = ends + align8(parts.length * 4);
    let written = 0;
    // A text that takes more than was measured may have been cut: the others go where they would be all the same.
    for (const text of joined === undefined ? parts : [joined]) {
      if (text === '') continue;
      if (node.wide) written += bytes.write(text, from + written, text.length * 2, 'utf16le');
      else {
        const isAscii = bytes.write(text, from + written, text.length + UTF8_MARGIN, 'utf8') === text.length;
        written += text.length;
        if (isAscii) continue;
        node.wide = true;
        this.#isUnfit = true;
        break;
      }
    }
    u32[head + 1] = (u32[head + 1] as number) | (node.wide ? FLAG_UTF16 : 0);
    u32[head + 2] = written;
    const end = from + align8(written);
    if (!(node instanceof MapNode)) return end;
    u32[head + 1] = (u32[head + 1] as number) | FLAG_MAP;
    u32.set(node.entries, end / 4);
    return end + align8(node.entries.length * 4);
  }
}

/** Bytes a slot takes in a record, apart from validity; of text and bytes their end offsets. */
const SLOT_BYTES: Record<WriteNode['kind'], number> = {
  null: 0,
  struct: 0,
  bool: 1,
  i32: 4,
  f32: 4,
  list: 4,
  text: 4,
  bytes: 4,
  num: 8,
  f64: 8,
  date: 8,
  big: 8,
};

function writeData(slab: Slab, start: number, node: WriteNode, slots: number): void {
  if (node instanceof NumberNode || node instanceof DateNode) slab.f64.set(node.data.subarray(0, slots), start / 8);
  else if (node instanceof BoolNode) slab.bytes.set(node.data.subarray(0, slots), start);
  else if (node instanceof ShapeIdNode) slab.u32.set(node.data.subarray(0, slots), start / 4);
  else if (node instanceof ListNode) slab.u32.set(node.ends.subarray(0, slots), start / 4);
  else if (node instanceof BigNode) slab.i64.set(node.data.subarray(0, slots), start / 8);
  else if (node instanceof FloatNode && node.kind === 'f64') slab.f64.set(node.data.subarray(0, slots), start / 8);
  else if (node instanceof FloatNode) slab.f32.set(node.data.subarray(0, slots), start / 4);
}

function writeBytes({ u32, bytes }: Slab, head: number, start: number, node: BytesNode, slots: number): number {
  const from = start + align8(slots * 4);
  let end = 0;
  for (let index = 0, word = start / 4; index < slots; index++) {
    const part = node.parts[index] as Uint8Array;
    bytes.set(part, from + end);
    u32[word + index] = end += part.byteLength;
  }
  u32[head + 2] = end;
  return from + align8(end);
}

/** Writes a plan record at `offset`; gives its end. `text` is JSON, padded here to a multiple of 8 bytes. */
export function writePlanRecord(slab: Slab, offset: number, text: string): number {
  const bytes = Buffer.byteLength(text);
  const padded = align8(bytes);
  slab.u32.set([RECORD_PLAN, padded], offset / 4);
  slab.bytes.write(text, offset + 8, 'utf8');
  slab.bytes.fill(0x20, offset + 8 + bytes, offset + 8 + padded);
  return offset + 8 + padded;
}

/** All texts one after another. Concatenation makes a rope that the write flattens once: 17 ns a text, where `join` takes 24. */
function ropeOf(parts: readonly string[]): string {
  let rope = '';
  for (const part of parts) if (part !== '') rope += part;
  return rope;
}

/** Whether each part is well formed: the whole may be while two parts share a surrogate pair at their seam. */
function isEachWellFormed(parts: readonly string[], joined: string | undefined): boolean {
  if (joined === undefined) return parts.every((part) => part.isWellFormed());
  if (!joined.isWellFormed()) return false;
  for (const part of parts) {
    if (part !== '' && isLowSurrogate(part.charCodeAt(0))) return false;
  }
  return true;
}

function isLowSurrogate(unit: number): boolean {
  return (unit & 0xfc00) === 0xdc00;
}
