import assert from 'node:assert/strict';
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { CheckpointManager, hashOperation, type OperationParts, type Row } from 'arrow-ckpt';
import { rejectsWith } from './support/codes.ts';
import { assertExact } from './support/exact.ts';
import { articles, manager, MAP, Model } from './support/map-rows.ts';
import { tempFolder } from './support/temp-folder.ts';

const folder = tempFolder('step');

describe('step', () => {
  test('computes once for a hash, and again for another', async () => {
    const checkpoints = manager(join(folder, 'once'));
    let computed = 0;
    const step = (hash: string) =>
      checkpoints.step('s', 'op', { hash }, () => {
        computed++;
        return articles(3);
      });
    assertExact(await step('a'), articles(3));
    assertExact(await step('a'), articles(3));
    assert.equal(computed, 1);
    await step('b');
    assert.equal(computed, 2);
    assertExact(await checkpoints.loadCheckpoint('s', 'op', { hash: 'b' }), articles(3));
  });

  test('takes what an iterable, an async iterable or a promise gives', async () => {
    const checkpoints = manager(join(folder, 'sources'));
    async function* later(): AsyncGenerator<Row> {
      yield* articles(2);
    }
    assertExact(await checkpoints.step('s', 'iterable', {}, () => new Set(articles(2))), articles(2));
    assertExact(await checkpoints.step('s', 'async', {}, later), articles(2));
    assertExact(await checkpoints.step('s', 'promise', {}, async () => later()), articles(2));
    assertExact(await checkpoints.loadCheckpoint('s', 'promise'), articles(2));
  });

  test('a damaged checkpoint is computed again, with a warning', async () => {
    const warnings: string[] = [];
    const checkpoints = new CheckpointManager(join(folder, 'damaged'), { logger: { info() {}, warn: (text) => warnings.push(text) } });
    await checkpoints.step('s', 'op', { hash: 'a' }, () => articles(3));
    truncateSync((await checkpoints.getCheckpointInfo('s', 'op'))!.path, 50);
    assertExact(await checkpoints.step('s', 'op', { hash: 'a' }, () => articles(3)), articles(3));
    assert.equal(warnings.length, 1);
    assert.match(warnings[0]!, /computed again/);
  });

  test('two at once: one computes, the other waits and loads', async () => {
    const checkpoints = manager(join(folder, 'two'));
    let computed = 0;
    const compute = async (): Promise<Row[]> => {
      computed++;
      await new Promise((resolve) => setTimeout(resolve, 50));
      return articles(3);
    };
    const both = await Promise.all([1, 2].map(() => checkpoints.step('s', 'op', { hash: 'a', lockWait: 5000 }, compute)));
    assertExact(both, [articles(3), articles(3)]);
    assert.equal(computed, 1);
    // Within one process that is so whatever `lockWait` says.
    const outcomes = await Promise.all([1, 2].map(() => checkpoints.step('s', 'op', { hash: 'b' }, compute)));
    assertExact(outcomes, [articles(3), articles(3)]);
    assert.equal(computed, 2);
  });

  test('errors of the computation are the caller’s; nothing is saved', async () => {
    const checkpoints = manager(join(folder, 'fails'));
    const fails = (): never => {
      throw new RangeError('no');
    };
    await assert.rejects(checkpoints.step('s', 'op', {}, fails), RangeError);
    await rejectsWith('ERR_CKPT_ROWS_NOT_ITERABLE', () => checkpoints.step('s', 'op', {}, () => 7 as never));
    await rejectsWith('ERR_CKPT_INVALID_OPTION', () => checkpoints.step('s', 'op', {}, 7 as never));
    await rejectsWith('ERR_CKPT_UNKNOWN_OPTION', () => checkpoints.step('s', 'op', { wait: 1 } as object, () => []));
    assert.equal(await checkpoints.loadCheckpoint('s', 'op'), null);
    assertExact(await checkpoints.step('s', 'op', {}, () => articles(1)), articles(1));
    assertExact(await manager(null as unknown as string).step('s', 'op', {}, () => articles(1)), articles(1));
  });
});

