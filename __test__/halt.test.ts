import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { CheckpointManager, writeCheckpoint, type CheckpointReader, type Row, type RowsOptions } from 'arrow-ckpt';
import { OPENERS } from './support/openers.ts';
import { failureOf } from './support/codes.ts';
import { tempFolder } from './support/temp-folder.ts';

const COUNT = 2000;
const ROWS: Row[] = Array.from({ length: COUNT }, (_, id) => ({ id, title: `title ${id}` }));
const REASON = { why: 'not an Error' };

/** The ways to take the rows of a reader one by one. */
const WAYS: Record<string, (reader: CheckpointReader, options: RowsOptions) => AsyncIterable<unknown>> = {
  rows: (reader, options) => reader.rows(options),
  readable: (reader, options) => reader.readable(options),
  stream: (reader, options) => reader.stream(options) as AsyncIterable<unknown>,
  batches: (reader, options) => reader.scanColumns(options),
};

/** Takes steps until the iteration ends or fails; at the step `at` it calls `stop`. */
async function run(steps: AsyncIterable<unknown>, at: number, stop: () => unknown): Promise<{ taken: number; error: unknown }> {
  let taken = 0;
  try {
    for await (const _ of steps) if (++taken === at) await stop();
  } catch (error) {
    return { taken, error };
  }
  return { taken, error: 'ended' };
}

for (const { name, format, open } of OPENERS) {
  describe(`an iteration that is stopped, ${name}`, () => {
    const path = join(tempFolder(`halt-${format}`), `rows.${format}`);
    before(() => writeCheckpoint(path, ROWS));

    for (const [way, take] of Object.entries(WAYS)) {
      const last = way === 'batches' ? 1 : COUNT;
      for (const at of [...new Set([1, 7, last])].filter((step) => step <= last)) {
        test(`${way}: after an abort at step ${at} of ${last} the next rejects with the reason`, async () => {
          await using reader = await open(path);
          const controller = new AbortController();
          const stopped = await run(take(reader, { signal: controller.signal }), at, () => controller.abort(REASON));
          assert.deepStrictEqual(stopped, { taken: at, error: REASON });
          assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
          assert.equal((await reader.read({ limit: 3 })).length, 3, 'other readings go on');
        });

        test(`${way}: after a close at step ${at} of ${last} the next is refused`, async () => {
          await using reader = await open(path);
          const controller = new AbortController();
          const stopped = await run(take(reader, { signal: controller.signal }), at, () => reader.close());
          assert.equal(stopped.taken, at);
          assert.equal((stopped.error as { code: string }).code, 'ERR_CKPT_CLOSED');
          assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
        });
      }

      test(`${way}: with a signal that does not abort all comes, and no listener stays`, async () => {
        await using reader = await open(path);
        const controller = new AbortController();
        const { signal } = controller;
        const all = await run(take(reader, { signal }), -1, () => {});
        assert.deepStrictEqual(all.error, 'ended');
        for await (const _ of take(reader, { signal })) break;
        for (let time = 0; time < 20; time++) take(reader, { signal });
        assert.equal(getEventListeners(signal, 'abort').length, 0);
        controller.abort(REASON);
      });
    }

    test('rows: those that were asked for before the abort come, later ones do not', async () => {
      await using reader = await open(path);
      const controller = new AbortController();
      const rows = reader.rows({ signal: controller.signal });
      await rows.next();
      const asked = [rows.next(), rows.next()];
      controller.abort(REASON);
      const late = rows.next();
      assert.deepStrictEqual(
        await Promise.all(asked),
        ROWS.slice(1, 3).map((value) => ({ done: false, value })),
      );
      assert.equal(await failureOf(() => late), REASON);
      assert.deepStrictEqual(await rows.next(), { done: true, value: undefined });
      assert.deepStrictEqual(await rows.return?.(), { done: true, value: undefined });
    });
  });
}

describe('a manager', () => {
  for (const enableArrow of [true, false]) {
    const manager = new CheckpointManager(tempFolder(`halt-manager-${enableArrow}`), { enableArrow, logger: false });

    test(`scanCheckpoint, ${enableArrow ? 'Parquet' : 'JSON'}`, async () => {
      await manager.saveCheckpoint('step', 'scan', ROWS);
      for (const at of [1, COUNT]) {
        const controller = new AbortController();
        const rows = manager.scanCheckpoint('step', 'scan', { signal: controller.signal });
        assert.deepStrictEqual(await run(rows, at, () => controller.abort(REASON)), { taken: at, error: REASON });
        assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
      }
    });

    test(`mapStream over known and over new rows, ${enableArrow ? 'Parquet' : 'JSON'}`, async () => {
      const options = { key: 'id', lockWait: 1000 };
      for (const at of [1, 1, COUNT]) {
        const controller = new AbortController();
        const rows = manager.mapStream('step', 'map', ROWS, (row) => ({ ...row }), { ...options, signal: controller.signal });
        assert.deepStrictEqual(await run(rows, at, () => controller.abort(REASON)), { taken: at, error: REASON });
        assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
        await manager.map('step', 'map', ROWS, (row) => ({ ...row }), options);
      }
    });
  }
});
