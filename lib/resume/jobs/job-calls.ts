import { CheckpointError } from '../../base/errors.js';
import { Pace } from '../../base/pace.js';
import { copyRow } from '../../base/value/copy.js';
import type { OperationFiles } from '../../directory/operation-files.js';
import { Gathered } from '../batches/gathered.js';
import { rowFailure } from '../call-output.js';
import type { Caller, CallerParts } from '../caller.js';
import type { Slot } from '../slot.js';
import { awaitJob } from './await-job.js';
import { handIn, unknownJob } from './hand-in.js';
import { JobAsker } from './job-asker.js';
import { outcomeOf, type OutcomeParts } from './job-outcome.js';
import type { JobProvider, JobStatus } from './job-provider.js';
import { jobInfo } from './job-record.js';
import { JobsAtHand } from './jobs-at-hand.js';
import type { CheckedJobs } from './map-jobs-options.js';
import type { OpenJob } from './open-job.js';
import { Waiter } from './waiter.js';

/** How long a job that is being handed in is waited for when the run ends: its id should be known. */
const HAND_IN_MS = 10_000;

/** Computes rows by jobs of a provider: gathers them, hands them in, waits, and finds the jobs of earlier runs again. */
export class JobCalls implements Caller {
  made = 0;
  readonly width: number;
  readonly #parts: CallerParts;
  readonly #jobs: CheckedJobs;
  readonly #outcomes: OutcomeParts;
  readonly #asker: JobAsker;
  readonly #waiter = new Waiter();
  readonly #gathered: Gathered;
  readonly #atHand: JobsAtHand;
  /** Rows on their way. */
  readonly #rows = new Set<Slot>();
  /** Rows that came before the records of jobs were read. */
  #early: Slot[] | undefined = [];
  /** Jobs with the provider, or on their way there. */
  readonly #active = new Set<OpenJob>();
  readonly #handingIn = new Set<Promise<unknown>>();
  #isAtEnd = false;
  #isFinishing = false;
  #isClosed = false;

  constructor(provider: JobProvider, jobs: CheckedJobs, files: OperationFiles, parts: CallerParts) {
    this.#outcomes = { provider, options: parts.options, check: parts.check, call: parts.call };
    this.#jobs = jobs;
    this.#parts = parts;
    this.width = jobs.jobSize;
    this.#gathered = new Gathered(jobs.jobSize, Number.POSITIVE_INFINITY);
    this.#asker = new JobAsker(provider, parts);
    this.#atHand = new JobsAtHand(files, parts.known);
    this.#guard(this.#open());
  }

  get running(): number {
    return this.#rows.size;
  }

