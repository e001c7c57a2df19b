import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, platform, release, totalmem } from 'node:os';
import { basename, isAbsolute, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FOLDER = new URL('./results/', import.meta.url);

function git(...args: string[]): string {
  try {
    return execFileSync('git', args, { cwd: fileURLToPath(FOLDER), encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return '';
  }
}

/** What was run, as one would repeat it: without the folders of this machine. */
function commandLine(): string {
  const script = process.argv[1] === undefined ? '' : relative(ROOT, process.argv[1]).replaceAll('\\', '/');
  const named = process.env['npm_lifecycle_event'];
  const given = process.argv.slice(2).map((arg) => (isAbsolute(arg) ? basename(arg) : arg));
  const program = named === undefined ? `npx tsx ${script}` : `npm run ${named}${given.length > 0 ? ' --' : ''}`;
  return [program, ...given].join(' ');
}

function packageVersion(): string {
  return (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }).version;
}

/** What a reader needs to judge a result: the machine and the code. Nothing that names the machine. */
export function environment(): Record<string, unknown> {
  const processors = cpus();
  return {
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryGB: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${release()}`,
    node: process.version,
    commit: git('rev-parse', '--short', 'HEAD') || 'no commit',
    // Whether files of the library differed from the commit.
    modified: git('status', '--porcelain', '--untracked-files=no', '--', ':/lib', ':/crates', ':/index.ts') !== '',
    command: commandLine(),
    versions: { v8: process.versions.v8, package: packageVersion() },
    forcedJson: Boolean(process.env['ARROW_CKPT_FORCE_JSON']),
    date: new Date().toISOString(),
  };
}

/**
 * Writes a result as bench/results/<date>-<commit>/<name>.json, one folder a run of a commit, and returns the path inside the project. Runs
 * of another size than the suite's own should say so in `name`, or they would overwrite the run that counts.
 */
export function writeResult(name: string, result: Record<string, unknown>): string {
  const env = environment();
  // The runs that count are Node 20's.
  const [major] = process.versions.node.split('.') as [string];
  const label = major === '20' ? name : `${name}-node${major}`;
  const folder = new URL(`${String(env['date']).slice(0, 10)}-${String(env['commit']).replace(' ', '-')}/`, FOLDER);
  mkdirSync(folder, { recursive: true });
  const file = new URL(`${label}.json`, folder);
  writeFileSync(file, `${JSON.stringify({ environment: env, ...result }, null, 1)}\n`);
  return relative(ROOT, fileURLToPath(file)).replaceAll('\\', '/');
}
