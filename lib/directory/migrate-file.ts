import { link, mkdtemp, rename, rm, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { CheckpointError, fromSystemError } from '../base/errors.js';
import { syncFolder } from '../base/commit/commit.js';
import { versionOf } from '../base/commit/remove-unchanged.js';
import { temporaryBeside } from '../base/commit/temporary-name.js';
import { loadBinding } from '../base/addon/binding.js';
import type { WriteOptions } from '../options/options.js';
import type { Row } from '../base/rows.js';
import { storeOf } from '../formats/choose.js';
import { parquetStore } from '../formats/parquet/parquet-store.js';
import { isSame } from '../base/value/is-same.js';
import type { FoundFile } from './layout.js';

/** How a file of JSON becomes one of Parquet. */
export interface MigrateOptions extends Pick<WriteOptions, 'compression' | 'compressionLevel' | 'rowGroupRows' | 'signal'> {
  /** The hash that the JSON file counts for: it goes into the Parquet file. */
  hash?: string | null;
  /** Called with the rows written or compared so far. */
  onRows?: (rows: number) => void;
}

/** What a migration made. */
interface MigratedFile {
  rows: number;
  bytes: number;
}

/**
 * Writes the rows of a JSON file as Parquet beside it: into a temporary, which is read back and compared with the JSON file row by row, and
 * only then gets its name. Memory is bounded, whatever the size. The JSON file is not touched.
 *
 * @throws what reading the JSON file throws; `ERR_CKPT_CORRUPT` if the rows came back otherwise; `ERR_CKPT_LOCKED` if a file has appeared
 * under the name meanwhile; `ERR_CKPT_NOT_FOUND` if the JSON file has gone meanwhile
 */
export async function migrateFile(
  json: FoundFile,
  target: string,
  replaces: FoundFile | undefined,
  options: MigrateOptions,
): Promise<MigratedFile> {
  needBinary(json.path);
  const temporary = temporaryBeside(target);
  try {
    const made = await writeParquetOf(json.path, temporary, options);
    await compareFiles(json.path, temporary, options);
    // What was cleared, or saved anew, in the meantime must not come back.
    if ((await versionOf(json.path)) !== json.version) throw gone(json.path);
    await give(temporary, target, replaces);
    return made;
  } catch (error) {
    await unlink(temporary).catch(() => {});
    throw error;
  }
}

/** The rows and the size that the JSON file would have as Parquet: it is written into the system's folder of temporaries, and removed. */
export async function measureParquet(path: string, options: MigrateOptions = {}): Promise<MigratedFile> {
  needBinary(path);
  const folder = await mkdtemp(join(tmpdir(), 'arrow-ckpt-'));
  try {
    return await writeParquetOf(path, join(folder, 'measured.parquet'), options);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @throws `ERR_CKPT_UNSUPPORTED_FILE` where no Parquet can be written */
export function needBinary(path: string): void {
  if (loadBinding() !== null) return;
  throw new CheckpointError('ERR_CKPT_UNSUPPORTED_FILE', `cannot make Parquet of ${path}: there is no native binary for this platform`, {
    path,
  });
}

async function writeParquetOf(path: string, target: string, options: MigrateOptions): Promise<MigratedFile> {
  const { hash, onRows, ...write } = options;
  const store = await storeOf(path);
  const { metadata } = await store.head(path);
  const rows = eachRow(store.batches(path, signalOf(options)), onRows);
  const withMetadata = Object.keys(metadata).length > 0 ? { metadata } : {};
  return parquetStore.write(target, rows, { ...write, ...withMetadata, ...(typeof hash === 'string' && { hash }) });
}

/** The rows of batches one by one. */
export async function* eachRow(batches: AsyncIterable<Row[]>, onRows?: (rows: number) => void): AsyncGenerator<Row, void, undefined> {
  let rows = 0;
  for await (const batch of batches) {
    yield* batch;
    onRows?.((rows += batch.length));
  }
}

/** Compares the rows of two checkpoints, in order. @throws `ERR_CKPT_CORRUPT` with the first row that differs */
export async function compareFiles(path: string, other: string, options: Pick<MigrateOptions, 'signal' | 'onRows'> = {}): Promise<number> {
  const theirs = eachRow((await storeOf(other)).batches(other, signalOf(options)));
  let row = 0;
  try {
    for await (const mine of eachRow((await storeOf(path)).batches(path, signalOf(options)), options.onRows)) {
      const step = await theirs.next();
      if (step.done === true || !isSame(mine, step.value)) throw differs(path, other, row);
      row++;
    }
    if ((await theirs.next()).done !== true) throw differs(path, other, row);
    return row;
  } finally {
    await theirs.return();
  }
}

function differs(path: string, other: string, row: number): CheckpointError {
  return new CheckpointError('ERR_CKPT_CORRUPT', `${other} does not hold the rows of ${path}: row ${row} differs`, { path: other, row });
}

function signalOf({ signal }: Pick<MigrateOptions, 'signal'>): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}

/** Gives the file its name, unless another process has put one there meanwhile: that one is newer. */
export async function give(temporary: string, target: string, replaces: Pick<FoundFile, 'version'> | undefined): Promise<void> {
  try {
    if (replaces === undefined) {
      await linkTo(temporary, target);
    } else {
      if ((await versionOf(target)) !== replaces.version) throw appeared(target);
      await rename(temporary, target);
    }
    await syncFolder(dirname(target));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw appeared(target);
    throw fromSystemError(error, 'save', target);
  }
}

/** A rename would replace what has come meanwhile. Where the file system has no links, that is a risk of microseconds. */
async function linkTo(temporary: string, target: string): Promise<void> {
  try {
    await link(temporary, target);
    await unlink(temporary);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS' && code !== 'EOPNOTSUPP') throw error;
    await rename(temporary, target);
  }
}

function appeared(target: string): CheckpointError {
  const message = `${target} was saved by another process meanwhile, and counts: what it was to be made of is older`;
  return new CheckpointError('ERR_CKPT_LOCKED', message, { path: target });
}

function gone(path: string): CheckpointError {
  return new CheckpointError('ERR_CKPT_NOT_FOUND', `${path} was removed or replaced by another process during the migration`, { path });
}