  start(slot: Slot): void {
    slot.state = 'running';
    // The row of a caller's array may change before its job is handed in, and again before its result is there.
    if (!this.#parts.ownsRows) slot.row = copyRow(slot.row);
    this.#rows.add(slot);
    if (this.#early !== undefined) this.#early.push(slot);
    else this.#place(slot);
  }

  stop(reason: unknown): void {
    this.#isFinishing = true;
    this.#waiter.stop(reason);
    if (this.#handingIn.size === 0) this.#asker.stop(reason);
  }

  /** Jobs are not waited for: they go on at the provider. */
  finish(): void {
    if (this.#isFinishing) return;
    this.#isFinishing = true;
    this.#waiter.stop(new CheckpointError('ERR_CKPT_CLOSED', 'the map has ended'));
    const left = this.#rows.size;
    this.#rows.clear();
    for (let row = 0; row < left; row++) this.#parts.sink.left();
  }

  stalled(isEnd: boolean): void {
    this.#isAtEnd ||= isEnd;
    if (this.#early !== undefined) return;
    this.#pump(true);
    if (!isEnd) return;
    for (const job of this.#atHand.fetched()) this.#guard(this.#settle(job));
  }

  async close(isDone: boolean): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (isDone) return this.#atHand.removeDone();
    const timer = setTimeout(() => this.#asker.stop(new CheckpointError('ERR_CKPT_CLOSED', 'the map has ended')), HAND_IN_MS);
    await Promise.allSettled(this.#handingIn);
    clearTimeout(timer);
    this.#asker.stop(new CheckpointError('ERR_CKPT_CLOSED', 'the map has ended'));
    const left = [...this.#active].filter(({ record, results }) => record.id !== null && results === undefined);
    for (const job of left) {
      if (this.#jobs.cancel) await this.#cancel(job);
      this.#event(job, this.#jobs.cancel ? 'cancelled' : 'left');
    }
    this.#atHand.tellLeft(left, this.#jobs.cancel);
  }

  async #open(): Promise<void> {
    await this.#atHand.read();
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const slot of early) if (this.#rows.has(slot)) this.#place(slot);
    if (this.#isAtEnd) this.stalled(true);
  }

  #place(slot: Slot): void {
    const found = this.#atHand.take(slot);
    if (found === undefined) {
      this.#gathered.add(slot, 0);
      if (this.#isAtEnd) queueMicrotask(() => this.#pump(true));
      else this.#pump(false);
      return;
    }
    const { job } = found;
    if (!job.isBegun) this.#begin(job, false);
    else if (job.results !== undefined) this.#guard(this.#settle(job));
  }

  /** Hands in what there is room for. `isAll`: also fewer rows than a job may have. */
  #pump(isAll: boolean): void {
    while (!this.#isFinishing && this.#active.size < this.#parts.throttle.limit) {
      const slots = this.#gathered.take(isAll);
      if (slots === undefined) return;
      this.#begin(this.#atHand.add(slots.filter((slot) => this.#rows.has(slot))), true);
    }
  }

  #begin(job: OpenJob, isNew: boolean): void {
    job.isBegun = true;
    this.#active.add(job);
    this.#guard(this.#live(job, isNew));
  }

  async #live(job: OpenJob, isNew: boolean): Promise<void> {
    const { folder } = this.#atHand;
    if (isNew) {
      for (const slot of job.slots.values()) slot.attempt++;
      const { options } = this.#parts;
      const retried = (_: OpenJob, attempt: number, delay: number, error: unknown): void =>
        this.#parts.sink.event({ type: 'retry', row: [...job.slots.values()][0]?.index ?? 0, attempt, delay, error });
      const parts = { folder, asker: this.#asker, options, jobs: this.#jobs, made: () => this.made++, retried, sleep: this.#waiter.sleep };
      const handing = handIn(job, parts);
      this.#handingIn.add(handing);
      const refused = await handing.finally(() => this.#handingIn.delete(handing));
      if (refused !== undefined) return this.#giveUp(job, refused.refused);
      this.#event(job, 'submitted');
    } else if (job.record.id === null && job.results === undefined && !(await this.#isFound(job))) {
      return this.#again(job, [...job.slots.values()]);
    }
    if (job.results === undefined) {
      const told = (_: OpenJob, status: JobStatus): void => this.#event(job, status.state, status);
      const { options } = this.#parts;
      const { pollEvery } = this.#jobs;
      const status = await awaitJob(job, isNew, { asker: this.#asker, options, pollEvery, sleep: this.#waiter.sleep, told });
      await this.#settle(job, status);
    } else await this.#settle(job);
  }

  /** Asks for a job of which an earlier run left only the intent. */
  async #isFound(job: OpenJob): Promise<boolean> {
    const { record } = job;
    if (!this.#asker.finds && this.#jobs.uncertain === 'throw') throw unknownJob(job);
    record.id = this.#asker.finds ? await this.#asker.find(record.jobKey) : null;
    if (record.id !== null) await this.#atHand.folder.write(record);
    return record.id !== null;
  }

  /** The provider does not have the job: its rows go into another. */
  async #again(job: OpenJob, slots: readonly Slot[]): Promise<void> {
    await this.#atHand.remove(job);
    this.#active.delete(job);
    for (const slot of slots) if (this.#rows.has(slot)) this.#gathered.add(slot, 0);
    this.#pump(this.#isAtEnd);
  }

  async #giveUp(job: OpenJob, error: unknown): Promise<void> {
    const slots = [...job.slots.values()];
    await this.#atHand.remove(job);
    this.#active.delete(job);
    for (const slot of slots) this.#failed(slot, error);
    this.#pump(this.#isAtEnd);
  }

  /** Uses the results of a job for the rows that wait for them; at the end of the input those that nobody waits for are put aside. */
  async #settle(job: OpenJob, status?: JobStatus): Promise<void> {
    if (job.isSettling) return;
    job.isSettling = true;
    try {
      do await this.#use(job, status);
      while (job.slots.size > 0 && !this.#isFinishing);
      this.#active.delete(job);
      if (this.#isAtEnd) await this.#atHand.putAside(job);
    } finally {
      job.isSettling = false;
    }
    this.#pump(this.#isAtEnd);
  }

  async #use(job: OpenJob, status: JobStatus | undefined): Promise<void> {
    const waiting = [...job.slots];
    job.slots.clear();
    const used = new Set<number>();
    const again: Slot[] = [];
    const failed: { slot: Slot; cause: unknown }[] = [];
    const pace = new Pace({});
    for (const [number, slot] of waiting) {
      const outcome = await outcomeOf(slot, job, job.results?.get(number), status, this.#outcomes);
      if (pace.due) await pace.turn();
      if (!this.#rows.has(slot)) continue;
      if (outcome === undefined) {
        this.#atHand.done(job, number);
        this.#rows.delete(slot);
        this.#parts.sink.done(slot);
        continue;
      }
      used.add(number);
      if (outcome.isAgain) again.push(slot);
      else failed.push({ slot, cause: outcome.cause });
    }
    // Before anybody is told: the next run must not find the failed ones in this job.
    if (used.size > 0) await this.#atHand.drop(job, used);
    for (const slot of again) if (this.#rows.has(slot)) this.#gathered.add(slot, 0);
    for (const { slot, cause } of failed) this.#failed(slot, cause);
  }

  #failed(slot: Slot, cause: unknown): void {
    if (!this.#rows.delete(slot)) return;
    slot.state = 'failed';
    this.#parts.sink.failed(slot, rowFailure(slot, cause));
  }

  async #cancel(job: OpenJob): Promise<void> {
    try {
      job.record.cancelled = true;
      await this.#atHand.folder.write(job.record);
      await this.#asker.cancel(job.told);
    } catch (error) {
      this.#atHand.warn(`could not cancel job ${job.record.id}, it goes on: ${String(error)}`);
    }
  }

  #event(job: OpenJob, state: JobStatus['state'] | 'submitted' | 'left', status?: JobStatus): void {
    const { completed } = status ?? {};
    this.#parts.sink.event({ type: 'job', state, job: jobInfo(job.record), ...(completed !== undefined && { completed }) });
  }

  #guard(work: Promise<void>): void {
    work.catch((error: unknown) => {
      if (!this.#isFinishing) this.#parts.sink.wrong(error);
    });
  }
}
