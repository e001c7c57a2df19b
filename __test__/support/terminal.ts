import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { CLI, ENV, noCli } from './run-cli.js';

const version = spawnSync('script', ['--version'], { encoding: 'utf8' });

/** Why tests in a terminal are skipped, for node:test's `skip`. */
export const noScript: string | false =
  noCli || (version.stdout?.includes('util-linux') ? false : 'no script of util-linux, which makes a terminal');

/** How long something may take to be shown. */
const WAIT_MS = 20_000;

/** The command line in a terminal of 100 columns, where one can type. It must be ended. */
export class Terminal {
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | null>;
  #shown = '';
  #seen = 0;
  #wake: (() => void) | undefined;

  constructor(args: readonly string[], env: Record<string, string>) {
    const command = ['stty cols 100;', ...[process.execPath, CLI, ...args].map((arg) => `'${arg}'`)].join(' ');
    this.#child = spawn('script', ['-qec', command, '/dev/null'], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, ...ENV, TERM: 'xterm', NO_COLOR: '1', ...env },
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#shown += text;
      this.#wake?.();
    });
    this.#ended = new Promise((resolve) => this.#child.on('exit', (code) => resolve(code)));
  }

  /** All that was shown. */
  get shown(): string {
    return this.#shown;
  }

  type(text: string): void {
    this.#child.stdin?.write(text);
  }

  /** Waits until something new is shown that fits, and gives it. @throws with all that was shown if it does not come */
  async until(pattern: RegExp): Promise<string> {
    const end = performance.now() + WAIT_MS;
    for (;;) {
      const fresh = this.#shown.slice(this.#seen);
      const found = pattern.exec(fresh);
      if (found !== null) {
        this.#seen += found.index + found[0].length;
        return found[0];
      }
      if (performance.now() > end) throw new Error(`${pattern} was not shown:\n${this.#shown}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 250);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  /** Resolves with the exit code of the program. */
  async end(): Promise<number | null> {
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), WAIT_MS);
    try {
      return await this.#ended;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends it if it runs. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }
}
