import { isValidDate } from '../base/realm.js';
import { invalid, show } from '../base/messages.js';
import { isRevoked } from '../base/value/is-revoked.js';
import { keysOf } from '../options/option-keys.js';
import { asOptions, checkKeys } from '../options/options.js';

/** Options of {@link CheckpointManager.sweep}: what may go. */
export interface SweepOptions {
  /** Step and operation of checkpoints that stay whatever else is said. Where it is given, others are stale. */
  keep?: readonly (readonly [step: string, operation: string])[];
  /** Hashes of operations as they are now: what was made with one of them stays. Where it is given, others are stale. */
  keepHashes?: readonly string[];
  /** Only what was last written before this moment, or so many milliseconds ago, is stale. */
  olderThan?: Date | number;
  /** When all that is stale is gone and the rest is larger than this, the oldest goes, too, until it fits. What `keep` and `keepHashes` name stays. */
  maxBytes?: number;
  /** Change nothing; tell what would be removed. @default false */
  dryRun?: boolean;
}

/** A file that a sweep has removed, or would remove. */
export interface SweptFile {
  path: string;
  /** A checkpoint, a batch, or what a killed process left: a temporary, a lease, a claim. */
  kind: 'checkpoint' | 'batch' | 'temporary';
  /** Null for temporaries, and for batches that do not say. */
  step: string | null;
  operation: string | null;
  bytes: number;
  /**
   * `stale`: by `keep`, `keepHashes` and `olderThan`. `finished`: a batch of results that are in a checkpoint. `damaged`: a batch that cannot be read. `size`: to fit in `maxBytes`. `leftover`: of a process
   * that has ended.
   */
  reason: 'stale' | 'finished' | 'damaged' | 'size' | 'leftover';
}

/** What a sweep did, or would do. */
export interface SweepResult {
  removed: SweptFile[];
  /** Of what was removed. */
  bytes: number;
  /** Of the checkpoints and batches that stay. */
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
  if (keep !== undefined && !(Array.isArray(keep) && keep.every(isPair)))
    throw invalid(`keep must be an array of pairs of step and operation, got ${show(keep)}`);
  if (keepHashes !== undefined && !(Array.isArray(keepHashes) && keepHashes.every((hash) => typeof hash === 'string')))
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

function isPair(pair: unknown): boolean {
  return !isRevoked(pair) && Array.isArray(pair) && pair.length === 2 && pair.every((name) => typeof name === 'string');
}