describe('hashOperation', () => {
  const file = join(folder, 'input.json');
  writeFileSync(file, 'contents');
  writeFileSync(join(folder, 'copy.json'), 'contents');
  writeFileSync(join(folder, 'other.json'), 'contents.');

  test('the same in every process: these numbers never change', async () => {
    assert.deepStrictEqual(
      [
        await hashOperation({}),
        await hashOperation({ config: { model: 'm', temperature: 0 }, code: 'v1', upstream: ['a', 'b'], input: [{ id: 1 }] }),
      ],
      GOLDEN,
    );
  });

  test('what means the same has one hash, what does not has another', async () => {
    const groups: OperationParts[][] = [
      [{ config: { a: 1, b: { c: [1, 2], d: null } } }, { config: { b: { d: null, c: [1, 2], e: undefined }, a: 1 } }],
      [{ config: { a: '1', b: { c: [1, 2], d: null } } }],
      [{ config: { a: 1, b: { c: [2, 1], d: null } } }],
      [{ config: { a: 1, b: { c: [1, 2] } } }],
      [{}, { config: undefined }, { code: [], upstream: [] }],
      [{ config: null }],
      [{ config: 0 }],
      [{ config: -0 }],
      [{ config: Number.NaN }],
      [{ config: 'NaN' }],
      [{ config: 1n }],
      [{ config: '1n' }],
      [{ config: new Date(0) }],
      [{ config: new Uint8Array([1]) }],
      [{ config: new Float64Array([1]) }],
      [{ config: { ['__proto__']: 1 } }],
      [{ config: JSON.parse('{"__proto__": 1}') as object }],
      [{ code: 'a' }, { code: ['a'] }],
      [{ code: ['a', 'b'] }],
      [{ code: ['b', 'a'] }],
      [{ code: (x: number) => x + 1 }],
      [{ code: (x: number) => x + 2 }],
      [{ upstream: 'a' }, { upstream: ['a'] }],
      [{ upstream: 'b' }],
      [{ input: [] }, { input: new Set<Row>() }],
      [{ input: [{ a: 1 }, { a: 2 }] }, { input: new Set([{ a: 1 }, { a: 2 }]) }],
      [{ input: [{ a: 2 }, { a: 1 }] }],
      [{ input: [{ a: 1, b: undefined }, { a: 2 }] }],
      [{ input: { file } }, { input: { file: join(folder, 'copy.json') } }],
      [{ input: { file: join(folder, 'other.json') } }],
      [{ input: { file: [file, file] } }],
    ];
    const seen = new Map<string, number>();
    for (const [group, all] of groups.entries()) {
      for (const parts of all) {
        const hash = await hashOperation(parts);
        assert.match(hash, /^[0-9a-f]{64}$/);
        // A literal `__proto__` sets the prototype only where it is not computed: both groups mean the same own key.
        if (group === 16) assert.equal(seen.get(hash), 15);
        else assert.equal(seen.get(hash) ?? group, group, `groups ${seen.get(hash)} and ${group}`);
        seen.set(hash, seen.get(hash) ?? group);
      }
    }
  });

  test('what cannot be hashed', async () => {
    const cycle: Row = {};
    cycle.self = cycle;
    for (const [config, column] of [
      [{ a: { fn: () => 1 } }, 'a.fn'],
      [[new Map()], '[0]'],
      [{ s: Symbol('s') }, 's'],
    ] as const)
      await rejectsWith('ERR_CKPT_UNSUPPORTED_VALUE', () => hashOperation({ config }), { column });
    await rejectsWith('ERR_CKPT_UNSUPPORTED_VALUE', () => hashOperation({ config: cycle }), { message: /cycle/ });
    await rejectsWith('ERR_CKPT_NOT_FOUND', () => hashOperation({ input: { file: join(folder, 'none') } }));
    await rejectsWith('ERR_CKPT_ROWS_NOT_ITERABLE', () => hashOperation({ input: {} as Row[] }));
    await rejectsWith('ERR_CKPT_ROW_NOT_OBJECT', () => hashOperation({ input: [1] as unknown as Row[] }));
    for (const parts of [{ input: 'path' }, { code: 7 }, { upstream: [7] }, { input: { file: 7 } }])
      await rejectsWith('ERR_CKPT_INVALID_OPTION', () => hashOperation(parts as unknown as OperationParts));
    await rejectsWith('ERR_CKPT_UNKNOWN_OPTION', () => hashOperation({ prompt: '' } as OperationParts));
  });
});

