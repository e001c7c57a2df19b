// A map that runs while the viewer shows its directory.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { CheckpointManager, type Row } from 'arrow-ckpt';
import { loadBinding } from '../build/lib/base/addon/binding.js';
import { startViewer, type Viewer } from '../build/lib/cli/view/start-viewer.js';
import type { Listing, Place } from '../build/lib/cli/view/wire.js';
import { namedBars } from '../viewer/data/named-bars.js';
import { noChromium, openBrowser, openPage } from './support/browser.js';
import { suite } from './support/suite.js';
import { tempFolder } from './support/temp-folder.js';

/** `npm test` asks the server only, as the page asks it every three seconds. */
const noPage = process.env['ARROW_CKPT_BROWSER'] === undefined ? 'npm run test:browser runs it' : noChromium;
const ASSETS = fileURLToPath(new URL('../dist/viewer/', import.meta.url));

suite('a running map in the viewer', loadBinding() === null ? 'no native binary' : false, () => {
  const folder = tempFolder('view-running');
  let viewer: Viewer;
  let place: () => Promise<Place>;

  before(async () => {
    viewer = await startViewer({ paths: [folder], port: 0, assets: ASSETS });
    place = async () => {
      const { places } = (await (await fetch(`${viewer.url}api/list`)).json()) as Listing;
      return places[0] as Place;
    };
  });
  after(() => viewer.close());

  /** A map of 90 rows whose calls wait: as many have been let through as `go` was told. */
  const mapOf = (operation: string): { go: (rows: number) => void; done: Promise<unknown> } => {
    let allowed = 0;
    let begun = 0;
    const waiting: (() => void)[] = [];
    const go = (rows: number): void => {
      allowed = rows;
      for (const wake of waiting.splice(0)) wake();
    };
    const call = async (row: Row, { addUsage }: { addUsage: (usage: { cost: number }) => void }): Promise<Row> => {
      const turn = begun++;
      while (turn >= allowed) await new Promise<void>((resolve) => waiting.push(resolve));
      addUsage({ cost: 0.01 });
      if (row['id'] === 7) throw new Error('this one fails');
      return { ...row, done: true };
    };
    const input = Array.from({ length: 90 }, (_, id) => ({ id }));
    const options = { key: 'id', hash: 'h', concurrency: 5, batchSize: 10, flushEvery: 0, retries: 0, onError: 'skip' } as const;
    const done = new CheckpointManager(folder, { logger: false }).map('2-work', operation, input, call, options);
    return { go, done };
  };

  /** What the list says of the map, once it has so many rows. */
  const told = async (rows: number): Promise<Place['maps'][number]> => {
    for (const until = Date.now() + 20_000; ;) {
      const { maps } = await place();
      const [map] = maps;
      if (map !== undefined && map.rows >= rows) return map;
      assert.ok(Date.now() < until, `no ${rows} rows: ${JSON.stringify(maps)}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };

  test('the list tells of its rows, failures and cost as they come; at the end it is a checkpoint', async () => {
    const { go, done } = mapOf('first');
    go(35);
    const early = await told(30);
    assert.deepEqual([early.state, early.operation, early.failed], ['running', 'first', 1]);
    assert.ok(early.rows < 40 && early.usage.cost > 0.2 && early.usage.cost < 0.4, JSON.stringify(early));
    go(65);
    const later = await told(60);
    assert.ok(later.usage.cost > early.usage.cost && later.rows < 70, JSON.stringify(later));
    go(90);
    await done;
    const { maps, entries } = await place();
    assert.deepEqual(maps, []);
    assert.deepEqual(
      entries.map(({ operation, rows, failed }) => [operation, rows, failed]),
      [['first', 89, 1]],
    );
  });

  test('the page shows them without being asked', { skip: noPage }, async () => {
    const { go, done } = mapOf('second');
    go(35);
    await told(30);
    const browser = await openBrowser();
    try {
      const { page, complaints } = await openPage(browser);
      await page.goto(viewer.url);
      const shown = page.locator('.maps li.running', { hasText: 'second' });
      await shown.getByText(/^3\d rows done$/).waitFor();
      await shown.getByText('1 failed').waitFor();
      go(65);
      await shown.getByText(/^6\d rows done$/).waitFor();
      go(90);
      await done;
      await shown.waitFor({ state: 'detached' });
      await page.getByRole('link', { name: 'second' }).waitFor();
      assert.deepEqual(complaints, []);
    } finally {
      go(90);
      await done;
      await browser.close();
    }
  });
});

test('the chart of sizes has names from end to end, those of steps first', () => {
  const entries = (...steps: string[]): { step: string }[] => steps.map((step) => ({ step }));
  assert.deepEqual(namedBars(entries('a', 'b', 'c', 'd', 'd', 'd'), 11), [0, 1, 2, 3, 4, 5]);
  assert.deepEqual(namedBars(entries('a', 'a', 'a', 'b', 'b', 'b', 'b', 'b'), 4), [0, 3, 5, 7]);
  const long = namedBars(entries(...Array.from({ length: 1000 }, (_, index) => `${Math.floor(index / 400)}`)), 10);
  assert.ok(long.includes(400) && long.includes(800) && long.length >= 6 && long.length <= 10, String(long));
  assert.ok(
    long.every((index, at) => at === 0 || index - (long[at - 1] as number) <= 200),
    String(long),
  );
  assert.deepEqual(namedBars([], 10), []);
  assert.deepEqual(namedBars(entries('a', 'b'), 0), [0]);
});
