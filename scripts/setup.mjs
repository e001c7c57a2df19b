// Builds what is missing or stale, for `npm run demo` and `npm test`. Plain JavaScript without dependencies: it runs before `npm ci`.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** What the TypeScript build reads, and what the native build reads. */
const TYPESCRIPT_SOURCES = ['index.ts', 'lib', 'tsconfig.json', 'scripts/bundle.mjs', 'scripts/bundle'];
const NATIVE_SOURCES = ['crates', 'Cargo.toml', 'Cargo.lock'];

/** The latest modification below a file or folder, in ms; 0 when there is none. */
export function newestMtime(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return 0;
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => newestMtime(join(path, name))));
}

/** Whether `output` is missing, or older than the newest of `sources`. */
export function isStale(output, sources) {
  const built = newestMtime(output);
  return built === 0 || sources.some((source) => newestMtime(source) > built);
}

/** The native binaries that `npm run build:native` left in `root`. */
export function nativeBinaries(root = ROOT) {
  return readdirSync(root)
    .filter((name) => name.endsWith('.node'))
    .map((name) => join(root, name));
}

function hasCargo() {
  return spawnSync('cargo', ['--version'], { stdio: 'ignore' }).status === 0;
}

function npm(...args) {
  // On Windows npm is a batch file, which only a shell can start.
  return spawnSync('npm', args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'], shell: process.platform === 'win32' }).status === 0;
}

function must(ok, what) {
  if (!ok) throw new Error(`${what} failed; its output is above`);
}

function ensureNative(log, full) {
  const [binary] = nativeBinaries();
  const stale =
    binary === undefined ||
    isStale(
      binary,
      NATIVE_SOURCES.map((source) => join(ROOT, source)),
    );
  // A fresh binary may be one of `build:fast`; cargo knows whether there is anything to do.
  if (!stale && !(full && hasCargo())) return;
  const state =
    binary === undefined ? 'no native binary' : stale ? 'the native binary is older than its sources' : 'it may be a quick build';
  if (!hasCargo()) {
    log(binary === undefined ? `${state} and no cargo on PATH` : `${state}, but there is no cargo on PATH; it is used as it is`);
    return;
  }
  const script = full ? 'build:native' : 'build:fast';
  log(`${state}: npm run ${script} (this takes minutes the first time)`);
  if (!npm('run', '--silent', script)) log('the native build failed; its output is above');
}

/**
 * `npm ci`, else `npm install` of the same versions: `npm ci` refuses a lockfile without the packages of *other* platforms, which npm
 * leaves out where the registry it was written with had none for them.
 */
function install(log) {
  log('no node_modules: npm ci');
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  const { status } = spawnSync('npm', ['ci', ...quiet], { cwd: ROOT, stdio: 'ignore', shell: process.platform === 'win32' });
  if (status === 0) return;
  log('npm ci refused the lockfile or failed: npm install');
  must(npm('install', '--no-save', ...quiet), 'npm install');
}

/**
 * Installs the development packages if `node_modules` is missing, builds the native addon (with `native`; its failure is only
 * reported, the JSON store does without; with `full` in the profile of releases, else in one that builds quickly) and then the TypeScript
 * if `dist` is missing or stale. Throws if the install or the TypeScript build fails. Says whether there is a native binary now.
 */
export function ensureBuilt({ native, full = false, log = (line) => console.log(line) }) {
  if (!existsSync(join(ROOT, 'node_modules'))) install(log);
  if (native) ensureNative(log, full);
  if (
    isStale(
      join(ROOT, 'dist'),
      TYPESCRIPT_SOURCES.map((source) => join(ROOT, source)),
    )
  ) {
    log('dist is missing or older than its sources: npm run build:ts');
    must(npm('run', '--silent', 'build:ts'), 'npm run build:ts');
  }
  return { native: nativeBinaries().length > 0 };
}
