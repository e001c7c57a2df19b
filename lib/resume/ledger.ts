import { CheckpointError } from '../base/errors.js';
import type { KnownTable, RecordedRow } from './known-table.js';
import { type NumberColumn, UsualColumn } from './number-column.js';

/**
 * What a file of results knows of the rows that they were made of: a text of one line, then 20 bytes for each row, then the texts of the
 * keys, a line each. It is the attachment of the file, so that results and keys become durable in one rename.
 *
 *   {"version":1,"step":"process","operation":"extract","rows":2}\n
 *   per row, in the order of the results: digest of the key (u32 high, u32 low), digest of the content (u32 high, u32 low), number of
 *   results (u32) per row: the text of its key in UTF-8, which is JSON and has no line end, and \n
 *
 * All integers are little-endian.
 */
export interface LedgerHead {
  step: string;
  operation: string;
  rows: number;
}

const VERSION = 1;
const ROW_BYTES = 20;
const PIECE_ROWS = 8192;
const LINE_END = 10;
const TEXT_BLOCK = 1 << 16;

/** A ledger that is being written: which rows of a table, in which order. */
export class LedgerWriter {
  readonly #numbers: NumberColumn = new UsualColumn(Uint32Array, (place) => place);
  readonly #texts: Buffer[] = [];
  #text = Buffer.alloc(0);
  #filled = 0;
  rows = 0;

  /** Adds the row of a number in the table, with the text of its key. */
  add(number: number, key: string): void {
    this.#numbers.set(this.rows, number);
    if (key.length * 3 + 1 > this.#text.length - this.#filled) {
      this.#texts.push(this.#text.subarray(0, this.#filled));
      this.#text = Buffer.allocUnsafeSlow(Math.max(TEXT_BLOCK, key.length * 3 + 1));
      this.#filled = 0;
    }
    this.#filled += this.#text.write(key, this.#filled);
    this.#text[this.#filled++] = LINE_END;
    this.rows++;
  }

  /** The numbers of its rows in the table, in their order. */
  *numbers(): Generator<number, void, undefined> {
    for (let place = 0; place < this.rows; place++) yield this.#numbers.get(place);
  }

  /** The bytes, in pieces. What the table says of the rows is read as they are made. */
  *pieces({ step, operation }: Omit<LedgerHead, 'rows'>, table: KnownTable): Generator<Uint8Array, void, undefined> {
    yield Buffer.from(`${JSON.stringify({ version: VERSION, step, operation, rows: this.rows })}\n`);
    const columns = [table.keyHigh, table.keyLow, table.high, table.low, table.count];
    for (let start = 0; start < this.rows; start += PIECE_ROWS) {
      const end = Math.min(start + PIECE_ROWS, this.rows);
      const piece = Buffer.allocUnsafe((end - start) * ROW_BYTES);
      let at = 0;
      for (let place = start; place < end; place++) {
        const number = this.#numbers.get(place);
        for (const column of columns) at = piece.writeUInt32LE(column.get(number), at);
      }
      yield piece;
    }
    yield* this.#texts;
    yield this.#text.subarray(0, this.#filled);
  }
}

/** One row of a ledger that is read. */
export type LedgerRow = RecordedRow;

/** A ledger that is read, from the pieces of an attachment. */
export class LedgerReader {
  #left: Buffer = Buffer.alloc(0);

  private constructor(
    readonly path: string,
    readonly pieces: AsyncIterator<Uint8Array>,
  ) {}

  /** The ledger of a file, and what its head says; null where the file has none. Close it. @throws `ERR_CKPT_CORRUPT` */
  static async open(path: string, attachment: AsyncIterable<Uint8Array>): Promise<{ head: LedgerHead; ledger: LedgerReader } | null> {
    const ledger = new LedgerReader(path, attachment[Symbol.asyncIterator]());
    try {
      if (!(await ledger.#more())) return null;
      return { head: headOf(await ledger.#line(), path), ledger };
    } catch (error) {
      await ledger.close();
      throw error;
    }
  }

  /** Tells the rows in order. To be called once, first. */
  async rows({ rows }: LedgerHead, visit: (row: LedgerRow) => void): Promise<void> {
    const row: LedgerRow = { keyHigh: 0, keyLow: 0, high: 0, low: 0, count: 0 };
    for (let done = 0; done < rows;) {
      while (this.#left.length < ROW_BYTES) if (!(await this.#more())) throw damagedLedger(this.path);
      const whole = Math.min(rows - done, Math.floor(this.#left.length / ROW_BYTES));
      for (let at = 0; at < whole * ROW_BYTES; at += ROW_BYTES) {
        row.keyHigh = this.#left.readUInt32LE(at);
        row.keyLow = this.#left.readUInt32LE(at + 4);
        row.high = this.#left.readUInt32LE(at + 8);
        row.low = this.#left.readUInt32LE(at + 12);
        row.count = this.#left.readUInt32LE(at + 16);
        visit(row);
      }
      this.#left = this.#left.subarray(whole * ROW_BYTES);
      done += whole;
    }
  }

  /** Tells the texts of the keys in order. To be called once, after {@link rows}. */
  async keys({ rows }: LedgerHead, visit: (key: string) => void): Promise<void> {
    for (let place = 0; place < rows; place++) visit(await this.#line());
  }

  /** Reads what is left: only then is the checksum compared. */
  async finish(): Promise<void> {
    do this.#left = Buffer.alloc(0);
    while (await this.#more());
  }

  async close(): Promise<void> {
    await this.pieces.return?.();
  }

  async #line(): Promise<string> {
    let end: number;
    while ((end = this.#left.indexOf(LINE_END)) < 0) if (!(await this.#more())) throw damagedLedger(this.path);
    const line = this.#left.toString('utf8', 0, end);
    this.#left = this.#left.subarray(end + 1);
    return line;
  }

  async #more(): Promise<boolean> {
    const step = await this.pieces.next();
    if (step.done === true) return false;
    this.#left = this.#left.length === 0 ? Buffer.from(step.value) : Buffer.concat([this.#left, step.value]);
    return true;
  }
}

function headOf(text: string, path: string): LedgerHead {
  let head: Partial<LedgerHead & { version: number }> | null;
  try {
    head = JSON.parse(text) as typeof head;
  } catch {
    throw damagedLedger(path);
  }
  const { version, step, operation, rows } = head ?? {};
  if (version !== VERSION) {
    const message = `${path}: its record of rows is of version ${String(version)}, and this arrow-ckpt reads version ${VERSION}; update arrow-ckpt`;
    throw new CheckpointError('ERR_CKPT_FORMAT_VERSION', message, { path });
  }
  if (typeof step !== 'string' || typeof operation !== 'string' || !Number.isSafeInteger(rows)) throw damagedLedger(path);
  return { step, operation, rows: rows as number };
}

function damagedLedger(path: string): CheckpointError {
  return new CheckpointError('ERR_CKPT_CORRUPT', `${path}: its record of rows is damaged`, { path });
}
