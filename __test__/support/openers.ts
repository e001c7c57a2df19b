import { openCheckpoint, type CheckpointReader } from 'arrow-ckpt';
import { fallbackStore } from '../../lib/formats/parquet/fallback/fallback-store.ts';
import { readerOf } from '../../lib/api/reader/checkpoint-reader.ts';
import { noBinding } from './readers.ts';

/** A way to open a checkpoint. `format`: of the files that it opens. */
export interface Opener {
  name: string;
  format: 'parquet' | 'json' | 'jsonl';
  open: (path: string) => Promise<CheckpointReader>;
}

const fallback = async (path: string): Promise<CheckpointReader> =>
  readerOf(await fallbackStore.open(path, {})) as unknown as CheckpointReader;

const ALL: readonly Opener[] = [
  { name: 'parquet', format: 'parquet', open: (path) => openCheckpoint(path) },
  { name: 'parquet without the binary', format: 'parquet', open: fallback },
  { name: 'json', format: 'json', open: (path) => openCheckpoint(path) },
  { name: 'jsonl', format: 'jsonl', open: (path) => openCheckpoint(path) },
];

/** Readers of every store. They must agree on every call. Those of Parquet are missing where nothing can write it. */
export const OPENERS = ALL.filter(({ format }) => format !== 'parquet' || noBinding === false);
