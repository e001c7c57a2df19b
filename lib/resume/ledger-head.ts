import { CheckpointError } from '../base/errors.js';
import { NO_USAGE, type UsageTotals } from './usage/usage.js';

/**
 * What a file of results knows of the rows that they were made of: a text of one line, then 20 bytes for each row, then the texts of the
 * keys, a line each. It is the attachment of the file, so that results and keys become durable in one rename.
 *
 *   {"version":1,"step":"process","operation":"extract","rows":2}\n
 *   per row, in the order of the results: digest of the key (u32 high, u32 low), digest of the content (u32 high, u32 low), number of
 *   results (u32); in version 2 what they cost (calls, input tokens, output tokens, cost: four f64), and when they were made (ms since
 *   1970: f64), 0 where that was not recorded
 *   per row: the text of its key in UTF-8, which is JSON and has no line end, and \n
 *
 * All numbers are little-endian. Version 2 is written where a cost or a time is known of a row; the head then has the sum, `usage`. What
 * else is known follows in sections, which the head names in their order:
 *
 *   {...,"keyBytes":8,"sections":[{"name":"failures","count":1,"bytes":120}]}\n
 *
 * Readers pass over sections that they do not know, and those before there were any read no further than the keys.
 *
 *   failures: a line of JSON for each row that failed: see failure-record.ts
 */
export interface LedgerHead {
  step: string;
  operation: string;
  rows: number;
  /** What all results cost; undefined where that was not told. */
  usage?: UsageTotals | undefined;
  /** Of the texts of the keys; there if sections follow. */
  keyBytes?: number;
  sections?: readonly LedgerSection[];
}

type Operation = Pick<LedgerHead, 'step' | 'operation'>;

/** What the head says of a section. */
interface LedgerSection {
  name: string;
  count: number;
  bytes: number;
}

/** Whether a file is of an operation, by its head. */
export function isOfOperation(head: Operation, { step, operation }: Operation): boolean {
  return head.step === step && head.operation === operation;
}

/** How many rows failed, as the head says. */
export function failedRows({ sections = [] }: LedgerHead): number {
  return sections.find(({ name }) => name === 'failures')?.count ?? 0;
}

const VERSION = 1;
/** With what the results of each row cost, and when they were made. */
const VERSION_USAGE = 2;
const ROW_BYTES = 20;
const DETAIL_BYTES = 40;
export const LINE_END = 10;

/** What a row takes. */
export function rowBytes({ usage }: Pick<LedgerHead, 'usage'>): number {
  return ROW_BYTES + (usage === undefined ? 0 : DETAIL_BYTES);
}

/** The line of a head. */
export function headLine(head: LedgerHead): string {
  return `${JSON.stringify({ version: head.usage === undefined ? VERSION : VERSION_USAGE, ...head })}\n`;
}

/** The head of a line. @throws `ERR_CKPT_CORRUPT`, `ERR_CKPT_FORMAT_VERSION` */
export function headOf(text: string, path: string): LedgerHead {
  let parsed: Partial<LedgerHead & { version: number }> | null;
  try {
    parsed = JSON.parse(text) as typeof parsed;
  } catch {
    throw damagedLedger(path);
  }
  const { version, step, operation, rows, usage, keyBytes = 0, sections = [] } = parsed ?? {};
  if (version !== VERSION && version !== VERSION_USAGE) {
    const message = `${path}: its record of rows is of version ${String(version)}, and this arrow-ckpt reads up to ${VERSION_USAGE}; update arrow-ckpt`;
    throw new CheckpointError('ERR_CKPT_FORMAT_VERSION', message, { path });
  }
  if (typeof step !== 'string' || typeof operation !== 'string' || !Number.isSafeInteger(rows)) throw damagedLedger(path);
  if (!Number.isSafeInteger(keyBytes) || keyBytes < 0 || !Array.isArray(sections) || !sections.every(isSection)) throw damagedLedger(path);
  const head = { step, operation, rows: rows as number, keyBytes, sections };
  if (version === VERSION) return head;
  if (!isTotals(usage)) throw damagedLedger(path);
  return { ...head, usage };
}

function isTotals(usage: unknown): usage is UsageTotals {
  if (typeof usage !== 'object' || usage === null) return false;
  return Object.keys(NO_USAGE).every((key) => typeof (usage as Partial<Record<string, unknown>>)[key] === 'number');
}

function isSection(section: Partial<LedgerSection> | null): boolean {
  const { name, count, bytes } = section ?? {};
  return typeof name === 'string' && Number.isSafeInteger(count) && Number.isSafeInteger(bytes) && (bytes as number) >= 0;
}

/** The error of a record of rows that is not what it says. */
export function damagedLedger(path: string): CheckpointError {
  return new CheckpointError('ERR_CKPT_CORRUPT', `${path}: its record of rows is damaged`, { path });
}
