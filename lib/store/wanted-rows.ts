import { selectionOf } from '../select/selection.js';
import { Projection } from '../select/projection.js';
import type { ReadOptions } from '../options.js';
import type { Row } from '../rows.js';
import { loadCheck } from '../schema/load-check.js';

/** All rows of a file of text in order, with the `columns` of the options only. */
export type AllRows = (path: string, options: ReadOptions) => AsyncGenerator<Row[], void, undefined>;

/** The rows of a file of text that the options want, as a schema makes them: `where`, `offset`, `limit`, `columns`, `schema`. */
export async function* wantedBatches(path: string, options: ReadOptions, all: AllRows): AsyncGenerator<Row[], void, undefined> {
  const check = loadCheck(options, path);
  const selection = selectionOf(options);
  if (check === undefined && selection === undefined) return yield* all(path, options);
  check?.begin();
  // What `where` looks at may be a column that is not wanted.
  const projection = selection === undefined || options.columns === undefined ? undefined : new Projection(options.columns);
  const { columns: _, ...whole } = options;
  let index = 0;
  for await (let batch of all(path, projection === undefined ? options : whole)) {
    if (selection !== undefined) batch.length = selection.keep(batch, 0, batch.length);
    if (projection !== undefined) batch = batch.map((row) => projection.take(row));
    await check?.run(batch, 0, batch.length, index);
    index += batch.length;
    if (batch.length > 0 && check?.fits !== false) yield batch;
    if (selection?.done === true) break;
  }
  check?.finish();
}

/** The rows of all batches. */
export async function gather(batches: AsyncIterable<Row[]>): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const batch of batches) for (const row of batch) rows.push(row);
  return rows;
}
