import type { Row } from '../../base/rows.js';

/** About so many bytes of rows, */
const BYTES_BETWEEN = 1.5 * 2 ** 20;
/** or this part of the rows that a row group may have, lie between two places where one may end. */
const PART_BETWEEN = 1 / 16;
/** How deep a row is looked into. */
const MAX_DEPTH = 3;
/** Code units of a text, elements of an array, that are looked at: spread evenly. */
const SAMPLES = 8;

/**
 * Says after which rows a row group may end, by what is in the row alone: a row that is put in or taken out then moves no end but that of
 * the row group which it is in. Each row is taken with a chance that grows with its size, by a hash of a sample of its values. A wrong
 * guess costs nothing but room in a store.
 */
export class RowGroupEnds {
  readonly #perRow: number;
  readonly #number = new Float64Array(1);
  readonly #words = new Uint32Array(this.#number.buffer);
  #hash = 0;
  #bytes = 0;

  constructor(rowGroupRows: number) {
    this.#perRow = 1 / Math.max(1, rowGroupRows * PART_BETWEEN);
  }

  /** How many of `count` rows from `start` on come up to the first such row; 0 if none of them is one. */
  find(rows: readonly Row[], start: number, count: number): number {
    for (let index = 0; index < count; index++) if (this.#isEnd(rows[start + index])) return index + 1;
    return 0;
  }

  #isEnd(row: unknown): boolean {
    this.#hash = 0x811c9dc5;
    this.#bytes = 0;
    try {
      this.#add(row, 0);
    } catch {
      return false; // what is wrong with the row is told by whoever saves it
    }
    let hash = this.#hash;
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32 < this.#bytes / BYTES_BETWEEN + this.#perRow;
  }

  #mix(word: number): void {
    this.#hash = Math.imul(this.#hash ^ word, 0x01000193);
    this.#hash ^= this.#hash >>> 15;
  }

  #add(value: unknown, depth: number): void {
    if (typeof value === 'string') this.#addText(value);
    else if (typeof value === 'number') {
      this.#number[0] = value;
      this.#mix(this.#words[0] as number);
      this.#mix(this.#words[1] as number);
      this.#bytes += 8;
    } else if (typeof value !== 'object' || value === null) {
      this.#mix(value === true ? 1 : 2);
      this.#bytes += 1;
    } else if (ArrayBuffer.isView(value)) {
      this.#mix(value.byteLength);
      this.#bytes += value.byteLength;
    } else if (depth < MAX_DEPTH) this.#addParts(value, depth + 1);
  }

  #addText(text: string): void {
    const { length } = text;
    this.#mix(length);
    this.#bytes += length;
    const step = Math.max(1, Math.floor(length / SAMPLES));
    for (let at = 0; at < length; at += step) this.#mix(text.charCodeAt(at));
  }

  #addParts(value: object, depth: number): void {
    if (!Array.isArray(value)) {
      for (const key in value) this.#add((value as Row)[key], depth);
      return;
    }
    const { length } = value;
    this.#mix(length);
    const before = this.#bytes;
    const step = Math.max(1, Math.floor(length / SAMPLES));
    for (let at = 0; at < length; at += step) this.#add(value[at], depth);
    this.#bytes = before + (this.#bytes - before) * step;
  }
}
