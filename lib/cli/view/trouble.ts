import { isCheckpointError } from '../../base/errors.js';
import { printable } from '../output/printable.js';
import { EXIT, exitCodeOf } from '../exit-codes.js';
import { failureOf } from '../failure.js';
import type { Trouble } from './wire.js';

/** An error as the page shows it: names in it come from files. */
export function troubleOf(error: unknown): Trouble {
  const { code, message } = failureOf(error);
  return { code, message: printable(message) };
}

/** The status of an answer that failed. */
export function statusOf(error: unknown): number {
  const code = isCheckpointError(error) ? error.code : 'ERR_CKPT_INTERNAL';
  if (code === 'ERR_CKPT_CHANGED') return 409;
  if (code === 'ERR_CKPT_NOT_FOUND') return 404;
  const exit = exitCodeOf(error);
  if (exit === EXIT.usage) return 400;
  return exit === EXIT.bug ? 500 : 422;
}
