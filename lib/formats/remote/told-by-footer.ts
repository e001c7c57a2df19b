import { pageIndexesOf } from '../parquet/fallback/check-indexes.js';
import { checkVersion } from '../parquet/fallback/check-version.js';
import { ParquetFile, type FallbackOpenOptions } from '../parquet/fallback/parquet-file.js';
import { KEY_ID, referencesOf, type Holder } from '../parquet/references.js';
import type { Range } from './ranges.js';

/** More than any need: FORMAT.md, section 9. The reader refuses them. */
const MOST_BYTES = 256 << 20;

/** What else is looked at by whoever opens a checkpoint. */
interface ToldByFooter {
  /** The footer itself: the file is closed. Undefined: something is wrong with it. */
  file: ParquetFile | undefined;
  /** Where its page indexes are: all of them are compared with their checksum. Undefined: it has none. */
  indexes: Range | undefined;
  /** The files that have values of it; undefined where the footer cannot be read, and may name any. */
  holders: readonly Holder[] | undefined;
  /** What others know it by. */
  id: string | undefined;
}

/** What the footer of a Parquet file says of that. `path`: a file of which the footer is there. What is wrong with it the reader tells. */
export async function toldByFooter(path: string, options: FallbackOpenOptions = {}): Promise<ToldByFooter> {
  let file: ParquetFile | undefined;
  try {
    file = await ParquetFile.open(path, options);
    const { start } = pageIndexesOf(file) ?? { start: file.dataEnd };
    const isFine = start > 0 && start < file.dataEnd && file.dataEnd - start <= MOST_BYTES;
    const id = file.footer.ours ? file.keyValues[KEY_ID] : undefined;
    return { file, indexes: isFine ? [start, file.dataEnd] : undefined, holders: holdersOf(file), id };
  } catch {
    return { file: undefined, indexes: undefined, holders: undefined, id: undefined };
  } finally {
    await file?.close();
  }
}

function holdersOf({ footer, keyValues }: ParquetFile): readonly Holder[] | undefined {
  if (!footer.ours) return [];
  try {
    checkVersion(footer);
    return referencesOf(keyValues)?.holders ?? [];
  } catch {
    return undefined;
  }
}
