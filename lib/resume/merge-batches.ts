import type { Row } from '../base/rows.js';
import { storeOf } from '../formats/choose.js';
import { KnownTable } from './known-table.js';
import { LedgerWriter } from './ledger-writer.js';
import type { LedgerHead } from './ledger-head.js';
import { readLedger } from './read-ledger.js';

/** The results in files, one file after the other. `begins`: takes up the number of the first result of each. */
export async function* mergedRows(paths: readonly string[], begins: number[]): AsyncGenerator<Row, void, undefined> {
  let count = 0;
  for (const path of paths) {
    begins.push(count);
    for await (const rows of (await storeOf(path)).batches(path, {})) {
      count += rows.length;
      yield* rows;
    }
  }
}

/** The ledger of these results. */
export async function* mergedLedger(
  paths: readonly string[],
  operation: Pick<LedgerHead, 'step' | 'operation'>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const table = new KnownTable();
  const writer = new LedgerWriter();
  for (const path of paths) {
    await readLedger(path, async (ledger, head) => {
      let number = table.size;
      await ledger.rows(head, (row) => void table.append(row));
      await ledger.keys(head, (key) => {
        writer.forgetFailure(key);
        writer.add(number++, key);
      });
      // Of a row that has results and failed later, with other content, both count.
      writer.addFailures(await ledger.failures(head));
      await ledger.finish();
    });
  }
  yield* writer.pieces(operation, table);
}
