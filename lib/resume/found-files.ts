import { factsOfCode } from '../base/error-facts.js';
import { isCheckpointError, type CheckpointError } from '../base/errors.js';
import { isOfFile } from '../directory/checkpoint-file.js';
import { keptFiles } from '../directory/kept-files.js';
import { batchStem, filesOf, listBatches, type FoundFile } from '../directory/layout.js';
import { storeOf } from '../formats/choose.js';
import type { LedgerHead } from './ledger-head.js';
import type { OperationFiles } from '../directory/operation-files.js';
import { ledgerHeadOf } from './read-ledger.js';

/** How often a folder is looked at anew whose files go and come. */
export const MOST_LOOKS = 100;

/** One batch file that a `map` wrote, as far as its ledger can be read. */
export interface FoundBatch {
  index: number;
  path: string;
  bytes: number;
  modifiedMs: number;
  version: string;
  hash: string | null;
  /** Null: none of ours, `saveBatchCheckpoint` wrote it. */
  head: LedgerHead | null;
  /** It cannot be read. */
  error?: CheckpointError;
}

/**
 * Whether a file is of no use to anybody, this or another version, so that it may be removed: not one that cannot be opened at the moment,
 * or is of a later version.
 */
export function isBroken(error: CheckpointError | undefined): boolean {
  return error !== undefined && factsOfCode(error.code)?.isBroken === true;
}

/**
 * The batch files in a folder in the order of their indexes, as they were at one moment: where one goes meanwhile, as it is merged with
 * others, the folder is looked at anew.
 */
export async function findBatches(folder: string): Promise<FoundBatch[]> {
  return foundIn(() => batchesIn(folder), batchOf);
}

/** The same with what `read` makes of each; it gives `gone` where the file is. */
export async function readEach<T extends object>(folder: string, read: (file: FoundFile) => Promise<T | 'gone'>): Promise<T[]> {
  return foundIn(
    () => batchesIn(folder),
    (_, file) => read(file),
  );
}

async function batchesIn(folder: string): Promise<{ index: number; file: FoundFile }[]> {
  const files: { index: number; file: FoundFile }[] = [];
  for (const index of await listBatches(folder)) for (const file of await filesOf(batchStem(folder, index))) files.push({ index, file });
  return files;
}

/** The same of a folder of kept results. */
export async function findKept(folder: string): Promise<FoundBatch[]> {
  return foundIn(async () => (await keptFiles(folder)).map((file, index) => ({ index, file })), batchOf);
}

async function foundIn<T extends object>(
  list: () => Promise<{ index: number; file: FoundFile }[]>,
  read: (index: number, file: FoundFile) => Promise<T | 'gone'>,
): Promise<T[]> {
  const looked = new Map<string, T>();
  for (let attempt = 1; ; attempt++) {
    const found: T[] = [];
    let isWhole = true;
    for (const { index, file } of await list()) {
      const name = `${file.path} ${file.version}`;
      const batch = looked.get(name) ?? (await read(index, file));
      if (batch === 'gone') isWhole = false;
      else {
        looked.set(name, batch);
        found.push(batch);
      }
    }
    if (isWhole || attempt >= MOST_LOOKS) return found;
  }
}

async function batchOf(index: number, { path, bytes, modifiedMs, version }: FoundFile): Promise<FoundBatch | 'gone'> {
  try {
    const store = await storeOf(path);
    const { hash } = await store.head(path);
    return { index, path, bytes, modifiedMs, version, hash, head: await ledgerHeadOf(path, store) };
  } catch (error) {
    if (!isCheckpointError(error)) throw error;
    if (error.code === 'ERR_CKPT_NOT_FOUND') return 'gone';
    return { index, path, bytes, modifiedMs, version, hash: null, head: null, error };
  }
}

/** The final checkpoint of this hash that has a ledger; null for none. `damaged` is called for each that cannot be read. */
export async function findFinal(files: OperationFiles, damaged: (path: string, error: CheckpointError) => void): Promise<FoundFile | null> {
  for (const { found, hash, error } of await files.hashed()) {
    if (error !== undefined) {
      if (!isOfFile(error)) throw error;
      damaged(found.path, error);
    } else if (hash === (files.hash ?? null)) return found;
  }
  return null;
}
