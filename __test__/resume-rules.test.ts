import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { CheckpointManager, hashOperation, type Code, type MapProgress, type Row } from 'arrow-ckpt';
import { rejectsWith } from './support/codes.ts';
import { articles, manager, MAP, type Article } from './support/map-rows.ts';
import { mounting, noMounts } from './support/no-mounts.ts';
import { resultOf } from './support/run-program.ts';
import { tempFolder } from './support/temp-folder.ts';

const folder = tempFolder('map-rules');

test('hashOperation: functions without a source are refused, all others count by it', async () => {
  const one = (a: number): number => a + 1;
  // eslint-disable-next-line no-extra-bind -- a bound function is what is tested
  for (const code of [one.bind(null), new Proxy(one, {}), Math.max, Map, Symbol, [one, one.bind(null)]] as Code[])
    await rejectsWith('ERR_CKPT_UNSUPPORTED_VALUE', () => hashOperation({ code }));
  const codes = [
    one,
    (a: number) => a + 2,
    async () => 1,
    function* () {
      yield 1;
    },
    class A {
      m(): number {
        return 1;
      }
    },
    class A {
      m(): number {
        return 2;
      }
    },
    { m: () => 3 }.m,
    Object.getOwnPropertyDescriptor({ get x() { return 4; } }, 'x')!.get!, // prettier-ignore
    () => 'function () { [native code] }',
    'function () { [native code] }',
  ] as Code[];
  const hashes = await Promise.all(codes.map((code) => hashOperation({ code })));
  assert.equal(new Set(hashes).size, codes.length);
});

describe('retryIf', () => {
  const run = async (answer: unknown): Promise<{ calls: number; cause: { code?: string } }> => {
    let calls = 0;
    const fn = (): never => {
      calls++;
      throw new Error('busy');
    };
    const retries = { times: 1, minDelay: 0, retryIf: () => answer as boolean };
    const { failed } = await new CheckpointManager(null).map('s', 'op', [{ id: 1 }], fn, { key: 'id', retries, onError: 'collect' });
    return { calls, cause: failed[0]!.error.cause as { code?: string } };
  };
  for (const [name, answer, calls] of [
    ['true', true, 2],
    ['0', 0, 2],
    ['1', 1, 2],
    ['false', false, 1],
    ['undefined', undefined, 1],
    ['null', null, 1],
    ["''", '', 1],
  ] as [string, unknown, number][])
    test(name, async () => assert.equal((await run(answer)).calls, calls));
  for (const answer of [NaN, Infinity, -Infinity, -1, 2 ** 31, '2', 'yes', {}, 1n, Promise.resolve(true)])
    test(`no answer: ${String(answer)}`, async () => {
      const { calls, cause } = await run(answer);
      assert.equal(calls, 1);
      assert.equal(cause.code, 'ERR_CKPT_INVALID_OPTION');
    });
  test('no answer: a promise that is rejected', async () => {
    const { cause } = await run(Promise.reject(new Error('no')));
    assert.equal(cause.code, 'ERR_CKPT_INVALID_OPTION');
  });
});

describe('the rows of an input', () => {
  const counted = (): { fn: (row: Row) => Promise<Row>; calls: number[] } => {
    const calls: number[] = [];
    return { calls, fn: async (row) => (calls.push(row['id'] as number), { id: row['id'] }) };
  };

  test('a key that two rows of an array have, or that is missing, is told before the first call', async () => {
    const { fn, calls } = counted();
    const checkpoints = manager(join(folder, 'keys'));
    await checkpoints.map('s', 'op', articles(10), fn, MAP);
    calls.length = 0;
    const rows = [...articles(3000), { id: 5, title: 'again' }];
    await rejectsWith('ERR_CKPT_DUPLICATE_KEY', () => checkpoints.map('s', 'op', rows, fn, MAP), { row: 3000 });
    await rejectsWith('ERR_CKPT_MISSING_KEY', () => checkpoints.map('s', 'op', [...articles(3000), {} as Article], fn, MAP), { row: 3000 });
    assert.deepStrictEqual(calls, []);
    await checkpoints.map('s', 'op', articles(3000), fn, MAP);
    assert.equal(calls.length, 2990);
    assert.equal((await checkpoints.map('s', 'op', articles(3000), fn, MAP)).resumed, 3000);
  });

  test('one that no checkpoint can keep fails alone with collect', async () => {
    const { fn, calls } = counted();
    const checkpoints = manager(join(folder, 'odd'));
    const odd: Row[] = [{ id: 1, f: () => 1 }, { id: 2, deep: { m: new Map() } }, { id: 3, get x() { throw new RangeError('no'); } }]; // prettier-ignore
    const rows: Row[] = [{ id: 0 }, ...odd, { id: 4 }];
    const options = { key: 'id', onError: 'collect' } as const;
    const { failed, rows: results, path } = await checkpoints.map('s', 'op', rows, fn, options);
    assert.deepStrictEqual(results, [{ id: 0 }, { id: 4 }]);
    assert.equal(path, null);
    assert.deepStrictEqual(
      failed.map(({ row, key, error }) => [row, key, error.code, (error.cause as { code?: string }).code]),
      [
        [1, 1, 'ERR_CKPT_ROW_FAILED', 'ERR_CKPT_UNSUPPORTED_VALUE'],
        [2, 2, 'ERR_CKPT_ROW_FAILED', 'ERR_CKPT_UNSUPPORTED_VALUE'],
        [3, 3, 'ERR_CKPT_ROW_FAILED', undefined],
      ],
    );
    assert.deepStrictEqual(calls, [0, 4]);
    await rejectsWith('ERR_CKPT_UNSUPPORTED_VALUE', () => checkpoints.map('s', 'op', rows, fn, { key: 'id' }), { row: 1 });
  });

  test('the time left counts rows whose results are known as done', async () => {
    const checkpoints = manager(join(folder, 'left'));
    await checkpoints.map('s', 'op', articles(1000), async ({ id }) => ({ id }), MAP);
    const rows = articles(1000).map((row) => (row.id % 10 === 0 ? { id: row.id + 10_000, title: '' } : row));
    const told: MapProgress[] = [];
    const fn = async ({ id }: Article): Promise<Row> => (await setTimeout(10), { id });
    await checkpoints.map('s', 'op', rows, fn, { ...MAP, concurrency: 1, onProgress: (progress) => told.push(progress) });
    const ratios = told
      .filter(({ computed, rate }) => computed >= 20 && computed <= 80 && rate > 0)
      .map(({ computed, rate, secondsLeft }) => secondsLeft! / ((100 - computed) / rate));
    assert.ok(ratios.length > 3);
    for (const ratio of ratios) assert.ok(ratio > 0.8 && ratio < 1.25, String(ratios));
  });
});

test('known rows can be read in a folder that cannot be written to; a new row is not paid for', { skip: noMounts() }, async () => {
  const where = join(folder, 'read only');
  const rows = Array.from({ length: 50 }, (_, id) => ({ id }));
  await manager(where).map('s', 'op', rows, (row) => row, { key: 'id', hash: 'h' });
  const through = mounting(where, 'mount --bind "$0" "$0"', 'mount -o remount,bind,ro "$0"');
  const report = await resultOf('map-read-only.mjs', { args: [where], through });
  assert.deepStrictEqual(report, { resumed: 50, rows: 50, streamed: 50, calls: 0, code: 'ERR_CKPT_READ_ONLY' });
});
