import { CheckpointError } from '../base/errors.js';
import { invalid, show } from '../base/messages.js';
import { keysOf } from './option-keys.js';
import { isPlainObject } from '../base/rows.js';

/**
 * The most that a Parquet file may ask for; beyond it is `ERR_CKPT_LIMIT`, before memory is taken. The defaults are the most that the
 * reader bears, larger numbers count as these: set smaller ones for strangers. Text files take no more memory than they have bytes.
 */
export interface Limits {
  /** Size of the footer. @default 268435456 @unit bytes */
  footerBytes?: number;
  /** Number of row groups. @default 1048576 */
  rowGroups?: number;
  /** Nodes of the schema: columns, structs, lists and leaves together. @default 100000 */
  columns?: number;
  /** Depth of the schema: 1 for plain columns, one more for each struct, two more for each list. @default 256 */
  depth?: number;
  /** Size of one page once it is decompressed. @default 1073741824 @unit bytes */
  pageBytes?: number;
  /**
   * Size of all columns decoded: the footer's numbers, and with the native binary the blocks of a reading. Rows as objects take several
   * times as much. Streams are read in bounded memory without it; `readCheckpoint` holds all. @default no limit @unit bytes
   */
  decodedBytes?: number;
  /** How often its compressed size a column of a row group may have, beyond `pageBytes`. @default 10000 */
  ratio?: number;
  /** Size of one text or one value of bytes, as stored: UTF-8. @default 1073741824 @unit bytes */
  stringBytes?: number;
  /** Number of parts of a folder. The other limits are for each part. @default 16384 */
  parts?: number;
}

/** Those of one file. */
export type FileLimits = Omit<Limits, 'parts'>;

/** The most parts of a folder: `limits.parts` sets a smaller number. */
export const MAX_PARTS = 16_384;

const LIMITS = keysOf<Limits>({
  footerBytes: true,
  rowGroups: true,
  columns: true,
  depth: true,
  pageBytes: true,
  decodedBytes: true,
  ratio: true,
  stringBytes: true,
  parts: true,
});

/** Throws for a limit that there is not, or that is no number of anything. */
export function checkLimits(limits: unknown): void {
  if (limits === undefined) return;
  if (!isPlainObject(limits)) throw invalid(`limits must be an object, got ${show(limits)}`);
  for (const [name, value] of Object.entries(limits)) {
    if (!LIMITS.includes(name)) {
      throw new CheckpointError('ERR_CKPT_UNKNOWN_OPTION', `unknown limit '${name}'; there are ${LIMITS.join(', ')}`);
    }
    if (!(Number.isSafeInteger(value) && (value as number) >= 1)) {
      throw invalid(`limits.${name} must be an integer from 1 on, got ${show(value)}`);
    }
  }
}
