import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Entrant } from './run-suite.ts';

const run = promisify(execFile);
const SCRIPT = fileURLToPath(new URL('./rivals/pyarrow_rows.py', import.meta.url));
const PYTHON = process.env['PYTHON'] ?? 'python3';

/** pyarrow as an entrant, or undefined where `python3` (or `$PYTHON`) cannot import it. Its times are Python's own. */
export async function pyarrow(): Promise<Entrant | undefined> {
  try {
    await run(PYTHON, ['-c', 'import pyarrow.parquet']);
  } catch {
    return undefined;
  }
  return {
    name: 'pyarrow',
    extension: '.parquet',
    async run(operation, path, json) {
      const { stdout } = await run(PYTHON, [SCRIPT, operation, path, json]);
      return JSON.parse(stdout) as Awaited<ReturnType<NonNullable<Entrant['run']>>>;
    },
  };
}
