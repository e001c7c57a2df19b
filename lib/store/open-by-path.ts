import { stat } from 'node:fs/promises';
import { rowsBatch } from '../columnar/columns/rows-batch.js';
import type { Columns } from '../columnar/columns/column.js';
import { CheckpointError, fromSystemError } from '../base/errors.js';
import type { ReadOptions } from '../options/options.js';
import type { Row } from '../base/rows.js';
import { closedError } from './closed-error.js';
import { pickedBatches, tellsAtEnd } from './picked-batches.js';
import type { CheckpointStore, OpenFile, OpenOptions } from './store.js';
import { gather } from './wanted-rows.js';

/** A file that is opened for each reading: one without columns. */
export async function openByPath(store: Pick<CheckpointStore, 'batches' | 'info'>, path: string, opened: OpenOptions): Promise<OpenFile> {
  const before = await stampOf(path);
  const info = await store.info(path, opened);
  let closed = false;
  const running = new Set<AsyncGenerator>();
  const check = async (): Promise<void> => {
    if (closed) throw closedError(path);
    if ((await stampOf(path)) === before) return;
    const message = `${path} was replaced or changed since it was opened; open it again`;
    throw new CheckpointError('ERR_CKPT_CHANGED', message, { path });
  };
  async function* batches(options: ReadOptions, picked?: readonly number[]): AsyncGenerator<Row[], void, undefined> {
    await check();
    const all = store.batches(path, { ...options, ...opened });
    running.add(all);
    try {
      for await (const batch of picked === undefined ? all : pickedBatches(all, picked, tellsAtEnd(info, options))) {
        yield batch;
        if (closed) break;
      }
      // Closing ends the readings: this is no end of the rows.
      if (closed) throw closedError(path);
    } finally {
      running.delete(all);
    }
  }
  async function* columnBatches(options: ReadOptions): AsyncGenerator<Columns, void, undefined> {
    for await (const batch of batches(options)) yield rowsBatch(batch, options.columns);
  }
  return {
    info,
    batches,
    columnBatches,
    columns: async (options) => rowsBatch(await gather(batches(options)), options.columns),
    count: async (options) => {
      if (options.where === undefined) return info.rows;
      let rows = 0;
      // What the condition looks at is read in any case.
      for await (const batch of batches({ ...options, columns: [] })) rows += batch.length;
      return rows;
    },
    close: () => {
      closed = true;
      for (const reading of running) void reading.return(undefined);
    },
  };
}

/** What differs between a file and another that takes its place. */
async function stampOf(path: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs } = await stat(path, { bigint: true });
    return [dev, ino, size, mtimeNs].join();
  } catch (error) {
    throw fromSystemError(error, 'read', path);
  }
}
