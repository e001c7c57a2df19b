import { parquetAttachment } from '../files/attachment.js';
import { openParquet } from '../files/open-parquet.js';
import { parquetBatches, parquetFooter, parquetHead, parquetInfo, readParquet } from '../files/read-parquet.js';
import { writeParquet } from '../files/write-parquet.js';
import type { CheckpointStore } from './store.js';

/** Checkpoints as Parquet files, through the native core. Only for where `loadBinding` finds one. */
export const parquetStore: CheckpointStore = {
  format: 'parquet',
  extension: '.parquet',
  write: writeParquet,
  read: readParquet,
  batches: parquetBatches,
  open: openParquet,
  head: parquetHead,
  info: parquetInfo,
  attachment: (path) => parquetAttachment(path, parquetFooter),
};
