import { loadBinding } from '../../base/addon/binding.js';
import { CheckpointError } from '../../base/errors.js';
import type { ReadOptions } from '../../options/options.js';
import { loadCheck } from '../../schema/load-check.js';
import { selectionOf } from '../../select/selection.js';
import { chunksOf, storedColumns } from '../parquet/fallback/columns.js';
import { factsOf } from '../parquet/fallback/facts-of.js';
import { OpenedFile } from '../parquet/fallback/opened-file.js';
import { ParquetFile } from '../parquet/fallback/parquet-file.js';
import type { Metadata } from '../parquet/fallback/parse-metadata.js';
import { columnsTaken } from '../parquet/parquet-columns.js';
import { referencesOf } from '../parquet/references.js';
import type { Range } from './ranges.js';

/**
 * Which bytes of a Parquet file a reading looks at, by the footer: the chunks of the columns that it takes, in the row groups that may have
 * rows of it. Page indexes are there already, and those of other writers are not read. `path`: a file of which the footer is there.
 * @throws what the options and the footer do not agree about
 */
export async function wantedRanges(path: string, options: ReadOptions): Promise<Range[]> {
  const file = await ParquetFile.open(path, options);
  try {
    if (file.footer.ours && referencesOf(file.keyValues) !== undefined) throw thin(path);
    const facts = factsOf(OpenedFile.of(file, storedColumns(file), []));
    const { where, offset = 0, limit } = options;
    const isEncoded = facts.decode(options.compat) !== undefined;
    const names = isEncoded ? undefined : (loadCheck(options, path)?.opened(facts) ?? options.columns);
    const { needed } = columnsTaken(facts, names, selectionOf(options), options);
    const columns = storedColumns(file);
    const taken =
      isEncoded || needed === undefined ? columns : needed.columns.map(({ column }) => columns[column] as (typeof columns)[number]);
    const ordinals = taken.flatMap(chunksOf);
    const ranges: Range[] = [];
    const isNative = loadBinding() !== null;
    // The reader in TypeScript compares all bloom filters with their checksums.
    if (!isNative) {
      for (const { columns: chunks } of file.metadata.row_groups) ranges.push(...chunks.flatMap((chunk) => bloomOf(chunk, file.dataEnd)));
    }
    let row = 0;
    for (const group of file.metadata.row_groups) {
      const first = row;
      row += Number(group.num_rows);
      // Which rows a condition takes is not known yet. The reader in TypeScript reads what is before the offset, too, and one row at least.
      const isBefore = row <= offset && isNative;
      const isBeside =
        where === undefined && (isBefore || (limit !== undefined && first >= offset + (isNative ? limit : Math.max(1, limit))));
      if (isBeside) continue;
      for (const ordinal of ordinals) {
        const chunk = group.columns[ordinal];
        if (chunk !== undefined) ranges.push(...rangesOf(chunk, file.dataEnd));
      }
    }
    return ranges;
  } finally {
    await file.close();
  }
}

type Chunk = Metadata['row_groups'][number]['columns'][number];

function rangesOf(chunk: Chunk, dataEnd: number): Range[] {
  const data = chunk.meta_data;
  if (data === undefined) return [];
  const dictionary = Number(data.dictionary_page_offset ?? 0);
  const first = Number(data.data_page_offset);
  return [
    ...rangeOf(dictionary > 0 && dictionary < first ? dictionary : first, data.total_compressed_size, dataEnd),
    // Also without a condition: the reader compares its checksum with the column.
    ...bloomOf(chunk, dataEnd),
  ];
}

/** Filters without a length are other writers', and not read. */
function bloomOf({ meta_data: data }: Chunk, dataEnd: number): Range[] {
  return rangeOf(data?.bloom_filter_offset, data?.bloom_filter_length, dataEnd);
}

function rangeOf(start: bigint | number | undefined, length: bigint | number | undefined, dataEnd: number): Range[] {
  const from = Number(start ?? -1);
  const end = Math.min(dataEnd, from + Number(length ?? 0));
  return from >= 0 && end > from ? [[from, end]] : [];
}

function thin(path: string): CheckpointError {
  const message = `${path} has values in other files, which a bucket does not have; materialize it, and copy it again`;
  return new CheckpointError('ERR_CKPT_NOT_FOR_BUCKETS', message, { path });
}
