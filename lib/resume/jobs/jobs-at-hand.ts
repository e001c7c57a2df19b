import { nodeUtil } from '../../base/node-modules.js';
import type { OperationFiles } from '../../directory/operation-files.js';
import { digest } from '../digest.js';
import type { Known } from '../known.js';
import type { Slot } from '../slot.js';
import { JobFolder } from './job-folder.js';
import type { RecordedRow } from './job-record.js';
import { contentName, OpenJob } from './open-job.js';

/** The jobs of an operation and their records: those of earlier runs with the same hash, and those of this run. */
export class JobsAtHand {
  readonly folder: JobFolder;
  readonly #files: OperationFiles;
  readonly #known: Known;
  readonly #jobs = new Set<OpenJob>();
  /** Which job has a row of a content, by {@link contentName}. Of two jobs the newer counts. */
  readonly #byContent = new Map<string, { job: OpenJob; number: number }>();
  /** Rows whose results the engine has. */
  readonly #done = new Map<OpenJob, Set<number>>();

  constructor(files: OperationFiles, known: Known) {
    this.#files = files;
    this.folder = new JobFolder(files);
    this.#known = known;
  }

  /** Reads what earlier runs left. What is durable by now needs no job. */
  async read(): Promise<void> {
    for (const record of await this.folder.read()) {
      if (record.hash !== (this.#files.hash ?? null)) continue;
      const rows = record.rows.filter((row) => !this.#isKnown(row));
      if (rows.length === 0) {
        await this.folder.remove(record.jobKey);
        continue;
      }
      const job = new OpenJob(record);
      this.#jobs.add(job);
      for (const [number, key, high, low] of rows) this.#byContent.set(contentName(key, high, low), { job, number });
    }
  }

  /** The job that has a row, for which the row now waits. */
  take(slot: Slot): { job: OpenJob } | undefined {
    const { table } = this.#known;
    const name = contentName(slot.key, table.high.get(slot.number), table.low.get(slot.number));
    const found = this.#byContent.get(name);
    if (found === undefined) return undefined;
    this.#byContent.delete(name);
    found.job.slots.set(found.number, slot);
    return found;
  }

  /** A job of this run. */
  add(slots: readonly Slot[]): OpenJob {
    const job = OpenJob.of(slots, this.#files, this.#known.table);
    this.#jobs.add(job);
    return job;
  }

  /** The engine has the results of a row. */
  done(job: OpenJob, number: number): void {
    const numbers = this.#done.get(job) ?? new Set();
    this.#done.set(job, numbers.add(number));
  }

  /** Rows are not a job's any more, durably. */
  async drop(job: OpenJob, numbers: ReadonlySet<number>): Promise<void> {
    job.drop(numbers);
    if (job.record.rows.length === 0) await this.remove(job);
    else await this.folder.write(job.record);
  }

  async remove(job: OpenJob): Promise<void> {
    this.#jobs.delete(job);
    job.slots.clear();
    for (const [name, found] of this.#byContent) if (found.job === job) this.#byContent.delete(name);
    await this.folder.remove(job.record.jobKey);
  }

  /** The jobs whose results are there. */
  fetched(): OpenJob[] {
    return [...this.#jobs].filter((job) => job.isBegun && job.results !== undefined);
  }

  /** The input has ended, and there are results that no row of it waits for: they are kept in the record, in case the rows come back. */
  async putAside(job: OpenJob): Promise<void> {
    const { record } = job;
    if (record.values !== undefined || !this.#jobs.has(job)) return;
    const done = this.#done.get(job);
    const left = record.rows.filter((row) => done?.has(row[0]) !== true && !this.#isKnown(row));
    if (left.length === 0) return;
    const values: [number, unknown][] = [];
    const lost = new Set<number>();
    for (const [number] of left) {
      const result = job.results?.get(number);
      if (result === undefined || result.error !== undefined) lost.add(number);
      else values.push([number, result.value]);
    }
    if (!isJson(values))
      return this.warn(`job ${record.id} has results of rows that are not in the input, and they are no JSON: its record stays`);
    if (values.length > 0) record.values = values;
    await this.drop(job, lost);
    const what = `${values.length} results of job ${record.id} are of rows that are not in the input`;
    if (values.length > 0) this.#files.logger?.info(`${what}: they are kept until the rows come back, or forgetJob`);
  }

  /** All results are durable: what is left of the records are rows that the input does not have. */
  async removeDone(): Promise<void> {
    for (const [job, numbers] of this.#done) {
      if (!this.#jobs.has(job)) continue;
      const known = job.record.rows.filter((row) => this.#isKnown(row)).map(([number]) => number);
      await this.drop(job, new Set([...numbers, ...known]));
    }
    const waiting = [...this.#jobs].filter((job) => !job.isBegun && job.record.values === undefined);
    if (waiting.length > 0)
      this.warn(`${count(waiting, 'job')} of rows that are not in the input: the records stay; see jobs() and forgetJob()`);
  }

  tellLeft(left: readonly OpenJob[], isCancelled: boolean): void {
    if (left.length === 0) return;
    const what = isCancelled
      ? 'were cancelled; the same call fetches what they have done'
      : 'go on at the provider; the same call finds them';
    this.#files.logger?.info(`${count(left, 'job')}: they ${what}`);
  }

  warn(message: string): void {
    this.#files.logger?.warn(message);
  }

  /** Whether the results of a row are durable, as far as is known now. */
  #isKnown([, key, high, low]: RecordedRow): boolean {
    const { table } = this.#known;
    const { high: keyHigh, low: keyLow } = digest(key);
    const number = table.find(keyHigh, keyLow);
    return number >= 0 && table.high.get(number) === high && table.low.get(number) === low && this.#known.fileOf(number) !== undefined;
  }
}

function count(jobs: readonly OpenJob[], what: string): string {
  const rows = jobs.reduce((sum, { record }) => sum + record.rows.length, 0);
  return `${jobs.length} ${what}${jobs.length === 1 ? '' : 's'} with ${rows} rows`;
}

function isJson(value: unknown): boolean {
  try {
    return nodeUtil().isDeepStrictEqual(JSON.parse(JSON.stringify(value)), value);
  } catch {
    return false;
  }
}
