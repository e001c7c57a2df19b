import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CheckpointError } from '../../base/errors.js';
import { thisSpace } from '../../base/lock/process-space.js';
import type { Row } from '../../base/rows.js';
import type { OperationFiles } from '../../directory/operation-files.js';
import { initialOf } from '../adaptive-options.js';
import type { CheckedMapOptions } from '../map-options.js';
import type { SharedInput } from './shared-input.js';

/** Of the protocol. Workers of another version cannot take part. */
const VERSION = 1;
/** So many ranges at least, if there are as many rows: the last ones are to end at about the same time. */
const LEAST_RANGES = 64;
/** And at most: each is a file for a while. */
const MOST_RANGES = 4096;

/** What all workers of a map must agree on. The first one writes it. */
export interface RunRecord {
  version: number;
  step: string;
  operation: string;
  hash: string | null;
  rows: number;
  /** Of the keys and contents of the rows in their order. */
  digest: string;
  format: string;
  compat: string | null;
  onError: string;
  removed: string;
  /** Rows of a range: the first worker decides. */
  rangeRows: number;
  /** Who wrote it, for people. */
  by: string;
}

/** What must be the same, in the words of the error. */
const MUST_AGREE = {
  version: 'protocol version',
  step: 'step',
  operation: 'operation',
  hash: 'hash',
  rows: 'number of rows',
  digest: 'digest of the rows in their order',
  format: 'format',
  compat: 'compat',
  onError: 'onError',
  removed: 'removed',
} as const satisfies Partial<Record<keyof RunRecord, string>>;

export function runRecord(
  { step, operation, hash, store }: OperationFiles,
  { rows, digest }: SharedInput,
  { concurrency, onError, removed }: CheckedMapOptions<Row>,
  compat: string | undefined,
  /** Rows of a call. */
  width: number,
): RunRecord {
  const count = rows.length;
  // A range that is as long as the rows of its worker's calls are many takes as long as one call.
  const rangeRows = Math.max(1, Math.min(initialOf(concurrency) * width, Math.ceil(count / LEAST_RANGES)), Math.ceil(count / MOST_RANGES));
  const by = `process ${process.pid} on ${thisSpace().machine}`;
  const shared = {
    version: VERSION,
    step,
    operation,
    hash: hash ?? null,
    rows: count,
    digest,
    format: store.format,
    compat: compat ?? null,
  };
  return { ...shared, onError: typeof onError === 'string' ? onError : 'function', removed, rangeRows, by };
}

const NAME = 'run.json';

/** Under the lease. It need not outlast a power cut: no worker does. */
export async function writeRecord(folder: string, record: RunRecord): Promise<void> {
  await writeFile(join(folder, NAME), JSON.stringify(record));
}

/** Undefined: there is none that can be read. */
export async function readRecord(folder: string): Promise<Partial<RunRecord> | undefined> {
  try {
    const record: unknown = JSON.parse(await readFile(join(folder, NAME), 'utf8'));
    return typeof record === 'object' && record !== null ? record : undefined;
  } catch {
    return undefined;
  }
}

/** The error of a worker that came to a map of others; undefined where they agree. */
export function difference(mine: RunRecord, theirs: Partial<RunRecord> | undefined, folder: string): CheckpointError | undefined {
  const what = `operation '${mine.operation}' of step '${mine.step}' is shared by workers`;
  const advice = 'Give all workers the same rows in the same order and the same options, or wait for those to end (lockWait)';
  const error = (message: string): CheckpointError => new CheckpointError('ERR_CKPT_WORKERS_DIFFER', message, { path: folder });
  if (theirs === undefined) return error(`${what} whose record cannot be read (${folder}). Wait for them to end (lockWait)`);
  const parts = (Object.keys(MUST_AGREE) as (keyof typeof MUST_AGREE)[])
    .filter((name) => mine[name] !== theirs[name])
    .map((name) => `${MUST_AGREE[name]}: theirs ${textOf(theirs[name])}, here ${textOf(mine[name])}`);
  if (parts.length === 0) return undefined;
  return error(`${what} that differ from this one (theirs began in ${theirs.by ?? 'another process'}). ${parts.join('; ')}. ${advice}`);
}

function textOf(value: unknown): string {
  return value === null || value === undefined ? 'none' : String(value);
}
