import { unlink } from 'node:fs/promises';
import { loadBinding } from '../../base/addon/binding.js';
import { temporaryBeside } from '../../base/commit/temporary-name.js';
import type { Row } from '../../base/rows.js';
import { removeFiles } from '../../directory/clear.js';
import { stemOf } from '../../directory/layout.js';
import { give } from '../../directory/migrate-file.js';
import type { OperationFiles } from '../../directory/operation-files.js';
import { saveFile } from '../../directory/save.js';
import { copyOptions, setTime } from '../../directory/sharing/rewrite.js';
import { storeOf } from '../../formats/choose.js';
import type { TypedWriteOptions } from '../../formats/parquet/column-types.js';
import type { StoredFailure } from '../failure-record.js';
import { KnownTable } from '../known-table.js';
import { LedgerWriter } from '../ledger-writer.js';
import { readLedger } from '../read-ledger.js';
import { SKIPPED, skippedMetadata } from '../skipped-rows.js';
import type { Forgotten } from './forgotten.js';
import type { ResultFile } from './result-files.js';
import { ResultPlaces } from './result-places.js';

/** What is left of a file of results. */
interface Left {
  ledger: LedgerWriter;
  table: KnownTable;
  /** For each row of the input its number of results, and whether they go. */
  counts: number[];
  goes: boolean[];
  failures: readonly StoredFailure[];
  /** How many failures go. */
  failuresGone: number;
}

/**
 * Writes a file of results without rows that are to be forgotten. The new one takes the place of the old one in one step, and has its time:
 * it is no newer. One that nothing is left of is removed, unless it is the checkpoint. What does not have such rows stays as it is.
 */
export async function fileWithout(file: ResultFile, forgotten: Forgotten, files: OperationFiles): Promise<void> {
  const left = await leftOf(file, forgotten);
  if (left === undefined) return;
  if (!file.isFinal && left.ledger.rows + left.ledger.failures === 0) return void (await removeFiles([file.path]));
  const { path } = file;
  const store = await storeOf(path);
  const options = await optionsOf(path, left);
  const attachment = (): Iterable<Uint8Array> => left.ledger.pieces(files, left.table);
  const rows = rowsLeft(path, left);
  if (!path.endsWith('.json') && loadBinding() === null) {
    // It becomes JSON, as any save here.
    await saveFile({ store: files.store, stem: stemOf(path), logger: files.logger }, rows, options, attachment);
    return;
  }
  const temporary = temporaryBeside(path);
  try {
    await store.write(temporary, rows, options, attachment);
    await setTime(temporary, file.modifiedMs);
    await give(temporary, path, file);
  } catch (error) {
    await unlink(temporary).catch(() => {});
    throw error;
  }
}

/** Undefined: nothing goes. */
async function leftOf({ path, hash }: ResultFile, forgotten: Forgotten): Promise<Left | undefined> {
  return readLedger(path, async (ledger, head) => {
    const table = new KnownTable();
    const left = new LedgerWriter();
    const counts: number[] = [];
    const goes: boolean[] = [];
    await ledger.rows(head, (row) => {
      counts.push(row.count);
      const isGoing = forgotten.has(row, hash);
      goes.push(isGoing);
      if (!isGoing) table.append(row);
    });
    let [place, number] = [0, 0];
    await ledger.keys(head, (key) => {
      if (goes[place++] === false) left.add(number++, key);
    });
    const before = await ledger.failures(head);
    const failures = before.filter((failure) => !forgotten.hasFailure(failure));
    left.addFailures(failures);
    await ledger.finish();
    const failuresGone = before.length - failures.length;
    if (table.size === counts.length && failuresGone === 0) return undefined;
    return { ledger: left, table, counts, goes, failures, failuresGone };
  });
}

/** The options of its copy. A thin file becomes a whole one. */
async function optionsOf(path: string, { failures, failuresGone }: Left): Promise<TypedWriteOptions> {
  const { facts, options } = await copyOptions(path);
  const metadata = { ...options.metadata };
  if (failuresGone > 0 && metadata[SKIPPED] !== undefined) {
    delete metadata[SKIPPED];
    const keys = failures.map(({ key }) => key);
    Object.assign(metadata, skippedMetadata(keys.length, keys));
  }
  const { metadata: _, ...others } = options;
  return {
    ...others,
    ...(Object.keys(metadata).length > 0 && { metadata }),
    ...(facts?.compat !== undefined && { compat: facts.compat }),
  };
}

async function* rowsLeft(path: string, { counts, goes }: Left): AsyncGenerator<Row, void, undefined> {
  const places = new ResultPlaces(path, counts);
  for await (const rows of (await storeOf(path)).batches(path, {})) for (const row of rows) if (goes[places.next()] === false) yield row;
  places.end();
}
