import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { CheckpointManager } from 'arrow-ckpt';
import type { Browser, Page } from 'playwright-core';
import { loadBinding } from '../build/lib/base/addon/binding.js';
import { checkAccess, noChromium, openBrowser, openPage, ViewProcess } from './support/browser.js';
import { cliOk, noCli } from './support/run-cli.js';
import { suite } from './support/suite.js';
import { tempFolder } from './support/temp-folder.js';
import { interruptMap, makeDemo } from './support/view-demo.js';

const HOSTILE = '<img src=x onerror=alert(1)><script>alert(2)</script>\u202eabc';
const missing = noCli === false && loadBinding() === null ? 'no native binary' : noCli === false ? noChromium : noCli;
const folder = tempFolder('view-browser');
/** `npm test` tries some of it, as a browser takes its time. */
const skip = process.env['ARROW_CKPT_BROWSER'] === undefined ? 'npm run test:browser runs it' : false;

suite('the viewer in a browser', missing, () => {
  let browser: Browser;
  let viewer: ViewProcess;
  let page: Page;
  let complaints: string[];

  before(async () => {
    const { monday } = await makeDemo(folder);
    await interruptMap(monday);
    const manager = new CheckpointManager(join(folder, 'tuesday'), { logger: false });
    await manager.saveCheckpoint(
      '5-odd',
      'hostile',
      [{ html: HOSTILE, [HOSTILE]: HOSTILE, long: HOSTILE.repeat(100_000), nested: [{ [HOSTILE]: HOSTILE }] }],
      {
        metadata: { [HOSTILE]: HOSTILE },
      },
    );
    await manager.saveCheckpoint('5-odd', 'replaced', [{ version: 'one' }]);
    [browser, viewer] = await Promise.all([openBrowser(), ViewProcess.start(['monday', 'tuesday'], folder)]);
    ({ page, complaints } = await openPage(browser));
    await page.goto(viewer.url);
  });

  after(async () => {
    await browser?.close();
    await viewer?.stop();
  });

  /** Opens a checkpoint of the second directory by its link. */
  const open = async (name: string): Promise<void> => {
    await page.click('a.brand');
    await page.locator('section.place', { hasText: 'tuesday' }).getByRole('link', { name, exact: true }).first().click();
    await page.getByRole('grid').waitFor();
  };

  test('a directory: checkpoints, a map that was interrupted, sizes, a damaged one in red with its reason', async () => {
    await page.getByRole('link', { name: 'figures' }).first().waitFor();
    assert.equal(await page.locator('.place').count(), 2);
    assert.match((await page.locator('.maps').first().textContent()) ?? '', /translate.*was interrupted.*rows done.*cost/);
    assert.match((await page.locator('.tr.damaged').first().textContent()) ?? '', /sources.*ERR_CKPT_TRUNCATED: .*the file ends before/);
    await page
      .getByText(/^~3\.\d MB$/)
      .first()
      .waitFor();
    await checkAccess(page);
  });

  test('the keyboard alone opens a checkpoint and a row, and closes it', async () => {
    await page.locator('.grid').first().focus();
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowRight', 'ArrowRight', 'Enter']) await page.keyboard.press(key);
    await page.getByRole('heading', { name: '3-summarise / articles' }).waitFor();
    await page.locator('.tr .td', { hasText: 'Report 0 on' }).first().waitFor();
    await page.getByRole('grid').focus();
    for (const key of ['ArrowDown', 'End', 'Enter']) await page.keyboard.press(key);
    await page.locator('.panel .chat .message.assistant').first().waitFor();
    assert.match((await page.locator('.panel h2').textContent()) ?? '', /Row 1$/);
    await checkAccess(page);
    await page.keyboard.press('Escape');
    await page.locator('.panel').waitFor({ state: 'detached' });
  });

  test('filters and sorting; a filter that is wrong says why', { skip }, async () => {
    await page.fill('[aria-label="Filter rows"]', 'category=policy');
    await page.keyboard.press('Enter');
    await page.getByText(/^1\d\d of 1,200 rows$/).waitFor();
    await page.getByRole('columnheader', { name: 'score' }).click();
    await page.getByRole('columnheader', { name: 'score' }).click();
    await page.locator('[role=columnheader][aria-sort=descending]').waitFor();
    await page.locator('.tr .td:nth-child(5)', { hasText: /^0\.9/ }).first().waitFor();
    await page.fill('[aria-label="Filter rows"]', 'nothing=1');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('ERR_CKPT_UNKNOWN_COLUMN').waitFor();
    await page.getByRole('button', { name: 'Clear the filter' }).click();
    await page.getByText('1,200 rows', { exact: true }).waitFor();
    // The answer of the refused filter is told in the console by the browser itself.
    complaints.splice(0, complaints.length, ...complaints.filter((text) => !text.includes('400')));
  });

  test('profiles of columns', { skip }, async () => {
    await page.getByRole('link', { name: 'Columns' }).click();
    await page.locator('.card', { hasText: 'category' }).getByText('energy').waitFor();
    await page.locator('.card', { hasText: 'messages' }).getByText('Nulls').waitFor();
    await checkAccess(page);
  });

  test('copy as code', { skip }, async () => {
    await page.getByRole('link', { name: 'Table', exact: true }).click();
    await page.locator('summary', { hasText: 'Copy as code' }).click();
    await page.getByRole('button', { name: 'JavaScript' }).click();
    await page.getByText('Copied as JavaScript').waitFor();
    const code = await page.evaluate('navigator.clipboard.readText()');
    assert.equal(
      code,
      'import { readCheckpoint } from \'arrow-ckpt\';\n\nconst rows = await readCheckpoint("monday/3-summarise/articles.parquet");\n',
    );
  });

  test('two runs are compared, with the changed words marked', { skip }, async () => {
    await page.click('a.brand');
    await page.getByLabel('Compare 3-summarise / articles').first().click();
    await page.getByLabel('Compare 3-summarise / articles').last().click();
    await page.getByRole('link', { name: 'Compare the two chosen' }).click();
    await page.locator('.change ins', { hasText: 'sharply' }).first().waitFor();
    assert.match((await page.locator('.counts').first().textContent()) ?? '', /1,077 equal122 changed0 added1 removed/);
    await checkAccess(page);
  });

  test('pictures are shown', { skip }, async () => {
    await open('figures');
    await page.locator('.tr .td:nth-child(3)').first().click();
    const picture = page.locator('.panel .picture img');
    await picture.waitFor();
    assert.equal(await picture.evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth), 96);
  });

  test('hostile text is shown as text, in names, values and metadata', async () => {
    await open('hostile');
    await page.locator('.tr .td:nth-child(3)').first().click();
    await page.locator('.panel dt').first().waitFor();
    const text = (await page.locator('.panel').textContent()) ?? '';
    assert.ok(text.includes('<img src=x onerror=alert(1)>') && text.includes('\\u202eabc') && !text.includes('\u202e'));
    await page.getByRole('link', { name: 'About' }).click();
    await page.getByRole('heading', { name: 'Metadata' }).waitFor();
    assert.equal(await page.locator('main img, main script').count(), 0);
  });

  test('a checkpoint that is replaced while it is shown says so, and is loaded again', { skip }, async () => {
    await open('replaced');
    await page.locator('.td', { hasText: 'one' }).waitFor();
    const manager = new CheckpointManager(join(folder, 'tuesday'), { logger: false });
    await manager.saveCheckpoint('5-odd', 'replaced', [{ version: 'two' }]);
    await page.getByText('This checkpoint was replaced or removed while it was shown.').waitFor();
    await page.getByRole('button', { name: 'Load it again' }).click();
    await page.locator('.td', { hasText: 'two' }).waitFor();
  });

  test('questions in SQL', { skip }, async () => {
    await page.getByRole('link', { name: 'SQL' }).click();
    await page.fill('textarea', 'select category, count(*) as n from monday."1-load".articles group by 1 order by 1');
    await page.keyboard.press('Control+Enter');
    await page.locator('.td', { hasText: 'climate' }).waitFor();
    await checkAccess(page);
  });

  test('it is readable in the dark', { skip }, async () => {
    const dark = await openPage(browser, 'dark');
    await dark.page.goto(viewer.url);
    await dark.page.locator('.tr.damaged').first().waitFor();
    await checkAccess(dark.page);
    assert.deepEqual(dark.complaints, []);
    await dark.page.close();
  });

  test('a report: readable, nothing in the console', { skip }, async () => {
    const out = join(folder, 'report.html');
    await cliOk(['report', join(folder, 'tuesday'), '--since', join(folder, 'monday'), '-o', out], 1);
    const report = await openPage(browser);
    await report.page.goto(pathToFileURL(out).href);
    await report.page.locator('.change ins').first().waitFor();
    await checkAccess(report.page);
    assert.deepEqual(report.complaints, []);
    await report.page.close();
  });

  test('the console said nothing; a page that is left open says that the viewer has ended', async () => {
    assert.deepEqual(complaints, []);
    assert.equal(await viewer.stop(), 0);
    await page.getByText('The viewer has ended.').waitFor();
  });
});
