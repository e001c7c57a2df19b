import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runProgram, type Outcome, type Start } from './run-program.js';

/** The built program of the package's `bin`. */
export const CLI = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

/** Why its tests are skipped, for node:test's `skip`. */
export const noCli: string | false = existsSync(CLI) ? false : 'dist is not built: npm run build:ts';

/** Whatever runs the tests has no say in colours. */
export const ENV = { NO_COLOR: undefined, FORCE_COLOR: undefined, ARROW_CKPT_FORCE_JSON: undefined };

/** Runs the command line in a process of its own. */
export function cli(args: readonly string[], start: Omit<Start, 'args'> = {}): Promise<Outcome> {
  return runProgram('../../dist/cli.js', { ...start, args, env: { ...ENV, ...start.env } });
}

/** Runs it, checks the exit code, and gives what it printed. */
export async function cliOk(args: readonly string[], code = 0, start: Omit<Start, 'args'> = {}): Promise<Outcome> {
  const outcome = await cli(args, start);
  assert.equal(outcome.code, code, `${args.join(' ')}\n${outcome.stderr}${outcome.stdout}`);
  return outcome;
}

/** Runs it with `--json`, checks the exit code, and gives the document. */
export async function cliJson<T>(args: readonly string[], code = 0, start: Omit<Start, 'args'> = {}): Promise<T> {
  const { stdout } = await cliOk([...args, '--json'], code, start);
  return JSON.parse(stdout) as T;
}

/** The rows of JSON Lines. */
export function linesOf(text: string): unknown[] {
  assert.ok(text === '' || text.endsWith('\n'), 'the last line has an end');
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}
