import type { CheckpointInfo } from '../options/options.js';
import type { CheckpointStore, OpenFile } from '../store/store.js';

/** A store that reads, for a path, what is at another: a checkpoint that waits for its name. */
export function storeElsewhere(store: CheckpointStore, path: string, at: string): CheckpointStore {
  const place = (given: string): string => (given === path ? at : given);
  const named = (info: CheckpointInfo): CheckpointInfo => (info.path === at ? { ...info, path } : info);
  const open: CheckpointStore['open'] = async (given, options) => {
    const file = await store.open(place(given), options);
    const renamed: OpenFile = {
      info: named(file.info),
      batches: (reading, picked) => file.batches(reading, picked),
      columnBatches: (reading) => file.columnBatches(reading),
      columns: (reading) => file.columns(reading),
      count: (counting) => file.count(counting),
      ...(file.arrowStream !== undefined && { arrowStream: file.arrowStream.bind(file) }),
      ...(file.arrow !== undefined && { arrow: file.arrow.bind(file) }),
      close: () => file.close(),
    };
    return renamed;
  };
  return {
    ...store,
    read: (given, options) => store.read(place(given), options),
    batches: (given, options) => store.batches(place(given), options),
    open,
    head: (given) => store.head(place(given)),
    info: async (given, options) => named(await store.info(place(given), options)),
    ...(store.attachment !== undefined && {
      attachment: (given: string) => (store.attachment as NonNullable<typeof store.attachment>)(place(given)),
    }),
  };
}
