import type { ColumnChunk } from 'hyparquet';
import { CheckpointError } from '../../../base/errors.js';
import { isOurs } from '../file-keys.js';
import { crc32c, crcText } from '../../../base/crc32c.js';
import type { ParquetFile } from './parquet-file.js';

/** Keys of the footer, as in crates/arrow-ckpt/src/format.rs: checksums of the page indexes, and of the bloom filters. */
const KEY_INDEX_CRC = 'arrow-ckpt.index-crc32c';
const KEY_BLOOM_CRC = 'arrow-ckpt.bloom-crc32c';

/**
 * Compares the page indexes and bloom filters of a checkpoint with their checksums. This reader has no use for them, but no damage is to go
 * unseen. Files without pass.
 */
export async function checkIndexes(file: ParquetFile): Promise<void> {
  if (!isOurs(file.footer)) return;
  await checkPageIndexes(file);
  let sums = file.keyValues[KEY_BLOOM_CRC] ?? '';
  for (const { meta_data: chunk } of chunksOf(file)) {
    if (chunk?.bloom_filter_offset === undefined) continue;
    const column = `a bloom filter of column '${chunk.path_in_schema.join('.')}'`;
    await check(file, Number(chunk.bloom_filter_offset), chunk.bloom_filter_length ?? 0, sums.slice(0, 8), column);
    sums = sums.slice(8);
  }
}

/** The page indexes alone: the core looks at them in files that others refer to, too. */
export async function checkPageIndexes(file: ParquetFile): Promise<void> {
  const found = pageIndexesOf(file);
  if (found !== undefined) await check(file, found.start, file.dataEnd - found.start, found.checksum, 'its page index');
}

/** Where the page indexes of a checkpoint begin, which end where the footer does, and their checksum. Undefined: it has none. */
export function pageIndexesOf(file: ParquetFile): { start: number; checksum: string } | undefined {
  const checksum = file.keyValues[KEY_INDEX_CRC];
  if (checksum === undefined || !isOurs(file.footer)) return undefined;
  const starts = chunksOf(file).flatMap((chunk) => [chunk.column_index_offset, chunk.offset_index_offset]);
  return { start: Math.min(...starts.map((offset) => Number(offset ?? file.dataEnd))), checksum };
}

function chunksOf({ metadata }: ParquetFile): ColumnChunk[] {
  return metadata.row_groups.flatMap((group) => group.columns);
}

async function check(file: ParquetFile, start: number, length: number, checksum: string, what: string): Promise<void> {
  if (start + length <= file.dataEnd && crcText(crc32c(new Uint8Array(await file.read(start, length)))) === checksum) return;
  throw new CheckpointError('ERR_CKPT_CORRUPT', `${file.path}: ${what} is damaged (its checksum does not match)`, { path: file.path });
}
