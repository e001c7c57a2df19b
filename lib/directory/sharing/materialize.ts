import { chmod, copyFile, open, unlink } from 'node:fs/promises';
import { dirname, extname, resolve } from 'node:path';
import { inFolder, syncFolder } from '../../base/commit/commit.js';
import { temporaryBeside } from '../../base/commit/temporary-name.js';
import { CheckpointError, fromSystemError } from '../../base/errors.js';
import { guarded } from '../../base/guarded.js';
import { throwIfAborted } from '../../base/halt.js';
import { invalid } from '../../base/messages.js';
import { storeOf } from '../../formats/choose.js';
import type { CheckpointInfo } from '../../options/options.js';
import { foundFiles, type FoundFile } from '../layout.js';
import { give } from '../migrate-file.js';
import type { OperationFiles } from '../operation-files.js';
import { rewriteFile } from './rewrite.js';
import type { MaterializeOptions } from './sharing-options.js';

/** The same of a checkpoint of a directory; no other process may work on it meanwhile. */
export async function materializeCheckpoint(
  files: OperationFiles | null,
  directory: string | null,
  { step, operation, ...options }: MaterializeOptions & { step: string; operation: string },
): Promise<CheckpointInfo> {
  const [found] = (await files?.find()) ?? [];
  if (found === undefined) {
    const message = `there is no checkpoint of operation '${operation}' in step '${step}'`;
    throw new CheckpointError('ERR_CKPT_NOT_FOUND', message, directory === null ? {} : { path: directory });
  }
  const { signal } = options;
  const lease = options.to === undefined ? await files?.lease({ lockWait: 0, signal }) : undefined;
  try {
    return await materializeFile(found.path, options);
  } finally {
    await lease?.release();
  }
}

/**
 * Makes a whole file of a thin one, in its place or at `to`. What is whole already is left as it is, or copied to `to`.
 * @throws what {@link rewriteFile} throws
 */
export async function materializeFile(path: string, options: MaterializeOptions): Promise<CheckpointInfo> {
  const { to = path, signal, onProgress } = options;
  const target = resolve(to) === resolve(path) ? path : to;
  const [found] = await foundFiles([path]);
  if (found === undefined) throw new CheckpointError('ERR_CKPT_NOT_FOUND', `there is no file ${path}`, { path });
  const info = await (await storeOf(path)).info(path);
  if (target !== path && extname(target) !== extname(path))
    throw invalid(`to must end with ${extname(path)}, as ${path} does; a copy has the same format, got ${target}`);
  if (info.delta === null) return target === path ? info : copied(found, target, info, signal);
  const totalRows = info.rows;
  const tell = guarded(onProgress, 'onProgress');
  const onRows = tell === undefined ? undefined : (rows: number): void => tell({ rows, totalRows });
  return (await rewriteFile(found, target, { signal, ...(onRows !== undefined && { onRows }) })) as CheckpointInfo;
}

/** A whole file needs no look at its rows. */
async function copied(source: FoundFile, target: string, info: CheckpointInfo, signal?: AbortSignal): Promise<CheckpointInfo> {
  if (info.parts !== undefined) {
    const message = `cannot copy ${source.path}: it is a folder of parts, which share nothing; load its rows and save them as ${target}`;
    throw new CheckpointError('ERR_CKPT_NOT_A_FILE', message, { path: source.path });
  }
  const temporary = temporaryBeside(target);
  try {
    await inFolder(dirname(target), () => copyFile(source.path, temporary));
    throwIfAborted(signal);
    // What others refer to is read-only, its copy need not be.
    await chmod(temporary, 0o644);
    const handle = await open(temporary, 'r+');
    await handle.sync().finally(() => handle.close());
    await give(temporary, target, (await foundFiles([target]))[0]);
    await syncFolder(dirname(target));
    return { ...info, path: target };
  } catch (error) {
    await unlink(temporary).catch(() => {});
    throw fromSystemError(error, 'save', target);
  }
}
