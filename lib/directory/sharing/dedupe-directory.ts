import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromSystemError } from '../../base/errors.js';
import { guarded } from '../../base/guarded.js';
import { throwIfAborted } from '../../base/halt.js';
import { storeOf } from '../../formats/choose.js';
import { sharesAnySize, SMALLEST_FILE } from '../../formats/parquet/pool.js';
import type { CheckpointInfo } from '../../options/options.js';
import { needBinary } from '../migrate-file.js';
import { OperationFiles, type Home } from '../operation-files.js';
import { rewriteFile, writeCopy, type Rewriting } from './rewrite.js';
import { idOf, isBase, likeliest, outcomeOf, sharedCheckpoints, type SharedCheckpoint } from './shared-checkpoints.js';
import type { DedupeOptions, RewriteResult, RewrittenCheckpoint } from './sharing-options.js';
import { unreferencedBytes } from './unreferenced-bytes.js';

/** A file that later ones may refer to. */
interface Base extends Pick<SharedCheckpoint, 'facts'> {
  path: string;
}

/** What a dry run shows while its files are there: a checkpoint, and what it would be. */
type Look = (checkpoint: SharedCheckpoint, made: CheckpointInfo) => Promise<void>;

/**
 * Makes the checkpoints of a directory thin, the oldest first: each is written anew with those before it as bases, and compared row by row
 * before it counts. A file that cannot be read, or that a running process works on, is reported, and the rest goes on.
 */
export async function dedupeDirectory(home: Home, options: DedupeOptions, look?: Look): Promise<RewriteResult> {
  const { dryRun = false } = options;
  needBinary(home.directory);
  const all = await sharedCheckpoints(home.directory);
  if (!dryRun) return new Dedupe(home, options, all, undefined).run();
  const folder = await mkdtemp(join(tmpdir(), 'arrow-ckpt-')).catch((error: unknown) => {
    throw fromSystemError(error, 'write', tmpdir());
  });
  try {
    return await new Dedupe(home, options, all, folder, look).run();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

class Dedupe {
  readonly #bases: Base[] = [];
  /** Files that have been replaced: who refers to them keeps them alive, and is written anew. */
  readonly #replaced = new Set<string>();

  constructor(
    readonly home: Home,
    readonly options: DedupeOptions,
    readonly all: readonly SharedCheckpoint[],
    /** Where a dry run writes. */
    readonly folder: string | undefined,
    readonly look?: Look,
  ) {}

  async run(): Promise<RewriteResult> {
    const { signal, onProgress, dryRun = false } = this.options;
    const tell = guarded(onProgress, 'onProgress');
    const checkpoints: RewrittenCheckpoint[] = [];
    for (const [at, checkpoint] of this.all.entries()) {
      throwIfAborted(signal);
      const { found, facts } = checkpoint;
      const onRows = (rows: number): void =>
        tell?.({ rows, totalRows: facts?.rows, file: found.path, filesDone: at, files: this.all.length });
      onRows(0);
      const outcome = outcomeOf(checkpoint);
      checkpoints.push(outcome);
      try {
        const made = await this.#one(checkpoint, at, onRows);
        if (made !== undefined) Object.assign(outcome, { status: made.delta === null ? 'whole' : 'thin', bytesAfter: made.bytes });
      } catch (error) {
        if (signal?.aborted === true) throw signal.reason;
        Object.assign(outcome, { status: 'failed', error: fromSystemError(error, 'rewrite', found.path) });
        // It stays as it is.
        if (this.folder === undefined && isBase(checkpoint)) this.#bases.push({ path: found.path, facts });
      }
    }
    const bytesBefore = checkpoints.reduce((sum, outcome) => sum + outcome.bytesBefore, 0);
    const bytesAfter = checkpoints.reduce((sum, outcome) => sum + (outcome.bytesAfter ?? 0), 0);
    const freedBytes = dryRun ? 0 : await unreferencedBytes(this.home.directory);
    return { checkpoints, bytesBefore, bytesAfter, freedBytes, dryRun };
  }

  /** What a checkpoint has become; undefined where it stays as it is. */
  async #one(checkpoint: SharedCheckpoint, at: number, onRows: (rows: number) => void): Promise<CheckpointInfo | undefined> {
    const { found, facts, references } = checkpoint;
    // Says what is wrong with it.
    if (facts === undefined) await (await storeOf(found.path)).info(found.path);
    if (facts === undefined || facts.compat !== undefined || !facts.ours) return undefined;
    const isThin = references !== undefined;
    if (!isThin && found.bytes < SMALLEST_FILE && !sharesAnySize()) return undefined;
    const isLast = at === this.all.length - 1;
    const bases = likeliest(checkpoint, this.#bases);
    const root = this.folder ?? this.home.directory;
    const { signal } = this.options;
    const rewriting: Rewriting = { share: { root, bases: bases.map(({ path }) => path) }, signal, onRows };
    const refersToReplaced = references?.holders.some(({ id }) => this.#replaced.has(id)) === true;
    const accepts = (made: CheckpointInfo): boolean => {
      if (refersToReplaced) return true;
      if (isThin) return false;
      // A whole one is wanted as a base only.
      return made.delta === null ? !isBase(checkpoint) && !isLast : made.bytes < found.bytes;
    };
    if (this.folder !== undefined) return this.#measure(checkpoint, join(this.folder, `${at}.parquet`), { ...rewriting, accepts });
    const isNeeded = isThin ? refersToReplaced : bases.length > 0 || (!isBase(checkpoint) && !isLast);
    const made = isNeeded ? await this.#replace(checkpoint, { ...rewriting, accepts }) : undefined;
    const id = idOf(checkpoint);
    if (made !== undefined && id !== undefined) this.#replaced.add(id);
    if (made !== undefined || isBase(checkpoint)) this.#bases.push({ path: found.path, facts });
    return made;
  }

  async #replace({ step, operation, found }: SharedCheckpoint, rewriting: Rewriting): Promise<CheckpointInfo | undefined> {
    const files = await OperationFiles.of(this.home, step, operation);
    const lease = await files.lease({ lockWait: 0, signal: rewriting.signal });
    try {
      return await rewriteFile(found, found.path, rewriting);
    } finally {
      await lease.release();
    }
  }

  /** Writes it elsewhere, whatever becomes of it: those after it are measured with it. */
  async #measure(checkpoint: SharedCheckpoint, target: string, rewriting: Rewriting): Promise<CheckpointInfo | undefined> {
    const made = await writeCopy(checkpoint.found.path, target, rewriting);
    this.#bases.push({ path: target, facts: checkpoint.facts });
    await this.look?.(checkpoint, made);
    if (checkpoint.references !== undefined) return undefined;
    return rewriting.accepts?.(made) === true ? made : undefined;
  }
}
