import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { CheckpointManager, type BatchContext, type MapOptions, type Row, type Usage } from 'arrow-ckpt';
import { rejectsWith } from './support/codes.ts';
import { cliJson, cliOk, noCli } from './support/run-cli.ts';
import { suite } from './support/suite.ts';
import { tempFolder } from './support/temp-folder.ts';

const folder = tempFolder('map-usage');
const input = (count: number): Row[] => Array.from({ length: count }, (_, id) => ({ id }));
const STORES: Record<string, object> = { parquet: {}, json: { enableArrow: false } };
const NOTHING = { calls: 0, inputTokens: 0, outputTokens: 0, cost: 0 };
const MAP = { key: 'id', concurrency: 4, flushEvery: 0 } as const satisfies MapOptions;
const each = (count: number): object => ({ calls: count, inputTokens: 10 * count, outputTokens: 2 * count, cost: count / 4 });
const usage = (): Usage => ({ inputTokens: 10, outputTokens: 2, cost: 0.25 });
/** Digits of rounding are no difference. */
const near = (found: object): object =>
  Object.fromEntries(Object.entries(found).map(([key, value]) => [key, Math.round(Number(value) * 1e6) / 1e6]));

for (const [store, given] of Object.entries(STORES)) {
  describe(`what a map costs: ${store}`, () => {
    const make = (name: string): CheckpointManager => new CheckpointManager(join(folder, store, name), { ...given, logger: false });
    const echo = ({ id }: Row): Row => ({ id });

    test('is summed up, kept with the results, and told once', async () => {
      const checkpoints = make('sum');
      const first = await checkpoints.map('s', 'o', input(40), echo, { ...MAP, usage });
      assert.deepStrictEqual(first.usage, { run: each(40), total: each(40) });
      const again = await checkpoints.map('s', 'o', input(40), echo, { ...MAP, usage });
      assert.deepStrictEqual(again.usage, { run: NOTHING, total: each(40) });
      const more = await checkpoints.map('s', 'o', input(50), echo, { ...MAP, usage });
      assert.deepStrictEqual(more.usage, { run: each(10), total: each(50) });
      // Who does not ask is told all the same.
      assert.deepStrictEqual((await checkpoints.map('s', 'o', input(50), echo, MAP)).usage.total, each(50));
    });

    test('of results that were made again without a word of it is not that of those before', async () => {
      const checkpoints = make('again');
      await checkpoints.map('s', 'o', input(20), echo, { ...MAP, usage });
      const edited: Row[] = input(20).map(({ id }) => ({ id, edited: true }));
      assert.equal((await checkpoints.map('s', 'o', edited, echo, MAP)).computed, 20);
      const last = await checkpoints.map('s', 'o', edited, echo, MAP);
      assert.deepStrictEqual([last.computed, last.usage.total], [0, NOTHING]);
    });

    test('survives an interruption, merges of batches, and another hash', async () => {
      const checkpoints = make('interrupted');
      let broken = true;
      const fn = async ({ id }: Row): Promise<Row> => {
        await setTimeout(1);
        if (broken && id === 180) throw new Error('no answer');
        return { id };
      };
      const options = { ...MAP, concurrency: 2, batchSize: 2, hash: 'a', usage };
      await rejectsWith('ERR_CKPT_ROW_FAILED', () => checkpoints.map('s', 'o', input(200), fn, options));
      const [listed] = await checkpoints.listMaps();
      assert.deepStrictEqual(listed?.usage, each(listed?.rows ?? 0));
      broken = false;
      const other = await checkpoints.map('s', 'o', input(20), fn, { ...options, hash: 'b' });
      assert.deepStrictEqual(other.usage, { run: each(20), total: each(20) });
      const done = await checkpoints.map('s', 'o', input(200), fn, options);
      assert.deepStrictEqual(done.usage.total, each(200));
      assert.equal(done.usage.run.calls, 200 - (listed?.rows ?? 0));
      // Results that left the checkpoint come back with what they cost.
      await checkpoints.map('s', 'o', input(5), fn, options);
      const back = await checkpoints.map('s', 'o', input(200), fn, options);
      assert.equal(back.calls, 0);
      assert.deepStrictEqual((await checkpoints.map('s', 'o', input(200), fn, options)).usage, { run: NOTHING, total: each(200) });
    });

    test('counts what failed attempts used, and what comes late', async () => {
      const checkpoints = make('attempts');
      const fn = async ({ id }: Row, context: { attempt: number; addUsage: (usage: Usage) => void }): Promise<Row> => {
        // Taken apart, as functions do with what they are given.
        const { addUsage } = context;
        addUsage({ cost: 1 });
        context.addUsage({ inputTokens: 5 });
        if (id === 1 && context.attempt < 3) throw new Error('busy');
        if (id === 2 && context.attempt === 1) {
          await setTimeout(60);
          context.addUsage({ cost: 7, calls: 1 });
        }
        return { id };
      };
      const retries = { times: 3, minDelay: 1, maxDelay: 1 };
      const run = checkpoints.map('s', 'o', input(3), fn, { ...MAP, retries, timeout: 30, onError: 'collect' });
      const { calls, usage: used } = await run;
      assert.equal(calls, 6);
      assert.deepStrictEqual(used.run.inputTokens, 30);
      assert.ok(used.run.cost === 6 || used.run.cost === 13, String(used.run.cost));
    });

    test('a budget of calls is never exceeded, and ends in order', async () => {
      const checkpoints = make('calls');
      let calls = 0;
      const fn = async ({ id }: Row): Promise<Row> => {
        calls++;
        await setTimeout(Number(id) % 3);
        return { id };
      };
      const run = (most: number, of: 'operation' | 'run' = 'operation') =>
        checkpoints.map('s', 'o', input(100), fn, { ...MAP, concurrency: 8, budget: { calls: most, of } });
      const error = await rejectsWith('ERR_CKPT_BUDGET', () => run(25));
      assert.match(error.message, /^the budget of 25 \(calls\) allows no further call after 25 of 100 rows: 25 was used for the results/);
      assert.equal(calls, 25);
      await rejectsWith('ERR_CKPT_BUDGET', () => run(25));
      assert.equal(calls, 25, 'what earlier runs used counts');
      await rejectsWith('ERR_CKPT_BUDGET', () => run(60));
      assert.equal(calls, 60);
      await rejectsWith('ERR_CKPT_BUDGET', () => run(10, 'run'));
      assert.equal(calls, 70);
      const { rows, usage: used } = await run(100);
      assert.equal(rows.length, 100);
      assert.equal(calls, 100);
      assert.equal(used.total.calls, 100);
    });

    test('retries are calls, too', async () => {
      const checkpoints = make('retries');
      let calls = 0;
      const fn = (): never => {
        calls++;
        throw new Error('busy');
      };
      const options = { ...MAP, retries: { times: 20, minDelay: 1, maxDelay: 1 }, budget: { calls: 7 }, onError: 'collect' } as const;
      await rejectsWith('ERR_CKPT_BUDGET', () => checkpoints.map('s', 'o', input(3), fn, options));
      assert.equal(calls, 7);
    });

    test('money and tokens', async () => {
      const checkpoints = make('money');
      const told = { ...MAP, usage: () => ({ cost: 0.1, inputTokens: 60, outputTokens: 40 }) };
      const done = async (options: MapOptions): Promise<number> => {
        let calls = 0;
        const fn = async ({ id }: Row): Promise<Row> => (calls++, await setTimeout(1), { id });
        await rejectsWith('ERR_CKPT_BUDGET', () => checkpoints.map('s', JSON.stringify(options.budget), input(50), fn, options));
        return calls;
      };
      assert.equal(await done({ ...told, concurrency: 1, budget: { cost: 0.3 } }), 3);
      assert.equal(await done({ ...told, concurrency: 1, budget: { tokens: 1000 } }), 10);
      assert.equal(await done({ ...told, concurrency: 1, budget: { cost: 0 } }), 0);
      // What the first calls cost is not known before one has ended.
      const calls = await done({ ...told, concurrency: 4, budget: { cost: 1 } });
      assert.ok(calls >= 10 && calls <= 13, String(calls));
    });

    test('a usage that is none ends the run, and the paid result is kept', async () => {
      const wrong: Record<string, unknown> = {
        text: 'ten',
        nan: { cost: Number.NaN },
        negative: { inputTokens: -1 },
        'another key': { tokens: 3 },
        'a text as a number': { cost: '0.1' },
        infinite: { calls: Number.POSITIVE_INFINITY },
        'a promise': Promise.resolve({ cost: 1 }),
        'an array': [],
        'a map': new Map([['cost', 1]]),
      };
      const checkpoints = make('wrong');
      for (const [name, value] of Object.entries(wrong)) {
        let calls = 0;
        const fn = ({ id }: Row): Row => (calls++, { id });
        const options = { ...MAP, concurrency: 1, usage: () => value as Usage };
        const error = await rejectsWith('ERR_CKPT_INVALID_ARGUMENT', () => checkpoints.map('s', name, input(3), fn, options));
        assert.match(error.message, /^usage must give \{ calls, inputTokens, outputTokens, cost \}/);
        assert.equal(calls, 1, name);
        await checkpoints.map('s', name, input(3), fn, MAP);
        assert.equal(calls, 3, name);
        const told = ({ id }: Row, context: { addUsage: (usage: Usage) => void }): Row => (context.addUsage(value as Usage), { id });
        const failure = await rejectsWith('ERR_CKPT_ROW_FAILED', () => checkpoints.map('s', `${name} 2`, input(3), told, MAP));
        assert.equal((failure.cause as { code?: string }).code, 'ERR_CKPT_INVALID_ARGUMENT');
      }
      const later = { ...MAP, usage: (async () => Promise.reject(new Error('later'))) as never };
      await rejectsWith('ERR_CKPT_INVALID_ARGUMENT', () => checkpoints.map('s', 'later', input(3), echo, later));
      const thrower = {
        ...MAP,
        usage: (): never => {
          throw new RangeError('mine');
        },
      };
      await assert.rejects(checkpoints.map('s', 'throws', input(3), echo, thrower), { name: 'RangeError', message: 'mine' });
    });

    test('budgets that are none are refused before anything is called', async () => {
      const checkpoints = make('refused');
      const wrong = [{}, { cost: -1 }, { cost: Number.NaN }, { calls: '3' }, { money: 3 }, { tokens: 3, of: 'day' }, 3, null, []];
      for (const budget of wrong) {
        const options = { ...MAP, budget: budget as never };
        await assert.rejects(
          checkpoints.map('s', 'o', input(3), () => assert.fail('was called'), options),
          (error: { code?: string }) => /^ERR_CKPT_(?:INVALID|UNKNOWN)_OPTION$|^ERR_CKPT_INVALID_ARGUMENT$/.test(error.code ?? ''),
          JSON.stringify(budget),
        );
      }
      await rejectsWith('ERR_CKPT_INVALID_OPTION', () => checkpoints.map('s', 'o', input(3), echo, { ...MAP, usage: 3 as never }));
    });

    test('streams, progress, and a manager without a directory', async () => {
      const checkpoints = make('stream');
      const seen: number[] = [];
      const stream = checkpoints.mapStream('s', 'o', input(30), echo, {
        ...MAP,
        usage,
        onProgress: ({ usage: { run } }) => void seen.push(run.cost),
      });
      for (;;) {
        const next = await stream.next();
        if (next.done !== true) continue;
        assert.deepStrictEqual(next.value.usage, { run: each(30), total: each(30) });
        break;
      }
      assert.equal(seen.at(-1), 7.5);
      const none = new CheckpointManager(null, { logger: false });
      assert.deepStrictEqual((await none.map('s', 'o', input(3), echo, { ...MAP, usage })).usage.total, each(3));
      const error = await rejectsWith('ERR_CKPT_BUDGET', () => none.map('s', 'o', input(3), echo, { ...MAP, budget: { calls: 1 } }));
      assert.match(error.message, /nothing is kept without a directory$/);
    });

    test('calls for several rows: the rows share what they used', async () => {
      const checkpoints = make('batches');
      let calls = 0;
      const fn = (rows: Row[], context: { addUsage: (told: Usage) => void }): Row[] => {
        calls++;
        context.addUsage({ cost: 0.5 });
        if (rows.some(({ id }) => id === 13) && rows.length > 1) throw new Error('too much at once');
        return rows.map(({ id }) => ({ id }));
      };
      const options = { ...MAP, size: 10, concurrency: 2, usage };
      const { usage: used } = await checkpoints.mapBatches('s', 'o', input(40), fn, options);
      assert.equal(used.run.calls, calls);
      assert.deepStrictEqual(near({ cost: used.run.cost, good: used.run.inputTokens }), {
        cost: calls * 0.5 + (used.run.inputTokens / 10) * 0.25,
        good: used.run.inputTokens,
      });
      const again = await checkpoints.mapBatches('s', 'o', input(40), fn, options);
      assert.deepStrictEqual(near(again.usage.total), near(used.run));
      calls = 0;
      const budget = { ...MAP, size: 10, concurrency: 4, budget: { calls: 3 } };
      const count = (rows: Row[]): Row[] => (calls++, rows);
      await rejectsWith('ERR_CKPT_BUDGET', () => checkpoints.mapBatches('s', 'few', input(100), count, budget));
      assert.equal(calls, 3);
      assert.equal((await checkpoints.listMaps()).find(({ operation }) => operation === 'few')?.rows, 30);
      await rejectsWith('ERR_CKPT_BUDGET', () => checkpoints.mapBatches('s', 'few', input(100), count, budget));
      assert.equal(calls, 3);
      const whole = await checkpoints.mapBatches('s', 'few', input(100), count, { ...budget, budget: { calls: 10 } });
      assert.deepStrictEqual([whole.rows.length, calls], [100, 10]);
    });

    test('calls for several rows: usage gets what the function returned, and whose call it was', async () => {
      const checkpoints = make('batch usage');
      const seen: unknown[] = [];
      const fn = (rows: Row[], { attempt }: BatchContext): Row[] => (attempt === 1 ? (undefined as never) : rows);
      const { usage: used } = await checkpoints.mapBatches('s', 'o', input(3), fn, {
        ...MAP,
        size: 3,
        retries: { times: 1, minDelay: 0 },
        usage: (entries, { keys, indexes, attempt }) => {
          seen.push([entries.length, keys, indexes, attempt]);
          return { cost: 2 };
        },
      });
      assert.deepStrictEqual(seen, [[3, [0, 1, 2], [0, 1, 2], 2]]);
      assert.deepStrictEqual([used.run.calls, used.run.cost], [2, 2]);
    });

    test('a row without results has no usage to tell but by addUsage', async () => {
      const checkpoints = make('nothing');
      const fn = ({ id }: Row, { addUsage }: { addUsage: (told: Usage) => void }): Row | null | undefined => {
        addUsage({ cost: 1 });
        return id === 0 ? null : id === 1 ? undefined : { id, tokens: 5 };
      };
      const { usage: used } = await checkpoints.map('s', 'o', input(3), fn, {
        ...MAP,
        usage: (result) => ({ inputTokens: (result as { tokens: number }).tokens }),
      });
      assert.deepStrictEqual(used.run, { calls: 3, inputTokens: 5, outputTokens: 0, cost: 3 });
    });

    test('workers share no budget, and each tells what it used', async () => {
      const checkpoints = make('workers');
      const options = { ...MAP, workers: 'shared' } as const;
      await rejectsWith('ERR_CKPT_INVALID_OPTION', () => checkpoints.map('s', 'o', input(3), echo, { ...options, budget: { calls: 1 } }));
      const { usage: used } = await checkpoints.map('s', 'o', input(30), echo, { ...options, usage });
      assert.deepStrictEqual(used, { run: each(30), total: each(30) });
      assert.deepStrictEqual((await checkpoints.map('s', 'o', input(30), echo, { ...options, usage })).usage, {
        run: NOTHING,
        total: each(30),
      });
      const untold = (await checkpoints.map('s', 'untold', input(30), echo, options)).usage;
      assert.deepStrictEqual([untold.run.calls, untold.total.calls], [30, 30]);
    });

    test('a plan says what it would cost', async () => {
      const checkpoints = make('plan');
      await checkpoints.map('s', 'o', input(10), echo, MAP);
      const rows: Row[] = [...input(12), { id: 20, long: true }];
      rows[3] = { id: 3, changed: true };
      const plan = await checkpoints.planIncremental('s', 'o', rows, { key: 'id', cost: (row) => (row['long'] === true ? 1 : 0.1) });
      assert.deepStrictEqual(near({ cost: plan.cost ?? 0 }), { cost: 1.3 });
      assert.ok(!('cost' in (await checkpoints.planIncremental('s', 'o', rows, { key: 'id' }))));
      for (const cost of [() => Number.NaN, () => 'much', () => -1]) {
        const error = await rejectsWith('ERR_CKPT_INVALID_ARGUMENT', () =>
          checkpoints.planIncremental('s', 'o', rows, { key: 'id', cost: cost as never }),
        );
        assert.match(error.message, /^cost must give a number from 0 on, got .* for row 3$/);
      }
      await rejectsWith('ERR_CKPT_INVALID_OPTION', () => checkpoints.planIncremental('s', 'o', rows, { key: 'id', cost: 3 as never }));
    });
  });
}

