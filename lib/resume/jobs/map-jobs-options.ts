import { invalid, show } from '../../base/messages.js';
import type { Row, RowLike } from '../../base/rows.js';
import { keysOf } from '../../options/option-keys.js';
import { asOptions, checkKeys } from '../../options/options.js';
import { ms, whole } from '../check-number.js';
import { checkMapOptions, MAP_RECORD, type CheckedMapOptions, type MapOptions } from '../map-options.js';
import type { JobProvider } from './job-provider.js';

/** How long is waited between two looks at a job: `min` at first, then twice as long each time. */
export interface PollInterval {
  /** @unit ms */
  min: number;
  /** @unit ms */
  max: number;
}

/**
 * Options of {@link CheckpointManager.mapJobs}, beside those of a `map`. `timeout` is of each call of the provider's functions. `retries`
 * are of requests that failed, which go into a further job, and of jobs that were not accepted.
 */
export interface MapJobsOptions<T extends RowLike = Row> extends Omit<
  MapOptions<T>,
  'concurrency' | 'rateLimit' | 'pauseFor' | 'workers' | 'usage' | 'budget'
> {
  /** The most rows of a job, 1 to 100,000. @default 10000 @unit rows */
  jobSize?: number;
  /** The most jobs that are with the provider at a time, 1 to 1000. @default 4 @unit jobs */
  maxJobs?: number;
  /**
   * How often a job is looked at: ms, or from `min` to `max`.
   *
   * A look that fails is made again, ten times in a row.
   * @default { min: 5000, max: 60000 } @unit ms
   */
  pollEvery?: number | PollInterval;
  /**
   * What is done if nobody knows whether a job was accepted, since the process was killed or the connection broke, and there is no `find`.
   *
   * `throw` ends the run with `ERR_CKPT_JOB_UNKNOWN`. `resubmit` hands the rows in again: they may be paid for twice.
   * @default 'throw'
   */
  uncertain?: 'throw' | 'resubmit';
  /**
   * Whether jobs are cancelled at the provider when the run ends early, by an abort, a stop or an error.
   *
   * Without it they go on, and the next call finds them.
   * @default false
   */
  cancel?: boolean;
}

/** The options of jobs, checked and filled in. */
export interface CheckedJobs {
  jobSize: number;
  pollEvery: PollInterval;
  uncertain: 'throw' | 'resubmit';
  cancel: boolean;
}

const { concurrency: _, workers: __, usage: ___, budget: ____, rateLimit: _____, pauseFor: ______, ...OF_MAP } = MAP_RECORD;
const KEYS = keysOf<MapJobsOptions>({ ...OF_MAP, jobSize: true, maxJobs: true, pollEvery: true, uncertain: true, cancel: true });
const INTERVAL = keysOf<PollInterval>({ min: true, max: true });
const NEEDED = ['submit', 'poll', 'fetch'] as const;
const OPTIONAL = ['find', 'output', 'cancel'] as const;
const PROVIDER = keysOf<JobProvider>({ submit: true, find: true, poll: true, fetch: true, output: true, cancel: true });

/** Checks everything but the options of the save, which the save checks. */
export function checkMapJobsOptions<T extends RowLike>(given: MapJobsOptions<T>): { jobs: CheckedJobs; options: CheckedMapOptions<T> } {
  const all = asOptions(given, 'mapJobs') as MapJobsOptions<T>;
  checkKeys(all, KEYS, 'mapJobs');
  const { jobSize = 10_000, maxJobs = 4, pollEvery = { min: 5000, max: 60_000 }, uncertain = 'throw', cancel = false, ...rest } = all;
  whole('jobSize', jobSize, 1, 100_000);
  whole('maxJobs', maxJobs, 1, 1000);
  const options = checkMapOptions({ ...(rest as MapOptions<T>), concurrency: maxJobs }, 'mapJobs');
  if (uncertain !== 'throw' && uncertain !== 'resubmit') throw invalid(`uncertain must be 'throw' or 'resubmit', got ${show(uncertain)}`);
  if (typeof cancel !== 'boolean') throw invalid(`cancel must be true or false, got ${show(cancel)}`);
  return { jobs: { jobSize, pollEvery: checkInterval(pollEvery), uncertain, cancel }, options };
}

function checkInterval(given: number | PollInterval): PollInterval {
  if (typeof given !== 'number') checkKeys(asOptions(given, 'pollEvery'), INTERVAL, 'pollEvery');
  const { min, max } = typeof given === 'number' ? { min: given, max: given } : given;
  ms('pollEvery', min, 1);
  ms('pollEvery', max, 1);
  if (min > max) throw invalid(`pollEvery: min must not be above max, got ${min} and ${max}`);
  return { min, max };
}

/** The functions of a provider. Those of a class may be methods, so the object itself is used. */
export function checkProvider(provider: unknown, { cancel }: CheckedJobs): JobProvider {
  if (typeof provider !== 'object' || provider === null)
    throw invalid(`mapJobs needs an object with the functions ${NEEDED.join(', ')}, got ${show(provider)}`);
  const functions = provider as Record<string, unknown>;
  if (Object.getPrototypeOf(provider) === Object.prototype) checkKeys(provider, PROVIDER, 'the provider of mapJobs');
  for (const name of NEEDED)
    if (typeof functions[name] !== 'function') throw invalid(`${name} of the provider must be a function, got ${show(functions[name])}`);
  for (const name of OPTIONAL)
    if (functions[name] !== undefined && typeof functions[name] !== 'function')
      throw invalid(`${name} of the provider must be a function, got ${show(functions[name])}`);
  if (cancel && functions['cancel'] === undefined) throw invalid('the option cancel needs the function cancel of the provider');
  return provider as JobProvider;
}
