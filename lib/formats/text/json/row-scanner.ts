import type { CheckpointError } from '../../../base/errors.js';
import { badRow, damaged, notARow, truncated } from './damage.js';
import { BROKEN, GOES_ON, ObjectScan } from './object-scan.js';
import { CHUNK_BYTES, isSpace, type FileWindow } from './window.js';

/** Whole rows in a row, with the commas between them: the window's bytes from `from` to `to`, until the window moves on. */
export interface RowGroup {
  from: number;
  to: number;
  rows: number;
}

const KINDS: Record<string, string> = { '[': 'an array', '"': 'a string', t: 'true', f: 'false', n: 'null', '-': 'a number' };

/**
 * Finds the rows in the elements of a JSON array of any formatting, in groups of about {@link CHUNK_BYTES}, by brackets and strings.
 * The window must stand behind the array's bracket, or behind a comma. All indexes but a group's are relative to `window.start`.
 */
export class RowScanner {
  /** Rows in the groups so far. */
  rows: number;
  readonly #window: FileWindow;
  readonly #scan = new ObjectScan();
  #expect: 'row or end' | 'row' | 'comma or end';
  #at = 0;
  /** Where the row begins that the scan is in; -1 between rows. */
  #row = -1;
  /** The group that is being gathered. */
  #from = 0;
  #to = 0;
  #count = 0;
  #failure: CheckpointError | undefined;
  #closed = false;

  /** @param rows the number of rows that are before the window */
  constructor(window: FileWindow, rows: number) {
    this.#window = window;
    this.rows = rows;
    this.#expect = rows === 0 ? 'row or end' : 'row';
  }

  /** The next group; undefined when the array is closed: then the window stands behind its bracket. */
  async next(): Promise<RowGroup | undefined> {
    this.#release();
    for (;;) {
      if (!this.#closed && this.#failure === undefined) this.#gather();
      // What is gathered goes first: the window need not hold more than a chunk and a row, and errors come in order.
      if (this.#count > 0) return this.#group();
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#closed || this.#row === -1) this.#release();
      if (this.#closed) return undefined;
      if (await this.#window.more()) continue;
      const { start, end } = this.#window;
      throw this.#row === -1 ? truncated(this.#window, this.rows) : badRow(this.#window, start + this.#row, end, this.rows, true);
    }
  }

  #group(): RowGroup {
    this.rows += this.#count;
    return { from: this.#window.start + this.#from, to: this.#window.start + this.#to, rows: this.#count };
  }

  /** Lets go of the group that was given out, and of what the scan has passed. */
  #release(): void {
    const passed = this.#row === -1 ? this.#at : this.#row;
    this.#window.start += passed;
    this.#at -= passed;
    if (this.#row !== -1) this.#row = 0;
    this.#from = this.#to = this.#count = 0;
  }

  #gather(): void {
    const { bytes, start, end } = this.#window;
    for (let at = start + this.#at; at < end; this.#at = at - start) {
      if (this.#row !== -1) {
        const stop = this.#scan.scan(bytes, at, end);
        if (stop === BROKEN) {
          this.#failure = badRow(this.#window, start + this.#row, end, this.rows + this.#count, false);
          return;
        }
        at = stop === GOES_ON ? end : stop;
        if (stop === GOES_ON) continue;
        this.#row = -1;
        this.#to = at - start;
        this.#count++;
        this.#expect = 'comma or end';
        if (this.#to - this.#from < CHUNK_BYTES) continue;
        this.#at = at - start;
        return;
      }
      const byte = bytes[at] as number;
      if (isSpace(byte)) at++;
      else if (byte === 0x7b && this.#expect !== 'comma or end') {
        this.#row = at - start;
        if (this.#count === 0) this.#from = this.#row;
      } else if (byte === 0x2c && this.#expect === 'comma or end') {
        this.#expect = 'row';
        at++;
      } else if (byte === 0x5d && this.#expect !== 'row') {
        this.#closed = true;
        this.#at = at + 1 - start;
        return;
      } else {
        this.#failure = this.#unexpected(at, byte);
        return;
      }
    }
  }

  #unexpected(at: number, byte: number): CheckpointError {
    const row = this.rows + this.#count;
    const char = String.fromCharCode(byte);
    const kind = byte >= 0x30 && byte <= 0x39 ? 'a number' : KINDS[char];
    if (kind !== undefined && this.#expect !== 'comma or end') return notARow(this.#window, kind, row);
    const expected = { 'row or end': "'{' or ']'", row: "'{'", 'comma or end': "',' or ']'" }[this.#expect];
    return damaged(this.#window, at, expected, row);
  }
}
