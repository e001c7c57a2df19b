import { factsOfCode } from '../base/error-facts.js';
import { isCheckpointError } from '../base/errors.js';

/** How the program ends; docs/cli.md and the help list the same codes. Which error ends with which is in lib/base/error-facts.ts. */
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

/** The exit code of an error that ends a command. */
export function exitCodeOf(error: unknown): ExitCode {
  const exit = isCheckpointError(error) ? factsOfCode(error.code)?.exit : undefined;
  return EXIT[exit ?? 'bug'];
}
