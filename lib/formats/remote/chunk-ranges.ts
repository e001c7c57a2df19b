import type { Metadata } from '../parquet/fallback/parse-metadata.js';
import type { Range } from './ranges.js';

type Chunk = Metadata['row_groups'][number]['columns'][number];

/** Where a column chunk is, its pages first, and its bloom filter. `dataEnd`: where the footer begins. */
export function chunkRanges(chunk: Chunk, dataEnd: number): Range[] {
  const data = chunk.meta_data;
  if (data === undefined) return [];
  const dictionary = Number(data.dictionary_page_offset ?? 0);
  const first = Number(data.data_page_offset);
  return [
    ...rangeOf(dictionary > 0 && dictionary < first ? dictionary : first, data.total_compressed_size, dataEnd),
    // Also without a condition: the reader compares its checksum with the column.
    ...bloomRanges(chunk, dataEnd),
  ];
}

/** Filters without a length are other writers', and not read. */
export function bloomRanges({ meta_data: data }: Chunk, dataEnd: number): Range[] {
  return rangeOf(data?.bloom_filter_offset, data?.bloom_filter_length, dataEnd);
}

function rangeOf(start: bigint | number | undefined, length: bigint | number | undefined, dataEnd: number): Range[] {
  const from = Number(start ?? -1);
  const end = Math.min(dataEnd, from + Number(length ?? 0));
  return from >= 0 && end > from ? [[from, end]] : [];
}
