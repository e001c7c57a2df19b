import { isValidDate } from '../base/realm.js';
import { invalid, show } from '../base/messages.js';
import { isText, listOf } from '../base/value/items-of.js';
import { keysOf } from '../options/option-keys.js';
import { asOptions, checkKeys } from '../options/options.js';

/**
 * Options of {@link CheckpointManager.sweep}: what may be removed. If several of `keep`, `keepHashes` and `olderThan` are given, a
 * checkpoint is stale only if every one calls it stale; without any, none is.
 */
export interface SweepOptions {
  /** Checkpoints that stay, whatever else is given: pairs of step and operation. All others are stale. */
  keep?: readonly (readonly [step: string, operation: string])[];
  /**
   * The hashes of operations as they are now. What was made with others is stale.
   *
   * What was made with one of them stays.
   */
  keepHashes?: readonly string[];
  /**
   * What was last written and last used before this moment is stale: a Date, or how long ago.
   *
   * Uses are noted once an hour.
   * @unit ms
   */
  olderThan?: Date | number;
  /**
   * What was not used for longest goes, too, until the rest fits.
   *
   * That is what is left when all that is stale is gone. What `keep` and `keepHashes` name stays.
   * @default no limit @unit bytes
   */
  maxBytes?: number;
  /** Change nothing; report what would be removed. @default false */
  dryRun?: boolean;
}

/** A file that a sweep has removed, or would remove. */
export interface SweptFile {
  path: string;
  /**
   * A checkpoint, a batch, kept results, a file that others referred to, or what a killed process left: a temporary, a lease, a claim.
   */
  kind: 'checkpoint' | 'batch' | 'kept' | 'holder' | 'temporary';
  /** Null for temporaries, and for batches that do not say. */
  step: string | null;
  operation: string | null;
  bytes: number;
  /**
   * `stale`: by the options. `finished`: its results are all in a checkpoint. `damaged`: a batch that cannot be read. `size`: to fit
   * in `maxBytes`. `unreferenced`: no checkpoint has referred to it for an hour. `leftover`: of a process that has ended.
   */
  reason: 'stale' | 'finished' | 'damaged' | 'size' | 'unreferenced' | 'leftover';
}

/** What a sweep did, or would do. */
export interface SweepResult {
  removed: SweptFile[];
  /** Of what was removed. */
  bytes: number;
  /** Of the checkpoints, batches and kept results that stay. */
  keptBytes: number;
  /** What would have been removed, but a running process is using it. */
  inUse: SweptFile[];
  dryRun: boolean;
}

const KEYS = keysOf<SweepOptions>({ keep: true, keepHashes: true, olderThan: true, maxBytes: true, dryRun: true });

/** Throws for what is wrong with the options. `before`: the moment of `olderThan`, in milliseconds since 1970. */
export function checkSweepOptions(given: SweepOptions | undefined): SweepOptions & { before: number | undefined } {
  const options = asOptions(given, 'sweep') as SweepOptions;
  checkKeys(options, KEYS, 'sweep');
  const { keep, keepHashes, olderThan, maxBytes, dryRun } = options;
  if (keep !== undefined && listOf(keep, isPair) === undefined)
    throw invalid(`keep must be an array of pairs of step and operation, got ${show(keep)}`);
  if (keepHashes !== undefined && listOf(keepHashes, isText) === undefined)
    throw invalid(`keepHashes must be an array of strings, got ${show(keepHashes)}`);
  if (maxBytes !== undefined && !(typeof maxBytes === 'number' && maxBytes >= 0))
    throw invalid(`maxBytes must be a number from 0 on, got ${show(maxBytes)}`);
  if (dryRun !== undefined && typeof dryRun !== 'boolean') throw invalid(`dryRun must be true or false, got ${show(dryRun)}`);
  return { ...options, before: momentOf(olderThan) };
}

function momentOf(olderThan: unknown): number | undefined {
  if (olderThan === undefined) return undefined;
  if (isValidDate(olderThan)) return Date.prototype.getTime.call(olderThan);
  if (typeof olderThan === 'number' && olderThan >= 0) return Date.now() - olderThan;
  throw invalid(`olderThan must be a Date or milliseconds from 0 on, got ${show(olderThan)}`);
}

function isPair(pair: unknown): pair is [string, string] {
  return listOf(pair, isText)?.length === 2;
}
