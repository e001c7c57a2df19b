import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import vm from 'node:vm';
import { readCheckpoint, writeCheckpoint, type Row } from 'arrow-ckpt';
import { assertExact } from './support/exact.ts';
import { rejectsWith } from './support/codes.ts';
import { noBinding } from './support/readers.ts';
import { resultOf } from './support/run-program.ts';
import { tempFolder } from './support/temp-folder.ts';

interface Used {
  foreign: boolean;
  back: string;
  some: number;
  count: number;
  none: string;
  dir: string;
  save: string;
}

test('the package inside of a context of node:vm', { skip: noBinding }, async () => {
  const result = await resultOf<Record<string, Used>>('other-realm.mjs', {
    args: [tempFolder('realms')],
    nodeArgs: ['--experimental-vm-modules', '--no-warnings'],
  });
  const at = (ms: number): string => new Date(ms).toISOString();
  const rows = [
    { id: 1, at: at(5), bytes: { 0: 1, 1: 2 }, list: [1, 2], f: { 0: 0.5 }, o: { a: [{}] } },
    { id: 2, at: at(9) },
  ];
  for (const used of Object.values(result)) {
    const { back, ...others } = used;
    assert.deepStrictEqual(JSON.parse(back), rows);
    assert.deepStrictEqual(others, {
      foreign: false,
      some: 1,
      count: 1,
      none: 'ERR_CKPT_NOT_FOUND',
      dir: 'ERR_CKPT_NOT_A_FILE',
      save: 'ERR_CKPT_NOT_A_FILE',
    });
  }
  assert.deepStrictEqual(Object.keys(result), ['parquet', 'json', 'jsonl']);
});

describe('values of another realm', () => {
  const folder = tempFolder('realm-values');
  const inside = (code: string): unknown => vm.runInContext(code, vm.createContext({}));

  for (const format of ['parquet', 'json', 'jsonl'] as const) {
    const skip = format === 'parquet' && noBinding;
    test(`rows are saved exactly, ${format}`, { skip }, async () => {
      const path = join(folder, `rows.${format}`);
      const code = `({ at: new Date(5), bad: new Date(NaN), bytes: new Uint8Array([1]), f: new Float64Array([0.5]), l: [[1], []], o: { a: null, b: undefined }, n: Object.create(null) })`;
      const rows = inside(`Array.from({ length: 300 }, () => ${code})`) as Row[];
      await writeCheckpoint(path, rows);
      const [back] = await readCheckpoint(path);
      assertExact(back, {
        at: new Date(5),
        bad: new Date(Number.NaN),
        bytes: new Uint8Array([1]),
        f: new Float64Array([0.5]),
        l: [[1], []],
        o: { a: null, b: undefined },
        n: {},
      });
    });

    test(`conditions, ${format}`, { skip }, async () => {
      const path = join(folder, `where.${format}`);
      await writeCheckpoint(path, [
        { d: new Date(1), b: new Uint8Array([1]) },
        { d: new Date(3), b: new Uint8Array([2]) },
      ]);
      for (const where of [
        '{ d: { $gte: new Date(2) } }',
        '{ d: { $in: [new Date(3)] } }',
        '{ b: new Uint8Array([2]) }',
        '{ d: { $not: { $lt: new Date(2) } } }',
      ])
        assert.equal((await readCheckpoint(path, { where: inside(`(${where})`) as Row })).length, 1, where);
    });

    test(`what no checkpoint can keep, ${format}`, { skip }, async () => {
      for (const [index, value] of [
        'new Map()',
        'new Set()',
        '/a/',
        'new (class extends Array {})(1)',
        'new (class A {})()',
        'new DataView(new ArrayBuffer(1))',
      ].entries()) {
        const row = inside(`({ v: ${value} })`) as Row;
        await rejectsWith('ERR_CKPT_UNSUPPORTED_VALUE', () => writeCheckpoint(join(folder, `${index}.${format}`), [row]), {
          row: 0,
          column: 'v',
        });
      }
    });
  }

  test('a signal by its shape', async () => {
    const signal = { aborted: true, reason: 'why', addEventListener() {}, removeEventListener() {} } as unknown as AbortSignal;
    await assert.rejects(writeCheckpoint(join(folder, 'a.json'), [], { signal }), (error) => error === 'why');
    await rejectsWith('ERR_CKPT_INVALID_OPTION', () => writeCheckpoint(join(folder, 'a.json'), [], { signal: {} as AbortSignal }));
  });
});
