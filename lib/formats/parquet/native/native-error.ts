import { CheckpointError, type CheckpointErrorCode, type CheckpointErrorFields } from '../../../base/errors.js';

/** The error that an ERROR event carries as JSON text. The only place where errors of the core become errors of JavaScript. */
export function nativeError(text: string): CheckpointError {
  const { code, message, path, column } = JSON.parse(text) as {
    code: CheckpointErrorCode;
    message: string;
    path: string | null;
    column: string | null;
  };
  const fields: CheckpointErrorFields = {};
  if (path !== null) fields.path = path;
  if (column !== null) fields.column = column;
  return new CheckpointError(code, path === null || message.includes(path) ? message : `${path}: ${message}`, fields);
}

/** What `call` gives; it throws errors of the core as JSON. */
export function nativeCall<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw nativeError((error as Error).message);
  }
}
