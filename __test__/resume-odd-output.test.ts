// oxlint-disable unicorn/no-thenable -- what it is about
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { CheckpointManager, type MapOptions } from 'arrow-ckpt';
import { rejectsWith } from './support/codes.ts';
import { tempFolder } from './support/temp-folder.ts';

const folder = tempFolder('map-odd-output');
const ROWS = [{ id: 1 }, { id: 2 }, { id: 3 }];
type Id = (typeof ROWS)[0];

const mine = (): never => {
  throw new Error('mine');
};
const rejecting = (): Promise<never> => Promise.reject(new Error('mine'));

/** What a function may return that throws when it is looked at. */
const OUTPUTS: Record<string, () => unknown> = {
  'a getter `then` that throws': () => Object.defineProperty({}, 'then', { get: mine }),
  'a `then` that throws': () => ({ then: mine }),
  'a promise whose constructor throws': () => Object.defineProperty(Promise.resolve({ id: 1 }), 'constructor', { get: mine }),
  'a promise that rejects': rejecting,
  'a getter that throws': () => ({
    id: 1,
    ...Object.defineProperty({}, 'x', { get: mine }),
    get y(): never {
      return mine();
    },
  }),
  'a proxy whose traps throw': () => new Proxy({}, { get: mine, ownKeys: mine, getOwnPropertyDescriptor: mine }),
};

describe('what a function returns throws when it is looked at: its row fails, the map ends at once', () => {
  for (const [name, output] of Object.entries(OUTPUTS)) {
    for (const [kind, options] of Object.entries({
      plain: {},
      retries: { retries: { times: 1, minDelay: 1 } },
      timeout: { timeout: 60_000 },
    })) {
      test(`${name}, ${kind}`, { timeout: 5_000 }, async () => {
        const checkpoints = new CheckpointManager(join(folder, `${name} ${kind}`), { logger: false });
        const given = { key: 'id', ...options } as MapOptions<Id>;
        let calls = 0;
        const fn = (row: Id): never => (row.id === 2 ? (calls++, output()) : row) as never;
        const error = await rejectsWith('ERR_CKPT_ROW_FAILED', () => checkpoints.map('s', 'o', ROWS, fn, given));
        assert.match(error.message, /^row 1 \(key 2\) failed.*mine/);
        const collected = await checkpoints.map('s', 'o', ROWS, fn, { ...given, onError: 'collect' });
        assert.deepEqual(collected.rows, [{ id: 1 }, { id: 3 }]);
        assert.ok(calls >= 2);
      });
    }
  }
});

test('a failed map ends when the time for its running calls is over, however early the timer is', { timeout: 10_000 }, async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const checkpoints = new CheckpointManager(join(folder, 'never'), { logger: false });
  const never = (row: Id): Promise<Id> => (row.id === 1 ? new Promise<never>(() => {}) : rejecting());
  const run = checkpoints.map('s', 'o', ROWS, never, { key: 'id' });
  let ended = false;
  const settled = run.then(
    () => assert.fail('it has no results'),
    (error: Error) => {
      ended = true;
      return error;
    },
  );
  // The clock of the timers only: for another clock no time has gone by.
  while (!ended) {
    await new Promise((done) => setImmediate(done));
    t.mock.timers.tick(1_000);
  }
  assert.match((await settled).message, /^row 1 \(key 2\) failed: mine/);
});
