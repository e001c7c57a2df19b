import type { CheckpointError } from '../../../base/errors.js';
import type { Row } from '../../../base/rows.js';
import { badRow, damaged } from './damage.js';
import { mayBePython, mayRound, parseLenient } from '../../../base/value/lenient-json.js';
import { ObjectScan } from './object-scan.js';
import { RowScanner, type RowGroup } from './row-scanner.js';
import { firstOddByte, isObject, restoreRows, utf8Text } from './row-text.js';
import { CHUNK_BYTES, isSpace, type FileWindow } from './window.js';

/** How much may be in hand without a seam before rows are looked for by the scan. */
const SEAMLESS_BYTES = 8 * CHUNK_BYTES;
/** More white space than this between two rows is no seam to look for. */
const SEAM_BYTES = 64;

/**
 * Reads the rows of an array in groups of about {@link CHUNK_BYTES}. The window must stand behind the array's bracket.
 *
 * Most files are not scanned: what stands between the first two rows, the seam (`},\n{` in our own, `}, {` in Python's), very likely
 * stands between all of them, so what is in hand is cut at the last seam, and parsed. That cannot go wrong unseen: a seam inside of a
 * string or of a nested array leaves a piece whose quotes or brackets do not match, and `JSON.parse` refuses it. From then on the scan
 * finds the rows.
 */
export class RowReader {
  /** Rows so far. */
  rows = 0;
  readonly #window: FileWindow;
  readonly #escapes: boolean;
  #seam: Buffer | undefined;
  #scanner: RowScanner | undefined;

  constructor(window: FileWindow, escapes: boolean) {
    this.#window = window;
    this.#escapes = escapes;
  }

  /** The next rows; undefined after the last: then the window stands behind the array. */
  async next(): Promise<Row[] | undefined> {
    while (this.#scanner === undefined) {
      const rows = this.#leap();
      if (rows !== undefined) return rows;
      if (this.#scanner !== undefined) break;
      const seamless = this.#window.end - this.#window.start >= SEAMLESS_BYTES;
      if (seamless || !(await this.#window.more())) this.#scanner = new RowScanner(this.#window, this.rows);
    }
    const group = await this.#scanner.next();
    return group === undefined ? undefined : this.#parse(group);
  }

  #leap(): Row[] | undefined {
    const { start, end } = this.#window;
    this.#seam ??= this.#findSeam();
    if (this.#seam === undefined) return undefined;
    const bytes = this.#window.bytes.subarray(0, end);
    let seam = bytes.lastIndexOf(this.#seam, start + CHUNK_BYTES);
    if (seam < start) seam = bytes.indexOf(this.#seam, start);
    if (seam === -1) return undefined;
    const text = this.#text(start, seam + 1);
    const rows = parseRows(text, !this.#escapes, false);
    if (rows === undefined) {
      this.#scanner = new RowScanner(this.#window, this.rows);
      return undefined;
    }
    this.#window.start = seam + 2;
    return this.#finish(rows, text);
  }

  /** From the end of the first row to the beginning of the second; undefined while they are not in hand. */
  #findSeam(): Buffer | undefined {
    const { bytes, start, end } = this.#window;
    let from = start;
    while (from < end && isSpace(bytes[from] as number)) from++;
    const stop = new ObjectScan().scan(bytes, from, end);
    let to = stop + 1;
    if (stop < 0 || bytes[stop] !== 0x2c) return undefined;
    while (to < end && isSpace(bytes[to] as number)) to++;
    if (to >= end || bytes[to] !== 0x7b || to - stop > SEAM_BYTES) return undefined;
    return Buffer.from(bytes.subarray(stop - 1, to + 1));
  }

  #parse(group: RowGroup): Row[] {
    const text = this.#text(group.from, group.to);
    const rows = parseRows(text, !this.#escapes, !this.#escapes);
    if (rows === undefined) throw this.#locate(group);
    return this.#finish(rows, text);
  }

  #finish(rows: Row[], text: string): Row[] {
    if (this.#escapes) restoreRows(rows, text, this.#window.path, this.rows);
    this.rows += rows.length;
    return rows;
  }

  #text(from: number, to: number): string {
    const part = this.#window.bytes.subarray(from, to);
    const text = utf8Text(part, this.#window.path);
    if (text === undefined) throw damaged(this.#window, from + firstOddByte(part), 'UTF-8', this.rows);
    return text;
  }

  /** Which of the rows that were refused together is to blame. */
  #locate({ from, to }: RowGroup): CheckpointError {
    const { bytes } = this.#window;
    let row = this.rows;
    for (let at = from; at < to; row++) {
      at = bytes.indexOf('{', at);
      const stop = new ObjectScan().scan(bytes, at, to);
      try {
        parseRow(bytes.toString('utf8', at, stop), this.#escapes);
      } catch (cause) {
        return badRow(this.#window, at, stop, row, false, cause);
      }
      at = stop;
    }
    return damaged(this.#window, from, 'rows', this.rows);
  }
}

/**
 * The rows of a text of rows with commas between them; undefined when it is not that. `foreign`: it may be another program's, whose
 * integers may have more digits than a number.
 */
function parseRows(text: string, foreign: boolean, python: boolean): Row[] | undefined {
  const array = `[${text}]`;
  let rows: unknown[];
  try {
    rows = (foreign && mayRound(array) ? parseLenient(array) : JSON.parse(array)) as unknown[];
  } catch {
    if (!python || !mayBePython(text)) return undefined;
    try {
      rows = parseLenient(array) as unknown[];
    } catch {
      return undefined;
    }
  }
  return rows.length > 0 && rows.every(isObject) ? (rows as Row[]) : undefined;
}

function parseRow(text: string, ours: boolean): unknown {
  return ours ? JSON.parse(text) : parseLenient(text);
}
