import { isCheckpointError } from '../../base/errors.js';
import type { Row } from '../../base/rows.js';
import { delayOf } from '../delay-of.js';
import type { CheckedMapOptions } from '../map-options.js';
import type { JobAsker } from './job-asker.js';
import type { JobStatus } from './job-provider.js';
import type { PollInterval } from './map-jobs-options.js';
import type { OpenJob } from './open-job.js';

/** Looks that fail one after the other before the run does. They cost nothing. */
const LOOKS = 10;

/** What waiting for a job needs. */
interface Awaiting {
  asker: JobAsker;
  options: CheckedMapOptions<Row>;
  pollEvery: PollInterval;
  sleep: (ms: number) => Promise<void>;
  /** The provider has said something new. */
  told: (job: OpenJob, status: JobStatus) => void;
}

/** Waits until a job has come to its end, and fetches what there is. `isNew`: there is no need to look at once. */
export async function awaitJob(job: OpenJob, isNew: boolean, parts: Awaiting): Promise<JobStatus> {
  const { asker, sleep, pollEvery } = parts;
  let wait = pollEvery.min;
  let last = '';
  if (isNew) await sleep(wait);
  for (;;) {
    const status = await tried(() => asker.poll(job.told), parts);
    const news = `${status.state} ${status.completed}`;
    if (news !== last) parts.told(job, status);
    last = news;
    if (status.state === 'failed') job.results = new Map();
    else if (status.state !== 'queued' && status.state !== 'running') job.results = await tried(() => asker.fetch(job.told), parts);
    job.state = status.state;
    if (job.results !== undefined) return status;
    await sleep(wait);
    wait = Math.min(pollEvery.max, wait * 2);
  }
}

async function tried<T>(look: () => Promise<T>, { options, pollEvery, sleep }: Awaiting): Promise<T> {
  let wait = pollEvery.min;
  for (let attempt = 1; ; attempt++) {
    try {
      return await look();
    } catch (error) {
      const isNonsense = isCheckpointError(error) && error.code === 'ERR_CKPT_JOB_ANSWER';
      const delay = isNonsense || attempt >= LOOKS ? undefined : delayOf(error, { index: 0, attempt }, options.retry);
      if (delay === undefined) throw error;
      await sleep(wait);
      wait = Math.min(pollEvery.max, wait * 2);
    }
  }
}
