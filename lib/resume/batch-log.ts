import { unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isCheckpointError } from '../base/errors.js';
import { isOfFile } from '../directory/checkpoint-file.js';
import { createIn } from '../directory/folders.js';
import { batchStem, filesOf } from '../directory/layout.js';
import { removeFiles } from '../directory/clear.js';
import { saveBatch } from '../directory/save-batch.js';
import type { ColumnTypes } from '../formats/parquet/column-types.js';
import type { Row } from '../base/rows.js';
import type { Attachment } from '../store/store.js';
import { mergedLedger, mergedRows } from './merge-batches.js';
import type { FilePart } from './known-file.js';
import type { KnownTable } from './known-table.js';
import type { LedgerWriter } from './ledger-writer.js';
import type { OperationFiles } from '../directory/operation-files.js';

/** So many files of about one size become one. */
const FAN_IN = 16;
/** Files of at least this number of rows stay as they are. */
const LARGE_ROWS = 4096;

/** A batch file of this operation that may be merged with others. */
interface LoggedBatch {
  index: number;
  path: string;
  /** Rows of the input that it has the results of. */
  rows: number;
}

/**
 * The batch files of an operation that is running: one for each flush. Whenever sixteen of them are of about one size they become one, so
 * that single rows which are flushed one by one leave some dozens of files, and each result is written again a few times at most.
 */
export class BatchLog {
  readonly #files: OperationFiles;
  readonly #folder: string;
  readonly #types: readonly ColumnTypes[];
  readonly #compacted: (files: FilePart[], path: string) => Promise<void> | void;
  #batches: LoggedBatch[];
  #next: number;

  /**
   * `folder`: of the batches. `types`: of their columns, whatever the results hold. `batches`: those of earlier runs, in order. `next`: an
   * index beyond all that are there. `compacted`: called while files that became one are still there.
   */
  constructor(
    files: OperationFiles,
    folder: string,
    types: readonly ColumnTypes[],
    batches: LoggedBatch[],
    next: number,
    compacted: (files: FilePart[], path: string) => Promise<void> | void,
  ) {
    this.#files = files;
    this.#folder = folder;
    this.#batches = batches;
    this.#next = next;
    this.#types = types;
    this.#compacted = compacted;
  }

  /** The files that are there. */
  get batches(): readonly LoggedBatch[] {
    return this.#batches;
  }

  /** Writes a batch; when it resolves with its path, the results are durable. */
  async write(rows: readonly Row[], ledger: LedgerWriter, table: KnownTable): Promise<string> {
    return this.#save(rows, ledger.rows + ledger.failures, () => ledger.pieces(this.#files, table));
  }

  /** Merges small files, as often as there are sixteen of one size. */
  async compact(): Promise<void> {
    for (;;) {
      const group = groupOf(this.#batches);
      if (group === undefined) return;
      const paths = group.map(({ path }) => path);
      const rows = group.reduce((sum, batch) => sum + batch.rows, 0);
      let path: string;
      const begins: number[] = [];
      try {
        path = await this.#save(mergedRows(paths, begins), rows, () => mergedLedger(paths, this.#files));
      } catch (error) {
        const damaged = isOfFile(error) ? group.find((batch) => batch.path === error.path) : undefined;
        if (damaged === undefined) throw error;
        // Whoever asks for its results will tell. The others can be merged without it.
        damaged.rows = LARGE_ROWS;
        continue;
      }
      // Results that are in two files, should this process end here, do no harm: they are the same.
      await this.#compacted(
        paths.map((source, index) => ({ path: source, begin: begins[index] as number })),
        path,
      );
      await removeFiles(paths);
      this.#batches = this.#batches.filter((batch) => !group.includes(batch));
      await this.#files.publish();
    }
  }

  async #save(results: Iterable<Row> | AsyncIterable<Row>, rows: number, attachment: Attachment): Promise<string> {
    const { store, hash, logger } = this.#files;
    const { index, claim } = await this.#claim();
    try {
      const options = { types: this.#types, ...(hash !== undefined && { hash }) };
      const { path } = await saveBatch({ store, stem: batchStem(this.#folder, index), logger }, results, options, attachment);
      await this.#files.publish();
      this.#batches.push({ index, path, rows });
      return path;
    } finally {
      await unlink(claim).catch(() => {});
    }
  }

  /** Takes an index that nobody has: `saveBatchCheckpoint` may be writing to this folder. */
  async #claim(): Promise<{ index: number; claim: string }> {
    const folder = this.#folder;
    for (;;) {
      const index = this.#next++;
      const claim = join(folder, claimName(index));
      try {
        await createIn(folder, () => writeFile(claim, String(process.pid), { flag: 'wx' }));
      } catch (error) {
        if (isCheckpointError(error) && (error.cause as NodeJS.ErrnoException | undefined)?.code === 'EEXIST') continue;
        throw error;
      }
      if ((await filesOf(batchStem(folder, index))).length === 0) return { index, claim };
      await unlink(claim).catch(() => {});
    }
  }
}

function claimName(index: number): string {
  return `.batch_${index}.claim`;
}

/** Whether a file in a folder of batches claims an index. One that a killed process leaves costs the index, and no more. */
export function isClaim(name: string): boolean {
  return /^\.batch_\d+\.claim$/.test(name);
}

/** Sixteen small files of about one size; undefined where there are fewer. */
export function groupOf<T extends { rows: number }>(batches: readonly T[]): T[] | undefined {
  const groups = new Map<number, T[]>();
  for (const batch of batches) {
    if (batch.rows >= LARGE_ROWS) continue;
    const size = Math.floor(Math.log2(Math.max(1, batch.rows)) / Math.log2(FAN_IN));
    const group = groups.get(size) ?? [];
    groups.set(size, group);
    if (group.push(batch) === FAN_IN) return group;
  }
  return undefined;
}
