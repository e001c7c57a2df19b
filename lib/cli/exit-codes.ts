import { isCheckpointError, type CheckpointErrorCode } from '../base/errors.js';

/** How the program ends. docs/cli.md and the help tell the same. */
export const EXIT = {
  /** All is well. */
  fine: 0,
  /** Something was found: rows differ, a file is damaged or cannot be kept, a migration failed. What could be done is done. */
  findings: 1,
  /** The call is wrong: an unknown command, option or column, a bad filter. */
  usage: 2,
  /** The system says no: no such file, no permission, no space. */
  io: 3,
  /** A bug in arrow-ckpt: the number of sysexits.h, so that it is never taken for a finding. */
  bug: 70,
  /** By Ctrl+C: 128 and the signal's number, as shells have it. */
  interrupted: 130,
  terminated: 143,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const BY_CODE: Record<CheckpointErrorCode, ExitCode> = {
  ERR_CKPT_INVALID_ARGUMENT: EXIT.usage,
  ERR_CKPT_UNKNOWN_OPTION: EXIT.usage,
  ERR_CKPT_INVALID_OPTION: EXIT.usage,
  ERR_CKPT_UNKNOWN_CODEC: EXIT.usage,
  ERR_CKPT_UNKNOWN_COLUMN: EXIT.usage,
  ERR_CKPT_ROW_NOT_OBJECT: EXIT.findings,
  ERR_CKPT_UNSUPPORTED_VALUE: EXIT.findings,
  ERR_CKPT_TOO_DEEP: EXIT.findings,
  ERR_CKPT_SCHEMA: EXIT.findings,
  ERR_CKPT_NOT_COMPATIBLE: EXIT.findings,
  ERR_CKPT_MISSING_KEY: EXIT.findings,
  ERR_CKPT_DUPLICATE_KEY: EXIT.findings,
  ERR_CKPT_ROW_FAILED: EXIT.findings,
  ERR_CKPT_TIMEOUT: EXIT.findings,
  ERR_CKPT_NOT_A_CHECKPOINT: EXIT.findings,
  ERR_CKPT_TRUNCATED: EXIT.findings,
  ERR_CKPT_CORRUPT: EXIT.findings,
  ERR_CKPT_UNSUPPORTED_FILE: EXIT.findings,
  ERR_CKPT_FORMAT_VERSION: EXIT.findings,
  ERR_CKPT_LIMIT: EXIT.findings,
  ERR_CKPT_NOT_FOUND: EXIT.io,
  ERR_CKPT_NOT_A_FILE: EXIT.io,
  ERR_CKPT_PERMISSION: EXIT.io,
  ERR_CKPT_READ_ONLY: EXIT.io,
  ERR_CKPT_NO_SPACE: EXIT.io,
  ERR_CKPT_IO: EXIT.io,
  ERR_CKPT_LOCKED: EXIT.io,
  // The command line makes the rows itself.
  ERR_CKPT_ROWS_NOT_ITERABLE: EXIT.bug,
  ERR_CKPT_CHANGED: EXIT.io,
  ERR_CKPT_CLOSED: EXIT.bug,
  ERR_CKPT_INTERNAL: EXIT.bug,
};

/** The exit code of an error that ends a command. */
export function exitCodeOf(error: unknown): ExitCode {
  return isCheckpointError(error) ? BY_CODE[error.code] : EXIT.bug;
}
