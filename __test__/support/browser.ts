import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import assert from 'node:assert/strict';
import { chromium, type Browser, type Page } from 'playwright-core';
import { CLI, ENV } from './run-cli.js';

/** Where systems put Chromium. Nothing is downloaded: a machine has one, or its tests are skipped. */
const PLACES = [
  process.env['ARROW_CKPT_CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];
const CHROMIUM = PLACES.find((path) => path !== undefined && existsSync(path));

/** Why tests that need a browser are skipped. */
export const noChromium: string | false = CHROMIUM === undefined ? 'no chromium' : false;

/** How long a page may take for anything: a hang is a failure. */
export const PATIENCE_MS = 20_000;

export async function openBrowser(): Promise<Browser> {
  const isRoot = process.getuid?.() === 0;
  return chromium.launch({ executablePath: CHROMIUM ?? '', chromiumSandbox: !isRoot, timeout: 60_000 });
}

/** A page, and all that its console says that it should not. */
export async function openPage(browser: Browser, colours: 'light' | 'dark' = 'light'): Promise<{ page: Page; complaints: string[] }> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    colorScheme: colours,
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('dialog', (dialog) => {
    complaints.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  return { page, complaints };
}

/** `arrow-ckpt view` in a process of its own, as people start it. */
export class ViewProcess {
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(url: string, child: ChildProcess) {
    this.url = url;
    this.#child = child;
  }

  static async start(places: readonly string[], cwd: string): Promise<ViewProcess> {
    const child = spawn(process.execPath, [CLI, 'view', ...places, '--quiet'], {
      cwd,
      env: { ...process.env, ...ENV },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const url = await new Promise<string>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error('the viewer does not start')), PATIENCE_MS);
      child.once('exit', (code) => reject(new Error(`the viewer has ended with ${code}`)));
      child.stdout.setEncoding('utf8').once('data', (text: string) => {
        clearTimeout(late);
        resolve(text.trim());
      });
    });
    return new ViewProcess(url, child);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Ends it as Ctrl+C does; resolves with its exit code. */
  async stop(): Promise<number | null> {
    if (this.#child.exitCode !== null) return this.#child.exitCode;
    const ended = new Promise<number | null>((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGINT');
    return ended;
  }
}

interface Violation {
  id: string;
  impact: string;
  nodes: { html: string }[];
}

/** Fails for what axe-core calls a serious fault of the page, or a critical one. */
export async function checkAccess(page: Page): Promise<void> {
  const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  await page.evaluate(source);
  const violations = (await page.evaluate('axe.run().then(({ violations }) => violations)')) as Violation[];
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  const told = serious.map(
    ({ id, nodes }) =>
      `${id}: ${nodes
        .slice(0, 3)
        .map(({ html }) => html.slice(0, 200))
        .join('\n    ')}`,
  );
  assert.deepEqual(told, []);
}
