import { CommanderError } from 'commander';
import { CheckpointError, type CheckpointErrorCode } from '../base/errors.js';
import { EXIT, exitCodeOf, type ExitCode } from './exit-codes.js';
import { failureOf } from './failure.js';
import { Interrupted, interruptible } from './interrupt.js';
import { Output, OutputClosed } from './output/output.js';
import { programOf } from './program-of.js';
import { renamed } from './renamed.js';

/** Commands whose stdout is lines of JSON, of rows or parts: a document with an error would be taken for one. */
const LINE_COMMANDS: ReadonlySet<string> = new Set(['cat', 'head', 'work']);

/** Runs the command line; resolves with the exit code. Never rejects. */
export async function run(args: readonly string[], output = new Output()): Promise<ExitCode> {
  const { signal, forget } = interruptible();
  let exitCode: ExitCode = EXIT.fine;
  try {
    const program = programOf({ output, signal }, (code) => (exitCode = code));
    await program.parseAsync(
      renamed(args, (text) => output.note(text)),
      { from: 'user' },
    );
    return exitCode;
  } catch (error) {
    return await failed(error, output, args);
  } finally {
    forget();
  }
}

async function failed(error: unknown, output: Output, args: readonly string[]): Promise<ExitCode> {
  if (error instanceof OutputClosed) return EXIT.fine;
  if (error instanceof Interrupted) return error.exitCode;
  if (error instanceof CommanderError && error.exitCode === 0) return EXIT.fine;
  // It has shown the help.
  if (error instanceof CommanderError && error.code === 'commander.help') return EXIT.usage;
  const told = error instanceof CommanderError ? usageError(error) : error;
  output.error(told);
  try {
    if (args.includes('--json') && !LINE_COMMANDS.has(args[0] ?? '')) await output.document({ error: failureOf(told) });
  } catch {
    // There is no one left to tell.
  }
  return exitCodeOf(told);
}

const USAGE_CODES: Record<string, CheckpointErrorCode> = {
  'commander.unknownOption': 'ERR_CKPT_UNKNOWN_OPTION',
  'commander.invalidArgument': 'ERR_CKPT_INVALID_OPTION',
  'commander.optionMissingArgument': 'ERR_CKPT_INVALID_OPTION',
};

/** What commander says, in one line and with a code of ours. */
function usageError({ code, message }: CommanderError): CheckpointError {
  const text = message
    .replace(/^error: /, '')
    .replaceAll('\n', ' ')
    .replace(/\.$/, '');
  return new CheckpointError(USAGE_CODES[code] ?? 'ERR_CKPT_INVALID_ARGUMENT', `${text}; see --help`);
}
