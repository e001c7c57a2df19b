import { CheckpointError, isCheckpointError } from '../../base/errors.js';
import type { KuraCheckpointManager } from './types.js';

/** A manager that failed, and why. */
export interface Failure {
  manager: KuraCheckpointManager;
  error: unknown;
}

/** Errors of a call, its rows or its schema: they would be the same with any manager. */
const OF_CALL: ReadonlySet<string> = new Set([
  'ERR_CKPT_INVALID_ARGUMENT',
  'ERR_CKPT_UNKNOWN_OPTION',
  'ERR_CKPT_INVALID_OPTION',
  'ERR_CKPT_UNKNOWN_CODEC',
  'ERR_CKPT_ROWS_NOT_ITERABLE',
  'ERR_CKPT_ROW_NOT_OBJECT',
  'ERR_CKPT_UNSUPPORTED_VALUE',
  'ERR_CKPT_TOO_DEEP',
  'ERR_CKPT_SCHEMA',
  'ERR_CKPT_UNKNOWN_COLUMN',
]);

/** Whether another manager need not be tried. */
export function isOfCall(error: unknown): boolean {
  return isCheckpointError(error) && OF_CALL.has(error.code);
}

/** A manager in words: `JsonlCheckpointManager 'checkpoints'`. */
export function nameOf(manager: KuraCheckpointManager): string {
  return `${manager.constructor.name} '${manager.directory}'`;
}

/** Why something failed, in a line. */
export function reasonOf(error: unknown): string {
  return isCheckpointError(error) ? `${error.message} (${error.code})` : String(error);
}

/** The error of what all managers failed at. It has the code of the first; all errors are in its cause. */
export function allFailed(what: string, failures: readonly Failure[]): CheckpointError {
  const reasons = failures.map(({ manager, error }) => `${nameOf(manager)}: ${reasonOf(error)}`);
  const errors = failures.map(({ error }) => error);
  const [first] = errors;
  const code = isCheckpointError(first) ? first.code : 'ERR_CKPT_IO';
  const path = isCheckpointError(first) ? first.path : undefined;
  return new CheckpointError(code, `${what}: ${reasons.join('; ')}`, {
    ...(path !== undefined && { path }),
    cause: new AggregateError(errors, what),
  });
}
