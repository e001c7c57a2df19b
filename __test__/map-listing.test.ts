import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { CheckpointManager, type MapListing, type Row } from 'arrow-ckpt';
import { rejectsWith } from './support/codes.ts';
import { cliJson, cliOk, linesOf, noCli } from './support/run-cli.ts';
import { suite } from './support/suite.ts';
import { tempFolder } from './support/temp-folder.ts';

const folder = tempFolder('map-listing');
const input = (count: number): Row[] => Array.from({ length: count }, (_, id) => ({ id }));
const STORES = { parquet: {}, json: { enableArrow: false } };

/** Leaves a map of which all but the last row are done. */
async function interrupt(checkpoints: CheckpointManager, count: number, options: { hash?: string } = {}): Promise<void> {
  const fn = ({ id }: Row): Row => {
    if (id === count - 1) throw new Error('no answer');
    return { id, text: `of ${String(id)}` };
  };
  await rejectsWith('ERR_CKPT_ROW_FAILED', () =>
    checkpoints.map('process', 'a/b', input(count), fn, { key: 'id', concurrency: 1, ...options }),
  );
}

const seen = (maps: readonly MapListing[]): unknown[] =>
  maps.map(({ step, operation, hash, state, rows }) => [step, operation, hash, state, rows]);

for (const [store, given] of Object.entries(STORES)) {
  describe(`maps that are listed: ${store}`, () => {
    const make = (name: string): CheckpointManager => new CheckpointManager(join(folder, store, name), { ...given, logger: false });

    test('none, before and after', async () => {
      const checkpoints = make('none');
      assert.deepStrictEqual(await checkpoints.listMaps(), []);
      await checkpoints.map('process', 'whole', input(5), ({ id }) => ({ id }), { key: 'id' });
      await checkpoints.saveBatchCheckpoint('own', 0, input(5));
      assert.deepStrictEqual(await checkpoints.listMaps(), []);
      assert.deepStrictEqual(await new CheckpointManager(null, { logger: false }).listMaps(), []);
    });

    test('one that was interrupted, of each hash', async () => {
      const checkpoints = make('interrupted');
      await interrupt(checkpoints, 10);
      await interrupt(checkpoints, 30, { hash: 'other' });
      const maps = await checkpoints.listMaps();
      assert.deepStrictEqual(seen(maps), [
        ['process', 'a/b', 'other', 'interrupted', 29],
        ['process', 'a/b', null, 'interrupted', 9],
      ]);
      assert.ok(maps.every(({ batches, bytes, modified }) => batches === 1 && bytes > 0 && Date.now() - modified.getTime() < 60_000));
    });

    test('one that runs, each row once', async () => {
      const checkpoints = make('running');
      await interrupt(checkpoints, 20);
      let answer = (): void => {};
      const asked = new Promise<void>((resolve) => (answer = resolve));
      let end = (): void => {};
      const held = new Promise<void>((resolve) => (end = resolve));
      const run = checkpoints.map(
        'process',
        'a/b',
        input(20),
        async ({ id }) => {
          answer();
          await held;
          return { id };
        },
        { key: 'id' },
      );
      await asked;
      assert.deepStrictEqual(seen(await checkpoints.listMaps()), [['process', 'a/b', null, 'running', 19]]);
      end();
      await run;
      assert.deepStrictEqual(await checkpoints.listMaps(), []);
    });

    test('a damaged batch counts for nothing', async () => {
      const checkpoints = make('damaged');
      await interrupt(checkpoints, 10);
      const [map] = await checkpoints.listMaps();
      assert.ok(map !== undefined);
      const place = join(folder, store, 'damaged', 'process');
      const batches = readdirSync(place).find((name) => name.endsWith('_batches'));
      const file = readdirSync(join(place, batches as string)).find((name) => name.startsWith('batch_'));
      writeFileSync(join(place, batches as string, file as string), 'no batch');
      assert.deepStrictEqual(await checkpoints.listMaps(), []);
    });
  });
}

suite('maps on the command line', noCli, () => {
  test('list shows them, cat and head their rows so far', async () => {
    const directory = join(folder, 'cli');
    const checkpoints = new CheckpointManager(directory, { logger: false });
    await interrupt(checkpoints, 10, { hash: 'abc' });
    const { maps } = await cliJson<{ maps: Row[] }>(['list', directory]);
    assert.deepStrictEqual(
      maps.map(({ step, operation, hash, state, rows }) => [step, operation, hash, state, rows]),
      [['process', 'a/b', 'abc', 'interrupted', 9]],
    );
    const { stdout } = await cliOk(['list', directory]);
    assert.match(stdout, /^Step +Map +State +Rows done +Failed +Size +Modified +Hash\nprocess +a\/b +interrupted +9 +1 /m);
    const path = join(directory, 'process', encodeURIComponent('a/b'));
    for (const each of [path, `${path}.parquet`]) {
      const shown = await cliOk(['cat', each, '--where', 'id>=4', '--columns', 'id']);
      assert.deepStrictEqual(
        linesOf(shown.stdout),
        [4, 5, 6, 7, 8].map((id) => ({ id })),
      );
      assert.match(shown.stderr, /^partial results: the map process\/a\/b was interrupted; 9 rows of its input are done, hash abc\n$/);
    }
    assert.equal(linesOf((await cliOk(['head', path, '-n', '2'])).stdout).length, 2);
    await checkpoints.map('process', 'a/b', input(10), ({ id }) => ({ id }), { key: 'id', hash: 'abc' });
    const whole = await cliOk(['cat', `${path}.parquet`]);
    assert.equal(whole.stderr, '');
    assert.equal(linesOf(whole.stdout).length, 10);
    assert.match((await cliOk(['cat', join(directory, 'process', 'none.parquet')], 3)).stderr, /ERR_CKPT_NOT_FOUND/);
  });
});
