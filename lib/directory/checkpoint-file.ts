import { factsOfCode } from '../base/error-facts.js';
import { isCheckpointError, type CheckpointError } from '../base/errors.js';
import { storeOf } from '../formats/choose.js';
import type { CheckpointInfo } from '../options/options.js';
import type { CheckpointStore } from '../store/store.js';
import type { FoundFile } from './layout.js';

/** One file of a checkpoint. */
export interface CheckpointFile {
  found: FoundFile;
  /** The hash that counts: see {@link effectiveHash}. Null for a damaged file. */
  hash: string | null;
  /** Why it cannot be read. */
  error?: CheckpointError;
}

/** Hashes of operations that are not in their files. */
export interface Hashes {
  hashOf(step: string, operation: string): Promise<string | null>;
}

/** Where the hashes of files without one are. */
export interface Mirror<C extends Hashes = Hashes> {
  config: C;
  step: string;
  operation: string;
}

/** What is known of files already, by their paths. */
export type KnownInfos = ReadonlyMap<string, CheckpointInfo>;

/** What reads a file that was found. */
export type OpenStore = (path: string) => Promise<CheckpointStore>;

/** The files of a checkpoint with their hashes; batches have none. */
export async function checkpointFiles(
  all: readonly FoundFile[],
  mirror?: Mirror,
  known?: KnownInfos,
  open: OpenStore = storeOf,
): Promise<CheckpointFile[]> {
  const files: CheckpointFile[] = [];
  for (const found of all) {
    try {
      const { hash } = known?.get(found.path) ?? (await (await open(found.path)).head(found.path));
      files.push({ found, hash });
    } catch (error) {
      if (!isCheckpointError(error)) throw error;
      // Removed in this moment, by a save in the other format.
      if (error.code !== 'ERR_CKPT_NOT_FOUND') files.push({ found, hash: null, error });
    }
  }
  if (mirror === undefined || !files.some(({ hash, error }) => hash === null && error === undefined)) return files;
  const mirrored = await mirror.config.hashOf(mirror.step, mirror.operation);
  const hashes = files.map((file) => effectiveHash(file, files, mirrored));
  return files.map((file, index) => Object.assign(file, { hash: hashes[index] }));
}

/**
 * The hash of a file: its own, or where it has none that of DocETL's configuration file. That one is of the operation and not of a file:
 * where another file has it inside, it was written for that one, whatever the times of the two say.
 */
function effectiveHash(file: CheckpointFile, all: readonly CheckpointFile[], mirrored: string | null): string | null {
  if (file.hash !== null || file.error !== undefined) return file.hash;
  return all.some((other) => other.hash !== null && other.hash === mirrored) ? null : mirrored;
}

/**
 * Whether the file itself is at fault, so that another file of the checkpoint may be tried: not the call, the system, or a package that is
 * too old for it.
 */
export function isOfFile(error: unknown): error is CheckpointError {
  return isCheckpointError(error) && factsOfCode(error.code)?.failover === 'file';
}
