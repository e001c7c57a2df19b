import { isCheckpointError, type CheckpointError } from '../base/errors.js';
import { throwIfAborted } from '../base/halt.js';
import type { ReadOptions } from '../options/options.js';
import type { Row } from '../base/rows.js';
import { storeOf } from '../formats/choose.js';
import type { CheckpointStore } from '../store/store.js';
import { checkpointFiles, isOfFile, type CheckpointFile, type Mirror, type OpenStore } from './checkpoint-file.js';
import type { FoundFile } from './layout.js';
import { fallbackLine, type Logger } from './log-lines.js';
import { noteUse } from './use-record.js';

/** How often a load starts over because another process replaced the file meanwhile. */
const RELOADS = 5;

/** Which file of a checkpoint to load. */
export interface Wanted {
  /** Looks for the files of the checkpoint, the newest first. */
  find: () => Promise<FoundFile[]>;
  /** Only a file of this hash counts. */
  hash?: string | undefined;
  mirror?: Mirror;
  /** What counts as used: the path without the extension, or the folder of a batch. */
  uses?: string;
  logger: Logger | null;
  /** What reads a file that was found. @default that of local files */
  open?: OpenStore;
}

/**
 * Reads the file of a checkpoint that counts: of the hash that is wanted, else the newest. A damaged file is passed over, with a warning,
 * where there is another that counts; where there is none its error is thrown. Null: there is no file, or none of the hash.
 */
export async function loadFile<T>(
  wanted: Wanted,
  read: (store: CheckpointStore, path: string) => Promise<T>,
): Promise<{ result: T; path: string } | null> {
  const { open = storeOf } = wanted;
  for (let attempt = 1; ; attempt++) {
    const found = await wanted.find();
    // Which file has which hash matters to nobody who takes any: what is damaged then shows when it is read.
    const files =
      wanted.hash === undefined
        ? found.map((file) => ({ found: file, hash: null }))
        : await checkpointFiles(found, wanted.mirror, undefined, open);
    const outcome = await readFirst(files, wanted, read);
    // A save has replaced a file between two looks at it: the hash and the rows must be of one.
    if (outcome === 'changed' && attempt < RELOADS) continue;
    if (outcome !== 'changed') return outcome;
    const [first] = files;
    if (first === undefined) return null;
    try {
      const result = await read(await open(first.found.path), first.found.path);
      return await used(wanted, first, result);
    } catch (error) {
      // Cleared once more.
      if (isCheckpointError(error) && error.code === 'ERR_CKPT_NOT_FOUND') return null;
      throw error;
    }
  }
}

async function readFirst<T>(
  files: readonly CheckpointFile[],
  wanted: Wanted,
  read: (store: CheckpointStore, path: string) => Promise<T>,
): Promise<{ result: T; path: string } | null | 'changed'> {
  const { hash, logger, find, open = storeOf } = wanted;
  const failures: CheckpointError[] = [];
  for (const file of files) {
    const { path } = file.found;
    if (file.error === undefined && hash !== undefined && file.hash !== hash) continue;
    try {
      if (file.error !== undefined) throw file.error;
      const result = await read(await open(path), path);
      if (hash !== undefined && !(await isUnchanged(find, file))) return 'changed';
      for (const failure of failures) logger?.warn(fallbackLine(failure, path));
      return await used(wanted, file, result);
    } catch (error) {
      if (!isOfFile(error)) throw error;
      if (error.code === 'ERR_CKPT_NOT_FOUND') return 'changed';
      // A file became a folder, or a folder a file.
      if (error.code === 'ERR_CKPT_NOT_A_FILE' && !(await isUnchanged(find, file))) return 'changed';
      // What it refers to was swept because it was replaced.
      if (error.code === 'ERR_CKPT_BASE' && !(await isUnchanged(find, file))) return 'changed';
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  return null;
}

async function used<T>({ uses }: Wanted, { found }: CheckpointFile, result: T): Promise<{ result: T; path: string }> {
  if (uses !== undefined) await noteUse(uses, found.modifiedMs);
  return { result, path: found.path };
}

async function isUnchanged(find: Wanted['find'], { found }: CheckpointFile): Promise<boolean> {
  return (await find()).some(({ version }) => version === found.version);
}

/**
 * The rows of a checkpoint one by one, and the path that they come from as the result. Once a row was given out, damage is an error: what
 * was given cannot be taken back.
 */
export async function* scanFile(wanted: Wanted, options: ReadOptions): AsyncGenerator<Row, string | null, undefined> {
  const begun = await loadFile(wanted, async (store, path) => {
    const batches = store.batches(path, options);
    return { batches, first: await batches.next() };
  });
  if (begun === null) return null;
  const { batches, first } = begun.result;
  try {
    for (let step = first; step.done !== true; step = await batches.next()) {
      for (const row of step.value) {
        yield row;
        throwIfAborted(options.signal);
      }
    }
    throwIfAborted(options.signal);
    return begun.path;
  } finally {
    await batches.return();
  }
}
