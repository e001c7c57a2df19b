import { readdir, rename, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isCheckpointError } from '../base/errors.js';
import { areOf, typesOf, widest, type ColumnTypes, type TypedWriteOptions } from '../formats/parquet/column-types.js';
import { syncFolder } from '../base/commit/commit.js';
import { describeFiles } from '../formats/parquet/describe-files.js';
import { versionOf } from '../base/commit/remove-unchanged.js';
import { temporaryBeside } from '../base/commit/temporary-name.js';
import type { CheckpointInfo } from '../options/options.js';
import type { Row } from '../base/rows.js';
import { storeOf } from '../formats/choose.js';
import type { Attachment } from '../store/store.js';
import { isBatchFile } from './layout.js';
import { saveFile, type SaveTarget } from './save.js';

/** What is known of the files of a folder of batches, so that each is looked at once. */
type Known = Map<string, ColumnTypes | undefined>;

const folders = new Map<string, Known>();
const MAX_FOLDERS = 100;

/**
 * Saves a batch. The batches of one operation keep the widest types that any of them has: engines read a folder as one table, many take the
 * types of its first file for all, and would make 2 of 2.5 in a later one. So a batch is written with the types of those before it, and
 * where it is wider itself, they are written again with its types: that happens rarely. Values load as what they were.
 */
export async function saveBatch(
  target: SaveTarget,
  rows: Iterable<Row> | AsyncIterable<Row>,
  options: TypedWriteOptions,
  attachment?: Attachment,
): Promise<CheckpointInfo> {
  const { store, stem, logger } = target;
  // JSON has no types of columns, and another program's form has its own.
  if (store.format !== 'parquet' || options.compat !== undefined) return saveFile(target, rows, options, attachment);
  const path = stem + store.extension;
  const known = knownIn(dirname(path));
  known.delete(basename(path));
  const before = await typesIn(dirname(path), known, basename(path));
  const typed = { ...options, types: [before, ...(options.types ?? [])] };
  const info = await saveFile(target, rows, typed, attachment);
  const types = await typesIn(dirname(path), known);
  // One file alone is as any checkpoint is.
  for (const [name, file] of known.size > 1 ? known : []) {
    if (file === undefined || areOf(file, types)) continue;
    const narrow = join(dirname(path), name);
    try {
      await widen(narrow, types);
    } catch (error) {
      // Merged, or cleared, in this moment.
      if (!isCheckpointError(error) || error.code !== 'ERR_CKPT_NOT_FOUND')
        logger?.warn(
          `could not write ${narrow} again with the types of later batches; engines may read the folder wrongly: ${String(error)}`,
        );
    }
    known.delete(name);
  }
  return info;
}

function knownIn(folder: string): Known {
  let known = folders.get(folder);
  if (known === undefined) {
    if (folders.size >= MAX_FOLDERS) folders.clear();
    folders.set(folder, (known = new Map()));
  }
  return known;
}

/** The widest types of the batches in a folder, but for one of them. */
async function typesIn(folder: string, known: Known, but?: string): Promise<ColumnTypes> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.parquet') && isBatchFile(name) && name !== but);
  const unknown = names.filter((name) => !known.has(name));
  const described = unknown.length === 0 ? [] : await describeFiles(unknown.map((name) => join(folder, name)));
  for (const [index, file] of described.entries()) known.set(unknown[index] as string, file === undefined ? undefined : typesOf(file));
  const there = new Set(names);
  let types: ColumnTypes = new Map();
  for (const [name, file] of known) {
    if (!there.has(name)) known.delete(name);
    else if (file !== undefined) types = widest(types, file);
  }
  return types;
}

/** Writes a file again, with the same rows, hash, metadata and attachment, unless somebody has replaced or removed it meanwhile. */
async function widen(path: string, types: ColumnTypes): Promise<void> {
  const version = await versionOf(path);
  const store = await storeOf(path);
  const { hash, metadata } = await store.head(path);
  const options: TypedWriteOptions = {
    types: [types],
    ...(hash !== null && { hash }),
    ...(Object.keys(metadata).length > 0 && { metadata }),
  };
  const temporary = temporaryBeside(path);
  const attached: Uint8Array[] = [];
  for await (const piece of store.attachment?.(path) ?? []) attached.push(piece);
  try {
    await store.write(temporary, eachRow(store.batches(path, {})), options, attached.length === 0 ? undefined : () => attached);
    if ((await versionOf(path)) === version) {
      await rename(temporary, path);
      await syncFolder(dirname(path));
    } else await unlink(temporary);
  } catch (error) {
    await unlink(temporary).catch(() => {});
    throw error;
  }
}

async function* eachRow(batches: AsyncIterable<Row[]>): AsyncGenerator<Row, void, undefined> {
  for await (const rows of batches) yield* rows;
}
