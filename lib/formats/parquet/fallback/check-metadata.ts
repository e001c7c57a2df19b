import type { ColumnChunk, ColumnMetaData } from 'hyparquet';
import { CheckpointError, type CheckpointErrorCode } from '../../../base/errors.js';
import type { FileLimits } from '../../../options/limits.js';
import type { Metadata } from './parse-metadata.js';
import { checkLimit, MAX_ROWS } from './limits.js';

/** What metadata is compared with. */
interface Bounds {
  path: string;
  /** Where the footer begins: every column chunk ends before. */
  end: number;
  limits: Required<FileLimits>;
  /** Leaves of the schema. */
  leaves: number;
}

/** A column chunk's first byte and its length. Some writers put 0 for "no dictionary" as the dictionary's offset. */
export function chunkRange(chunk: ColumnMetaData): { start: number; length: number } {
  const data = Number(chunk.data_page_offset);
  const dictionary = Number(chunk.dictionary_page_offset ?? 0n);
  return { start: dictionary > 0 && dictionary < data ? dictionary : data, length: Number(chunk.total_compressed_size) };
}

/**
 * Compares what the metadata says of rows, sizes and places with the file, in the order and with the codes of
 * crates/arrow-ckpt/src/decode/chunks.rs. Returns the rows.
 */
export function checkMetadata({ num_rows: rows, row_groups: groups, orders }: Metadata, { path, end, limits, leaves }: Bounds): number {
  const corrupt = (message: string): CheckpointError => new CheckpointError('ERR_CKPT_CORRUPT', `${path} is damaged: ${message}`, { path });
  if (orders !== undefined && orders !== leaves) throw corrupt(`it tells the order of ${orders} columns and has ${leaves}`);
  let counted = 0n;
  let used = 0;
  let decoded = 0;
  for (const { columns, num_rows: count } of groups) {
    if (columns.length !== leaves) throw corrupt(`a row group has ${columns.length} columns, the schema ${leaves}`);
    if (count < 0n) throw corrupt('a row group has fewer than no rows');
    counted += count;
    for (const chunk of columns) {
      const metadata = checkChunk(chunk, path, end, limits);
      used += Number(metadata.total_compressed_size);
      decoded += Number(metadata.total_uncompressed_size);
    }
  }
  // Some writers leave the sum out.
  if (rows !== 0n && counted !== rows) throw corrupt(`its row groups have ${counted} rows and its footer says ${rows}`);
  checkLimit(Number(counted), MAX_ROWS, 'the number of rows', path);
  checkLimit(decoded, limits.decodedBytes, 'what the columns become', path);
  // Chunks that overlap could make a small file ask for any amount of memory.
  if (used > end) throw corrupt('its columns take more bytes than the file has');
  return Number(counted);
}

function checkChunk(chunk: ColumnChunk, path: string, end: number, limits: Required<FileLimits>): ColumnMetaData {
  const { meta_data: metadata, file_path: elsewhere } = chunk;
  const column = metadata?.path_in_schema.join('.');
  const fail = (code: CheckpointErrorCode, message: string): CheckpointError =>
    new CheckpointError(code, `${path}: ${message}`, column === undefined ? { path } : { path, column });
  if (elsewhere !== undefined && elsewhere !== '')
    throw fail('ERR_CKPT_UNSUPPORTED_FILE', 'it has columns in other files, which arrow-ckpt cannot read');
  if (metadata === undefined || chunk.crypto_metadata !== undefined || chunk.encrypted_column_metadata !== undefined) {
    throw fail('ERR_CKPT_UNSUPPORTED_FILE', 'a column is encrypted, which arrow-ckpt cannot read');
  }
  const { start, length } = chunkRange(metadata);
  const [full, packed] = [Number(metadata.total_uncompressed_size), length];
  if (start < 0 || length < 0) throw fail('ERR_CKPT_CORRUPT', 'a column has a negative place or length');
  if (metadata.num_values < 0n || full < 0) throw fail('ERR_CKPT_CORRUPT', 'a column has a negative size');
  if (start + length > end) throw fail('ERR_CKPT_TRUNCATED', 'it is cut short: a column lies beyond its end');
  if (full > limits.pageBytes)
    checkLimit(Math.floor(full / Math.max(packed, 1)), limits.ratio, 'what a column becomes of each byte', path, column);
  return metadata;
}
