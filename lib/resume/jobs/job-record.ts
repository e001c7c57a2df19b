import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { commitFile } from '../../base/commit/commit.js';
import { CheckpointError, fromSystemError } from '../../base/errors.js';
import { removeEmptyFolder, removeFiles } from '../../directory/clear.js';
import { listFolder } from '../../directory/folders.js';

/** A row of a job: its number there, the text of its key, the digest of its content. */
export type RecordedRow = readonly [number: number, key: string, high: number, low: number];

/**
 * What is on disk of a job, from before it is handed in until its results are durable: `.job-<jobKey>.json` in the folder of the batches of
 * its operation. Who writes or removes one has the lease of the operation.
 */
export interface JobRecord {
  version: 1;
  step: string;
  operation: string;
  hash: string | null;
  jobKey: string;
  /** The provider's; null before it has said that it has the job. */
  id: string | null;
  createdAt: number;
  /** Requests that were handed in. */
  count: number;
  /** Those whose results are not used yet. */
  rows: RecordedRow[];
  /** It was cancelled by us. */
  cancelled?: true;
  /** The provider is not needed any more: values of the rows, which no input had. */
  values?: [number: number, value: unknown][];
}

/** The state of a job. `failed`: the provider has no results of it. `expired`, `cancelled`: it may have some. */
export type JobState = 'queued' | 'running' | 'done' | 'failed' | 'expired' | 'cancelled';

/** What is known of a job that is not done with. */
export interface JobInfo {
  /** Our own name of it, which the provider got as metadata. */
  jobKey: string;
  /** The provider's id; null if the process was ended before it came. */
  id: string | null;
  hash: string | null;
  /** Rows whose results are not used yet. */
  rows: number;
  /** `intent`: it is not known whether the provider has it. `fetched`: its results wait for their rows to come back to the input. */
  state: 'intent' | 'submitted' | 'cancelled' | 'fetched';
  createdAt: Date;
}

const FILE = /^\.job-[0-9a-f]{32}\.json$/;

/** Whether a file in a folder of batches is the record of a job. */
export function isJobFile(name: string): boolean {
  return FILE.test(name);
}

function jobPath(folder: string, jobKey: string): string {
  return join(folder, `.job-${jobKey}.json`);
}

export async function writeJob(folder: string, record: JobRecord): Promise<void> {
  const text = JSON.stringify(record);
  await commitFile(jobPath(folder, record.jobKey), (handle) => handle.writeFile(text));
}

export async function removeJob(folder: string, jobKey: string): Promise<boolean> {
  const removed = await removeFiles([jobPath(folder, jobKey)]);
  // The batches may be gone already.
  await removeEmptyFolder(folder);
  return removed > 0;
}

/** The records of jobs in a folder of batches, the oldest first. @throws `ERR_CKPT_CORRUPT`, `ERR_CKPT_FORMAT_VERSION` */
export async function readJobs(folder: string, wanted: { step: string; operation: string }): Promise<JobRecord[]> {
  const records: JobRecord[] = [];
  for (const { name } of await listFolder(folder)) {
    if (!FILE.test(name)) continue;
    const record = await readJob(join(folder, name));
    if (record !== undefined && record.step === wanted.step && record.operation === wanted.operation) records.push(record);
  }
  return records.sort((a, b) => a.createdAt - b.createdAt);
}

async function readJob(path: string): Promise<JobRecord | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw fromSystemError(error, 'read', path);
  }
  const record = parsed(text);
  const version: unknown = record?.version;
  if (typeof version === 'number' && version > 1) {
    const message = `${path}: this record of a job is of version ${version}, and this arrow-ckpt reads version 1; update arrow-ckpt`;
    throw new CheckpointError('ERR_CKPT_FORMAT_VERSION', message, { path });
  }
  if (record !== undefined && isRecord(record)) return record as JobRecord;
  const message = `${path}: this record of a job is damaged; look for its key at the provider, and remove the file when the job is of no use`;
  throw new CheckpointError('ERR_CKPT_CORRUPT', message, { path });
}

function parsed(text: string): Partial<JobRecord> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Partial<JobRecord>) : undefined;
  } catch {
    return undefined;
  }
}

function isRecord({ version, step, operation, jobKey, id, hash, createdAt, count, rows, values = [] }: Partial<JobRecord>): boolean {
  const texts = [step, operation, jobKey].every((text) => typeof text === 'string');
  const maybe = [id, hash].every((text) => text === null || typeof text === 'string');
  const numbers = [createdAt, count].every((number) => Number.isSafeInteger(number));
  const isRow = (row: unknown): boolean =>
    Array.isArray(row) && row.length === 4 && typeof row[1] === 'string' && [0, 2, 3].every((at) => Number.isSafeInteger(row[at]));
  return version === 1 && texts && maybe && numbers && Array.isArray(rows) && rows.every(isRow) && Array.isArray(values);
}

export function jobInfo({ jobKey, id, hash, rows, createdAt, cancelled, values }: JobRecord): JobInfo {
  const state = values !== undefined ? 'fetched' : id === null ? 'intent' : cancelled === true ? 'cancelled' : 'submitted';
  return { jobKey, id, hash, rows: rows.length, state, createdAt: new Date(createdAt) };
}
