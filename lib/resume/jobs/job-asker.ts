import { setMaxListeners } from 'node:events';
import { CheckpointError } from '../../base/errors.js';
import { show } from '../../base/messages.js';
import { isPlainObject } from '../../base/rows.js';
import type { CallerParts } from '../caller.js';
import type { Job, JobContext, JobProvider, JobResult, JobRow, JobStatus } from './job-provider.js';
import type { JobState } from './job-record.js';

const STATES: ReadonlySet<unknown> = new Set<JobState>(['queued', 'running', 'done', 'failed', 'expired', 'cancelled']);

/** Asks a provider, each time with a signal and a time of its own, and looks at what it answers. */
export class JobAsker {
  readonly #provider: JobProvider;
  readonly #parts: CallerParts;
  readonly #running = new Set<AbortController>();

  constructor(provider: JobProvider, parts: CallerParts) {
    this.#provider = provider;
    this.#parts = parts;
  }

  get finds(): boolean {
    return this.#provider.find !== undefined;
  }

  /** Nobody waits for an answer any more. */
  stop(reason: unknown): void {
    for (const controller of this.#running) controller.abort(reason);
  }

  async submit(rows: readonly JobRow[], jobKey: string): Promise<string> {
    return idOf(await this.#ask('submit', (context) => this.#provider.submit(rows, { ...context, jobKey })), 'submit');
  }

  async find(jobKey: string): Promise<string | null> {
    const answer: unknown = await this.#ask('find', (context) => this.#provider.find?.(jobKey, context));
    return answer === null || answer === undefined ? null : idOf(answer, 'find');
  }

  async poll(job: Job): Promise<JobStatus> {
    const answer: unknown = await this.#ask('poll', (context) => this.#provider.poll(job, context));
    const status = (typeof answer === 'string' ? { state: answer } : answer) as JobStatus;
    if (typeof status === 'object' && status !== null && STATES.has(status.state)) return status;
    throw nonsense(`poll answered ${show(answer)} for job ${job.id}; it must be one of ${[...STATES].join(', ')}, or { state }`);
  }

  /** The results by the numbers of their rows in the job. */
  async fetch(job: Job): Promise<Map<number, JobResult>> {
    return this.#ask('fetch', async (context) => {
      const answer: unknown = await this.#provider.fetch(job, context);
      const results = new Map<number, JobResult>();
      const isIterable = typeof answer === 'object' && answer !== null && (Symbol.iterator in answer || Symbol.asyncIterator in answer);
      if (!isIterable) throw nonsense(`fetch gave ${show(answer)} for job ${job.id}; it must give an iterable of results`);
      for await (const result of answer as AsyncIterable<unknown>) {
        const number = numberOf(result, job);
        if (results.has(number)) throw nonsense(`fetch gave two results for '${customId(job, number)}' of job ${job.id}`);
        results.set(number, result as JobResult);
      }
      return results;
    });
  }

  async cancel(job: Job): Promise<void> {
    await this.#ask('cancel', (context) => this.#provider.cancel?.(job, context));
  }

  async #ask<T>(name: string, work: (context: JobContext) => T): Promise<Awaited<T>> {
    const controller = new AbortController();
    setMaxListeners(0, controller.signal);
    this.#running.add(controller);
    const { timeout } = this.#parts.options;
    const late = new Promise<never>((_, reject) => {
      controller.signal.addEventListener('abort', () => reject(controller.signal.reason as Error));
    });
    late.catch(() => {});
    const expired = (): void =>
      controller.abort(new CheckpointError('ERR_CKPT_TIMEOUT', `${name} of the provider took longer than ${timeout} ms`));
    const timer = timeout === undefined ? undefined : setTimeout(expired, timeout);
    try {
      return await Promise.race([(async () => this.#parts.call(() => work({ signal: controller.signal })))(), late]);
    } finally {
      clearTimeout(timer);
      this.#running.delete(controller);
    }
  }
}

/** What the provider's results name a row by. */
export function customId({ jobKey }: Pick<Job, 'jobKey'>, number: number): string {
  return `${jobKey.slice(0, 12)}-${number}`;
}

function numberOf(result: unknown, job: Job): number {
  const id: unknown = isPlainObject(result) ? result['customId'] : undefined;
  if (typeof id !== 'string' || !('value' in (result as object) || (result as { error?: unknown }).error !== undefined))
    throw nonsense(`fetch gave ${show(result)} for job ${job.id}; a result must be { customId, value } or { customId, error }`);
  const number = Number(/-(0|[1-9]\d{0,5})$/.exec(id)?.[1] ?? -1);
  if (number < 0 || number >= job.rows || customId(job, number) !== id)
    throw nonsense(`fetch gave a result for ${show(id)}, which is no request of job ${job.id}`);
  return number;
}

function idOf(answer: unknown, name: string): string {
  if (typeof answer === 'string' && answer !== '') return answer;
  throw nonsense(`${name} of the provider answered ${show(answer)}; it must give the id of the job`);
}

function nonsense(message: string): CheckpointError {
  return new CheckpointError('ERR_CKPT_JOB_ANSWER', `${message}. The records of the jobs stay; mend the function and call again`);
}
