import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Row } from 'arrow-ckpt';
import type { EngineFile } from './engine-files.ts';
import { filtersOf, told, type Filter } from './filters.ts';

export const DRIVERS = fileURLToPath(new URL('drivers/', import.meta.url));

export interface Count {
  value?: number;
  error?: string;
}

/** What an engine has made of one file. */
export interface Outcome {
  error?: string;
  types: Record<string, string>;
  rows: Row[];
  pruned?: Count[];
  unpruned?: Count[];
}

export interface Driven {
  files: Record<string, Outcome>;
}

/** The filters of a file, in the order in which drivers count them. */
export function filtersOfFile({ filtered = {}, rows }: EngineFile): Filter[] {
  return Object.entries(filtered).flatMap(([column, kind]) => filtersOf(column, kind, rows));
}

/**
 * Lets an engine open the files: a Python that has it, or the folder of npm packages that has it. Rejects where the driver itself fails.
 */
export async function drive(
  driver: string,
  home: { python: string } | { folder: string },
  files: EngineFile[],
  scratch: string,
): Promise<Driven> {
  mkdirSync(scratch, { recursive: true });
  const [task, out] = [join(scratch, 'task.json'), join(scratch, 'out.json')];
  const asked = files.map((file) => ({
    name: file.name,
    path: file.path,
    ...(file.filtered && { filters: filtersOfFile(file).map(told), unpruned: file.name === 'groups' }),
  }));
  writeFileSync(task, JSON.stringify({ files: asked }));
  const [command, folder] = 'python' in home ? [home.python, DRIVERS] : [process.execPath, join(home.folder, 'drivers')];
  // A module finds the packages that lie beside it.
  if ('folder' in home) cpSync(DRIVERS, folder, { recursive: true });
  const env = { ...process.env, PYTHONUTF8: '1', PYTHONDONTWRITEBYTECODE: '1', TZ: 'UTC', POLARS_MAX_THREADS: '2' };
  await promisify(execFile)(command, [join(folder, driver), task, out], { maxBuffer: 2 ** 28, env, timeout: 900_000 });
  return JSON.parse(readFileSync(out, 'utf8')) as Driven;
}
