import type { OperationFiles } from '../../directory/operation-files.js';
import { jobInfo, readJobs, removeJob, writeJob, type JobInfo, type JobRecord } from './job-record.js';

/** The jobs of an operation whose results are not all used yet, the oldest first. */
export async function jobsOf(files: OperationFiles): Promise<JobInfo[]> {
  return (await new JobFolder(files).read()).map(jobInfo);
}

/** The records of the jobs of an operation. What is written is durable when it resolves, also where the operation is in a bucket. */
export class JobFolder {
  readonly #files: OperationFiles;
  #path: Promise<string> | undefined;

  constructor(files: OperationFiles) {
    this.#files = files;
  }

  async read(): Promise<JobRecord[]> {
    return readJobs(await this.#folder(), this.#files);
  }

  async write(record: JobRecord): Promise<void> {
    await writeJob(await this.#folder(), record);
    await this.#files.publish();
  }

  /** Whether there was one. */
  async remove(jobKey: string): Promise<boolean> {
    const isRemoved = await removeJob(await this.#folder(), jobKey);
    await this.#files.publish({ mustRemove: true });
    return isRemoved;
  }

  #folder(): Promise<string> {
    return (this.#path ??= this.#files.batches());
  }
}
