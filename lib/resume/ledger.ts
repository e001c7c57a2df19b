import { parseFailures, type StoredFailure } from './failure-record.js';
import type { RecordedRow } from './known-table.js';
import { damagedLedger, headOf, LINE_END, rowBytes, type LedgerHead } from './ledger-head.js';
import { NO_USAGE } from './usage/usage.js';

/** One row of a ledger that is read. */
export type LedgerRow = RecordedRow;

/** A ledger that is read, from the pieces of an attachment. */
export class LedgerReader {
  #left: Buffer = Buffer.alloc(0);
  #areKeysRead = false;

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
  async rows({ rows, usage }: LedgerHead, visit: (row: LedgerRow) => void): Promise<void> {
    const row: LedgerRow = { keyHigh: 0, keyLow: 0, high: 0, low: 0, count: 0, time: 0, ...NO_USAGE };
    const size = rowBytes({ usage });
    for (let done = 0; done < rows;) {
      while (this.#left.length < size) if (!(await this.#more())) throw damagedLedger(this.path);
      const whole = Math.min(rows - done, Math.floor(this.#left.length / size));
      for (let at = 0; at < whole * size; at += size) {
        row.keyHigh = this.#left.readUInt32LE(at);
        row.keyLow = this.#left.readUInt32LE(at + 4);
        row.high = this.#left.readUInt32LE(at + 8);
        row.low = this.#left.readUInt32LE(at + 12);
        row.count = this.#left.readUInt32LE(at + 16);
        if (usage !== undefined) {
          row.calls = this.#left.readDoubleLE(at + 20);
          row.inputTokens = this.#left.readDoubleLE(at + 28);
          row.outputTokens = this.#left.readDoubleLE(at + 36);
          row.cost = this.#left.readDoubleLE(at + 44);
          row.time = this.#left.readDoubleLE(at + 52);
        }
        visit(row);
      }
      this.#left = this.#left.subarray(whole * size);
      done += whole;
    }
  }

  /** Tells the texts of the keys in order. To be called once, after {@link rows}. */
  async keys({ rows }: LedgerHead, visit: (key: string) => void): Promise<void> {
    this.#areKeysRead = true;
    for (let place = 0; place < rows; place++) visit(await this.#line());
  }

  /** The rows that failed. To be called once, after {@link rows}, and after {@link keys} if those are wanted. */
  async failures({ keyBytes = 0, sections = [] }: LedgerHead): Promise<StoredFailure[]> {
    if (sections.length === 0) return [];
    if (!this.#areKeysRead) await this.#take(keyBytes, false);
    let failures: StoredFailure[] | undefined = [];
    for (const { name, bytes } of sections) {
      const taken = await this.#take(bytes, name === 'failures');
      if (taken !== undefined) failures = parseFailures(taken.toString('utf8'));
    }
    if (failures === undefined) throw damagedLedger(this.path);
    return failures;
  }

  /** Reads what is left: only then is the checksum compared. */
  async finish(): Promise<void> {
    do this.#left = Buffer.alloc(0);
    while (await this.#more());
  }

  async close(): Promise<void> {
    await this.pieces.return?.();
  }

  /** The next bytes, or passes over them. */
  async #take(bytes: number, isWanted: boolean): Promise<Buffer | undefined> {
    if (isWanted) {
      while (this.#left.length < bytes) if (!(await this.#more())) throw damagedLedger(this.path);
      const taken = this.#left.subarray(0, bytes);
      this.#left = this.#left.subarray(bytes);
      return taken;
    }
    for (let left = bytes; left > 0;) {
      if (this.#left.length === 0 && !(await this.#more())) throw damagedLedger(this.path);
      const passed = Math.min(left, this.#left.length);
      this.#left = this.#left.subarray(passed);
      left -= passed;
    }
    return undefined;
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
