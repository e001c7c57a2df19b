import type { FileColumn } from '../../../columnar/logical-columns.js';
import type { PhysicalNode } from '../../../columnar/read/tree.js';
import type { FileOptions } from '../../../options/options.js';
import { isOurs } from '../file-keys.js';
import { ParquetFacts } from '../parquet-facts.js';
import { leavesOf, type Field } from './fields.js';
import { leafKind, leafTypeName } from './leaf-type-name.js';
import { ParquetFile } from './parquet-file.js';
import { checkVersion } from './check-version.js';

/** What an open file says of itself. @throws `ERR_CKPT_FORMAT_VERSION` for a file of a later version */
export function factsOf(file: ParquetFile): ParquetFacts {
  const { footer, rows, bytes, fields } = file;
  checkVersion(footer);
  const columns = fields.map((field) => columnInfo(field, file));
  return new ParquetFacts({ footer, rows, bytes, columns, tree: fields.map(nodeOf) });
}

/** The same of a file that is opened for it. */
export async function readFacts(path: string, options?: FileOptions): Promise<ParquetFacts> {
  const file = await ParquetFile.open(path, options);
  try {
    return factsOf(file);
  } finally {
    await file.close();
  }
}

/** A field as the core describes it. */
function nodeOf(field: Field): PhysicalNode {
  const { name } = field;
  if (field.kind === 'struct') return { name, kind: 'struct', children: field.children.map(nodeOf) };
  return field.kind === 'leaf' ? { name, kind: leafKind(field.element) } : { name, kind: field.kind, children: [nodeOf(field.item)] };
}

/** A top-level column, as `describe` of crates/arrow-ckpt/src/decode/file.rs gives it. */
function columnInfo(field: Field, { metadata, footer }: ParquetFile): FileColumn {
  const codecs = new Set<string>();
  const encodings = new Set<string>();
  let bytes = 0;
  // The native reader keeps other writers' statistics out too: a damaged one must not stop a load.
  let nulls: number | null = field.kind === 'leaf' && isOurs(footer) ? 0 : null;
  for (const group of metadata.row_groups) {
    for (const { ordinal } of leavesOf(field)) {
      const chunk = group.columns[ordinal]?.meta_data;
      if (chunk === undefined) continue;
      codecs.add(CODEC_NAMES[chunk.codec] ?? chunk.codec.toLowerCase());
      for (const encoding of chunk.encodings) if (!OF_LEVELS.has(encoding)) encodings.add(encoding.toLowerCase());
      bytes += Number(chunk.total_compressed_size);
      const known = chunk.statistics?.null_count;
      nulls = nulls === null || known === undefined ? null : nulls + Number(known);
    }
  }
  return { name: field.name, type: typeName(field), codec: [...codecs].join(', '), bytes, encodings: [...encodings].sort(), nulls };
}

const OF_LEVELS: ReadonlySet<string> = new Set(['RLE', 'BIT_PACKED']);
const CODEC_NAMES: Record<string, string> = { UNCOMPRESSED: 'none', LZ4_RAW: 'lz4' };

function typeName(field: Field): string {
  if (field.kind === 'leaf') return leafTypeName(field.element);
  if (field.kind === 'struct' && field.isVariant === true) return 'variant';
  if (field.kind === 'struct') return `struct<${field.children.map((child) => `${child.name}: ${typeName(child)}`).join(', ')}>`;
  if (field.kind === 'list') return `list<${typeName(field.item)}>`;
  const [key, value] = field.item.kind === 'struct' ? field.item.children.map(typeName) : [];
  return `map<${key}, ${value}>`;
}
