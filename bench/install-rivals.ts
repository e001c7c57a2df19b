import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const NPM_FLAGS = ['--force', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];

/**
 * Installs the rivals into their own folder, on first use. nodejs-polars asks for a later Node than ours in the `engines` of its
 * native part, and npm leaves that part out without a word; it runs all the same, so it is then installed by name.
 */
export function installRivals(folder: URL): void {
  const modules = new URL('node_modules/', folder);
  if (existsSync(new URL('.package-lock.json', modules))) return;
  console.log('installing the rivals into bench/rivals (first use)');
  const npm = (...args: string[]): void => {
    execFileSync('npm', ['install', ...NPM_FLAGS, ...args], {
      cwd: fileURLToPath(folder),
      stdio: 'inherit',
      shell: process.platform === 'win32',
    });
  };
  npm();
  const polars = JSON.parse(readFileSync(new URL('nodejs-polars/package.json', modules), 'utf8')) as {
    optionalDependencies: Record<string, string>;
  };
  const wanted = `nodejs-polars-${process.platform}-${process.arch}`;
  const native = Object.entries(polars.optionalDependencies).find(([name]) => name.startsWith(wanted) && !name.endsWith('musl'));
  if (native === undefined || existsSync(new URL(`${native[0]}/`, modules))) return;
  npm('--no-save', native.join('@'));
}
