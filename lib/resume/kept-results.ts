import type { CheckpointError } from '../base/errors.js';
import { isOfFile } from '../directory/checkpoint-file.js';
import { keptFolder } from '../directory/kept-files.js';
import { foundFiles, stemOf } from '../directory/layout.js';
import type { OperationFiles } from '../directory/operation-files.js';
import { noteUse } from '../directory/use-record.js';
import type { MapEvent } from './events.js';
import { findKept } from './found-files.js';
import type { Known } from './known.js';
import { droppedBy, retire, type Dropping } from './retire.js';

/** Takes in the kept results of the run's hash. */
export async function addKept(known: Known, files: OperationFiles, damaged: Dropping['damaged']): Promise<void> {
  for (const { path, hash, error } of await findKept(await files.kept())) {
    if (error !== undefined && !isOfFile(error)) throw error;
    if (error === undefined && hash !== (files.hash ?? null)) continue;
    if (error === undefined) await tried(known, path, files, damaged);
    else damaged(path, error);
  }
}

/** Takes in a file of results, if it can be read. */
export async function tried(
  known: Known,
  path: string,
  files: OperationFiles,
  damaged: (path: string, error: CheckpointError) => void,
): Promise<boolean> {
  try {
    return await known.add(path, files);
  } catch (error) {
    if (!isOfFile(error)) throw error;
    damaged(path, error);
    return false;
  }
}

/** Before a new checkpoint: keeps what it will not have if that is wanted, and says what goes. */
export async function beforeFinal(dropping: Dropping, keeps: boolean, onEvent: (event: MapEvent) => void): Promise<void> {
  const { files } = dropping;
  const { present, dropped } = await droppedBy(dropping);
  if (keeps) await retire(dropping);
  if (dropped === 0) return;
  const kept = keeps ? files.nameOf(keptFolder(files.stem)) : null;
  onEvent({ type: 'removed', rows: dropped, kept });
  if (dropped <= present) return;
  const where = kept === null ? 'they are dropped, as the option removed says' : `they stay in ${kept} until a sweep removes them`;
  files.logger?.warn(
    `the new checkpoint of '${files.operation}' in step '${files.step}' has no results of ${dropped} rows of the one before, which are not in the input or of another hash; ${where}`,
  );
}

/** Notes the use of kept results. */
export async function noteKeptUse(known: Known): Promise<void> {
  for (const { path, modifiedMs } of await foundFiles(known.keptInUse().map((file) => file.path))) await noteUse(stemOf(path), modifiedMs);
}
