import { CheckpointError, withPath } from '../../../base/errors.js';
import { plannedRows } from '../../../columnar/read/tree.js';
import { parquetAttachment } from '../attachment.js';
import { selectionOf } from '../../../select/selection.js';
import type { ReadOptions } from '../../../options/options.js';
import type { Row } from '../../../base/rows.js';
import { openByPath } from '../../../store/open-by-path.js';
import { RowPipeline } from '../../../store/row-pipeline.js';
import type { CheckpointStore } from '../../../store/store.js';
import { gather } from '../../../store/wanted-rows.js';
import { checkHolders, type Column } from './columns.js';
import { factsOf, readFacts } from './facts-of.js';
import { OpenedFile } from './opened-file.js';
import { columnsTaken, type ColumnsTaken } from '../parquet-columns.js';
import type { ParquetFacts } from '../parquet-facts.js';
import { loadCheck } from '../../../schema/load-check.js';
import { rowBatches } from './read-rows.js';
import { rowRestorer } from './row-restorer.js';

/** Reads Parquet where the native binary is missing. It cannot write: without the binary, checkpoints are saved as JSON. */
export const fallbackStore: CheckpointStore = {
  format: 'parquet',
  extension: '.parquet',

  async write(path) {
    throw new CheckpointError('ERR_CKPT_INTERNAL', `cannot save ${path}: writing Parquet needs the native binary`, { path });
  },

  read: (path, options) => gather(batches(path, options)),

  batches,
  open: (path, options) => openByPath(fallbackStore, path, options),
  head: async (path) => (await readFacts(path)).head(),
  info: async (path, options) => (await readFacts(path, options)).info(),
  attachment: (path) => parquetAttachment(path, readFacts),
};

async function* batches(path: string, options: ReadOptions): AsyncGenerator<Row[], void, undefined> {
  const check = loadCheck(options, path);
  const selection = selectionOf(options);
  const opened = await OpenedFile.open(path, options);
  try {
    const facts = factsOf(opened);
    const decode = facts.decode(options.compat);
    let { columns } = options;
    if (decode !== undefined) check?.begin();
    else if (check !== undefined) columns = check.opened(facts);
    const taken = columnsTaken(facts, columns, selection, options);
    const pipeline = new RowPipeline({ decode, selection, check });
    for await (const batch of plannedBatches(opened, facts, options, taken)) {
      const wanted = await pipeline.passAll(batch);
      if (wanted.length > 0 && pipeline.fits) yield wanted;
      if (pipeline.done) break;
    }
    pipeline.finish();
  } catch (error) {
    throw withPath(error, path);
  } finally {
    await opened.close();
  }
}

/** The rows with the wanted columns, as they were saved. */
function plannedBatches(
  opened: OpenedFile,
  { plan, tree }: ParquetFacts,
  options: ReadOptions,
  { keep, needed }: ColumnsTaken,
): AsyncGenerator<Row[], void, undefined> {
  const read = needed === undefined ? opened.columns : needed.columns.map(({ column }) => opened.columns[column] as Column);
  checkHolders(read);
  const prune = keep?.isDeep === true ? (row: Row) => keep.of(row) : undefined;
  // What the plan says of the columns is checked as the native reader does, also where there are no rows.
  if (plan !== undefined) plannedRows(plan, tree, keep);
  const restore = plan === undefined ? prune : rowRestorer(plan, keep);
  if (needed === undefined) return rowBatches(opened, options, restore);
  return rowBatches(opened, { ...options, columns: read.map((column) => column.name) }, restore);
}
