import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CACHE = fileURLToPath(new URL('../../node_modules/.cache/arrow-ckpt', import.meta.url));

/** Packages that tests run and that `npm ci` should not have to fetch: name, or alias, to the exact version. */
export type Pinned = Readonly<Record<string, string>>;

/**
 * A folder whose node_modules holds exactly these packages. They are installed once, into the cache below node_modules.
 * Where that cannot be done, `missing` says why, for a test to be skipped; on CI it throws instead: nothing is left out there without
 * notice.
 */
export function pinnedPackages(name: string, packages: Pinned): { folder: string; missing: string | false } {
  const manifest = JSON.stringify({ private: true, dependencies: packages });
  const folder = join(CACHE, `${name}-${createHash('sha256').update(manifest).digest('hex').slice(0, 12)}`);
  if (existsSync(folder)) return { folder, missing: false };
  mkdirSync(CACHE, { recursive: true });
  const made = mkdtempSync(`${folder}.`);
  try {
    writeFileSync(join(made, 'package.json'), manifest);
    npm(['install', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'], made);
    renameSync(made, folder);
  } catch (error) {
    rmSync(made, { recursive: true, force: true });
    // Another test may have been quicker.
    if (existsSync(folder)) return { folder, missing: false };
    if (process.env.CI !== undefined) throw error;
    return { folder, missing: `${Object.keys(packages).join(', ')} cannot be installed: ${(error as Error).message.split('\n', 1)[0]}` };
  }
  return { folder, missing: false };
}

/** Runs npm in a folder; gives what it printed. */
export function npm(args: readonly string[], cwd: string): string {
  // On Windows npm is a batch file, which only a shell can start.
  return execFileSync('npm', args, { cwd, encoding: 'utf8', shell: process.platform === 'win32', stdio: ['ignore', 'pipe', 'pipe'] });
}
