import type { Row } from '../../base/rows.js';
import type { OperationFiles } from '../../directory/operation-files.js';
import type { ColumnTypes } from '../../formats/parquet/column-types.js';
import { BatchLog, groupOf } from '../batch-log.js';
import type { FilePart } from '../known-file.js';
import type { KnownTable } from '../known-table.js';
import type { LedgerWriter } from '../ledger-writer.js';
import { mergeLock } from './final-lock.js';
import type { ResultsSoFar } from './results-so-far.js';

/** The batches of one worker: it merges its own only, and says which rows they made durable. */
export class SharedLog extends BatchLog {
  readonly #results: ResultsSoFar;
  readonly #workers: string;

  /** `workers`: their folder. `first`: the index of its first batch; no other worker has those that follow. */
  constructor(
    files: OperationFiles,
    folder: string,
    workers: string,
    types: readonly ColumnTypes[],
    first: number,
    results: ResultsSoFar,
    compacted: (files: FilePart[], path: string) => void,
  ) {
    super(files, folder, types, [], first, compacted);
    this.#results = results;
    this.#workers = workers;
  }

  override async write(rows: readonly Row[], ledger: LedgerWriter, table: KnownTable): Promise<string> {
    const path = await super.write(rows, ledger, table);
    for (const number of ledger.numbers()) this.#results.done(table.keyHigh.get(number), table.keyLow.get(number));
    return path;
  }
  /** Not while another worker makes the checkpoint of these files: it has looked where results are, and would compute them again. */
  override async compact(): Promise<void> {
    if (groupOf(this.batches) === undefined) return;
    const lock = await mergeLock(this.#workers);
    try {
      if (lock !== undefined) await super.compact();
    } finally {
      await lock?.release();
    }
  }
}
