import type { ExitCode } from './exit-codes.js';
import type { Output } from './output/output.js';

/** What every command gets. */
export interface Context {
  output: Output;
  /** Print one JSON document, for programs. */
  json: boolean;
  /** No progress and no notes. */
  quiet: boolean;
  /** Aborted by Ctrl+C. */
  signal: AbortSignal;
}

/** Options that every command has. */
export interface CommonOptions {
  json?: boolean;
  quiet?: boolean;
}

/**
 * One command: prints its result and resolves with the exit code. What it throws is reported on stderr and decides the exit code: see
 * exit-codes.ts.
 * `args` has as many elements as the command has arguments; where the last of them may be repeated, as many as were given.
 */
export type Run<O extends CommonOptions = CommonOptions> = (context: Context, args: readonly string[], options: O) => Promise<ExitCode>;
