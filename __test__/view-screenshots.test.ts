import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { noChromium, openBrowser, openPage, ViewProcess } from './support/browser.js';
import { cliOk, noCli } from './support/run-cli.js';
import { suite } from './support/suite.js';
import { tempFolder } from './support/temp-folder.js';
import { interruptMap, makeDemo } from './support/view-demo.js';

const IMAGES = fileURLToPath(new URL('../docs/images/', import.meta.url));
const mode = process.env['ARROW_CKPT_BROWSER'];
const missing = mode === undefined ? 'npm run test:browser runs it' : noCli === false ? noChromium : noCli;
/** All pictures together: they are in the repository for good. */
const MOST_BYTES = 400_000;
/** The part of the points of a picture that may be of another colour: fonts and times differ. */
const TOLERANCE = 0.06;
const folder = tempFolder('view-screenshots');

suite('pictures of the viewer in the documents', missing, () => {
  let browser: Browser;
  let viewer: ViewProcess;
  let page: Page;

  before(async () => {
    const demo = await makeDemo(folder);
    await interruptMap(demo.monday);
    for (const each of [demo.monday, demo.tuesday]) setTimes(each);
    [browser, viewer] = await Promise.all([openBrowser(), ViewProcess.start(['monday', 'tuesday'], folder)]);
    ({ page } = await openPage(browser));
    mkdirSync(IMAGES, { recursive: true });
  });

  after(async () => {
    await browser?.close();
    await viewer?.stop();
  });

  const go = async (path: string): Promise<void> => {
    await page.goto('about:blank');
    await page.goto(`${viewer.url}${path}`);
  };

  const idOf = async (place: number, operation: string, step: string): Promise<string> => {
    const { places } = (await (await fetch(`${viewer.url}api/list`)).json()) as {
      places: { entries: { id: string; operation: string; step: string }[] }[];
    };
    return places[place]?.entries.find((entry) => entry.operation === operation && entry.step === step)?.id ?? '';
  };

  test('a directory', async () => {
    const alone = await ViewProcess.start(['monday'], folder);
    await page.goto(alone.url);
    await page.getByText(/^~29\.\d KB$/).waitFor();
    await settle(page);
    await same(page, 'directory');
    await alone.stop();
  });

  test('a table, with a row beside it, in the dark', async () => {
    const dark = await openPage(browser, 'dark');
    await dark.page.goto(`${viewer.url}#/c/${await idOf(0, 'articles', '3-summarise')}`);
    await dark.page.locator('.tr .td:nth-child(3)').nth(3).click();
    await dark.page.locator('.panel .chat').waitFor();
    await dark.page.locator('.panel .chat').scrollIntoViewIfNeeded();
    await settle(dark.page);
    await same(dark.page, 'table');
    await dark.page.close();
  });

  test('profiles of columns', async () => {
    await go(`#/c/${await idOf(0, 'articles', '3-summarise')}/columns`);
    await page.locator('.card', { hasText: 'messages' }).getByText('Nulls').waitFor();
    await same(page, 'columns');
  });

  test('the difference of two runs', async () => {
    await go(`#/diff/${await idOf(0, 'articles', '3-summarise')}/${await idOf(1, 'articles', '3-summarise')}`);
    await page.locator('.change ins', { hasText: 'sharply' }).first().waitFor();
    await same(page, 'difference');
  });

  test('a report', async () => {
    await cliOk(['report', 'tuesday', '--since', 'monday', '-o', 'report.html'], 1, { cwd: folder });
    await page.goto(pathToFileURL(join(folder, 'report.html')).href);
    await same(page, 'report');
  });

  test('all of them together are small', () => {
    const bytes = readdirSync(IMAGES).reduce((sum, name) => sum + statSync(join(IMAGES, name)).size, 0);
    assert.ok(bytes > 0 && bytes <= MOST_BYTES, `${bytes} bytes`);
  });

  /** Compares what is seen with the picture in the documents, or makes that. */
  async function same(shown: Page, name: string): Promise<void> {
    const path = join(IMAGES, `viewer-${name}.webp`);
    const seen = (await shown.screenshot({ animations: 'disabled', caret: 'hide' })).toString('base64');
    const lab = await browser.newPage();
    try {
      await lab.addScriptTag({ content: LAB });
      if (mode === 'update') {
        const made = (await lab.evaluate(`toWebp('data:image/png;base64,${seen}')`)) as string;
        writeFileSync(path, Buffer.from(made.split(',')[1] ?? '', 'base64'));
        return;
      }
      assert.ok(existsSync(path), `${path} is missing: ARROW_CKPT_BROWSER=update`);
      const known = readFileSync(path).toString('base64');
      const part = (await lab.evaluate(`difference('data:image/png;base64,${seen}', 'data:image/webp;base64,${known}')`)) as number;
      assert.ok(part <= TOLERANCE, `${name}: ${(100 * part).toFixed(1)}% of the points differ`);
    } finally {
      await lab.close();
    }
  }
});

/** The chart fades nothing, but is drawn a moment after its numbers. */
async function settle(page: Page): Promise<void> {
  await page.waitForTimeout(700);
}

/** The same times in each run, for they are in the pictures. */
function setTimes(directory: string): void {
  const at = new Date(Date.UTC(2026, 10, 2, 9, 30));
  for (const name of readdirSync(directory, { recursive: true, encoding: 'utf8' })) utimesSync(join(directory, name), at, at);
}

/** What a browser does with pictures; no package is needed for it. */
const LAB = `
async function points(url) {
  const image = new Image();
  image.src = url;
  await image.decode();
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [image.width, image.height];
  const context = canvas.getContext('2d');
  context.drawImage(image, 0, 0);
  return { canvas, data: context.getImageData(0, 0, image.width, image.height).data };
}
async function toWebp(url) {
  return (await points(url)).canvas.toDataURL('image/webp', 0.82);
}
async function difference(one, other) {
  const [a, b] = [await points(one), await points(other)];
  if (a.canvas.width !== b.canvas.width || a.canvas.height !== b.canvas.height) return 1;
  let differing = 0;
  for (let at = 0; at < a.data.length; at += 4)
    if (Math.max(...[0, 1, 2].map((channel) => Math.abs(a.data[at + channel] - b.data[at + channel]))) > 60) differing++;
  return differing / (a.data.length / 4);
}
`;
