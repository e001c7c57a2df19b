import type { SizedFooter } from '../attachment.js';
import { isOurs, readKeyValues } from '../file-keys.js';
import { logicalColumns, type FileColumn } from '../../../columnar/logical-columns.js';
import type { FileHead } from '../../../store/origin.js';
import { parquetOrigin } from '../parquet-origin.js';
import type { CheckpointInfo } from '../../../options/options.js';
import { leavesOf, type Field } from './fields.js';
import { leafTypeName } from './leaf-type-name.js';
import { ParquetFile } from './parquet-file.js';
import { checkVersion } from './check-version.js';

/** The facts in the footer of a Parquet file, read without the native binary. */
export async function readParquetInfo(path: string): Promise<CheckpointInfo> {
  const file = await ParquetFile.open(path);
  try {
    const { bytes, rows } = file;
    checkVersion(file.footer);
    const { plan, hash, metadata: given } = readKeyValues(file.footer);
    const columns = fileColumns(file);
    return { path, format: 'parquet', rows, bytes, hash, metadata: given, columns: logicalColumns(columns, plan, rows) };
  } finally {
    await file.close();
  }
}

/** What its key-values say of it. */
export async function readParquetHead(path: string): Promise<FileHead> {
  const file = await ParquetFile.open(path);
  try {
    checkVersion(file.footer);
    const { hash, metadata: given, compat } = readKeyValues(file.footer);
    return { hash, metadata: given, origin: parquetOrigin(file.footer, compat) };
  } finally {
    await file.close();
  }
}

/** Its key-values themselves. */
export async function readParquetFooter(path: string): Promise<SizedFooter> {
  const file = await ParquetFile.open(path);
  try {
    checkVersion(file.footer);
    return { ...file.footer, bytes: file.bytes };
  } finally {
    await file.close();
  }
}

/** The top-level columns, as `describe` of crates/arrow-ckpt/src/decode/file.rs gives them. */
export function fileColumns(file: ParquetFile): FileColumn[] {
  return file.fields.map((field) => columnInfo(field, file));
}

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
