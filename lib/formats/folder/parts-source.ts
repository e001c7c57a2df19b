import type { FileOptions } from '../../options/options.js';
import type { CheckpointStore } from '../../store/store.js';
import type { ParquetFacts } from '../parquet/parquet-facts.js';
import { checkPart } from './check-part.js';
import { listParts, type Part } from './list-parts.js';
import { whileSame } from './while-same.js';

/** Reads what some Parquet files say of themselves, in their order. */
export type DescribeParts = (paths: readonly string[], options: FileOptions) => AsyncIterable<ParquetFacts>;

/** Where the parts of folders are, and what reads them. */
export interface PartsSource {
  /** Reads a part by its path. */
  store: CheckpointStore;
  describe: DescribeParts;
  /** As {@link listParts}. */
  list(folder: string, most?: number): Promise<Part[]>;
  /** As {@link whileSame}. */
  whileSame<T>(folder: string, work: () => Promise<T>): Promise<T>;
  /** @throws `ERR_CKPT_CHANGED` for a part that is not the one that was listed */
  check(part: Part): Promise<void>;
}

/** The parts of folders of the file system. */
export function localParts(store: CheckpointStore, describe: DescribeParts): PartsSource {
  return { store, describe, list: listParts, whileSame, check: checkPart };
}
