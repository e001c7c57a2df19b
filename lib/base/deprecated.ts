/**
 * Every name that works for one more version, by its code: what it is called, and what to write instead. docs/api.md has the same table.
 */
export const DEPRECATIONS = {
  ARROW_CKPT_DEP0001: ['CheckpointManager.loadOutput', 'CheckpointManager.loadCheckpoint without a hash'],
  ARROW_CKPT_DEP0002: ['CheckpointReader.batches', 'CheckpointReader.scanColumns'],
  ARROW_CKPT_DEP0003: ['progress.done of migrateDirectory', 'progress.filesDone'],
  ARROW_CKPT_DEP0004: ['progress.total of migrateDirectory', 'progress.files'],
} as const satisfies Record<string, readonly [old: string, instead: string]>;

const told = new Set<string>();

/** A `DeprecationWarning` with the code, once a process. `--no-deprecation` and `--throw-deprecation` work as with Node's own. */
export function deprecated(code: keyof typeof DEPRECATIONS): void {
  if (told.has(code)) return;
  told.add(code);
  const [old, instead] = DEPRECATIONS[code];
  process.emitWarning(`${old} will go with the next version: use ${instead}`, { type: 'DeprecationWarning', code });
}
