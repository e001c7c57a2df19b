import { loadBinding } from '../../base/addon/binding.js';
import type { Row } from '../../base/rows.js';
import type { ReadOptions } from '../../options/options.js';
import { readAll } from '../choose.js';
import { readLargeParquet } from '../parquet/read-parquet.js';
import { bytesOf } from './bytes-of.js';
import { beginWanted } from './fetch-wanted.js';
import type { RemoteFile } from './remote-file.js';
import type { RemoteRunning } from './sparse-copy.js';

/** All rows that are wanted of an object: they are decoded while others come, where the native reader does it. */
export async function readArriving(file: RemoteFile, options: ReadOptions): Promise<Row[]> {
  const stop = new AbortController();
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
  const { reading, onBytes } = rowsAfterBytes(options);
  const { done } = await beginWanted(file, options, { signal, onBytes });
  const arriving = loadBinding() === null || !file.isParquet ? undefined : file.arriving(done);
  if (arriving === undefined) {
    await done;
    return readAll(file.path, options);
  }
  try {
    return await readLargeParquet(file.path, reading, arriving);
  } finally {
    // After a failure, and where a condition and a limit have all that they want.
    stop.abort();
    await done.catch(() => {});
  }
}

/** Tells of bytes until rows come: from then on of rows, which must not become fewer. */
function rowsAfterBytes(options: ReadOptions): { reading: ReadOptions; onBytes: RemoteRunning['onBytes'] } {
  const { onProgress } = options;
  const tell = bytesOf(options);
  if (onProgress === undefined) return { reading: options, onBytes: tell };
  let isRows = false;
  const told: typeof onProgress = (progress) => {
    isRows ||= progress.rows > 0;
    return onProgress(progress);
  };
  return { reading: { ...options, onProgress: told }, onBytes: (bytes) => void (isRows || tell?.(bytes)) };
}
