import { factsOfCode } from '../base/error-facts.js';
import { CheckpointError, isCheckpointError } from '../base/errors.js';
import { isOfFile } from '../directory/checkpoint-file.js';
import { batchStem, filesOf, listBatches, type FoundFile } from '../directory/layout.js';
import { storeOf } from '../formats/choose.js';
import type { CheckpointStore } from '../store/store.js';
import { KnownFile, type FilePart } from './known-file.js';
import { KnownTable } from './known-table.js';
import { LedgerReader, type LedgerHead } from './ledger.js';
import type { OperationFiles } from '../directory/operation-files.js';

/** Numbers of files are kept in 16 bits. Batches are merged long before. */
const MAX_FILES = 65_535;

/** How often a folder is looked at anew whose files go and come. */
export const MOST_LOOKS = 100;

/** One batch file that a `map` wrote, as far as its ledger can be read. */
export interface FoundBatch {
  index: number;
  path: string;
  bytes: number;
  modifiedMs: number;
  version: string;
  hash: string | null;
  /** Null: none of ours, `saveBatchCheckpoint` wrote it. */
  head: LedgerHead | null;
  /** It cannot be read. */
  error?: CheckpointError;
}

/**
 * Whether a file is of no use to anybody, this or another version, so that it may be removed: not one that cannot be opened at the moment,
 * or is of a later version.
 */
export function isBroken(error: CheckpointError | undefined): boolean {
  return error !== undefined && factsOfCode(error.code)?.isBroken === true;
}

/**
 * The batch files in a folder in the order of their indexes, as they were at one moment: where one goes meanwhile, as it is merged with
 * others, the folder is looked at anew.
 */
export async function findBatches(folder: string): Promise<FoundBatch[]> {
  const looked = new Map<string, FoundBatch>();
  for (let attempt = 1; ; attempt++) {
    const found: FoundBatch[] = [];
    let isWhole = true;
    for (const index of await listBatches(folder)) {
      for (const file of await filesOf(batchStem(folder, index))) {
        const name = `${file.path} ${file.version}`;
        const batch = looked.get(name) ?? (await batchOf(index, file));
        if (batch.error?.code === 'ERR_CKPT_NOT_FOUND') isWhole = false;
        else {
          looked.set(name, batch);
          found.push(batch);
        }
      }
    }
    if (isWhole || attempt >= MOST_LOOKS) return found;
  }
}

async function batchOf(index: number, { path, bytes, modifiedMs, version }: FoundFile): Promise<FoundBatch> {
  try {
    const store = await storeOf(path);
    const { hash } = await store.head(path);
    const opened = await openLedger(path, store);
    await opened?.ledger.close();
    return { index, path, bytes, modifiedMs, version, hash, head: opened?.head ?? null };
  } catch (error) {
    if (!isCheckpointError(error)) throw error;
    return { index, path, bytes, modifiedMs, version, hash: null, head: null, error };
  }
}

/** The ledger of a file of results; null where it has none. `known`: the store to read it with, where somebody has looked. */
export async function openLedger(path: string, known?: CheckpointStore): Promise<{ head: LedgerHead; ledger: LedgerReader } | null> {
  const store = known ?? (await storeOf(path));
  return store.attachment === undefined ? null : LedgerReader.open(path, store.attachment(path));
}

/** The final checkpoint of this hash that has a ledger; null for none. `damaged` is called for each that cannot be read. */
export async function findFinal(files: OperationFiles, damaged: (path: string, error: CheckpointError) => void): Promise<FoundFile | null> {
  for (const { found, hash, error } of await files.hashed()) {
    if (error !== undefined) {
      if (!isOfFile(error)) throw error;
      damaged(found.path, error);
    } else if (hash === (files.hash ?? null)) return found;
  }
  return null;
}

const REMEMBERED = ['high', 'low', 'source', 'offset', 'count'] as const;
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
  /** Of rows that several files know: what the files before say. A row may have been changed, computed, and changed back. */
  readonly #older = new Map<number, Older[]>();

  constructor(keepsAll: boolean) {
    this.keepsAll = keepsAll;
  }

  /**
   * Takes in what the ledger of a file says. A row that is known with other content counts as this file has it, until it is asked for with
   * the other. False where the file has no ledger of this operation.
   */
  async add(path: string, { step, operation }: OperationFiles): Promise<boolean> {
    const store = await storeOf(path);
    const opened = await openLedger(path, store);
    if (opened === null) return false;
    const { head, ledger } = opened;
    try {
      if (head.step !== step || head.operation !== operation) return false;
      if (this.files.length >= MAX_FILES)
        throw new CheckpointError('ERR_CKPT_LIMIT', `${path}: a run reads the results of ${MAX_FILES} files at most`, { path });
      const file = this.files.push(new KnownFile(path, store, this.keepsAll));
      this.#isGood.push(false);
      let offset = 0;
      await ledger.rows(head, (row) => {
        const found = this.table.find(row.keyHigh, row.keyLow);
        const isSame = found >= 0 && this.table.high.get(found) === row.high && this.table.low.get(found) === row.low;
        if (isSame && this.fileOf(found) !== undefined) {
          // The same results, as of a batch that was left behind: where they were is as good.
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
        offset += row.count;
      });
      await ledger.finish();
      // Only now is the checksum of the ledger compared: before, its rows are of a file that is not good.
      this.#isGood[file - 1] = true;
      return true;
    } finally {
      await ledger.close();
    }
  }

  /** Whether there are results of a row with this content; then the table has their place. */
  recall(number: number, high: number, low: number): boolean {
    const { table } = this;
    if (table.high.get(number) === high && table.low.get(number) === low && this.fileOf(number) !== undefined) return true;
    for (const older of this.#older.get(number) ?? []) {
      if (older.high !== high || older.low !== low || this.#isGood[older.source - 1] !== true) continue;
      for (const column of REMEMBERED) table[column].set(number, older[column]);
      return true;
    }
    return false;
  }

  /** The entry of a row in the table is about to be replaced. */
  #remember(number: number): void {
    const { table } = this;
    const [high, low, source, offset, count] = REMEMBERED.map((column) => table[column].get(number)) as [
      number,
      number,
      number,
      number,
      number,
    ];
    const older = this.#older.get(number) ?? [];
    this.#older.set(number, older);
    older.push({ high, low, source, offset, count });
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
