import type { Row } from '../../base/rows.js';
import type { OperationFiles } from '../../directory/operation-files.js';
import type { ColumnTypes } from '../../formats/parquet/column-types.js';
import { BatchLog } from '../batch-log.js';
import type { FilePart } from '../known-file.js';
import type { KnownTable } from '../known-table.js';
import type { LedgerWriter } from '../ledger-writer.js';
import type { ResultsSoFar } from './results-so-far.js';

/** The batches of one worker: it merges its own only, and says which rows they made durable. */
export class SharedLog extends BatchLog {
  readonly #results: ResultsSoFar;

  /** `first`: the index of its first batch; no other worker has those that follow. */
  constructor(
    files: OperationFiles,
    folder: string,
    types: readonly ColumnTypes[],
    first: number,
    results: ResultsSoFar,
    compacted: (files: FilePart[], path: string) => void,
  ) {
    super(files, folder, types, [], first, compacted);
    this.#results = results;
  }

  override async write(rows: readonly Row[], ledger: LedgerWriter, table: KnownTable): Promise<string> {
    const path = await super.write(rows, ledger, table);
    for (const number of ledger.numbers()) this.#results.done(table.keyHigh.get(number), table.keyLow.get(number));
    return path;
  }
}
