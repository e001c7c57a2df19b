import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { CheckpointManager, readCheckpoint, writeCheckpoint, type Row } from 'arrow-ckpt';
import { failureOf, FORMATS } from './support/codes.js';
import { OldCheckpoint } from './support/old-checkpoint.js';
import { tempFolder } from './support/temp-folder.js';

const COUNT = 150_000;
const row = (id: number): Row => ({ id, title: `title ${id}`, score: id / 7, tags: ['a', `t${id % 9}`] });
const ROWS = Array.from({ length: COUNT }, (_, id) => row(id));
/** It looks like an error of the system, and is the user's all the same. */
const REASON = Object.assign(new Error('enough'), { code: 'ENOSPC' });

/** Aborts after some turns of the event loop. */
async function abortAfter(turns: number, controller: AbortController): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await setImmediate();
  controller.abort(REASON);
}

for (const format of FORMATS) {
  describe(`a save to ${format} that is aborted rejects with the reason and leaves nothing`, () => {
    const folder = tempFolder('abort-save');

    test('before it begins', async () => {
      const old = await OldCheckpoint.save(folder, 'before', `a.${format}`);
      assert.equal(await failureOf(() => writeCheckpoint(old.path, ROWS, { signal: AbortSignal.abort(REASON) })), REASON);
      const manager = new CheckpointManager(folder, { logger: false, enableArrow: format === 'parquet' });
      assert.equal(await failureOf(() => manager.saveCheckpoint('step', 'none', ROWS, { signal: AbortSignal.abort(REASON) })), REASON);
      const other = await failureOf(() => writeCheckpoint(old.path, ROWS, { signal: AbortSignal.abort() }));
      assert.ok(other instanceof DOMException && other.name === 'AbortError');
      await old.assertIntact();
    });

    test('while rows are handed over', async () => {
      const old = await OldCheckpoint.save(folder, 'rows', `a.${format}`);
      for (const at of [0, 1, 1023, 1024, 100_000, COUNT - 1]) {
        const controller = new AbortController();
        const { signal } = controller;
        function* rows(): Generator<Row> {
          for (let id = 0; id < COUNT; id++) {
            if (id === at) controller.abort(REASON);
            yield ROWS[id]!;
          }
        }
        async function* later(): AsyncGenerator<Row> {
          yield* rows();
        }
        for (const source of at < 2000 ? [rows(), later()] : [rows()]) {
          assert.equal(await failureOf(() => writeCheckpoint(old.path, source, { signal })), REASON, `at row ${at}`);
        }
        assert.equal(getEventListeners(signal, 'abort').length, 0);
        await old.assertIntact();
      }
    });

    test('at several turns of the event loop', async (t) => {
      let aborted = 0;
      for (const turns of [0, 1, 2, 4, 8, 16, 32]) {
        const old = await OldCheckpoint.save(folder, `turn-${turns}`, `a.${format}`);
        const controller = new AbortController();
        const save = writeCheckpoint(old.path, ROWS, { signal: controller.signal });
        void abortAfter(turns, controller);
        const outcome = await save.then(
          (info) => info,
          (error: unknown) => error,
        );
        if (outcome === REASON) {
          aborted++;
          await old.assertIntact();
        } else {
          // Too late: then it is as if nobody had asked.
          assert.deepStrictEqual((outcome as { rows: number }).rows, COUNT);
          assert.equal((await readCheckpoint(old.path)).length, COUNT);
        }
      }
      t.diagnostic(`${aborted} of 7 were in time`);
      assert.ok(aborted > 0);
    });

    test('from onProgress', async () => {
      const old = await OldCheckpoint.save(folder, 'progress', `a.${format}`);
      const controller = new AbortController();
      // Slow enough for a call in the middle, whatever the machine.
      function* slow(): Generator<Row> {
        for (const each of ROWS) {
          if (each['id'] === 50_000) for (const until = performance.now() + 120; performance.now() < until;);
          yield each;
        }
      }
      const options = { signal: controller.signal, onProgress: () => controller.abort(REASON) };
      assert.equal(await failureOf(() => writeCheckpoint(old.path, slow(), options)), REASON);
      await old.assertIntact();
    });

    test('while a source gives nothing', async () => {
      const old = await OldCheckpoint.save(folder, 'stuck', `a.${format}`);
      const controller = new AbortController();
      let closed = false;
      const stuck: AsyncIterable<Row> = {
        [Symbol.asyncIterator]: () => ({
          next: () => {
            void abortAfter(5, controller);
            return new Promise<IteratorResult<Row>>(() => {});
          },
          return: () => {
            closed = true;
            return Promise.resolve({ done: true, value: undefined });
          },
        }),
      };
      assert.equal(await failureOf(() => writeCheckpoint(old.path, stuck, { signal: controller.signal })), REASON);
      assert.ok(closed);
      await old.assertIntact();
    });
  });

  describe(`a load from ${format} that is aborted rejects with the reason`, () => {
    const folder = tempFolder('abort-load');
    const path = join(folder, `a.${format}`);

    test('before it begins, and at several turns of the event loop', async (t) => {
      await writeCheckpoint(path, ROWS);
      assert.equal(await failureOf(() => readCheckpoint(path, { signal: AbortSignal.abort(REASON) })), REASON);
      // Nothing is looked at any more, not even whether there is a file.
      assert.equal(await failureOf(() => readCheckpoint(join(folder, 'none'), { signal: AbortSignal.abort(REASON) })), REASON);
      let aborted = 0;
      for (const turns of [0, 1, 2, 4, 8, 16]) {
        const controller = new AbortController();
        const load = readCheckpoint(path, { signal: controller.signal });
        void abortAfter(turns, controller);
        const outcome = await load.then(
          (rows) => rows,
          (error: unknown) => error,
        );
        if (outcome === REASON) aborted++;
        else assert.equal((outcome as Row[]).length, COUNT);
        assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
      }
      t.diagnostic(`${aborted} of 6 were in time`);
      assert.ok(aborted > 0);
      assert.equal((await readCheckpoint(path)).length, COUNT);
    });

    test('while others load the same file', async () => {
      const controller = new AbortController();
      const loads = [0, 1, 2].map((index) => readCheckpoint(path, index === 1 ? { signal: controller.signal } : {}));
      controller.abort(REASON);
      const [first, second, third] = await Promise.allSettled(loads);
      assert.deepStrictEqual(second, { status: 'rejected', reason: REASON });
      for (const other of [first, third]) assert.equal(other?.status === 'fulfilled' && other.value.length, COUNT);
    });
  });
}
