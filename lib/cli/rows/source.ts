import type { FileHead } from '../../files/origin.js';
import { selectionOf } from '../../select/selection.js';
import { Projection } from '../../select/projection.js';
import type { CheckpointInfo, ReadOptions } from '../../options.js';
import type { Row } from '../../rows.js';
import { storeOf } from '../../store/choose.js';
import { sizeOf } from '../directory/folder.js';
import type { CsvReading } from './csv-reader.js';

/** A file that rows can be read from, as often as is wanted. */
export interface RowSource {
  readonly path: string;
  readonly format: CheckpointInfo['format'] | 'csv';
  batches(options: ReadOptions): AsyncGenerator<Row[], void, undefined>;
  head(): Promise<FileHead>;
}

/** Opens a file of any format: CSV by its extension, the others by their contents. @throws what is wrong with the path */
export async function openSource(path: string, csv: CsvReading): Promise<RowSource> {
  if (path.endsWith('.csv')) return csvSource(path, csv);
  const store = await storeOf(path);
  return { path, format: store.format, batches: (options) => store.batches(path, options), head: () => store.head(path) };
}

async function csvSource(path: string, csv: CsvReading): Promise<RowSource> {
  await sizeOf(path);
  const { csvBatches } = await import('./csv-reader.js');
  return {
    path,
    format: 'csv',
    batches: (options) => selected(path, csvBatches(path, csv, options.signal), options),
    head: async () => ({ hash: null, metadata: {} }),
  };
}

/** What the stores do with their rows: those of `where`, `offset` and `limit`, with the wanted columns. */
async function* selected(path: string, batches: AsyncIterable<Row[]>, options: ReadOptions): AsyncGenerator<Row[], void, undefined> {
  const selection = selectionOf(options);
  const projection = options.columns === undefined ? undefined : new Projection(options.columns);
  let rows = 0;
  for await (const batch of batches) {
    options.onProgress?.({ rows: (rows += batch.length), totalRows: undefined });
    if (selection !== undefined) batch.length = selection.keep(batch, 0, batch.length);
    if (batch.length > 0) yield projection === undefined ? batch : batch.map((row) => projection.take(row));
    if (selection?.done === true) return;
  }
  projection?.check(path);
}
