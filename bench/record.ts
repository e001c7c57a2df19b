import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, platform, release, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';

const FOLDER = new URL('./results/', import.meta.url);

function git(...args: string[]): string {
  try {
    return execFileSync('git', args, { cwd: fileURLToPath(FOLDER), encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return '';
  }
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
    forcedJson: Boolean(process.env['ARROW_CKPT_FORCE_JSON']),
    date: new Date().toISOString(),
  };
}

/**
 * Writes a result as bench/results/<name>-<date>-<commit>.json and returns the path inside the project. Runs of another size than
 * the suite's own should say so in `name`, or they would overwrite the run that counts.
 */
export function writeResult(name: string, result: Record<string, unknown>): string {
  mkdirSync(FOLDER, { recursive: true });
  const env = environment();
  // The runs that count are Node 20's.
  const [major] = process.versions.node.split('.') as [string];
  const label = major === '20' ? name : `${name}-node${major}`;
  const file = `${label}-${String(env['date']).slice(0, 10)}-${String(env['commit']).replace(' ', '-')}.json`;
  writeFileSync(new URL(file, FOLDER), `${JSON.stringify({ environment: env, ...result }, null, 1)}\n`);
  return `bench/results/${file}`;
}
