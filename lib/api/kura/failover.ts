import { factsOfCode } from '../../base/error-facts.js';
import { CheckpointError, isCheckpointError } from '../../base/errors.js';
import type { KuraCheckpointManager } from './types.js';

/** A manager that failed, and why. */
export interface ManagerFailure {
  manager: KuraCheckpointManager;
  error: unknown;
}

/** Whether another manager need not be tried: an error of the call, its rows or its schema would be the same with any manager. */
export function isOfCall(error: unknown): boolean {
  return isCheckpointError(error) && factsOfCode(error.code)?.failover === 'never';
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
export function allFailed(what: string, failures: readonly ManagerFailure[]): CheckpointError {
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
