import { run } from '../../lib/cli/run.ts';
import { Output } from '../../lib/cli/output/output.ts';
import { failureLine, failureOf } from '../../lib/cli/failure.ts';

/** What a command printed, and its exit code. */
export interface Printed {
  code: number;
  stdout: string;
  stderr: string;
}

/** Keeps what is printed. */
class Kept extends Output {
  stdout = '';
  stderr = '';

  override async write(text: string): Promise<void> {
    this.stdout += text;
  }

  override note(text: string): void {
    if (!this.quiet) this.stderr += `${text}\n`;
  }

  override error(error: unknown): void {
    this.stderr += `error: ${failureLine(failureOf(error))}\n`;
  }

  override get isTerminal(): boolean {
    return false;
  }
}

// One for all calls: each has listeners of its own on stdout.
const output = new Kept();

/**
 * Runs the command line in this process, one call at a time: many calls take the time of one. What needs the bundle beside it is for `cli`.
 */
export async function cliHere(args: readonly string[]): Promise<Printed> {
  Object.assign(output, { stdout: '', stderr: '', quiet: false });
  const code = await run(args, output);
  return { code, stdout: output.stdout, stderr: output.stderr };
}
