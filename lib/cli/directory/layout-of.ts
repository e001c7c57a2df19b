import { isCheckpointError } from '../../base/errors.js';
import { listFolder } from '../../directory/folders.js';
import { keptFiles, keptFoldersIn } from '../../directory/kept-files.js';
import { batchFoldersIn, batchStem, filesOf, listBatches, listStep, listSteps, type BatchFolder } from '../../directory/layout.js';
import { isCheckpointName } from '../../directory/is-checkpoint-name.js';

/** An operation's checkpoint or a batch, with its files. */
export interface StoredCheckpoint {
  /** Null for a batch. */
  step: string | null;
  operation: string;
  /** The index of a batch, else null. */
  batch: number | null;
  /** The path without the extension. */
  stem: string;
  json?: string;
  parquet?: string;
  /** Of all its files together. */
  bytes: number;
}

/** Results that maps kept beside a checkpoint. */
export interface StoredKept {
  step: string;
  operation: string;
  files: number;
  bytes: number;
}

/** What lies in the directory of a pipeline: see lib/directory/layout.ts. */
interface Layout {
  /** Those of steps, in the order of their names, then batches. */
  checkpoints: StoredCheckpoint[];
  kept: StoredKept[];
  /** The names of checkpoints directly in the directory. */
  flat: string[];
  /** The errors of what cannot be listed. */
  failures: unknown[];
}

/** Looks through a directory; opens no file. A folder that cannot be listed is reported, and the rest goes on. */
export async function layoutOf(directory: string): Promise<Layout> {
  const layout: Layout = { checkpoints: [], kept: [], flat: [], failures: [] };
  const add = async (folder: () => Promise<Omit<StoredCheckpoint, 'bytes'>[]>): Promise<void> => {
    try {
      for (const place of await folder()) layout.checkpoints.push(await withFiles(place));
    } catch (error) {
      if (!isCheckpointError(error)) throw error;
      layout.failures.push(error);
    }
  };
  const steps = await listSteps(directory);
  for (const { step, folder } of steps) {
    await add(async () => (await listStep(folder)).map(({ operation, stem }) => ({ step, operation, batch: null, stem })));
  }
  const addBatches = async ({ operation, folder }: BatchFolder): Promise<void> =>
    add(async () => (await listBatches(folder)).map((batch) => ({ step: null, operation, batch, stem: batchStem(folder, batch) })));
  for (const found of await batchFoldersIn(directory, null)) await addBatches(found);
  // A step that cannot be listed was told above.
  for (const { step, folder } of steps) for (const found of await batchFoldersIn(folder, step).catch(() => [])) await addBatches(found);
  for (const { step, folder } of steps) for (const kept of await keptIn(folder).catch(() => [])) layout.kept.push({ step, ...kept });
  for (const entry of await listFolder(directory)) if (!entry.isDirectory() && isCheckpointName(entry.name)) layout.flat.push(entry.name);
  return layout;
}

/** The kept results in the folder of a step. */
async function keptIn(folder: string): Promise<Omit<StoredKept, 'step'>[]> {
  const kept: Omit<StoredKept, 'step'>[] = [];
  for (const { operation, folder: own } of await keptFoldersIn(folder)) {
    const sizes = (await keptFiles(own)).map(({ bytes }) => bytes);
    if (sizes.length > 0) kept.push({ operation, files: sizes.length, bytes: sizes.reduce((sum, bytes) => sum + bytes, 0) });
  }
  return kept;
}

async function withFiles(place: Omit<StoredCheckpoint, 'bytes'>): Promise<StoredCheckpoint> {
  const stored: StoredCheckpoint = { ...place, bytes: 0 };
  for (const { path, bytes } of await filesOf(place.stem)) {
    stored[path.endsWith('.json') ? 'json' : 'parquet'] = path;
    stored.bytes += bytes;
  }
  return stored;
}
