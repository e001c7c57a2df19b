import { pageIndexesOf } from '../parquet/fallback/check-indexes.js';
import { ParquetFile } from '../parquet/fallback/parquet-file.js';
import type { Range } from './ranges.js';

/** More than any need: FORMAT.md, section 9. The reader refuses them. */
const MOST_BYTES = 256 << 20;

/**
 * Where the page indexes of a checkpoint are: whoever opens the file compares all of them with their checksum. `path`: a file of which the
 * footer is there. Undefined: it has none, or what is wrong with its footer is for the reader to tell.
 */
export async function pageIndexRange(path: string): Promise<Range | undefined> {
  let file: ParquetFile | undefined;
  try {
    file = await ParquetFile.open(path, {});
    const { start } = pageIndexesOf(file) ?? { start: file.dataEnd };
    return start > 0 && start < file.dataEnd && file.dataEnd - start <= MOST_BYTES ? [start, file.dataEnd] : undefined;
  } catch {
    return undefined;
  } finally {
    await file?.close();
  }
}
