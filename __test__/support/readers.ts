import { readCheckpoint, type ReadOptions, type Row } from 'arrow-ckpt';
import { fallbackStore } from '../../lib/formats/parquet/fallback/fallback-store.ts';
import { loadBinding } from '../../lib/base/addon/binding.ts';

export interface Reader {
  name: 'native' | 'fallback';
  read: (path: string, options?: ReadOptions) => Promise<Row[]>;
}

/** Why tests that write Parquet are skipped, for node:test's `skip`. */
export const noBinding: string | false = loadBinding() === null ? 'no native binary' : false;

const native: Reader = { name: 'native', read: readCheckpoint };
const fallback: Reader = { name: 'fallback', read: (path, options = {}) => fallbackStore.read(path, options) };

/** Both readers of Parquet; the fallback alone where there is no binary. They must agree on every value. */
export const READERS: Reader[] = noBinding === false ? [native, fallback] : [fallback];
