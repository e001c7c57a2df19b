import type { Readable } from 'node:stream';
import { nodeStreams } from '../../base/node-modules.js';
import { watchAbort } from '../../base/halt.js';
import type { Readings } from './readings.js';

/**
 * Rows as a Node stream in object mode. The stream reads some rows ahead. An abort, or the closing of the reader, destroys it with those,
 * but only once it has begun: before that the first row rejects.
 */
export function nodeStream<T>(rows: AsyncIterableIterator<T>, signal: AbortSignal | undefined, readings: Readings): Readable {
  let ends: (() => unknown)[] | undefined;
  const source: AsyncIterableIterator<T> = {
    next: () => {
      ends ??= watch();
      return rows.next();
    },
    // A stream calls this in the end, however it ends.
    return: (value) => {
      ends?.forEach((end) => end());
      return rows.return?.(value as undefined) ?? Promise.resolve({ value, done: true });
    },
    [Symbol.asyncIterator]: () => source,
  };
  const stream = nodeStreams().Readable.from(source, { objectMode: true });
  // A signal outlives many streams: one that is forgotten must not stay with it.
  const own = new WeakRef(stream);
  const watch = (): (() => unknown)[] => {
    const closing = readings.watch(() => own.deref()?.destroy(readings.error));
    return signal === undefined ? [closing] : [closing, watchAbort(signal, () => own.deref()?.destroy(signal.reason as Error))];
  };
  return stream;
}

/** Rows as a Web stream. It reads nothing ahead, so that nothing is given out after an abort. */
export function webStream<T>(rows: AsyncIterableIterator<T>): ReadableStream<T> {
  const source = {
    pull: async (controller: ReadableStreamDefaultController<T>): Promise<void> => {
      const { value, done } = await rows.next();
      if (done === true) controller.close();
      else controller.enqueue(value);
    },
    cancel: async (): Promise<void> => {
      await rows.return?.();
    },
  };
  return new ReadableStream<T>(source, { highWaterMark: 0 });
}
