import { CheckpointError } from '../base/errors.js';
import { storeOf } from '../formats/choose.js';
import { digest } from './digest.js';
import type { StoredFailure } from './failure-record.js';
import { KnownFile, type FilePart } from './known-file.js';
import { KnownTable } from './known-table.js';
import type { LedgerReader } from './ledger.js';
import { isOfOperation, type LedgerHead } from './ledger-head.js';
import { readLedger } from './read-ledger.js';
import { foundFiles } from '../directory/layout.js';
import type { OperationFiles } from '../directory/operation-files.js';
import { addUsage, NO_USAGE, type UsageTotals } from './usage/usage.js';

/** Numbers of files are kept in 16 bits. Batches are merged long before. */
const MAX_FILES = 65_535;

const REMEMBERED = ['high', 'low', 'source', 'offset', 'count', 'calls', 'inputTokens', 'outputTokens', 'cost', 'time'] as const;
type Older = Record<(typeof REMEMBERED)[number], number>;

/** The results of earlier runs of an operation: which rows they are of, and where they are. */
export class Known {
  readonly table = new KnownTable();
  readonly files: KnownFile[] = [];
  /** Whether the file of a number plus one is readable, as far as is known. */
  readonly #isGood: boolean[] = [];
  /**
   * Rows of the final checkpoint, which is the first of the files then. Their numbers in the table are their places in it. Undefined: there
   * is none.
   */
  finalRows: number | undefined;
  readonly keepsAll: boolean;
  /** Results from before are made again: ms since 1970, 0 for none. */
  readonly oldest: number;
  /** Takes in more files, of kept results, when a row is in none of the others: see {@link complete}. */
  more: (() => Promise<void>) | undefined;
  /** The number of the first file of kept results. */
  #firstKept = Number.POSITIVE_INFINITY;
  /** What the results in the files cost: each row with this content once. */
  readonly spent: UsageTotals = { ...NO_USAGE };
  /** Rows that were met with other content than their results are of. */
  replaced = 0;
  /** Rows that failed in earlier runs and have no results since, by {@link nameOf} of their keys. */
  readonly failures = new Map<string, StoredFailure>();
  /** Those of the final checkpoint. */
  finalFailures: ReadonlySet<StoredFailure> = new Set();
  /** Of rows that several files know: what the files before say. A row may have been changed, computed, and changed back. */
  readonly #older = new Map<number, Older[]>();

  /** `maxAge`: ms. */
  constructor(keepsAll: boolean, maxAge?: number) {
    this.keepsAll = keepsAll;
    this.oldest = maxAge === undefined ? 0 : Math.max(1, Date.now() - maxAge);
  }

