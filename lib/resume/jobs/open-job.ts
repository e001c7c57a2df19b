import { nodeCrypto } from '../../base/node-modules.js';
import type { OperationFiles } from '../../directory/operation-files.js';
import type { KnownTable } from '../known-table.js';
import type { Slot } from '../slot.js';
import type { Job, JobResult } from './job-provider.js';
import type { JobRecord, JobState, RecordedRow } from './job-record.js';

/** A job that is on its way, or that an earlier run left. */
export class OpenJob {
  readonly record: JobRecord;
  /** Rows of the input that wait for its results, by their numbers in it. */
  readonly slots = new Map<number, Slot>();
  /** What the provider gave, or what was kept of it; undefined before. Those that are used are taken out. */
  results: Map<number, JobResult> | undefined;
  /** As the provider said last. */
  state: JobState | undefined;
  isBegun = false;
  /** Its results are being used. */
  isSettling = false;

  constructor(record: JobRecord) {
    this.record = record;
    if (record.values !== undefined)
      this.results = new Map(record.values.map(([number, value]) => [number, { customId: String(number), value }]));
  }

  /** One that is about to be handed in. */
  static of(slots: readonly Slot[], { step, operation, hash }: OperationFiles, table: KnownTable): OpenJob {
    const rows = slots.map((slot, number): RecordedRow => [number, slot.key, table.high.get(slot.number), table.low.get(slot.number)]);
    const jobKey = nodeCrypto().randomBytes(16).toString('hex');
    const about = { version: 1 as const, step, operation, hash: hash ?? null, jobKey, id: null };
    const job = new OpenJob({ ...about, createdAt: Date.now(), count: rows.length, rows });
    for (const [number, slot] of slots.entries()) job.slots.set(number, slot);
    return job;
  }

  /** As the provider's functions get it. */
  get told(): Job {
    const { jobKey, id, count, createdAt } = this.record;
    return { jobKey, id: id ?? '', rows: count, createdAt: new Date(createdAt) };
  }

  /** These rows are not this job's any more. */
  drop(numbers: ReadonlySet<number>): void {
    this.record.rows = this.record.rows.filter(([number]) => !numbers.has(number));
    if (this.record.values !== undefined) this.record.values = this.record.values.filter(([number]) => !numbers.has(number));
    for (const number of numbers) this.slots.delete(number);
  }
}

/** What a row of the input and a row of a record have in common. */
export function contentName(key: string, high: number, low: number): string {
  return `${high} ${low} ${key}`;
}
