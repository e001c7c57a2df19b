import type { Progress } from '../../base/pace.js';
import { invalid, show } from '../../base/messages.js';
import { throwIfAborted } from '../../base/halt.js';
import { keysOf, type OptionKeys } from '../../options/option-keys.js';
import { asOptions, checkKeys, checkPath, checkSignal, type WriteOptions } from '../../options/options.js';

/** Options of {@link CheckpointManager.materialize}. */
export interface MaterializeOptions extends Pick<WriteOptions, 'signal' | 'onProgress'> {
  /** Where to write it. @default in its place */
  to?: string;
}

/** The rows are those of `file`, written, then compared. */
export interface RewriteProgress extends Progress {
  file: string;
  filesDone: number;
  files: number;
}

/** Options of {@link CheckpointManager.dedupe}. */
export interface DedupeOptions extends Pick<WriteOptions, 'signal'> {
  /** Change nothing; tell what would be done. @default false */
  dryRun?: boolean;
  /** Called as rows are written and compared. */
  onProgress?: (progress: RewriteProgress) => void;
}

/** Options of {@link CheckpointManager.compact}. */
export interface CompactOptions extends DedupeOptions {
  /** The largest part of a file of the pool that may be of no use. @default 0.5 */
  maxGarbage?: number;
  /** The most files that a checkpoint may refer to. @default 8 */
  maxHolders?: number;
}

/** What became of a checkpoint, or would: `thin` or `whole` now, `planned` and null where a dry run does not know, else as it was. */
export interface RewrittenCheckpoint {
  step: string;
  operation: string;
  path: string;
  status: 'thin' | 'whole' | 'planned' | 'kept' | 'failed';
  bytesBefore: number;
  bytesAfter: number | null;
  error?: unknown;
}

/** What {@link CheckpointManager.dedupe} or `compact` did. `freedBytes`: of the pool, by the next `sweep`. */
export interface RewriteResult {
  checkpoints: RewrittenCheckpoint[];
  bytesBefore: number;
  bytesAfter: number | null;
  freedBytes: number;
  dryRun: boolean;
}

/** The result where nothing is kept. */
export function nothingRewritten({ dryRun = false }: DedupeOptions): RewriteResult {
  return { checkpoints: [], bytesBefore: 0, bytesAfter: 0, freedBytes: 0, dryRun };
}

const MATERIALIZE = keysOf<MaterializeOptions>({ to: true, signal: true, onProgress: true });
const DEDUPE = { dryRun: true, signal: true, onProgress: true } as const;
const COMPACT_KEYS = keysOf<CompactOptions>({ ...DEDUPE, maxGarbage: true, maxHolders: true });
const DEDUPE_KEYS = keysOf<DedupeOptions>(DEDUPE);

/** The options of `materialize`, checked. */
export function checkMaterializeOptions(given: MaterializeOptions | undefined): MaterializeOptions {
  const options = checked<MaterializeOptions>(given, MATERIALIZE, 'materialize');
  if (options.to !== undefined) checkPath(options.to);
  return options;
}

/** The options of `dedupe`, checked. */
export function checkDedupeOptions(given: DedupeOptions | undefined): DedupeOptions {
  return checked<DedupeOptions>(given, DEDUPE_KEYS, 'dedupe');
}

/** The options of `compact`, checked. */
export function checkCompactOptions(given: CompactOptions | undefined): CompactOptions {
  const options = checked<CompactOptions>(given, COMPACT_KEYS, 'compact');
  const { maxGarbage, maxHolders } = options;
  if (maxGarbage !== undefined && !(typeof maxGarbage === 'number' && maxGarbage >= 0 && maxGarbage <= 1))
    throw invalid(`maxGarbage must be a number from 0 to 1, got ${show(maxGarbage)}`);
  if (maxHolders !== undefined && !(Number.isSafeInteger(maxHolders) && maxHolders >= 0))
    throw invalid(`maxHolders must be an integer from 0 on, got ${show(maxHolders)}`);
  return options;
}

function checked<T extends { signal?: AbortSignal; dryRun?: boolean; onProgress?: unknown }>(
  given: T | undefined,
  keys: OptionKeys,
  what: string,
): T {
  const options = asOptions(given, what) as T;
  checkKeys(options, keys, what);
  const { dryRun, signal, onProgress } = options;
  if (dryRun !== undefined && typeof dryRun !== 'boolean') throw invalid(`dryRun must be true or false, got ${show(dryRun)}`);
  if (onProgress !== undefined && typeof onProgress !== 'function') throw invalid(`onProgress must be a function, got ${show(onProgress)}`);
  checkSignal(signal);
  throwIfAborted(signal);
  return options;
}
