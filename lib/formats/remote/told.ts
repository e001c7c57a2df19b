import { CheckpointError, isCheckpointError } from '../../base/errors.js';

/**
 * An error of a local copy as one of the object: with its URL in place of the path. Any other value is returned as it is. `path`: what it
 * is about, where that is not `url` itself.
 */
export function told(error: unknown, local: string, url: string, path = url): unknown {
  if (!isCheckpointError(error)) return error;
  const message = error.message.replaceAll(local, url);
  if (error.path === path && message === error.message) return error;
  const { code, column, row, violations, count, cause } = error;
  return new CheckpointError(code, message, {
    path,
    ...(column !== undefined && { column }),
    ...(row !== undefined && { row }),
    ...(violations !== undefined && { violations }),
    ...(count !== undefined && { count }),
    ...(cause !== undefined && { cause }),
  });
}
