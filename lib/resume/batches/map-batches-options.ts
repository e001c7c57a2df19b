import { invalid, show } from '../../base/messages.js';
import type { Row, RowLike } from '../../base/rows.js';
import { keysOf } from '../../options/option-keys.js';
import { asOptions, checkKeys } from '../../options/options.js';
import type { AdaptiveConcurrency } from '../adaptive-options.js';
import { ms, whole } from '../check-number.js';
import { checkMapOptions, MAP_RECORD, type CheckedMapOptions, type MapOptions, type MapOutput } from '../map-options.js';
import type { RowKey } from '../row-key.js';
import type { Usage } from '../usage/usage.js';

/** What the function of a `mapBatches` gets beside the rows. */
export interface BatchContext {
  /** The indexes of the rows in the input. */
  readonly indexes: readonly number[];
  /** The keys of the rows. */
  readonly keys: readonly RowKey[];
  /** How often the first of these rows was in a call, this one included: 1 at first. */
  readonly attempt: number;
  /** Aborted when nobody wants the result any more, or the time of the call is over. Pass it on to `fetch`. */
  readonly signal: AbortSignal;
  /**
   * Adds to what the call has used, at any time during it, also if it fails in the end. Its rows share that.
   *
   * @throws `ERR_CKPT_INVALID_ARGUMENT` for what is no usage
   */
  readonly addUsage: (usage: Usage) => void;
}

/**
 * The function of a `mapBatches`: an array with one entry for each row, in their order. An entry is what the function of a `map` returns
 * for the row (one row, an array of rows, or nothing), or an `Error`, which fails this row only.
 */
export type BatchFunction<In extends RowLike, Out extends RowLike> = (
  rows: In[],
  context: BatchContext,
) => readonly (MapOutput<Out> | Error)[] | Promise<readonly (MapOutput<Out> | Error)[]>;

/**
 * Options of {@link CheckpointManager.mapBatches}, beside those of a `map`. `timeout` and `retries` are of a call: what is made again is
 * the call, with the same rows.
 */
export interface MapBatchesOptions<T extends RowLike = Row> extends Omit<MapOptions<T>, 'usage'> {
  /** The most rows of a call, 1 to 100,000. @unit rows */
  size: number;
  /**
   * The most that `tokens` of the rows of a call may come to. A row that is larger by itself gets a call of its own.
   * @default no limit
   */
  maxTokens?: number;
  /** How large a row is: tokens, characters, bytes. With `maxTokens`. */
  tokens?: (row: T) => number;
  /** The most calls that are on their way at a time, 1 to 100,000. @default 8 @unit calls */
  concurrency?: number | AdaptiveConcurrency;
  /**
   * What a call has used, by the array that the function returned; otherwise as in a `map`. The rows of the call share that.
   *
   * @default what `context.addUsage` told
   */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- options that say nothing of results fit any function
  usage?: (entries: readonly any[], context: BatchContext) => Usage | null | undefined;
  /**
   * How long rows wait for more of an input that comes slowly, until their call is made though it is not full.
   *
   * An array, and an input that has ended, are not waited for.
   * @default 100 @unit ms
   */
  linger?: number;
  /**
   * What is done when a call fails: the function throws, takes too long, or returns no array with an entry for each row.
   *
   * `halve`: once `retries` are used up, the two halves of the rows are called, down to the row that is at fault. `retry`: once `retries`
   * are used up, all rows of the call have failed. `fail`: all have failed at once.
   * @default 'halve'
   */
  onBatchError?: 'halve' | 'retry' | 'fail';
}

/** The options of batches, checked and filled in. */
export interface CheckedBatches {
  size: number;
  maxTokens: number;
  tokens: ((row: Row) => number) | undefined;
  linger: number;
  onBatchError: 'halve' | 'retry' | 'fail';
}

const KEYS = keysOf<MapBatchesOptions>({ ...MAP_RECORD, size: true, maxTokens: true, tokens: true, linger: true, onBatchError: true });
const ON_ERROR: ReadonlySet<unknown> = new Set(['halve', 'retry', 'fail']);

/** Checks everything but the options of the save, which the save checks. */
export function checkMapBatchesOptions<T extends RowLike>(
  given: MapBatchesOptions<T>,
): { batches: CheckedBatches; options: CheckedMapOptions<T> } {
  const all = asOptions(given, 'mapBatches') as MapBatchesOptions<T>;
  checkKeys(all, KEYS, 'mapBatches');
  const { size, maxTokens, tokens, linger = 100, onBatchError = 'halve', ...rest } = all;
  const options = checkMapOptions(rest as unknown as MapOptions<T>, 'mapBatches');
  whole('size', size, 1, 100_000);
  ms('linger', linger);
  if (maxTokens !== undefined && !(typeof maxTokens === 'number' && maxTokens > 0))
    throw invalid(`maxTokens must be a number above 0, got ${show(maxTokens)}`);
  if (tokens !== undefined && typeof tokens !== 'function') throw invalid(`tokens must be a function, got ${show(tokens)}`);
  if ((maxTokens === undefined) !== (tokens === undefined)) {
    const [there, missing] = maxTokens === undefined ? ['tokens', 'maxTokens'] : ['maxTokens', 'tokens'];
    throw invalid(`${there} needs ${missing}: maxTokens is the most that the tokens of the rows of a call come to`);
  }
  if (!ON_ERROR.has(onBatchError)) throw invalid(`onBatchError must be 'halve', 'retry' or 'fail', got ${show(onBatchError)}`);
  if (onBatchError === 'retry' && options.retry.times === 0) throw invalid(`onBatchError 'retry' needs retries, which are 0`);
  if (onBatchError === 'fail' && options.retry.times > 0) throw invalid(`onBatchError 'fail' tries nothing again; leave retries out`);
  const weigh = tokens as ((row: Row) => number) | undefined;
  return { batches: { size, maxTokens: maxTokens ?? Number.POSITIVE_INFINITY, tokens: weigh, linger, onBatchError }, options };
}
