import { CheckpointError } from '../base/errors.js';

/**
 * What a file of results knows of the rows that they were made of: a text of one line, then 20 bytes for each row, then the texts of the
 * keys, a line each. It is the attachment of the file, so that results and keys become durable in one rename.
 *
 *   {"version":1,"step":"process","operation":"extract","rows":2}\n
 *   per row, in the order of the results: digest of the key (u32 high, u32 low), digest of the content (u32 high, u32 low), number of
 *   results (u32) per row: the text of its key in UTF-8, which is JSON and has no line end, and \n
 *
 * All integers are little-endian. What else is known follows in sections, which the head names in their order:
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
  /** Of the texts of the keys; there if sections follow. */
  keyBytes?: number;
  sections?: readonly LedgerSection[];
}

/** What the head says of a section. */
interface LedgerSection {
  name: string;
  count: number;
  bytes: number;
}

/** How many rows failed, as the head says. */
export function failedRows({ sections = [] }: LedgerHead): number {
  return sections.find(({ name }) => name === 'failures')?.count ?? 0;
}

const VERSION = 1;
export const ROW_BYTES = 20;
export const LINE_END = 10;

/** The line of a head. */
export function headLine(head: LedgerHead): string {
  return `${JSON.stringify({ version: VERSION, ...head })}\n`;
}

/** The head of a line. @throws `ERR_CKPT_CORRUPT`, `ERR_CKPT_FORMAT_VERSION` */
export function headOf(text: string, path: string): LedgerHead {
  let head: Partial<LedgerHead & { version: number }> | null;
  try {
    head = JSON.parse(text) as typeof head;
  } catch {
    throw damagedLedger(path);
  }
  const { version, step, operation, rows, keyBytes = 0, sections = [] } = head ?? {};
  if (version !== VERSION) {
    const message = `${path}: its record of rows is of version ${String(version)}, and this arrow-ckpt reads version ${VERSION}; update arrow-ckpt`;
    throw new CheckpointError('ERR_CKPT_FORMAT_VERSION', message, { path });
  }
  if (typeof step !== 'string' || typeof operation !== 'string' || !Number.isSafeInteger(rows)) throw damagedLedger(path);
  if (!Number.isSafeInteger(keyBytes) || keyBytes < 0 || !Array.isArray(sections) || !sections.every(isSection)) throw damagedLedger(path);
  return { step, operation, rows: rows as number, keyBytes, sections };
}

function isSection(section: Partial<LedgerSection> | null): boolean {
  const { name, count, bytes } = section ?? {};
  return typeof name === 'string' && Number.isSafeInteger(count) && Number.isSafeInteger(bytes) && (bytes as number) >= 0;
}

/** The error of a record of rows that is not what it says. */
export function damagedLedger(path: string): CheckpointError {
  return new CheckpointError('ERR_CKPT_CORRUPT', `${path}: its record of rows is damaged`, { path });
}
