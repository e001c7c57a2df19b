import { CheckpointError } from '../../base/errors.js';
import { copyRow } from '../../base/value/copy.js';
import { callOutput } from '../call-output.js';
import type { CallerParts } from '../caller.js';
import { delayOf } from '../delay-of.js';
import { resultsOf, type Slot } from '../slot.js';
import type { JobProvider, JobResult, JobStatus } from './job-provider.js';
import type { OpenJob } from './open-job.js';

/** What it takes to make rows of a result. */
export type OutcomeParts = Pick<CallerParts, 'options' | 'check' | 'call'> & { provider: JobProvider };

/** Why a row of a job has no results. `isAgain`: it goes into another job. */
interface NoOutcome {
  cause: unknown;
  isAgain: boolean;
}

/** Makes the results of a row; undefined if they are there. */
export async function outcomeOf(
  slot: Slot,
  job: OpenJob,
  result: JobResult | undefined,
  status: JobStatus | undefined,
  { provider, options, check, call }: OutcomeParts,
): Promise<NoOutcome | undefined> {
  // The attempt of an earlier run.
  slot.attempt = Math.max(1, slot.attempt);
  if (result === undefined) {
    const cause = noResult(job, status);
    return job.record.cancelled === true ? { cause, isAgain: true } : failure(slot, cause, true, options);
  }
  if (result.error !== undefined) return failure(slot, result.error, true, options);
  try {
    const made: unknown =
      provider.output === undefined ? result.value : await call(() => provider.output?.(result.value, copyRow(slot.row)));
    slot.results = callOutput(made, slot.index);
    await check?.look(resultsOf(slot), slot.index);
    return undefined;
  } catch (cause) {
    slot.results = undefined;
    return failure(slot, cause, options.retry.badResults, options);
  }
}

function failure(slot: Slot, cause: unknown, mayPass: boolean, { retry }: OutcomeParts['options']): NoOutcome {
  try {
    return { cause, isAgain: mayPass && slot.attempt <= retry.times && delayOf(cause, slot, retry) !== undefined };
  } catch (thrown) {
    return { cause: thrown, isAgain: false };
  }
}

function noResult({ record, state }: OpenJob, status: JobStatus | undefined): CheckpointError {
  const how =
    state === undefined || state === 'done'
      ? 'has no result for it'
      : state === 'failed'
        ? 'has failed'
        : `has ${state === 'expired' ? 'expired' : 'been cancelled'}`;
  const cause = status?.error;
  return new CheckpointError('ERR_CKPT_JOB_FAILED', `job ${record.id ?? record.jobKey} ${how}`, cause === undefined ? {} : { cause });
}
