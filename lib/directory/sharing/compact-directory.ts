import { fromSystemError } from '../../base/errors.js';
import { guarded } from '../../base/guarded.js';
import { throwIfAborted } from '../../base/halt.js';
import { needBinary } from '../migrate-file.js';
import { OperationFiles, type Home } from '../operation-files.js';
import { holderUses, type HolderUse } from './holder-use.js';
import { rewriteFile } from './rewrite.js';
import { idOf, isBase, likeliest, outcomeOf, sharedCheckpoints, type SharedCheckpoint } from './shared-checkpoints.js';
import type { CompactOptions, RewriteResult, RewrittenCheckpoint } from './sharing-options.js';
import { unreferencedBytes } from './unreferenced-bytes.js';

/** What is written anew may itself have been referred to: a round looks at what the one before it left. */
const ROUNDS = 8;

/** What a round has to do. */
interface Round {
  all: SharedCheckpoint[];
  todo: SharedCheckpoint[];
  /** Files that are to go. */
  victims: Set<string>;
  victimBytes: number;
}

/**
 * Frees the pool of a directory of files of which little is used: those that refer to them are written anew, thin against each other or
 * whole, and compared row by row before they count. So is what refers to too many files.
 */
export async function compactDirectory(home: Home, options: CompactOptions): Promise<RewriteResult> {
  const { dryRun = false, signal } = options;
  needBinary(home.directory);
  const outcomes = new Map<string, RewrittenCheckpoint>();
  let freedBytes = await unreferencedBytes(home.directory);
  for (let round = 0; round < ROUNDS; round++) {
    const work = await roundOf(home.directory, options, outcomes);
    if (work.todo.length === 0) break;
    for (const [at, checkpoint] of work.todo.entries()) {
      throwIfAborted(signal);
      outcomes.set(checkpoint.found.path, dryRun ? plannedOf(checkpoint) : await compactOne(home, options, work, at));
    }
    freedBytes = dryRun ? freedBytes + work.victimBytes : await unreferencedBytes(home.directory);
    if (dryRun) break;
  }
  const checkpoints = [...outcomes.values()];
  const bytesBefore = checkpoints.reduce((sum, outcome) => sum + outcome.bytesBefore, 0);
  const bytesAfter = dryRun ? null : checkpoints.reduce((sum, outcome) => sum + (outcome.bytesAfter ?? 0), 0);
  return { checkpoints, bytesBefore, bytesAfter, freedBytes, dryRun };
}

/** What is to be written anew, the oldest first; each checkpoint once. */
async function roundOf(directory: string, options: CompactOptions, done: ReadonlyMap<string, unknown>): Promise<Round> {
  const { maxGarbage = 0.5, maxHolders = 8, signal } = options;
  const all = await sharedCheckpoints(directory);
  const rewritable = new Set(all.map(({ found }) => found.path).filter((path) => !done.has(path)));
  const isVictim = ({ bytes, usedBytes, users }: HolderUse): boolean =>
    bytes - usedBytes > bytes * maxGarbage && users.every((path) => rewritable.has(path));
  const victims = (await holderUses(directory, signal)).filter(isVictim);
  const users = new Set(victims.flatMap((victim) => victim.users));
  const todo = all.filter(
    ({ found, references }) =>
      rewritable.has(found.path) && references !== undefined && (users.has(found.path) || references.holders.length > maxHolders),
  );
  const victimBytes = victims.reduce((sum, { bytes }) => sum + bytes, 0);
  return { all, todo, victims: new Set(victims.map(({ id }) => id)), victimBytes };
}

/** What a dry run says: how large it becomes, nobody knows before. */
function plannedOf(checkpoint: SharedCheckpoint): RewrittenCheckpoint {
  return { ...outcomeOf(checkpoint), status: 'planned', bytesAfter: null };
}

async function compactOne(home: Home, options: CompactOptions, work: Round, at: number): Promise<RewrittenCheckpoint> {
  const { signal, onProgress, maxHolders = 8 } = options;
  const checkpoint = work.todo[at] as SharedCheckpoint;
  const { step, operation, found, facts } = checkpoint;
  const outcome = outcomeOf(checkpoint);
  const tell = guarded(onProgress, 'onProgress');
  const onRows = (rows: number): void => tell?.({ rows, totalRows: facts?.rows, file: found.path, filesDone: at, files: work.todo.length });
  try {
    const files = await OperationFiles.of(home, step, operation);
    const lease = await files.lease({ lockWait: 0, signal });
    try {
      const bases = await basesFor(home.directory, checkpoint, work, at, maxHolders);
      const made = await rewriteFile(found, found.path, { share: { root: home.directory, bases }, signal, onRows });
      return { ...outcome, status: made?.delta === null ? 'whole' : 'thin', bytesAfter: made?.bytes ?? found.bytes };
    } finally {
      await lease.release();
    }
  } catch (error) {
    if (signal?.aborted === true) throw signal.reason;
    return { ...outcome, status: 'failed', error: fromSystemError(error, 'rewrite', found.path) };
  }
}

/** Files that it may refer to: none that refers to what is to go, and with what these refer to no more than are allowed. */
async function basesFor(
  directory: string,
  checkpoint: SharedCheckpoint,
  { todo, victims }: Round,
  at: number,
  maxHolders: number,
): Promise<string[]> {
  const later = new Set(todo.slice(at).map(({ found }) => found.path));
  const others = (await sharedCheckpoints(directory)).filter(
    ({ found, references, ...other }) =>
      !later.has(found.path) && isBase(other) && references?.holders.some(({ id }) => victims.has(id)) !== true,
  );
  const known = new Set(checkpoint.references?.holders.map(({ id }) => id));
  const referredTo = others.filter((other) => known.has(idOf(other) ?? ''));
  const ids = new Set<string>();
  const bases: string[] = [];
  for (const base of new Set([...likeliest(checkpoint, referredTo), ...likeliest(checkpoint, others)])) {
    const more = [idOf(base) ?? '', ...(base.references?.holders.map(({ id }) => id) ?? [])].filter((id) => !ids.has(id));
    if (ids.size + more.length > maxHolders) continue;
    for (const id of more) ids.add(id);
    bases.push(base.found.path);
  }
  return bases;
}
