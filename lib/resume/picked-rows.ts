import type { Row } from '../base/rows.js';
import type { OperationFiles } from '../directory/operation-files.js';
import { saveFile } from '../directory/save.js';
import { storeOf } from '../formats/choose.js';
import { KnownFile } from './known-file.js';
import { KnownTable } from './known-table.js';
import type { LedgerRow } from './ledger.js';
import { LedgerWriter } from './ledger-writer.js';
import { readLedger } from './read-ledger.js';
import { RowSet } from './row-set.js';

/** Whether a row of a file of results is wanted. */
export type Wanted = (row: LedgerRow) => boolean;

/** Single rows of files of results, each with this content once, to be written to a file of their own. */
export class PickedRows {
  readonly #table = new KnownTable();
  readonly #ledger = new LedgerWriter();
  readonly #paths: string[] = [];
  readonly #picked = new RowSet();

  get rows(): number {
    return this.#ledger.rows;
  }

  /** Takes up the rows of a file that are wanted. @throws what reading its record of rows throws; then nothing here is of use any more */
  async add(path: string, wanted: Wanted): Promise<void> {
    await readLedger(path, async (ledger, head) => {
      const source = this.#paths.push(path);
      const first = this.#table.size;
      const places: number[] = [];
      let place = 0;
      let offset = 0;
      await ledger.rows(head, (row) => {
        if (wanted(row) && !this.#picked.has(row)) {
          this.#picked.add(row);
          places.push(place);
          const number = this.#table.append(row);
          this.#table.source.set(number, source);
          this.#table.offset.set(number, offset);
        }
        place++;
        offset += row.count;
      });
      let next = 0;
      place = 0;
      await ledger.keys(head, (key) => {
        if (places[next] === place++) this.#ledger.add(first + next++, key);
      });
      await ledger.finish();
    });
  }

  /** Writes them to a file, with a hash. @throws what reading and writing throw */
  async write(files: OperationFiles, stem: string, hash: string | null): Promise<string> {
    const { store, logger } = files;
    const options = hash === null ? {} : { hash };
    return (await saveFile({ store, stem, logger }, this.#results(), options, () => this.#ledger.pieces(files, this.#table))).path;
  }

  async *#results(): AsyncGenerator<Row, void, undefined> {
    const { source, offset, count, size } = this.#table;
    let file: KnownFile | undefined;
    let open = 0;
    try {
      for (let number = 0; number < size; number++) {
        if (source.get(number) !== open) {
          await file?.close();
          open = source.get(number);
          const path = this.#paths[open - 1] as string;
          file = new KnownFile(path, await storeOf(path), false);
        }
        const taken = await file?.take(offset.get(number), count.get(number));
        if (taken !== undefined) yield* taken;
      }
    } finally {
      await file?.close();
    }
  }
}
