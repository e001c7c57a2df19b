import type { FileHead } from '../../store/origin.js';
import type { CheckpointInfo, ReadOptions } from '../../options/options.js';
import type { Row } from '../../base/rows.js';
import { storeOf } from '../../formats/choose.js';
import { wantedBatches } from '../../store/wanted-rows.js';
import { sizeOf } from '../directory/folder.js';
import type { CsvReading } from './csv-batches.js';

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
  const { csvBatches } = await import('./csv-batches.js');
  return {
    path,
    format: 'csv',
    batches: (options) =>
      wantedBatches(path, options, async function* (_, { signal, onProgress }) {
        let rows = 0;
        for await (const batch of csvBatches(path, csv, signal)) {
          onProgress?.({ rows: (rows += batch.length), totalRows: undefined });
          yield batch;
        }
      }),
    head: async () => ({ hash: null, metadata: {} }),
  };
}
