import { readKeyValues } from '../files/file-keys.js';
import { logicalColumns } from '../files/logical-columns.js';
import type { CheckpointInfo, ColumnInfo } from '../options.js';
import { leavesOf, topLevelFields, type Field } from './fields.js';
import { leafTypeName } from './leaf-type-names.js';
import { ParquetFile } from './parquet-file.js';
import { rowCount } from './read-rows.js';
import { checkVersion } from './version.js';

/** What the footer of a Parquet file tells, read without the native binary. */
export async function readParquetInfo(path: string): Promise<CheckpointInfo> {
  const file = await ParquetFile.open(path);
  try {
    const { metadata, keyValues, bytes } = file;
    checkVersion(keyValues, path);
    const { plan, hash, metadata: given } = readKeyValues(file.footer);
    return {
      path,
      format: 'parquet',
      rows: rowCount(file),
      bytes,
      hash,
      metadata: given,
      columns: logicalColumns(
        topLevelFields(metadata.schema, path).map((field) => columnInfo(field, file)),
        plan,
      ),
    };
  } finally {
    await file.close();
  }
}

function columnInfo(field: Field, { metadata }: ParquetFile): ColumnInfo {
  const codecs = new Set<string>();
  let bytes = 0;
  for (const group of metadata.row_groups) {
    for (const { ordinal } of leavesOf(field)) {
      const chunk = group.columns[ordinal]?.meta_data;
      if (chunk === undefined) continue;
      codecs.add(CODEC_NAMES[chunk.codec] ?? chunk.codec.toLowerCase());
      bytes += Number(chunk.total_compressed_size);
    }
  }
  return { name: field.name, type: typeName(field), codec: [...codecs].join(', '), bytes };
}

const CODEC_NAMES: Record<string, string> = { UNCOMPRESSED: 'none', LZ4_RAW: 'lz4' };

function typeName(field: Field): string {
  if (field.kind === 'leaf') return leafTypeName(field.element);
  if (field.kind === 'struct') return `struct<${field.children.map((child) => `${child.name}: ${typeName(child)}`).join(', ')}>`;
  if (field.kind === 'list') return `list<${typeName(field.item)}>`;
  const [key, value] = field.item.kind === 'struct' ? field.item.children.map(typeName) : [];
  return `map<${key}, ${value}>`;
}
