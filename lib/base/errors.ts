import { isError } from './realm.js';
import { isRevoked } from './value/is-revoked.js';

/** Every code a {@link CheckpointError} can carry. The core's list (crates/arrow-ckpt/src/error.rs) is a subset; a test compares them. */
export const ERROR_CODES = [
  /** An argument has the wrong type (a path that is not a string, a step name that is empty). */
  'ERR_CKPT_INVALID_ARGUMENT',
  /** An option object has a key that this call does not know. */
  'ERR_CKPT_UNKNOWN_OPTION',
  /** An option has a value outside its range. */
  'ERR_CKPT_INVALID_OPTION',
  /** The compression codec has no such name. */
  'ERR_CKPT_UNKNOWN_CODEC',
  /** `rows` is neither an iterable nor an async iterable of rows. */
  'ERR_CKPT_ROWS_NOT_ITERABLE',
  /** A row is not a plain object. `row` is its index. */
  'ERR_CKPT_ROW_NOT_OBJECT',
  /** A value that no checkpoint can keep (function, symbol, class instance, Map, Set, cycle, array hole). */
  'ERR_CKPT_UNSUPPORTED_VALUE',
  /** Nesting deeper than the limit. */
  'ERR_CKPT_TOO_DEEP',
  /** Rows do not fit the `schema` of a save or load. `violations` has the first 20, `count` tells how many there are. */
  'ERR_CKPT_SCHEMA',
  /** A row that the program of the `compat` option could not read back. */
  'ERR_CKPT_NOT_COMPATIBLE',
  /** A requested column is not in the checkpoint. */
  'ERR_CKPT_UNKNOWN_COLUMN',
  /** There is no file at the path. */
  'ERR_CKPT_NOT_FOUND',
  /** The path is a folder, or a part of it is not a folder. */
  'ERR_CKPT_NOT_A_FILE',
  /** The file is neither Parquet nor a checkpoint in JSON. */
  'ERR_CKPT_NOT_A_CHECKPOINT',
  /** The file ends before its contents do. */
  'ERR_CKPT_TRUNCATED',
  /** The file's bytes are not those that were written, or break the rules of its format. */
  'ERR_CKPT_CORRUPT',
  /** The file is well formed but uses something that this version cannot read. */
  'ERR_CKPT_UNSUPPORTED_FILE',
  /** The file was written by a later format version than this package knows. */
  'ERR_CKPT_FORMAT_VERSION',
  /** A cap on size, count or depth would be exceeded. */
  'ERR_CKPT_LIMIT',
  /** The operating system denies access. */
  'ERR_CKPT_PERMISSION',
  /** The file system is mounted read-only. */
  'ERR_CKPT_READ_ONLY',
  /** The disk or the quota is full. */
  'ERR_CKPT_NO_SPACE',
  /** Any other failure of the operating system. */
  'ERR_CKPT_IO',
  /** A reader or a writer was used after it was closed. */
  'ERR_CKPT_CLOSED',
  /** The file was replaced or changed while a reader had it open. */
  'ERR_CKPT_CHANGED',
  /** Another process holds the lock of a checkpoint or directory. */
  'ERR_CKPT_LOCKED',
  /** A row of a `map` has no key, or one that cannot be a key. `row` is its index. */
  'ERR_CKPT_MISSING_KEY',
  /** Two rows of a `map` have the same key. `row` is the index of the second. */
  'ERR_CKPT_DUPLICATE_KEY',
  /** The function of a `map` failed for a row, after all retries. `row` is its index, `cause` what the function threw. */
  'ERR_CKPT_ROW_FAILED',
  /** The function of a `map` took longer for a row than its `timeout`. */
  'ERR_CKPT_TIMEOUT',
  /** A bug in arrow-ckpt: a panic in native code, a broken invariant. The process and the old file are intact. */
  'ERR_CKPT_INTERNAL',
] as const;

export type CheckpointErrorCode = (typeof ERROR_CODES)[number];

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
