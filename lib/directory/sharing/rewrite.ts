import { open, rename, stat, unlink, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { CheckpointError, fromSystemError } from '../../base/errors.js';
import { versionOf } from '../../base/commit/remove-unchanged.js';
import { temporaryBeside } from '../../base/commit/temporary-name.js';
import { storeOf } from '../../formats/choose.js';
import { storedTypesOf, type TypedWriteOptions } from '../../formats/parquet/column-types.js';
import { describedParquet } from '../../formats/parquet/describe-files.js';
import { KEY_ATTACHMENT } from '../../formats/parquet/file-keys.js';
import { layoutOptions } from '../../formats/parquet/layout-options.js';
import type { ParquetFacts } from '../../formats/parquet/parquet-facts.js';
import { parquetStore } from '../../formats/parquet/parquet-store.js';
import { holderPath, lockPool, POOL_FOLDER, type ShareRequest } from '../../formats/parquet/pool.js';
import { CODECS, type CheckpointInfo, type Codec, type ColumnInfo } from '../../options/options.js';
import { foundFiles, type FoundFile } from '../layout.js';
import { compareFiles, eachRow, give, needBinary } from '../migrate-file.js';
import { namesIn } from '../wanted-holders.js';

/** How a checkpoint is written anew. */
export interface Rewriting {
  /** Whose values it may refer to. @default it becomes whole */
  share?: ShareRequest;
  signal?: AbortSignal | undefined;
  /** Called with the rows written, then compared, so far. */
  onRows?: (rows: number) => void;
  /** Whether the new file is wanted, by what it has become. @default it is */
  accepts?: (made: CheckpointInfo) => boolean;
}

/**
 * Writes a checkpoint anew, whole or thin, into a temporary beside `target`, compares the two row by row, and gives the new one its name.
 * In the place of the old one it keeps its time: of a checkpoint's two files the newer counts. Undefined: it was not wanted.
 *
 * @throws what reading and writing throw; `ERR_CKPT_CORRUPT` if the rows came back otherwise; `ERR_CKPT_LOCKED`, `ERR_CKPT_NOT_FOUND` if
 * another save, or a removal, came between. The old file is intact then
 */
export async function rewriteFile(source: FoundFile, target: string, rewriting: Rewriting): Promise<CheckpointInfo | undefined> {
  const { signal, onRows, share, accepts } = rewriting;
  needBinary(source.path);
  const temporary = temporaryBeside(target);
  try {
    const made = await writeCopy(source.path, temporary, rewriting);
    if (accepts?.(made) === false) {
      await unlink(temporary);
      return undefined;
    }
    await compareFiles(source.path, temporary, { ...(signal !== undefined && { signal }), ...(onRows !== undefined && { onRows }) });
    if (source.path === target) await setTime(temporary, source.modifiedMs);
    const replaces = source.path === target ? source : (await foundFiles([target]))[0];
    // What was cleared, or saved anew, in the meantime must not come back.
    if ((await versionOf(source.path)) !== source.version) throw gone(source.path);
    const ids = made.delta?.holders.map(({ id }) => id) ?? [];
    if (share === undefined || ids.length === 0) await give(temporary, target, replaces);
    else await withHolders(share.root, ids, () => give(temporary, target, replaces), signal);
    return { ...made, path: target };
  } catch (error) {
    await unlink(temporary).catch(() => {});
    throw error;
  }
}

/** Writes what a checkpoint holds to another path: rows, types, order and layout of columns, hash, metadata, attachment. */
export async function writeCopy(path: string, target: string, { share, signal, onRows }: Rewriting): Promise<CheckpointInfo> {
  const store = await storeOf(path);
  const { facts, options } = await copyOptions(path);
  const carries = facts?.footer.keyValues[KEY_ATTACHMENT] !== undefined;
  const attachment = carries ? store.attachment?.bind(store, path) : undefined;
  const rows = eachRow(store.batches(path, signal === undefined ? {} : { signal }), onRows);
  const more = { ...(share !== undefined && { sharing: share }), ...(signal !== undefined && { signal }) };
  return parquetStore.write(target, rows, { ...options, ...more }, attachment);
}

/** The options of a save that makes a file as this one is: hash, metadata, types, layout, codec. With what is known of a Parquet file. */
export async function copyOptions(path: string): Promise<{ facts: ParquetFacts | undefined; options: TypedWriteOptions }> {
  const { hash, metadata } = await (await storeOf(path)).head(path);
  const facts = await describedParquet(path);
  const types = facts === undefined ? undefined : storedTypesOf(facts);
  const codec = facts === undefined ? undefined : codecOf(facts.info().columns);
  const options: TypedWriteOptions = {
    ...(hash !== null && { hash }),
    ...(Object.keys(metadata).length > 0 && { metadata }),
    ...(types !== undefined && { types: [types] }),
    ...(facts?.plan !== undefined && (await layoutOptions(facts))),
    ...(codec !== undefined && { compression: codec }),
  };
  return { facts, options };
}

/** The codec that a save was asked for, where it is not one of those that `auto` chooses from. */
function codecOf(columns: readonly ColumnInfo[]): Codec | undefined {
  const [codec, ...others] = new Set(columns.flatMap((column) => column.codec.split(', ')).filter((name) => name !== 'none'));
  return others.length > 0 || codec === 'zstd' ? undefined : CODECS.find((name) => name === codec);
}

/** Gives a thin file its name while all that it refers to is in the pool: a sweep does not know temporaries. */
async function withHolders(root: string, ids: readonly string[], named: () => Promise<void>, signal?: AbortSignal): Promise<void> {
  const lock = await lockPool(root, signal);
  try {
    for (const id of ids) await needHolder(root, id);
    await named();
  } finally {
    await lock.release();
  }
}

async function needHolder(root: string, id: string): Promise<void> {
  const path = holderPath(root, id);
  if (await stat(path).catch(() => undefined)) return;
  const trash = join(root, POOL_FOLDER, 'trash');
  const swept = (await namesIn(trash)).find((name) => name.startsWith(`${id}.`));
  if (swept === undefined) throw new CheckpointError('ERR_CKPT_NOT_FOUND', `${path} was removed while it was needed`, { path });
  await rename(join(trash, swept), path);
}

/** Gives a file the time of another, durably. */
export async function setTime(path: string, modifiedMs: number): Promise<void> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, 'r+');
    await handle.utimes(modifiedMs / 1000, modifiedMs / 1000);
    await handle.sync();
  } catch (error) {
    throw fromSystemError(error, 'save', path);
  } finally {
    await handle?.close();
  }
}

function gone(path: string): CheckpointError {
  return new CheckpointError('ERR_CKPT_NOT_FOUND', `${path} was removed or replaced by another process while it was copied`, { path });
}
