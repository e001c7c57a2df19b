import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The folder with real checkpoints and with Parquet files of other writers, which is no part of the project: ARROW_CKPT_TEST_DATA, or
 * ../shared/data.
 */
export const TEST_DATA = process.env.ARROW_CKPT_TEST_DATA ?? fileURLToPath(new URL('../../../shared/data', import.meta.url));

/** Why the tests that need it are skipped, for node:test's `skip`. */
export const noTestData: string | false = existsSync(join(TEST_DATA, 'README.md'))
  ? false
  : 'no test data: neither ../shared/data beside the project nor the folder that ARROW_CKPT_TEST_DATA names';

/** A file of it, by the name that {@link dataFiles} gives. */
export function dataPath(name: string): string {
  return join(TEST_DATA, name);
}

/** The names of its files, sorted, with `/` on every platform; none where it is absent. */
export function dataFiles(pattern: RegExp, folder = ''): string[] {
  if (noTestData !== false) return [];
  return (readdirSync(dataPath(folder), { recursive: true }) as string[])
    .map((name) => join(folder, name).replaceAll('\\', '/'))
    .filter((name) => pattern.test(name))
    .sort();
}
