import type { CheckpointError } from '../base/errors.js';
import { isOfFile } from '../directory/checkpoint-file.js';
import { keepFile } from '../directory/keep-file.js';
import { keptStem, nextKept } from '../directory/kept-files.js';
import { foundFiles, stemOf } from '../directory/layout.js';
import type { OperationFiles } from '../directory/operation-files.js';
import { noteUse } from '../directory/use-record.js';
import { findKept } from './found-files.js';
import type { Known } from './known.js';
import { PickedRows, type Wanted } from './picked-rows.js';
import { eachRowOf, RowSet } from './row-set.js';

/** What a run is about to drop. */
export interface Dropping {
  files: OperationFiles;
  known: Known;
  /** The batches of the run's hash, as they are now. */
  batches: readonly string[];
  /** Whether a new checkpoint takes the place of what is there. */
  replaces: boolean;
  damaged: (path: string, error: CheckpointError) => void;
}

/** How many rows of earlier runs the next checkpoint has, and how many go with it: no longer in the input, or of other hashes. */
export async function droppedBy({ files, known, replaces, damaged }: Dropping): Promise<{ present: number; dropped: number }> {
  const { present, gone } = known.tally();
  let dropped = gone;
  for (const { path } of replaces ? await othersOf(files) : [])
    await looked(damaged, path, () => eachRowOf(path, files, () => void dropped++));
  return { present, dropped };
}

/**
 * Keeps the results that the next checkpoint will not have, before it is there: whenever the process ends, each is in one file at least. A
 * checkpoint of which more than half goes gets another name; of others single rows are written to a file. What is kept already, of a row
 * with this content and hash, is not kept twice.
 */
export async function retire(dropping: Dropping): Promise<void> {
  const { files, known, batches, replaces } = dropping;
  const { gone, hasOthers } = known.tally();
  if (gone > 0 || hasOthers) {
    const { table } = known;
    const isDropped: Wanted = ({ keyHigh, keyLow, high, low }) => {
      const number = table.find(keyHigh, keyLow);
      return number < 0 || table.seen.get(number) === 0 || table.high.get(number) !== high || table.low.get(number) !== low;
    };
    const final = known.finalRows === undefined ? [] : [known.files[0]?.path as string];
    await keepRows(dropping, { hash: files.hash ?? null, final, batches, isDropped });
  }
  for (const { path, hash } of replaces ? await othersOf(files) : [])
    await keepRows(dropping, { hash, final: [path], batches: [], isDropped: () => true });
}

/** The checkpoints of other hashes that a new one replaces. */
async function othersOf(files: OperationFiles): Promise<{ path: string; hash: string | null }[]> {
  const others = (await files.hashed()).filter(({ hash, error }) => error === undefined && hash !== (files.hash ?? null));
  return others.map(({ found, hash }) => ({ path: found.path, hash }));
}

/** Rows of one hash that go. */
interface Going {
  hash: string | null;
  /** The path of the checkpoint that has them, if there is one. */
  final: readonly string[];
  batches: readonly string[];
  isDropped: Wanted;
}

async function keepRows({ files, damaged }: Dropping, { hash, final, batches, isDropped }: Going): Promise<void> {
  const folder = await files.kept();
  const kept = new RowSet();
  for (const { path, hash: of, error } of await findKept(folder))
    if (error === undefined && of === hash) await looked(damaged, path, () => kept.addFile(path, files));
  const wanted: Wanted = (row) => isDropped(row) && !kept.has(row);
  for (const path of final) {
    let [all, going] = [0, 0];
    await looked(damaged, path, () => eachRowOf(path, files, (row) => void (all++, (going += Number(wanted(row))))));
    if (going * 2 <= all) continue;
    const [found] = await foundFiles([path]);
    const target = await keepFile(path, folder, files.directory);
    if (target === undefined) continue;
    // So far it was in use.
    await noteUse(stemOf(target), found?.modifiedMs ?? 0);
    // The first name may be gone by now, if somebody clears the directory.
    await looked(damaged, target, () => kept.addFile(target, files));
  }
  const sources = new Set([...final, ...batches]);
  while (sources.size > 0) {
    const picked = new PickedRows();
    const bad = await pickFailing([...sources], damaged, async () => {
      for (const path of sources) await picked.add(path, wanted);
      if (picked.rows > 0) await picked.write(files, keptStem(folder, await nextKept(folder)), hash);
    });
    if (bad === undefined) return;
    sources.delete(bad);
  }
}

/** The path of the file that is at fault where `work` cannot read one; undefined where it can. */
async function pickFailing(paths: readonly string[], damaged: Dropping['damaged'], work: () => Promise<void>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (!isOfFile(error) || error.path === undefined || !paths.includes(error.path)) throw error;
    damaged(error.path, error);
    return error.path;
  }
}

/** Reads a file of results; one that cannot be read is told of and passed over. */
async function looked(damaged: Dropping['damaged'], path: string, read: () => Promise<unknown>): Promise<void> {
  await pickFailing([path], damaged, async () => void (await read()));
}