  /**
   * Takes in what the ledger of a file says. A row that is known with other content counts as this file has it, until it is asked for with
   * the other. False where the file has no ledger of this operation. Once {@link complete} was called, what is known comes first.
   */
  async add(path: string, operation: OperationFiles): Promise<boolean> {
    const store = await storeOf(path);
    const read = async (ledger: LedgerReader, head: LedgerHead): Promise<boolean> => {
      if (!isOfOperation(head, operation)) return false;
      if (this.files.length >= MAX_FILES)
        throw new CheckpointError('ERR_CKPT_LIMIT', `${path}: a run reads the results of ${MAX_FILES} files at most`, { path });
      const file = this.files.push(new KnownFile(path, store, this.keepsAll && this.files.length < this.#firstKept));
      this.#isGood.push(false);
      let offset = 0;
      const isKept = file > this.#firstKept;
      // What says no time of its own is as old as its file.
      const fileTime = this.oldest > 0 ? await modifiedMs(path) : 0;
      await ledger.rows(head, (row) => {
        // Newer than a failure that was met before.
        if (!isKept && this.failures.size > 0) this.failures.delete(nameOf(row.keyHigh, row.keyLow));
        const found = this.table.find(row.keyHigh, row.keyLow);
        const isSame = found >= 0 && this.table.high.get(found) === row.high && this.table.low.get(found) === row.low;
        if (row.time === 0) row.time = fileTime;
        // One that was made again, as the other was too old, counts.
        if (isSame && this.fileOf(found) !== undefined && row.time <= this.table.time.get(found)) {
          // The same results, as of a batch that was left behind: where they were is as good.
          offset += row.count;
          return;
        }
        if (found >= 0 && isKept) {
          // The row may have been met by now: what is said of it must stay.
          const { high, low, count, calls, inputTokens, outputTokens, cost, time } = row;
          const others = this.#olderOf(found);
          if (!others.some((one) => one.high === high && one.low === low)) addUsage(this.spent, row);
          others.push({ high, low, source: file, offset, count, calls, inputTokens, outputTokens, cost, time });
          offset += row.count;
          return;
        }
        if (found >= 0) this.#remember(found);
        const number = found < 0 ? this.table.add(row.keyHigh, row.keyLow) : found;
        this.table.high.set(number, row.high);
        this.table.low.set(number, row.low);
        this.table.source.set(number, file);
        this.table.offset.set(number, offset);
        this.table.count.set(number, row.count);
        this.table.setDetails(number, row);
        addUsage(this.spent, row);
        offset += row.count;
      });
      const failures = await ledger.failures(head);
      await ledger.finish();
      for (const failure of failures) {
        const { high, low } = digest(failure.key);
        const name = nameOf(high, low);
        if (!isKept || !this.failures.has(name)) this.failures.set(name, failure);
      }
      // Only now is the checksum of the ledger compared: before, its rows are of a file that is not good.
      this.#isGood[file - 1] = true;
      return true;
    };
    return (await readLedger(path, read, store)) ?? false;
  }

  /** The failure of a row in an earlier run, with the content that it has now. */
  failureOf(number: number): StoredFailure | undefined {
    const { table } = this;
    const failure = this.failures.size === 0 ? undefined : this.failures.get(nameOf(table.keyHigh.get(number), table.keyLow.get(number)));
    return failure?.high === table.high.get(number) && failure.low === table.low.get(number) ? failure : undefined;
  }

  /** Whether there are results of a row with this content; then the table has their place. */
  recall(number: number, high: number, low: number): boolean {
    const { table } = this;
    const isThere = table.high.get(number) === high && table.low.get(number) === low && this.fileOf(number) !== undefined;
    if (isThere && table.time.get(number) >= this.oldest) return true;
    const others = this.#older.size === 0 ? undefined : this.#older.get(number);
    if (others === undefined) return false;
    for (const older of others) {
      if (older.high !== high || older.low !== low || this.#isGood[older.source - 1] !== true || older.time < this.oldest) continue;
      for (const column of REMEMBERED) table[column].set(number, older[column]);
      table.setDetails(number, older);
      return true;
    }
    return false;
  }

  /** The entry of a row in the table is about to be replaced. */
  #remember(number: number): void {
    const older = Object.fromEntries(REMEMBERED.map((column) => [column, this.table[column].get(number)])) as Older;
    this.#olderOf(number).push(older);
  }

  #olderOf(number: number): Older[] {
    let older = this.#older.get(number);
    if (older === undefined) this.#older.set(number, (older = []));
    return older;
  }

  /** Some rows are in no file so far: kept results may have them. Whether there are more files now. */
  async complete(): Promise<boolean> {
    const { more } = this;
    if (more === undefined) return false;
    this.more = undefined;
    this.#firstKept = this.files.length;
    await more();
    return this.files.length > this.#firstKept;
  }

  /**
   * The rows with results of earlier runs, kept ones aside: `present` in the input with that content, or `gone`. `hasOthers`: there are, or
   * were, results of other content of rows that are in the input.
   */
  tally(): { present: number; gone: number; hasOthers: boolean } {
    const { table } = this;
    const tally = { present: 0, gone: 0, hasOthers: this.replaced > 0 || this.#older.size > 0 };
    for (let number = 0; number < table.size; number++) {
      if (this.fileOf(number) === undefined) continue;
      if (table.seen.get(number) === 1) tally.present++;
      else if (table.source.get(number) <= this.#firstKept) tally.gone++;
    }
    return tally;
  }

  /** The files of kept results that rows of the input have theirs in. */
  keptInUse(): KnownFile[] {
    const { table } = this;
    const found = new Set<KnownFile | undefined>();
    if (this.files.length > this.#firstKept)
      for (let number = 0; number < table.size; number++)
        if (table.seen.get(number) === 1 && table.source.get(number) > this.#firstKept) found.add(this.fileOf(number));
    return [...found].filter((file) => file !== undefined);
  }

  /** The file that has the results of a row; undefined if there is none, or if it is damaged. */
  fileOf(number: number): KnownFile | undefined {
    const source = this.table.source.get(number);
    return source > 0 && this.#isGood[source - 1] === true ? this.files[source - 1] : undefined;
  }

  /** Files became parts of another: what was not read yet is read there. */
  async moved(from: readonly FilePart[], path: string): Promise<void> {
    const store = await storeOf(path);
    for (const file of this.files) {
      const part = from.find((each) => each.path === file.path);
      if (part !== undefined) file.moveTo(path, store, part.begin);
    }
  }

  /** The results in a file are not to be used any more. */
  lose(file: KnownFile): void {
    this.#isGood[this.files.indexOf(file)] = false;
  }

  async close(): Promise<void> {
    for (const file of this.files) await file.close();
  }
}

/** What no other key has. */
export function nameOf(high: number, low: number): string {
  return `${high} ${low}`;
}

async function modifiedMs(path: string): Promise<number> {
  const [found] = await foundFiles([path]);
  return found?.modifiedMs ?? 0;
}
