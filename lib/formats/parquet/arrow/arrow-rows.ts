import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as types from 'node:util/types';
import { loadBinding, noBindingReason } from '../../../base/addon/binding.js';
import { temporaryFolder } from '../../../base/commit/temporary-folder.js';
import { CheckpointError, isCheckpointError } from '../../../base/errors.js';
import { throwIfAborted, watchAbort } from '../../../base/halt.js';
import type { Row } from '../../../base/rows.js';
import type { ArrowStream } from '../../../options/arrow-options.js';
import { nativeError } from '../native/native-error.js';
import { openParquet } from '../open-parquet.js';
import type { ArrowSource } from './arrow-source.js';
import { tableBytes } from './table/table-bytes.js';

/**
 * The rows of Arrow batches: those of a Parquet file that the batches are written to first, a temporary. So their types become what those
 * of another writer's file become. A stream is taken, and released, when the first row is asked for. @throws `ERR_CKPT_ARROW`
 */
export async function* arrowRows(source: ArrowSource, signal: AbortSignal | undefined): AsyncGenerator<Row, void, undefined> {
  const folder = await temporaryFolder('arrow-ckpt-arrow');
  const path = join(folder, 'rows.parquet');
  try {
    const batches = 'table' in source ? await tableBytes(source.table, signal) : source;
    const rows = await convert(batches, path, signal);
    throwIfAborted(signal);
    const file = await openParquet(path, {});
    try {
      for await (const batch of file.batches(signal === undefined ? {} : { signal })) yield* batch;
      // Parquet without columns has no rows.
      for (let left = rows - file.info.rows; left > 0; left--) yield {};
    } finally {
      file.close();
    }
  } catch (error) {
    throw ofSource(error, path);
  } finally {
    await rm(folder, { recursive: true, force: true }).catch(() => {});
  }
}

/** Resolves with the number of rows. */
async function convert(source: ArrowStream | Uint8Array, path: string, signal: AbortSignal | undefined): Promise<number> {
  const binding = loadBinding();
  if (binding === null) {
    const { summary, advice } = noBindingReason() ?? { summary: '', advice: '' };
    throw new CheckpointError('ERR_CKPT_ARROW', `Arrow batches take the native binary: ${summary}. ${advice}`);
  }
  const stop = new binding.ArrowStop();
  const written = types.isUint8Array(source)
    ? binding.arrowBytesToParquet(source, path, stop)
    : binding.arrowStreamToParquet(source as unknown as Parameters<typeof binding.arrowStreamToParquet>[0], path, stop);
  if (written === null) {
    const message = 'the External holds no Arrow stream: it has another tag than docs/arrow.md says, or its stream was taken before';
    throw new CheckpointError('ERR_CKPT_ARROW', message);
  }
  const unwatch = signal && watchAbort(signal, () => stop.stop());
  try {
    return await written;
  } catch (error) {
    throwIfAborted(signal);
    throw nativeError((error as Error).message);
  } finally {
    unwatch?.();
  }
}

/** The temporary is not the caller's: what is wrong with it is wrong with the source. */
function ofSource(error: unknown, path: string): unknown {
  if (!isCheckpointError(error) || error.code !== 'ERR_CKPT_UNSUPPORTED_FILE') return error;
  const message = `the Arrow data have no place in a checkpoint: ${error.message.replaceAll(`${path}: `, '').replaceAll(path, 'they')}`;
  return new CheckpointError('ERR_CKPT_ARROW', message, error.column === undefined ? {} : { column: error.column });
}
