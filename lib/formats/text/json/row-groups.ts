import { open, type FileHandle } from 'node:fs/promises';
import { fromSystemError } from '../../../base/errors.js';
import { Pace } from '../../../base/pace.js';
import type { ReadOptions } from '../../../options/options.js';
import type { Row } from '../../../base/rows.js';
import { FileWindow } from './window.js';

/** The rows of an open file, some at a time. */
export interface RowGroups {
  /** How many there are, if the file says it. */
  totalRows: number | undefined;
  /** The next ones; undefined after the last, when the end of the file is as it should be. */
  next(): Promise<Row[] | undefined>;
}

/**
 * All rows of a file of text, in batches of about half a megabyte of text, each made when it is asked for. The event loop runs between two.
 */
export async function* groupBatches(
  path: string,
  options: ReadOptions,
  begin: (window: FileWindow) => Promise<RowGroups>,
  chunkBytes?: number,
): AsyncGenerator<Row[], void, undefined> {
  const pace = new Pace(options);
  pace.check();
  const handle = await openFile(path);
  try {
    const groups = await begin(new FileWindow(handle, path, chunkBytes));
    pace.totalRows = groups.totalRows;
    for (let rows = await groups.next(); rows !== undefined; rows = await groups.next()) {
      const { length } = rows;
      yield rows;
      pace.advance(length);
      await pace.turn();
    }
    pace.finish();
  } catch (error) {
    if (options.signal?.aborted === true) throw options.signal.reason;
    throw fromSystemError(error, 'read', path);
  } finally {
    await closeRead(handle);
  }
}

/** Runs `use` with an open file, and closes it. Failures of the system are coded errors with the path. */
export async function withFile<T>(path: string, use: (window: FileWindow, handle: FileHandle) => Promise<T>): Promise<T> {
  const handle = await openFile(path);
  try {
    return await use(new FileWindow(handle, path), handle);
  } catch (error) {
    throw fromSystemError(error, 'read', path);
  } finally {
    await closeRead(handle);
  }
}

/** What was read was read: that a file would not close is nobody's error. */
async function closeRead(handle: FileHandle): Promise<void> {
  await handle.close().catch(() => {});
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (error) {
    throw fromSystemError(error, 'read', path);
  }
}
