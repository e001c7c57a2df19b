import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const PYTHON = process.env.ARROW_CKPT_PYTHON;

/** Why the interop tests are skipped, for node:test's `skip`. `npm test` makes such a Python where it can. */
export const noPython: string | false = PYTHON
  ? false
  : 'ARROW_CKPT_PYTHON does not name a Python that has pyarrow, pandas, polars and duckdb';

/** Runs a script of __test__/python and returns what it prints; rejects with its traceback when it fails. */
export async function runPython(script: string, ...args: string[]): Promise<string> {
  return run([fileURLToPath(new URL(`../python/${script}`, import.meta.url)), ...args]);
}

/** The same with more in its environment. */
export async function runPythonIn(more: Record<string, string>, script: string, ...args: string[]): Promise<string> {
  return run([fileURLToPath(new URL(`../python/${script}`, import.meta.url)), ...args], more);
}

/** Runs a module, `python -m`, in the root of the repository; rejects with what it printed when it fails. */
export async function runPythonModule(module: string, ...args: string[]): Promise<string> {
  return run(['-m', module, ...args]).catch((error: Error & { stdout?: string }) => {
    throw new Error(`${error.message}\n${error.stdout ?? ''}`);
  });
}

async function run(args: readonly string[], more: Record<string, string> = {}): Promise<string> {
  // UTF-8 for standard output, which is not the default on Windows.
  const env = { ...process.env, ...more, PYTHONUTF8: '1', PYTHONDONTWRITEBYTECODE: '1' };
  const cwd = fileURLToPath(new URL('../..', import.meta.url));
  const { stdout } = await promisify(execFile)(PYTHON as string, [...args], { maxBuffer: 2 ** 28, env, cwd });
  return stdout;
}
