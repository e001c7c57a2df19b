import { CheckpointError } from '../errors.js';
import type { LogicalPlan } from '../columnar/plan.js';

/** The keys of the footer that make a Parquet file a checkpoint: those of crates/arrow-ckpt/src/format.rs, which documents them. */
export const FORMAT_VERSION = 1;
export const KEY_VERSION = 'arrow-ckpt.version';
export const KEY_PLAN = 'arrow-ckpt.plan';
export const KEY_HASH = 'arrow-ckpt.hash';
export const KEY_METADATA = 'arrow-ckpt.metadata';

/** The key-values of a checkpoint. */
export function keyValuesOf(
  plan: LogicalPlan,
  hash: string | undefined,
  metadata: Record<string, string> | undefined,
): Record<string, string> {
  const pairs: Record<string, string> = { [KEY_VERSION]: String(FORMAT_VERSION), [KEY_PLAN]: JSON.stringify(plan) };
  // Key-values are UTF-8; JSON text escapes what is not well formed.
  if (hash !== undefined) pairs[KEY_HASH] = JSON.stringify(hash);
  if (metadata !== undefined) pairs[KEY_METADATA] = JSON.stringify(metadata);
  return pairs;
}

/** What the key-values of a file say; the plan is undefined for files of other writers. */
export function readKeyValues(pairs: Record<string, string>, path: string) {
  const parse = <T>(key: string, otherwise: T): T => {
    const text = pairs[key];
    if (text === undefined) return otherwise;
    try {
      return JSON.parse(text) as T;
    } catch (cause) {
      throw new CheckpointError('ERR_CKPT_CORRUPT', `the key-value ${key} in the footer of ${path} is not JSON`, { path, cause });
    }
  };
  const plan = parse<LogicalPlan | undefined>(KEY_PLAN, undefined);
  if (pairs[KEY_VERSION] !== undefined && plan === undefined) {
    throw new CheckpointError('ERR_CKPT_CORRUPT', `the footer of ${path} has a format version but no plan`, { path });
  }
  return { plan, hash: parse<string | null>(KEY_HASH, null), metadata: parse<Record<string, string>>(KEY_METADATA, {}) };
}
