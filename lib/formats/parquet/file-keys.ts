import { COMPATS, type Compat } from '../../options/compat.js';
import { CheckpointError } from '../../base/errors.js';
import { show } from '../../base/messages.js';
import { isPlainObject } from '../../base/rows.js';
import { checkPlan } from '../../columnar/check-plan.js';
import type { LogicalPlan } from '../../columnar/plan.js';

/** The keys of the footer that make a Parquet file a checkpoint: those of crates/arrow-ckpt/src/format.rs, which documents them. */
export const FORMAT_VERSION = 1;
/** That of files which have values in other files. */
export const THIN_VERSION = 2;
export const KEY_VERSION = 'arrow-ckpt.version';
export const KEY_PLAN = 'arrow-ckpt.plan';
export const KEY_HASH = 'arrow-ckpt.hash';
export const KEY_METADATA = 'arrow-ckpt.metadata';
/** The program whose form the rows are in: see lib/compat. The core does not know it. */
const KEY_COMPAT = 'arrow-ckpt.compat';
/** Where the attachment is. The core writes it: see crates/arrow-ckpt/src/encode/attachment.rs. */
export const KEY_ATTACHMENT = 'arrow-ckpt.attachment';
/** What a save with `base` was asked for as `bloomFilter`: columns that refer to other files do not show it. The core does not know it. */
export const KEY_BLOOM_FILTER = 'arrow-ckpt.bloom-filter';
/** The key of pandas, in files of other writers. */
export const KEY_PANDAS = 'pandas';

/** The key-values of a checkpoint. */
export function keyValuesOf(
  plan: LogicalPlan,
  hash: string | undefined,
  metadata: Record<string, string> | undefined,
  compat: Compat | undefined,
): Record<string, string> {
  const pairs: Record<string, string> = { [KEY_VERSION]: String(FORMAT_VERSION), [KEY_PLAN]: JSON.stringify(plan) };
  // Key-values are UTF-8; JSON text escapes what is not well formed.
  if (hash !== undefined) pairs[KEY_HASH] = JSON.stringify(hash);
  if (metadata !== undefined) pairs[KEY_METADATA] = JSON.stringify(metadata);
  if (compat !== undefined) pairs[KEY_COMPAT] = compat;
  return pairs;
}

/** Whether the file is as arrow-ckpt wrote it: what its key-values say holds only then. */
export function isOurs({ ours }: Footer): boolean {
  return ours;
}

/** A footer as far as its key-values are concerned. */
export interface Footer {
  path: string;
  keyValues: Record<string, string>;
  createdBy: string | null;
  /**
   * Whether arrow-ckpt wrote the file last, and not another program that carried our keys over. FORMAT.md, 9, says how both readers tell.
   */
  ours: boolean;
  /** The names of the top-level columns. */
  columns: readonly string[];
}

/**
 * What the key-values of a file say. There is no plan for files of other writers, also for those that another program made of ours: rows
 * and columns may be others, and are read as they are. Hash and metadata of such a file are those that the program carried over.
 */
export function readKeyValues(footer: Footer) {
  const { path, keyValues: pairs } = footer;
  const parse = <T>(key: string, otherwise: T): T => {
    const text = pairs[key];
    if (text === undefined) return otherwise;
    try {
      return JSON.parse(text) as T;
    } catch (cause) {
      if (!footer.ours) return otherwise;
      throw new CheckpointError('ERR_CKPT_CORRUPT', `the key-value ${key} in the footer of ${path} is not JSON`, { path, cause });
    }
  };
  const text = footer.ours ? parse<unknown>(KEY_PLAN, undefined) : undefined;
  const plan = text === undefined ? undefined : checkPlan(text, path);
  if (footer.ours && pairs[KEY_VERSION] !== undefined && plan === undefined) {
    throw new CheckpointError('ERR_CKPT_CORRUPT', `the footer of ${path} has a format version but no plan`, { path });
  }
  const hash = parse<unknown>(KEY_HASH, null);
  const metadata = parse<unknown>(KEY_METADATA, {});
  if ((hash !== null && typeof hash !== 'string') || !isTexts(metadata)) {
    if (!footer.ours) return { plan, hash: null, metadata: {}, compat: undefined };
    throw new CheckpointError('ERR_CKPT_CORRUPT', `the hash or the metadata in the footer of ${path} is not of its type`, { path });
  }
  const compat = footer.ours ? pairs[KEY_COMPAT] : undefined;
  if (compat !== undefined && !(COMPATS as readonly string[]).includes(compat)) {
    const message = `${path} is in the form of ${show(compat)}, which this arrow-ckpt does not know; update arrow-ckpt`;
    throw new CheckpointError('ERR_CKPT_UNSUPPORTED_FILE', message, { path });
  }
  return { plan, hash, metadata, compat: compat as Compat | undefined };
}

function isTexts(value: unknown): value is Record<string, string> {
  return isPlainObject(value) && Object.values(value).every((text) => typeof text === 'string');
}
