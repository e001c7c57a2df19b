import { fork, spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { FileClass, FileOutcome, Judgements } from './outcome.ts';

/** What a file may take. */
export interface FileLimits {
  /** Of computing. */
  seconds: number;
  megabytes: number;
}

const READ_FILE = fileURLToPath(new URL('read-file.ts', import.meta.url));
const JUDGE = fileURLToPath(new URL('judge.py', import.meta.url));
const LOOK_MS = 100;
/** Clock ticks of a second, as Linux counts them for programs. */
const TICKS = 100;
/** How much longer than it computes a process may wait: the machine may have other work. */
const PATIENCE = 10;

/** Memory of a process in MB; 0 where the system does not tell. */
function memoryOf(pid: number): number {
  try {
    return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** Seconds that a process has computed; 0 where the system does not tell. */
function computedBy(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [user, system] = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 13)
      .map(Number);
    return (user! + system!) / TICKS;
  } catch {
    return 0;
  }
}

/** A process that reads files, and is made anew when one ends it. */
export class Reader {
  readonly #limits: FileLimits;
  #child: ChildProcess | undefined;

  constructor(limits: FileLimits) {
    this.#limits = limits;
  }

  async read(path: string): Promise<FileOutcome | { class: FileClass; detail: string }> {
    const child = (this.#child ??= this.#start());
    let stopped: { class: FileClass; detail: string } | undefined;
    const stop = (name: FileClass, detail: string): void => {
      stopped = { class: name, detail };
      child.kill('SIGKILL');
    };
    const { seconds } = this.#limits;
    const before = computedBy(child.pid ?? 0);
    const timer = setTimeout(() => stop('time-out', `more than ${seconds * PATIENCE} s`), seconds * PATIENCE * 1000);
    const look = setInterval(() => {
      const megabytes = memoryOf(child.pid ?? 0);
      if (computedBy(child.pid ?? 0) - before > seconds) stop('time-out', `more than ${seconds} s of computing`);
      else if (megabytes > this.#limits.megabytes) stop('memory', `${Math.round(megabytes)} MB`);
    }, LOOK_MS);
    let errors = '';
    const listen = (text: Buffer): void => void (errors += text.toString());
    child.stderr?.on('data', listen);
    try {
      return await new Promise((resolve) => {
        child.once('message', (outcome) => resolve(outcome as FileOutcome));
        child.once('exit', (code, signal) => {
          this.#child = undefined;
          resolve(stopped ?? { class: 'crash', detail: `ended with ${code ?? signal}: ${errors.slice(-500)}` });
        });
        child.send(path);
      });
    } finally {
      clearTimeout(timer);
      clearInterval(look);
      child.removeAllListeners('message').removeAllListeners('exit');
      child.stderr?.off('data', listen);
    }
  }

  #start(): ChildProcess {
    const execArgv = ['--import', 'tsx', `--max-old-space-size=${this.#limits.megabytes}`];
    return fork(READ_FILE, { execArgv, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  }

  close(): void {
    this.#child?.kill();
  }
}

/** A Python that reads files with other engines, and is made anew when one ends it or takes too long. */
export class Judge {
  readonly #python: string;
  readonly #limits: FileLimits;
  #child: ChildProcess | undefined;

  constructor(python: string, limits: FileLimits) {
    this.#python = python;
    this.#limits = limits;
  }

  async judge(path: string): Promise<Judgements> {
    const child = (this.#child ??= spawn(this.#python, [JUDGE], {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: { ...process.env, PYTHONUTF8: '1' },
    }));
    const timer = setTimeout(() => child.kill('SIGKILL'), this.#limits.seconds * PATIENCE * 1000);
    const lines = createInterface({ input: child.stdout! });
    try {
      return await new Promise((resolve) => {
        lines.once('line', (line) => resolve(JSON.parse(line) as Judgements));
        child.once('exit', (code, signal) => {
          this.#child = undefined;
          resolve({ engines: { error: `ended with ${code ?? signal}` } });
        });
        child.stdin!.write(`${JSON.stringify(path)}\n`);
      });
    } finally {
      clearTimeout(timer);
      lines.close();
      child.removeAllListeners('exit');
    }
  }

  close(): void {
    this.#child?.kill();
  }
}
