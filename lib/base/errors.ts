import { ERROR_FACTS, type CheckpointErrorCode } from './error-facts.js';
import { isError } from './realm.js';
import { isRevoked } from './value/is-revoked.js';

/** Every code a {@link CheckpointError} can carry: docs/errors.md. The core's list is a subset. */
export const ERROR_CODES: readonly CheckpointErrorCode[] = Object.keys(ERROR_FACTS) as CheckpointErrorCode[];

export type { CheckpointErrorCode };

/** One value that does not fit a schema. */
export interface SchemaViolation {
  /** The index of the row, counted from 0 over the whole checkpoint. */
  row: number;
  /** The place inside the row, `metadata.tags[3]`; empty for the row itself. */
  path: string;
  /** What the schema asks for, or the schema's own message. */
  expected: string;
  /** What is there, in short. */
  got: string;
}

/** Where an error happened; every field is optional and present only when it is known. */
export interface CheckpointErrorFields {
  /** The file or folder concerned. */
  path?: string;
  /** The column, or the path inside a row: `metadata.tags[3]`. */
  column?: string;
  /** The index of the row, counted from 0 over the whole checkpoint. */
  row?: number;
  /** With `ERR_CKPT_SCHEMA`: the first 20 violations. */
  violations?: readonly SchemaViolation[];
  /** With `ERR_CKPT_SCHEMA`: the number of all violations. */
  count?: number;
  /** With `ERR_CKPT_STOPPED`: the rows that are done. */
  done?: number;
  /** With `ERR_CKPT_STOPPED`: the rows that are left, where that is known. */
  left?: number;
  /** The error underneath. */
  cause?: unknown;
}

const BRAND = Symbol.for('arrow-ckpt.CheckpointError');

/** The one error class of this package: `code` is stable, `message` says what is wrong, where, and what to do. */
export class CheckpointError extends Error {
  static {
    Object.defineProperty(this.prototype, 'name', { value: 'CheckpointError', configurable: true, writable: true });
    Object.defineProperty(this.prototype, BRAND, { value: true });
  }

  readonly code: CheckpointErrorCode;
  declare readonly path?: string;
  declare readonly column?: string;
  declare readonly row?: number;
  declare readonly violations?: readonly SchemaViolation[];
  declare readonly count?: number;
  declare readonly done?: number;
  declare readonly left?: number;

  constructor(code: CheckpointErrorCode, message: string, given: CheckpointErrorFields = {}) {
    // Also for those that check nothing: an error must not fail to be made.
    const fields = typeof given === 'object' && given !== null && !isRevoked(given) ? given : {};
    super(typeof message === 'string' ? message : '', 'cause' in fields ? { cause: fields.cause } : undefined);
    this.code = code;
    if (fields.path !== undefined) this.path = fields.path;
    if (fields.column !== undefined) this.column = fields.column;
    if (fields.row !== undefined) this.row = fields.row;
    if (fields.violations !== undefined) this.violations = fields.violations;
    if (fields.count !== undefined) this.count = fields.count;
    if (fields.done !== undefined) this.done = fields.done;
    if (fields.left !== undefined) this.left = fields.left;
  }
}

/** True for a {@link CheckpointError} of any copy of this package and of any realm. */
export function isCheckpointError(error: unknown): error is CheckpointError {
  return typeof error === 'object' && error !== null && !isRevoked(error) && BRAND in error;
}

const SYSTEM_CODES: Record<string, [CheckpointErrorCode, string]> = {
  ENOENT: ['ERR_CKPT_NOT_FOUND', 'no such file or folder; check the path'],
  EISDIR: ['ERR_CKPT_NOT_A_FILE', 'a folder stands where a file should be; choose another name'],
  ENOTDIR: ['ERR_CKPT_NOT_A_FILE', 'a part of the path is not a folder; choose another folder'],
  EACCES: ['ERR_CKPT_PERMISSION', 'permission denied; check the owner and mode of the file and its folder'],
  EPERM: ['ERR_CKPT_PERMISSION', 'operation not permitted; check the owner and mode of the file and its folder'],
  ERR_ACCESS_DENIED: [
    'ERR_CKPT_PERMISSION',
    "Node's permission model denies it; start node with --allow-fs-read and --allow-fs-write for the folder",
  ],
  EROFS: ['ERR_CKPT_READ_ONLY', 'the file system is read-only; choose another folder'],
  ENOSPC: ['ERR_CKPT_NO_SPACE', 'no space left on the disk; free some and save again'],
  EDQUOT: ['ERR_CKPT_NO_SPACE', 'the disk quota is used up; free some space and save again'],
  EFBIG: ['ERR_CKPT_NO_SPACE', 'the file would exceed the allowed file size; raise the limit or save fewer rows'],
};

/** A Node system error (`err.code` `ENOENT`, ...) as a coded error that names the path; any other value is returned as it is. */
export function fromSystemError(error: unknown, doing: string, path: string): unknown {
  if (isCheckpointError(error) || !isError(error) || typeof (error as NodeJS.ErrnoException).code !== 'string') {
    return error;
  }
  const [code, advice] = SYSTEM_CODES[(error as NodeJS.ErrnoException).code as string] ?? ['ERR_CKPT_IO', error.message];
  return new CheckpointError(code, `cannot ${doing} ${path}: ${advice}`, { path, cause: error });
}

/** The error with the file's path, if it is one of ours that does not name one; any other value is returned as it is. */
export function withPath(error: unknown, path: string): unknown {
  if (!isCheckpointError(error) || error.path !== undefined) return error;
  const { code, message, column, row, cause } = error;
  return new CheckpointError(code, `${path}: ${message}`, {
    path,
    cause,
    ...(column !== undefined && { column }),
    ...(row !== undefined && { row }),
  });
}
