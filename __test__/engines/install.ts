import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Engine, Release } from './catalogue.ts';

/** Where releases are kept between runs: outside the tree, since they are gigabytes. */
export const CACHE = process.env.ARROW_CKPT_ENGINES ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'arrow-ckpt-engines');

export type Home = { python: string } | { folder: string };

const MARK = '.installed';
const WINDOWS = process.platform === 'win32';

/** Installs a release in a folder of its own, or takes it from the cache; throws with the installer's last lines. */
export function install(
  engine: Pick<Engine, 'name' | 'registry'>,
  { version, packages }: Pick<Release, 'version' | 'packages'>,
  cache = CACHE,
): Home {
  const folder = join(cache, `${engine.name}-${version}`);
  const home =
    engine.registry === 'pip' ? { python: join(folder, ...(WINDOWS ? ['Scripts', 'python.exe'] : ['bin', 'python'])) } : { folder };
  const wanted = `${packages.join('\n')}\n`;
  const mark = join(folder, MARK);
  if (existsSync(mark) && readFileSync(mark, 'utf8') === wanted) return home;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  if ('python' in home) installPython(folder, home.python, packages);
  else installNode(folder, packages);
  writeFileSync(mark, wanted);
  return home;
}

function installPython(folder: string, python: string, packages: string[]): void {
  const system = process.env.ARROW_CKPT_ENGINES_PYTHON ?? 'python3';
  must(system, ['-m', 'venv', folder]);
  must(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages]);
}

function installNode(folder: string, packages: string[]): void {
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  must('npm', ['install', '--silent', '--no-audit', '--no-fund', '--save-exact', ...packages], folder);
}

function must(command: string, args: string[], cwd?: string): void {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8', shell: WINDOWS && command === 'npm' });
  if (status === 0) return;
  const said = error?.message ?? `${stdout}${stderr}`.trim().split('\n').slice(-3).join('\n');
  throw new Error(`${command} ${args.slice(0, 3).join(' ')} failed: ${said}`);
}
