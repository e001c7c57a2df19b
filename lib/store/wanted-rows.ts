import { selectionOf } from '../select/selection.js';
import { Projection } from '../select/projection.js';
import { RowPipeline } from './row-pipeline.js';
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
  const project = columns && new Projection(columns);
  const pipeline = new RowPipeline({ selection, project, check });
  const watch = new ColumnWatch(path, options, selection?.paths ?? []);
  for await (const batch of all(path, options)) {
    watch.see(batch);
    const wanted = await pipeline.passAll(batch);
    if (wanted.length > 0 && pipeline.fits) yield wanted;
    if (pipeline.done) return pipeline.finish();
  }
  pipeline.finish();
  watch.finish();
}

/** The rows of all batches. */
export async function gather(batches: AsyncIterable<Row[]>): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const batch of batches) for (const row of batch) rows.push(row);
  return rows;
}
