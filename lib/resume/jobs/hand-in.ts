import { CheckpointError, isCheckpointError } from '../../base/errors.js';
import { delayOf } from '../delay-of.js';
import type { CheckedMapOptions } from '../map-options.js';
import { keyOf } from '../row-key.js';
import type { Row } from '../../base/rows.js';
import { copyRow } from '../../base/value/copy.js';
import { customId, type JobAsker } from './job-asker.js';
import type { JobFolder } from './job-folder.js';
import type { CheckedJobs } from './map-jobs-options.js';
import type { OpenJob } from './open-job.js';

/** What handing a job in needs. */
interface HandIn {
  folder: JobFolder;
  asker: JobAsker;
  options: CheckedMapOptions<Row>;
  jobs: CheckedJobs;
  made: () => void;
  retried: (job: OpenJob, attempt: number, delay: number, error: unknown) => void;
  sleep: (ms: number) => Promise<void>;
}

/**
 * Hands a job in: first the intent is durable, then the provider is asked, then its id is durable. A process that is killed between leaves
 * the intent. Gives undefined, or why the provider does not have it.
 * @throws `ERR_CKPT_JOB_UNKNOWN` if nobody knows; `ERR_CKPT_JOB_ANSWER`
 */
export async function handIn(job: OpenJob, parts: HandIn): Promise<{ refused: unknown } | undefined> {
  const { folder, asker } = parts;
  const { record } = job;
  await folder.write(record);
  const rows = record.rows.map(([number, key]) => ({
    customId: customId(record, number),
    key: keyOf(key),
    row: copyRow(job.slots.get(number)?.row as Row),
  }));
  for (let attempt = 1; ; attempt++) {
    let error: unknown;
    try {
      parts.made();
      record.id = await asker.submit(rows, record.jobKey);
    } catch (thrown) {
      if (isCheckpointError(thrown) && thrown.code === 'ERR_CKPT_JOB_ANSWER') throw thrown;
      error = thrown;
      record.id = asker.finds ? await asker.find(record.jobKey) : null;
    }
    if (record.id !== null) {
      await folder.write(record);
      return undefined;
    }
    if (!asker.finds && !isRefusal(error) && parts.jobs.uncertain === 'throw') throw unknownJob(job, error);
    const refused = await waited(job, attempt, error, parts);
    if (refused === undefined) continue;
    // For certain there is no such job: the intent must not be asked for later.
    await folder.remove(record.jobKey);
    return refused;
  }
}

/** Waits before a job is handed in again; gives why it is not. */
async function waited(job: OpenJob, attempt: number, error: unknown, parts: HandIn): Promise<{ refused: unknown } | undefined> {
  const { retry } = parts.options;
  try {
    const delay = attempt > retry.times ? undefined : delayOf(error, { index: 0, attempt }, retry);
    if (delay === undefined) return { refused: error };
    parts.retried(job, attempt, delay, error);
    await parts.sleep(delay);
    return undefined;
  } catch (thrown) {
    return { refused: thrown };
  }
}

/** Whether an error says for certain that there is no job: the service refused the request. */
function isRefusal(error: unknown): boolean {
  const { status, statusCode } = (typeof error === 'object' && error !== null ? error : {}) as { status?: unknown; statusCode?: unknown };
  const number = typeof status === 'number' ? status : statusCode;
  return typeof number === 'number' && number >= 400 && number < 500 && number !== 408 && number !== 409;
}

/** The error of a job of which only the intent is known. */
export function unknownJob({ record }: OpenJob, cause?: unknown): CheckpointError {
  const { jobKey, count, createdAt } = record;
  const when = new Date(createdAt).toISOString();
  const message =
    `nobody knows whether the provider has the job ${jobKey} of ${count} rows, which was to be handed in at ${when}. ` +
    `Look for it there; if it is there, give a find that returns its id, else call forgetJob with this key, or set uncertain to 'resubmit'`;
  return new CheckpointError('ERR_CKPT_JOB_UNKNOWN', message, cause === undefined ? {} : { cause });
}
