import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { fileURLToPath } from 'node:url';
import { CheckpointManager, writeCheckpoint, type Row } from 'arrow-ckpt';
import type { Browser } from 'playwright-core';
import { noChromium, openBrowser, openPage, ViewProcess } from './support/browser.js';
import { noCli } from './support/run-cli.js';
import { suite } from './support/suite.js';
import { tempFolder } from './support/temp-folder.js';

const mode = process.env['ARROW_CKPT_BROWSER'];
const missing = mode === undefined ? 'npm run test:browser runs it' : noCli === false ? noChromium : noCli;
const ROWS = 1_000_000;
const folder = tempFolder('view-speed');

/** Measures are told, and fail nothing: machines differ. docs/viewer.md has those of one. */
suite('how fast the viewer is', missing, () => {
  let browser: Browser;

  before(async () => (browser = await openBrowser()));
  after(() => browser?.close());

  test('the first paint of a directory of 1,000 checkpoints', async (context) => {
    const directory = join(folder, 'thousand');
    const manager = new CheckpointManager(directory, { logger: false });
    for (let index = 0; index < 1000; index++)
      await manager.saveCheckpoint(`step-${Math.floor(index / 20)}`, `operation-${index % 20}`, [{ id: index, text: 'a text' }]);
    const viewer = await ViewProcess.start([directory], folder);
    try {
      const times: number[] = [];
      for (let run = 0; run < 5; run++) {
        const { page, complaints } = await openPage(browser);
        await page.goto(viewer.url);
        await page.locator('.tr').nth(10).waitFor();
        // Text, not a blank page: the browser says when.
        times.push(
          (await page.evaluate(
            "new Promise((done) => new PerformanceObserver((list) => done(list.getEntries().at(-1).startTime)).observe({ type: 'largest-contentful-paint', buffered: true }))",
          )) as number,
        );
        assert.deepEqual(complaints, []);
        await page.close();
      }
      context.diagnostic(`largest paint after ${times.map((ms) => ms.toFixed(0)).join(', ')} ms`);
    } finally {
      await viewer.stop();
    }
  });

  test('a million rows: any page, the jump to row 900,000, memory', async (context) => {
    const path = join(folder, 'million.parquet');
    await writeCheckpoint(path, millionRows());
    const viewer = await ViewProcess.start([path], folder);
    try {
      const { page, complaints } = await openPage(browser);
      await page.goto(viewer.url);
      await page.getByRole('link', { name: 'million.parquet' }).last().click();
      await page.locator('.tr .td', { hasText: 'Report 0 on' }).first().waitFor();
      const times = await pageTimes(viewer.url);
      context.diagnostic(
        `pages of 64 rows: median ${times.median.toFixed(1)} ms, 95% ${times.most.toFixed(1)} ms, slowest ${times.slowest.toFixed(1)} ms`,
      );
      const jumps: number[] = [];
      for (const to of [900_000, 100_000, 900_000, 555_555, 900_000]) jumps.push((await page.evaluate(JUMP(to))) as number);
      context.diagnostic(`jumps: ${jumps.map((ms) => ms.toFixed(0)).join(', ')} ms`);
      await page.locator('.tr .td', { hasText: 'Report 900000 on' }).waitFor();
      const heap = (await page.evaluate('performance.memory.usedJSHeapSize')) as number;
      const server = memoryOf(viewer.pid);
      context.diagnostic(`memory: server ${mb(server)} MB, heap of the page ${mb(heap)} MB`);
      assert.deepEqual(complaints, []);
      await page.close();
    } finally {
      await viewer.stop();
    }
  });

  test('the page has at most 400 KB, compressed', (context) => {
    const assets = fileURLToPath(new URL('../dist/viewer/', import.meta.url));
    const bytes = ['page.js', 'page.css'].reduce((sum, name) => sum + gzipSync(readFileSync(join(assets, name))).length, 0);
    context.diagnostic(`${bytes} bytes`);
    assert.ok(bytes <= 400_000);
  });
});

function* millionRows(): Generator<Row, void, undefined> {
  const words = 'solar wind grid heat tariff storage nuclear battery'.split(' ');
  for (let id = 0; id < ROWS; id++)
    yield {
      id,
      title: `Report ${id} on ${words[id % 8]} and ${words[(id * 7 + 3) % 8]}`,
      category: words[(id * 31) % 8],
      score: (id % 1013) / 1013,
      summary: `Demand rose by ${id % 97} per cent, prices of ${words[(id * 5) % 8]} fell by ${id % 13}, and storage is the open question of ${id}.`,
      tags: [words[id % 8], words[(id + 5) % 8]],
      meta: { source: id % 3 === 0 ? 'web' : 'mail', page: id % 100 },
      at: new Date(1_700_000_000_000 + id * 60_000),
    };
}

/** Pages all over the file, asked as the table does. */
async function pageTimes(url: string): Promise<{ median: number; most: number; slowest: number }> {
  const { places } = (await (await fetch(`${url}api/list?known=true`)).json()) as { places: { entries: { id: string }[] }[] };
  const columns = ['id', 'title', 'category', 'score', 'summary', 'tags', 'meta', 'at'].map((name) => `&column=${name}`).join('');
  const times: number[] = [];
  for (let at = 0; at < 200; at++) {
    const started = performance.now();
    const answer = await fetch(`${url}api/rows?id=${places[0]?.entries[0]?.id}&offset=${(at * 7919 * 64) % ROWS}&limit=64${columns}`);
    await answer.json();
    times.push(performance.now() - started);
  }
  times.sort((a, b) => a - b);
  return { median: times[100] as number, most: times[190] as number, slowest: times[199] as number };
}

/** From the moment that a row is asked for to the moment that it is drawn with its values. */
const JUMP = (to: number): string => `new Promise((done) => {
  const input = document.querySelector('[aria-label="Go to row"]');
  input.value = '${to}';
  input.dispatchEvent(new Event('input', { bubbles: true }));
  requestAnimationFrame(() => setTimeout(() => {
    const started = performance.now();
    input.form.requestSubmit();
    const look = () => {
      const isThere = [...document.querySelectorAll('.tr .td:nth-child(3)')].some((cell) => cell.textContent.startsWith('Report ${to} on'));
      if (isThere) done(performance.now() - started);
      else requestAnimationFrame(look);
    };
    look();
  }, 50));
})`;

/** Bytes of a process that are its own, where the system says it. */
function memoryOf(pid: number): number {
  const path = `/proc/${pid}/status`;
  return existsSync(path) ? 1024 * Number(/VmRSS:\s+(\d+)/.exec(readFileSync(path, 'utf8'))?.[1] ?? 0) : 0;
}

function mb(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