suite('costs on the command line', noCli, () => {
  test('list has a column where a map told them', async () => {
    const directory = join(folder, 'cli');
    const checkpoints = new CheckpointManager(directory, { logger: false });
    await checkpoints.map('s', 'plain', input(4), ({ id }) => ({ id }), MAP);
    assert.ok(!(await cliOk(['list', directory])).stdout.includes('Cost'));
    await checkpoints.map('s', 'paid', input(4), ({ id }) => ({ id }), { ...MAP, usage });
    const half = { ...MAP, usage, budget: { calls: 2 } };
    await rejectsWith('ERR_CKPT_BUDGET', () => checkpoints.map('s', 'half', input(4), ({ id }) => ({ id }), half));
    const { stdout } = await cliOk(['list', directory]);
    assert.match(stdout, /^Step +Operation +Format +Rows +Size +Cost +Modified/m);
    assert.match(stdout, /^s +paid +parquet +4 +[\d.]+ K?B +1\.00 /m);
    assert.match(stdout, /^s +plain +parquet +4 +[\d.]+ K?B + \d{4}-/m);
    assert.match(stdout, /^s +half +interrupted +2 +[\d.]+ K?B +0\.50 /m);
    const { checkpoints: listed, maps } = await cliJson<{ checkpoints: Row[]; maps: Row[] }>(['list', directory]);
    assert.deepStrictEqual(
      listed.map(({ operation, usage: told }) => [operation, told]),
      [
        ['paid', each(4)],
        ['plain', undefined],
      ],
    );
    assert.deepStrictEqual(maps[0]?.['usage'], each(2));
  });
});
