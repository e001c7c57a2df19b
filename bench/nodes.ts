import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FOLDER = new URL('./nodes/', import.meta.url);

/**
 * Runs this program again on each of these Nodes, one after another, if the command line has `--node`. Each is a major version, which npm
 * installs into bench/nodes on first use, or the path of a program. Ends the process then; returns where there is no `--node`.
 */
export function runOnNodes(): void {
  const args = process.argv.slice(2);
  const at = args.findIndex((arg) => arg === '--node' || arg.startsWith('--node='));
  if (at < 0) return;
  const [option] = args.splice(at, 1) as [string];
  const wanted = option === '--node' ? args.splice(at, 1)[0] : option.slice('--node='.length);
  if (wanted === undefined || wanted === '') throw new Error('--node needs versions or paths: --node 20,24,26');
  for (const node of wanted.split(',').map(nodeOf)) {
    const { status } = spawnSync(node, [...process.execArgv, process.argv[1] as string, ...args], { stdio: 'inherit' });
    if (status !== 0) process.exit(status ?? 1);
  }
  process.exit(0);
}

/** The program of a major version. */
function nodeOf(wanted: string): string {
  if (!/^\d+$/.test(wanted)) return wanted;
  if (process.versions.node.startsWith(`${wanted}.`)) return process.execPath;
  const system = process.platform === 'win32' ? 'win' : process.platform;
  const name = `node-${system}-${process.arch}`;
  const folder = new URL(`${wanted}/`, FOLDER);
  const program = new URL(`node_modules/${name}/bin/node${process.platform === 'win32' ? '.exe' : ''}`, folder);
  if (!existsSync(program)) {
    console.log(`installing Node ${wanted} into bench/nodes (first use)`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(new URL('package.json', folder), '{ "private": true }\n');
    execFileSync('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error', `${name}@${wanted}`], {
      cwd: fileURLToPath(folder),
      stdio: 'inherit',
      shell: process.platform === 'win32',
    });
  }
  return fileURLToPath(program);
}
