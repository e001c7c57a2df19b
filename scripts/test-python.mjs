// The Python of the interop tests: a venv in .venv with the readers that other people open our files with. Pinned, so that a run can be
// repeated.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './setup.mjs';

const PACKAGES = {
  pyarrow: '26.0.1',
  pandas: '3.1.1',
  polars: '2.1.0',
  duckdb: '2.0.1',
  numpy: '2.4.6',
  fsspec: '2026.9.0',
  aiohttp: '3.14.5',
  pytest: '9.2.0',
  mypy: '2.4.1',
  ruff: '0.17.6',
};
const PINNED = Object.entries(PACKAGES).map(([name, version]) => `${name}==${version}`);
/** Fails unless each is there in its version. */
const CHECK = `from importlib.metadata import version; assert all(version(p.split("==")[0]) == p.split("==")[1] for p in "${PINNED.join(' ')}".split())`;
const VENV = join(ROOT, '.venv');
const PYTHON = process.platform === 'win32' ? join(VENV, 'Scripts', 'python.exe') : join(VENV, 'bin', 'python');

function run(command, args) {
  return spawnSync(command, args, { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
}

function hasPackages() {
  return existsSync(PYTHON) && spawnSync(PYTHON, ['-c', CHECK], { stdio: 'ignore' }).status === 0;
}

/** The path of a Python that has the packages, if it was made before. */
export function installedPython() {
  return hasPackages() ? PYTHON : null;
}

/** The path of a Python that has the packages, or null, having said why: the interop tests then skip. */
export function ensurePython(log = console.log) {
  if (hasPackages()) return PYTHON;
  const system = ['python3', 'python'].find((name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0);
  if (system === undefined) {
    log('no python3 on PATH: the interop tests are skipped');
    return null;
  }
  log(`installing ${PINNED.join(', ')} into .venv for the interop tests`);
  const ok =
    run(system, ['-m', 'venv', VENV]) && run(PYTHON, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...PINNED]);
  if (ok && hasPackages()) return PYTHON;
  log('that failed, its output is above: the interop tests are skipped');
  return null;
}
