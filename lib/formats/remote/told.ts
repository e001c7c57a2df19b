import { CheckpointError, isCheckpointError } from '../../base/errors.js';

/** An error of a local copy as one of the object: with its URL in place of the path. Any other value is returned as it is. */
export function told(error: unknown, local: string, url: string): unknown {
  if (!isCheckpointError(error)) return error;
  const message = error.message.replaceAll(local, url);
  if (error.path === url && message === error.message) return error;
  const { code, column, row, violations, count, cause } = error;
  return new CheckpointError(code, message, {
    path: url,
    ...(column !== undefined && { column }),
    ...(row !== undefined && { row }),
    ...(violations !== undefined && { violations }),
    ...(count !== undefined && { count }),
    ...(cause !== undefined && { cause }),
  });
}