describe('planIncremental', () => {
  test('tells what a map would do, and changes nothing', async () => {
    const checkpoints = manager(join(folder, 'plan'));
    const rows = articles(20);
    const plan = (given: Row[], hash = 'h') => checkpoints.planIncremental('s', 'op', given, { key: 'id', hash });
    assertExact(await plan(rows), { new: rows, changed: [], unchanged: [], removed: [], hashChanged: false });
    await checkpoints.map('s', 'op', rows, new Model().summarise, MAP);
    assertExact(await plan(rows), { new: [], changed: [], unchanged: rows, removed: [], hashChanged: false });
    const edited = { id: 4, title: 'edited' };
    const other = [{ id: '4', title: 'of another type' }, ...rows.slice(0, 4), edited, ...rows.slice(5, 18)];
    assertExact(await plan(other), {
      new: [other[0]!],
      changed: [edited],
      unchanged: [...rows.slice(0, 4), ...rows.slice(5, 18)],
      removed: [18, 19],
      hashChanged: false,
    });
    assertExact(await plan(rows.slice(1), 'new'), { new: [], changed: rows.slice(1), unchanged: [], removed: [0], hashChanged: true });
    const model = new Model();
    await checkpoints.map('s', 'op', other, model.summarise as never, MAP);
    assert.equal(model.calls.length, 2);
  });

  test('counts the batches of a map that was interrupted', async () => {
    const checkpoints = manager(join(folder, 'plan-batches'));
    const rows = articles(60);
    const model = new Model(
      () => 1,
      ({ id }) => id === 50,
    );
    await rejectsWith('ERR_CKPT_ROW_FAILED', () => checkpoints.map('s', 'op', rows, model.summarise, MAP));
    const plan = await checkpoints.planIncremental('s', 'op', rows, { key: 'id', hash: 'h' });
    assert.equal(plan.unchanged.length + plan.new.length, 60);
    assert.ok(plan.unchanged.length >= 50 && plan.new.some(({ id }) => id === 50));
    assert.equal((await checkpoints.planIncremental('s', 'op', rows, { key: 'id', hash: 'x' })).new.length, 60);
  });

  test('bad calls', async () => {
    const checkpoints = manager(join(folder, 'plan-bad'));
    await rejectsWith('ERR_CKPT_INVALID_OPTION', () => checkpoints.planIncremental('s', 'op', [], {} as { key: 'id' }));
    await rejectsWith('ERR_CKPT_UNKNOWN_OPTION', () => checkpoints.planIncremental('s', 'op', [], { key: 'id', a: 1 } as { key: 'id' }));
    await rejectsWith('ERR_CKPT_DUPLICATE_KEY', () => checkpoints.planIncremental('s', 'op', [{ id: 1 }, { id: 1 }], { key: 'id' }));
    await rejectsWith('ERR_CKPT_MISSING_KEY', () => checkpoints.planIncremental('s', 'op', [{}] as { id: number }[], { key: 'id' }));
  });
});

const GOLDEN = [
  '92b04810f01701031754312a9b1ab9d505745535ece93554a91700d399431605',
  '19761cc32de0e0c21242ee5a1b1fb97cce728ec618f7dfefa10a4ce4e0916a47',
];
