import assert from 'node:assert/strict';
import { readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { CheckpointManager, type MapOptions, type Row } from 'arrow-ckpt';
import { rejectsWith } from './support/codes.ts';
import { tempFolder } from './support/temp-folder.ts';

const folder = tempFolder('map-max-age');
const input = (count: number): Row[] => Array.from({ length: count }, (_, id) => ({ id }));
const MAP = { key: 'id', hash: 'h', concurrency: 4, flushEvery: 0 } as const satisfies MapOptions;
const HOUR = 3_600_000;

/** Gives each row the number of its call. */
class Counter {
  calls = 0;
  failsAt: number | undefined;
  readonly fn = ({ id }: Row): Row & { call: number } => {
    if (id === this.failsAt) throw new Error('no answer');
    return { id, call: ++this.calls };
  };
}

for (const [store, given] of Object.entries({ parquet: {}, json: { enableArrow: false } })) {
  describe(`results that are too old: ${store}`, () => {
    const make = (name: string): CheckpointManager => new CheckpointManager(join(folder, store, name), { ...given, logger: false });

    test('are made again, and no others', async () => {
      const checkpoints = make('again');
      const counter = new Counter();
      await checkpoints.map('s', 'o', input(10), counter.fn, { ...MAP, maxAge: HOUR });
      await setTimeout(30);
      await checkpoints.map('s', 'o', input(15), counter.fn, { ...MAP, maxAge: HOUR });
      assert.equal(counter.calls, 15);
      const plan = await checkpoints.planIncremental('s', 'o', input(15), { key: 'id', hash: 'h', maxAge: 25 });
      assert.ok(plan.changed.length >= 10, String(plan.changed.length));
      const { rows, computed } = await checkpoints.map('s', 'o', input(15), counter.fn, { ...MAP, maxAge: 0 });
      assert.equal(computed, 15);
      assert.ok(rows.every((row) => Number((row as Row)['call']) > 15));
      assert.equal((await checkpoints.map('s', 'o', input(15), counter.fn, { ...MAP, maxAge: HOUR })).calls, 0);
      assert.equal((await checkpoints.map('s', 'o', input(15), counter.fn, MAP)).calls, 0);
    });

    test('from before the option are as old as their file', async () => {
      const checkpoints = make('file');
      const counter = new Counter();
      const { path } = await checkpoints.map('s', 'o', input(10), counter.fn, MAP);
      assert.equal((await checkpoints.map('s', 'o', input(10), counter.fn, { ...MAP, maxAge: HOUR })).calls, 0);
      const old = Date.now() / 1000 - 2 * 3600;
      utimesSync(path as string, old, old);
      assert.equal((await checkpoints.map('s', 'o', input(10), counter.fn, { ...MAP, maxAge: 3 * HOUR })).calls, 0);
      assert.equal((await checkpoints.map('s', 'o', input(10), counter.fn, { ...MAP, maxAge: HOUR })).calls, 10);
    });

    test('keep their time through batches, merges, other rows and a smaller input', async () => {
      const checkpoints = make('time');
      const counter = new Counter();
      counter.failsAt = 99;
      const options = { ...MAP, concurrency: 1, batchSize: 2, maxAge: HOUR };
      await rejectsWith('ERR_CKPT_ROW_FAILED', () => checkpoints.map('s', 'o', input(100), counter.fn, options));
      const made = Date.now();
      await setTimeout(60);
      counter.failsAt = undefined;
      await checkpoints.map('s', 'o', input(100), counter.fn, options);
      await checkpoints.map('s', 'o', input(3), counter.fn, options);
      await checkpoints.map('s', 'o', input(100), counter.fn, options);
      assert.equal(counter.calls, 100);
      const plan = await checkpoints.planIncremental('s', 'o', input(100), { key: 'id', hash: 'h', maxAge: Date.now() - made - 30 });
      assert.deepStrictEqual([plan.changed.length, plan.unchanged.length], [99, 1]);
    });

    test('that were made again before an interruption are not made once more', async () => {
      const checkpoints = make('interrupted');
      const counter = new Counter();
      await checkpoints.map('s', 'o', input(50), counter.fn, { ...MAP, maxAge: HOUR });
      await setTimeout(400);
      counter.failsAt = 49;
      const again = { ...MAP, concurrency: 1, maxAge: 300 };
      await rejectsWith('ERR_CKPT_ROW_FAILED', () => checkpoints.map('s', 'o', input(50), counter.fn, again));
      assert.equal(counter.calls, 99);
      // A sweep does not take them for what is in the checkpoint.
      await checkpoints.sweep();
      const partial = await checkpoints.loadPartialResults('s', 'o', { hash: 'h' });
      assert.ok(partial?.isPartial === true && partial.rows.filter((row) => Number((row as Row)['call']) > 50).length === 49);
      counter.failsAt = undefined;
      const { rows } = await checkpoints.map('s', 'o', input(50), counter.fn, { ...again, maxAge: HOUR });
      assert.equal(counter.calls, 99);
      assert.equal(rows.filter((row) => Number((row as Row)['call']) > 50).length, 49);
      assert.deepStrictEqual(
        readdirSync(join(folder, store, 'interrupted', 's')).filter((name) => name.endsWith('_batches')),
        [],
      );
    });

    test('streams and calls for several rows', async () => {
      const checkpoints = make('stream');
      const counter = new Counter();
      for (const [maxAge, calls] of [
        [HOUR, 20],
        [HOUR, 20],
        [0, 40],
      ] as const) {
        for await (const _ of checkpoints.mapStream('s', 'o', input(20), counter.fn, { ...MAP, maxAge }));
        assert.equal(counter.calls, calls);
        await setTimeout(2);
      }
      const batches = { ...MAP, size: 5 };
      const echo = (rows: Row[]): Row[] => rows;
      assert.equal((await checkpoints.mapBatches('s', 'b', input(20), echo, { ...batches, maxAge: HOUR })).calls, 4);
      await setTimeout(2);
      assert.equal((await checkpoints.mapBatches('s', 'b', input(20), echo, { ...batches, maxAge: HOUR })).calls, 0);
      assert.equal((await checkpoints.mapBatches('s', 'b', input(20), echo, { ...batches, maxAge: 0 })).calls, 4);
    });

    test('what is no age is refused', async () => {
      const checkpoints = make('refused');
      for (const maxAge of [-1, Number.NaN, '7d', null] as unknown[]) {
        const call = (): unknown => checkpoints.map('s', 'o', input(1), (row) => row, { ...MAP, maxAge: maxAge as number });
        await rejectsWith('ERR_CKPT_INVALID_OPTION', call as () => Promise<unknown>);
        const plan = { key: 'id', maxAge: maxAge as number };
        await rejectsWith('ERR_CKPT_INVALID_OPTION', () => checkpoints.planIncremental('s', 'o', input(1), plan));
      }
      const workers = { ...MAP, maxAge: 1, workers: 'shared' } as const;
      await rejectsWith('ERR_CKPT_INVALID_OPTION', () => checkpoints.map('s', 'o', input(1), (row) => row, workers));
    });
  });
}
