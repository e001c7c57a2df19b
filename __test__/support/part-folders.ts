import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeCheckpoint, type Row, type WriteOptions } from 'arrow-ckpt';
import { describePartsSlowly } from '../../lib/formats/folder/describe-parts-slowly.ts';
import { describeParts } from '../../lib/formats/folder/describe-parts.ts';
import { folderStore } from '../../lib/formats/folder/folder-store.ts';
import { localParts } from '../../lib/formats/folder/parts-source.ts';
import { fallbackStore } from '../../lib/formats/parquet/fallback/fallback-store.ts';
import { parquetStore } from '../../lib/formats/parquet/parquet-store.ts';

/** Both readers of folders. */
export const FOLDER_STORES = {
  native: folderStore(localParts(parquetStore, describeParts)),
  fallback: folderStore(localParts(fallbackStore, describePartsSlowly)),
} as const;

/** A folder of parts, by their names: `year=2024/part-0.parquet`. */
export async function partsIn(folder: string, parts: Record<string, readonly Row[]>, options?: WriteOptions): Promise<string> {
  mkdirSync(folder, { recursive: true });
  for (const [name, rows] of Object.entries(parts)) await writeCheckpoint(join(folder, name), rows, options);
  return folder;
}

/** The same with what Spark leaves beside. */
export async function sparkFolder(folder: string, parts: Record<string, readonly Row[]>): Promise<string> {
  await partsIn(folder, parts);
  for (const name of ['_SUCCESS', '._SUCCESS.crc', '.part-0.parquet.crc', '_metadata']) writeFileSync(join(folder, name), '');
  mkdirSync(join(folder, '_temporary'));
  return folder;
}
