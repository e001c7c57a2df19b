import { isPlainObject } from '../base/rows.js';
import { invalid, show } from '../base/messages.js';
import { itemsOf } from '../base/value/items-of.js';

/**
 * Earlier checkpoints that may have the same values: a path for {@link writeCheckpoint}, a name for a manager, or several. `auto`: those
 * that are likely to.
 */
export type Base =
  | 'auto'
  | string
  | { step: string; operation: string }
  | readonly (string | { step: string; operation: string })[]
  | false;

type NamedBase = Extract<Base, { step: string }>;

/** More are no help: each is a file to open. */
export const MAX_BASES = 8;

/** Checks `base` as far as it is the same for all calls. */
export function checkBase(base: unknown): Base | undefined {
  if (base === undefined || base === false || base === 'auto') return base;
  const list = itemsOf(base);
  const names = list ?? [base];
  const isFine = names.every((name) => (typeof name === 'string' && name !== '') || isName(name));
  if (!isFine || names.length === 0)
    throw invalid(`base must be 'auto', false, a checkpoint or an array of checkpoints (paths, or { step, operation }), got ${show(base)}`);
  if (names.length > MAX_BASES) throw invalid(`base must be at most ${MAX_BASES} checkpoints, got ${names.length}`);
  const copies = names.map((name) => (typeof name === 'string' ? name : nameOf(name as NamedBase)));
  return list === undefined ? (copies[0] as string | NamedBase) : copies;
}

function isName(value: unknown): value is NamedBase {
  return isPlainObject(value) && typeof value['step'] === 'string' && typeof value['operation'] === 'string';
}

function nameOf({ step, operation }: NamedBase): NamedBase {
  return { step, operation };
}

/** The checkpoints that `base` names, one by one. */
export function basesOf(base: Exclude<Base, 'auto' | false>): readonly (string | NamedBase)[] {
  return Array.isArray(base) ? (base as readonly (string | NamedBase)[]) : [base as string | NamedBase];
}
