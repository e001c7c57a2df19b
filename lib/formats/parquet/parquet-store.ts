import { once } from '../../base/once.js';
import { parquetAttachment } from './attachment.js';
import { parquetBatches, parquetFacts, readParquet } from './read-parquet.js';
import { writeParquet } from './write-parquet.js';
import type { CheckpointStore } from '../../store/store.js';

const reader = once(() => import('./open-parquet.js'));

/** Checkpoints as Parquet files, through the native core. Only for where `loadBinding` finds one. */
export const parquetStore: CheckpointStore = {
  format: 'parquet',
  extension: '.parquet',
  write: writeParquet,
  read: readParquet,
  batches: parquetBatches,
  open: async (path, options) => (await reader()).openParquet(path, options),
  head: async (path) => (await parquetFacts(path)).head(),
  info: async (path, options) => (await parquetFacts(path, options)).info(),
  attachment: (path) => parquetAttachment(path, parquetFacts),
};
