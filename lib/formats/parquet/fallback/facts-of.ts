import type { FileColumn } from '../../../columnar/logical-columns.js';
import type { FileOptions } from '../../../options/options.js';
import { isOurs } from '../file-keys.js';
import { ParquetFacts } from '../parquet-facts.js';
import { chunksOf, type Column } from './columns.js';
import { OpenedFile } from './opened-file.js';
import type { ParquetFile } from './parquet-file.js';

/** What an open file says of itself. */
export function factsOf({ file, columns }: OpenedFile): ParquetFacts {
  const { rows, bytes } = file;
  const footer = { ...file.footer, columns: columns.map((column) => column.name) };
  const described = columns.map((column) => columnInfo(column, file));
  return new ParquetFacts({ footer, rows, bytes, columns: described, tree: columns.map((column) => column.node) });
}

/** The same of a file that is opened for it. */
export async function readFacts(path: string, options?: FileOptions): Promise<ParquetFacts> {
  const opened = await OpenedFile.open(path, options);
  try {
    return factsOf(opened);
  } finally {
    await opened.close();
  }
}

/** A top-level column, as `describe` of crates/arrow-ckpt/src/decode/file.rs gives it. */
function columnInfo(column: Column, { metadata, footer }: ParquetFile): FileColumn {
  const { name, type, stored, shared } = column;
  const codecs = new Set<string>();
  const encodings = new Set<string>();
  const ordinals = chunksOf(column);
  let bytes = 0;
  // The native reader keeps other writers' statistics out too: a damaged one must not stop a load.
  let nulls: number | null = stored[0]?.kind === 'leaf' && shared === undefined && isOurs(footer) ? 0 : null;
  for (const group of metadata.row_groups) {
    for (const ordinal of ordinals) {
      const chunk = group.columns[ordinal]?.meta_data;
      if (chunk === undefined) continue;
      codecs.add(CODEC_NAMES[chunk.codec] ?? chunk.codec.toLowerCase());
      for (const encoding of chunk.encodings) if (!OF_LEVELS.has(encoding)) encodings.add(encoding.toLowerCase());
      bytes += Number(chunk.total_compressed_size);
      const known = chunk.statistics?.null_count;
      nulls = nulls === null || known === undefined ? null : nulls + Number(known);
    }
  }
  return { name, type, codec: [...codecs].join(', '), bytes, encodings: [...encodings].sort(), nulls };
}

const OF_LEVELS: ReadonlySet<string> = new Set(['RLE', 'BIT_PACKED']);
const CODEC_NAMES: Record<string, string> = { UNCOMPRESSED: 'none', LZ4_RAW: 'lz4' };
