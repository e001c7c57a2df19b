// oxlint-disable unicorn/no-thenable -- what it is about
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { CheckpointManager, createCheckpoint, readCheckpoint, writeCheckpoint, type Row } from 'arrow-ckpt';
import { FORMATS, rejectsWith } from './support/codes.js';
import { tempFolder } from './support/temp-folder.js';

const ROWS: Row[] = Array.from({ length: 40 }, (_, id) => ({ id, text: `row ${id}` }));
/** As a caller has it who did not see that the callback is not waited for. */
const rejects = (): never => Promise.reject(new Error('mine')) as never;
const thenable = (): never => ({ then: (_: unknown, reject: (error: unknown) => void) => reject('mine') }) as never;

/** The warnings, and the rejections that nobody handled, while a call runs and shortly after. */
async function heard(call: () => Promise<unknown>): Promise<{ warnings: string[]; unhandled: unknown[] }> {
  const warnings: string[] = [];
  const unhandled: unknown[] = [];
  const onWarning = ({ message }: Error): number => warnings.push(message);
  const onUnhandled = (error: unknown): number => unhandled.push(error);
  process.on('warning', onWarning).on('unhandledRejection', onUnhandled);
  try {
    await call();
    await setTimeout(20);
  } finally {
    process.off('warning', onWarning).off('unhandledRejection', onUnhandled);
  }
  return { warnings: warnings.filter((text) => text.includes('called again')), unhandled };
}

describe('a callback whose promise rejects', () => {
  const folder = tempFolder('rejects');
  const manager = (): CheckpointManager => new CheckpointManager(join(folder, 'm'), { logger: false });
  let count = 0;
  const name = (): string => `o${count++}`;

  for (const [kind, callback] of Object.entries({ promise: rejects, thenable })) {
    for (const format of FORMATS) {
      test(`onProgress, ${kind}, ${format}: one warning, as when it throws`, async () => {
        const path = join(folder, `${name()}.${format}`);
        const saved = await heard(() => writeCheckpoint(path, ROWS, { onProgress: callback }));
        const loaded = await heard(async () => assert.deepEqual(await readCheckpoint(path, { onProgress: callback }), ROWS));
        for (const { warnings, unhandled } of [saved, loaded]) {
          assert.deepEqual(unhandled, []);
          assert.equal(warnings.length, 1);
          assert.match(warnings[0]!, /onProgress rejected and is not called again: .*mine/);
        }
      });
    }

    test(`onProgress and onEvent of a map, ${kind}: a warning each`, async () => {
      const options = { key: 'id', onProgress: callback, onEvent: callback, flushEvery: 0 };
      const { warnings, unhandled } = await heard(() => manager().map('s', name(), ROWS, () => ({ a: 1 }), options));
      assert.deepEqual(unhandled, []);
      assert.deepEqual(warnings.map((text) => text.split(' ')[0]).sort(), ['onEvent', 'onProgress']);
    });

    test(`key, ${kind}: the key is refused`, async () => {
      for (const call of [
        () => manager().map('s', name(), ROWS, () => ({ a: 1 }), { key: callback }),
        () => manager().planIncremental('s', name(), ROWS, { key: callback }),
      ]) {
        const { unhandled } = await heard(async () => {
          await rejectsWith('ERR_CKPT_MISSING_KEY', call);
        });
        assert.deepEqual(unhandled, []);
      }
    });

    test(`the methods of a logger, ${kind}: nobody waits for them`, async () => {
      const logging = new CheckpointManager(join(folder, 'm'), { logger: { info: callback, warn: callback } });
      assert.deepEqual((await heard(() => logging.saveCheckpoint('s', name(), ROWS))).unhandled, []);
    });
  }

  test('next under Symbol.iterator: the rows are refused', async () => {
    for (const format of FORMATS) {
      const rows = { [Symbol.iterator]: () => ({ next: rejects }) };
      const { unhandled } = await heard(async () => {
        await rejectsWith('ERR_CKPT_ROWS_NOT_ITERABLE', () => writeCheckpoint(join(folder, `n.${format}`), rows));
      });
      assert.deepEqual(unhandled, []);
    }
  });
});

describe('a getter is asked once', () => {
  const folder = tempFolder('once');
  const manager = new CheckpointManager(join(folder, 'm'), { logger: false });
  const calls: [string, (options: { metadata: Record<string, string> }) => Promise<unknown>][] = [
    ...FORMATS.map(
      (format) => [`writeCheckpoint, ${format}`, (options: object) => writeCheckpoint(join(folder, `a.${format}`), ROWS, options)] as never,
    ),
    ['createCheckpoint', async (options) => (await createCheckpoint(join(folder, 'b.parquet'), options)).close()],
    ['saveCheckpoint', (options) => manager.saveCheckpoint('s', 'a', ROWS, options)],
    ['step', (options) => manager.step('s', 'b', options, () => ROWS)],
    ['map', (options) => manager.map('s', 'c', ROWS, () => ({ a: 1 }), { key: 'id', ...options })],
  ];
  for (const [what, call] of calls) {
    test(`in metadata of ${what}`, async () => {
      let asked = 0;
      const metadata = Object.defineProperty({}, 'own', { enumerable: true, get: () => (asked++ === 0 ? 'text' : 7) });
      await call({ metadata });
      assert.equal(asked, 1);
    });
  }

  test('metadata itself, and the options that come from a class', async () => {
    class Options {
      asked = 0;
      get metadata(): Record<string, string> {
        return this.asked++ === 0 ? { own: 'text' } : (7 as never);
      }
    }
    const options = Object.create(new Options()) as Options;
    const { metadata } = await writeCheckpoint(join(folder, 'c.parquet'), ROWS, options.asked === 0 ? Object.create(new Options()) : {});
    assert.deepEqual(metadata, { own: 'text' });
  });
});
