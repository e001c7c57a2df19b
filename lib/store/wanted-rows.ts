import { selectionOf } from '../select/selection.js';
import { Projection } from '../select/projection.js';
import { ColumnWatch } from '../select/unknown-columns.js';
import type { ReadOptions } from '../options/options.js';
import type { Row } from '../base/rows.js';
import { loadCheck } from '../schema/load-check.js';

/** All rows of a file of text in order. */
type AllRows = (path: string, options: ReadOptions) => AsyncGenerator<Row[], void, undefined>;

/**
 * The rows of a file of text that the options want, as a schema makes them: `where`, `offset`, `limit`, `columns`, `schema`.
 * Which columns there are shows when all rows were read: if `limit` ends the reading before, no column counts as unknown.
 */
export async function* wantedBatches(path: string, options: ReadOptions, all: AllRows): AsyncGenerator<Row[], void, undefined> {
  const check = loadCheck(options, path);
  const selection = selectionOf(options);
  const { columns } = options;
  if (check === undefined && selection === undefined && columns === undefined) return yield* all(path, options);
  check?.begin();
  const projection = columns === undefined ? undefined : new Projection(columns);
  const watch = new ColumnWatch(path, options, selection?.paths ?? []);
  let index = 0;
  for await (let batch of all(path, options)) {
    watch.see(batch);
    if (selection !== undefined) batch.length = selection.keep(batch, 0, batch.length);
    if (projection !== undefined) batch = batch.map((row) => projection.of(row));
    await check?.run(batch, 0, batch.length, index);
    index += batch.length;
    if (batch.length > 0 && check?.fits !== false) yield batch;
    if (selection?.done === true) return check?.finish();
  }
  check?.finish();
  watch.finish();
}

/** The rows of all batches. */
export async function gather(batches: AsyncIterable<Row[]>): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const batch of batches) for (const row of batch) rows.push(row);
  return rows;
}
