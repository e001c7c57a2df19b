import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { bucketOf, type BucketPlace } from '../../lib/bucket/bucket-of.js';
import type { BucketOptions } from '../../lib/options/bucket-options.js';
import type { Server } from './servers.js';

/** Where servers stay that were installed. */
export const CACHE =
  process.env['ARROW_CKPT_SERVERS'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'arrow-ckpt-servers');

/** Installs a server, unless it is there; undefined with what was said where that fails. */
export function install({ name, version, install: line }: Server): { folder: string } | { why: string } {
  const folder = join(CACHE, `${name}-${version}`);
  if (existsSync(join(folder, '.installed'))) return { folder };
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const done = spawnSync('bash', ['-c', `set -e; ${line}; touch .installed.new`], { cwd: folder, encoding: 'utf8' });
  if (done.status !== 0) return { why: `${done.error?.message ?? done.stderr}`.trim().slice(-500) };
  renameSync(join(folder, '.installed.new'), join(folder, '.installed'));
  return { folder };
}

/** A server that runs. */
interface Running {
  /** Its bucket, reached by what is given beside its own options. */
  place: (options?: BucketOptions) => BucketPlace;
  /** A folder for files. */
  data: string;
  /** What reaches it, for calls and for programs. */
  reached: BucketOptions;
  environment: Record<string, string> | undefined;
}

/** Runs a server on loopback while `work` does something with it. */
export async function withServer<T>(server: Server, folder: string, work: (running: Running) => Promise<T>): Promise<T> {
  const data = mkdtempSync(join(tmpdir(), `arrow-ckpt-${server.name}-`));
  const port = await freePort();
  const { command, args, env } = server.start(folder, join(data, 'server'), port);
  mkdirSync(join(data, 'server'), { recursive: true });
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'pipe'], cwd: data });
  let said = '';
  let failure: Error | undefined;
  child.stderr.on('data', (piece: Buffer) => (said = `${said}${piece}`.slice(-2000)));
  child.on('error', (error) => (failure = error));
  const ended = new Promise((resolve) => child.once('close', resolve));
  try {
    await until(async () => {
      if (failure !== undefined || child.exitCode !== null) throw new Error(`${server.name} has ended: ${failure?.message ?? said}`);
      await fetch(`http://127.0.0.1:${port}/`);
    });
    const made = await server.prepare?.(port);
    if (made !== undefined && !made.ok) throw new Error(`${server.name} makes no bucket: ${made.status} ${await made.text()}`);
    const scheme = server.protocol;
    const reached = server.options(port);
    const place: Running['place'] = (options = {}) => bucketOf(`${scheme}://bucket/`, { ...reached, ...options });
    return await work({ place, data, reached, environment: server.environment?.(port) });
  } finally {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
    await ended;
    clearTimeout(timer);
    rmSync(data, { recursive: true, force: true });
  }
}

async function until(work: () => Promise<void>): Promise<void> {
  for (let left = 300; ; left--) {
    try {
      return await work();
    } catch (error) {
      if (left === 0 || /has ended/.test(String(error))) throw error;
      await delay(100);
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
