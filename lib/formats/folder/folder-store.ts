import { CheckpointError, isCheckpointError } from '../../base/errors.js';
import type { Row } from '../../base/rows.js';
import type { FileOptions, ReadOptions } from '../../options/options.js';
import type { CheckpointStore, OpenOptions } from '../../store/store.js';
import { gather } from '../../store/wanted-rows.js';
import { OpenFolder } from './open-folder.js';
import { folderBatches } from './read-folder.js';
import type { PartsSource } from './parts-source.js';
import { survey, type Survey } from './survey.js';

/** How often a reading starts over because another process replaced the folder meanwhile. */
const READINGS = 20;

/** Reads folders of Parquet parts as one checkpoint, each part by what its source has. It writes none: see `writeFolder`. */
export function folderStore(source: PartsSource): CheckpointStore {
  const look = (path: string, options?: FileOptions & Pick<ReadOptions, 'compat'>): Promise<Survey> => {
    const { verify, limits, text, duplicateColumns, compat } = options ?? {};
    const given = Object.entries({ verify, limits, text, duplicateColumns }).filter(([, value]) => value !== undefined);
    return survey(path, source, Object.fromEntries(given), compat);
  };

  async function* batches(path: string, options: ReadOptions): AsyncGenerator<Row[], void, undefined> {
    let given = false;
    for (let attempt = 1; ; attempt++) {
      try {
        for await (const batch of folderBatches(await look(path, options), source, options)) {
          given = true;
          yield batch;
        }
        return;
      } catch (error) {
        // Rows that were given out cannot be taken back.
        if (given || attempt === READINGS || !isChanged(error)) throw error;
      }
    }
  }

  const read = (path: string, options: ReadOptions): Promise<Row[]> =>
    unchanged(async () => gather(folderBatches(await look(path, options), source, options)));

  return {
    format: 'parquet',
    extension: '.parquet',
    async write(path) {
      throw new CheckpointError('ERR_CKPT_INTERNAL', `arrow-ckpt has a bug: a save of ${path} by a store that reads folders`, { path });
    },
    read,
    batches,
    open: async (path: string, options: OpenOptions) => new OpenFolder(await unchanged(() => look(path, options)), source, options),
    head: async (path) => (await unchanged(() => look(path))).head,
    info: async (path, options) => (await unchanged(() => look(path, options))).info,
  };
}

async function unchanged<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt === READINGS || !isChanged(error)) throw error;
    }
  }
}

function isChanged(error: unknown): boolean {
  return isCheckpointError(error) && error.code === 'ERR_CKPT_CHANGED';
}
