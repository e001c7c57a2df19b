import { isCheckpointError } from '../errors.js';
import { JsonTree } from './json-tree.js';

/**
 * The error of a refused value with its exact path. The columns of a checkpoint know the path of a column, `tags[]`, and not which
 * element of a list it was, nor where a cycle began: so the row is walked once more, now that it costs nothing.
 */
export function located(error: unknown, rowAt: (index: number) => unknown): unknown {
  if (!isCheckpointError(error) || error.row === undefined || error.column === undefined) return error;
  // That a value is too large was measured, and walking it would take its memory once more.
  if (error.code === 'ERR_CKPT_LIMIT') return error;
  try {
    new JsonTree().of(rowAt(error.row), { row: error.row, path: '' });
  } catch (exact) {
    if (isCheckpointError(exact)) return exact;
  }
  // A getter that has another answer now.
  return error;
}
