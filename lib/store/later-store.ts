import { once } from '../base/once.js';
import type { CheckpointStore } from './store.js';

/** What is known of a store before it is loaded. */
interface KnownStore extends Pick<CheckpointStore, 'format' | 'extension'> {
  /** Whether its files have attachments. */
  attaches: boolean;
}

/** A store whose code is loaded by its first call, for those that most programs never use. */
export function laterStore({ format, extension, attaches }: KnownStore, loadStore: () => Promise<CheckpointStore>): CheckpointStore {
  const load = once(loadStore);
  return {
    format,
    extension,
    write: async (...call) => (await load()).write(...call),
    read: async (...call) => (await load()).read(...call),
    batches: async function* (...call) {
      yield* (await load()).batches(...call);
    },
    open: async (...call) => (await load()).open(...call),
    head: async (...call) => (await load()).head(...call),
    info: async (...call) => (await load()).info(...call),
    ...(attaches && {
      attachment: async function* (path: string) {
        const { attachment } = await load();
        if (attachment !== undefined) yield* attachment(path);
      },
    }),
  };
}
