import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { isCheckpointError, type Row } from 'arrow-ckpt';
import { differenceOf } from './support/exact.ts';
import { noBinding } from './support/readers.ts';
import { STORE_MODES, type StoreModeName } from './support/store-modes.ts';
import { suite } from './support/suite.ts';
import { tempFolder } from './support/temp-folder.ts';
import { VALUE_GROUPS, type ValueKind } from './support/value-kinds.ts';
import { placesOf, rowsWith } from './support/value-positions.ts';
import { committedTable, valuesTable } from './support/values-table.ts';

const KINDS = VALUE_GROUPS.flatMap(({ title, kinds }) => kinds.map((kind) => ({ ...kind, kind: `${title}: ${kind.kind}` })));
const MODES = Object.keys(STORE_MODES) as StoreModeName[];

suite('every kind of value', noBinding, () => {
  const folder = tempFolder('values');

  test('docs/VALUES.md says what happens', async () => {
    assert.ok(KINDS.length >= 47);
    const made = await valuesTable(folder);
    assert.equal(committedTable(), made, 'docs/VALUES.md is stale: run npx tsx __test__/programs/values-table.ts');
  });

  for (const mode of MODES) {
    test(`comes back from wherever it stands in a row: ${mode}`, async () => {
      const differences = await Promise.all(
        KINDS.filter(({ refused }) => refused === undefined).map((kind, index) => trial(kind, mode, index)),
      );
      assert.deepStrictEqual(
        differences.filter((difference) => difference !== undefined),
        [],
      );
    });

    test(`is refused wherever it stands if it cannot be kept, and nothing is written: ${mode}`, async () => {
      const kinds = KINDS.filter(({ refused }) => refused !== undefined);
      const empty = join(folder, `refused ${mode}`);
      const results = await Promise.all(
        kinds.flatMap((kind) => placesOf(kind.make()).map(([path, row]) => refusalOf(kind, path, row, mode, empty))),
      );
      assert.deepStrictEqual(
        results.filter((result) => result !== undefined),
        [],
      );
      assert.deepStrictEqual(existsSync(empty) ? readdirSync(empty) : [], []);
    });
  }

  for (const mode of ['parquet', 'json'] as const) {
    test(`an array with a key of its own among thousands of arrays is refused: ${mode}`, async () => {
      // Parquet saves look at each array of the first chunk and at one in 32 of the others; the match of an expression they always see.
      const cases: [row: number, keys: object, from: number][] = [
        [100, { x: 1 }, 100],
        [2500, { index: 3, input: 'abc' }, 2500],
        [mode === 'json' ? 2500 : 1500, { x: 1 }, mode === 'json' ? 2500 : 1500],
      ];
      for (const [row, keys, from] of cases) {
        const last = row === 1500 ? 1600 : row;
        const rows = Array.from({ length: 3000 }, (_, index) => ({
          v: Object.assign([index], index >= from && index <= last ? keys : {}),
        }));
        const saved = STORE_MODES[mode].save(join(folder, `own key ${mode}`), rows, {});
        await assert.rejects(saved, ({ code, row: at, column }: { code?: string; row?: number; column?: string }) => {
          return code === 'ERR_CKPT_UNSUPPORTED_VALUE' && column === 'v' && at !== undefined && at >= from && at <= last;
        });
      }
    });
  }

  async function trial({ kind, make, becomes }: ValueKind, mode: StoreModeName, index: number): Promise<string | undefined> {
    const path = join(folder, `${mode} ${index}`);
    try {
      await STORE_MODES[mode].save(path, rowsWith(make), { rowGroupRows: 16 });
      const loaded = await STORE_MODES[mode].load(path);
      const difference = differenceOf(loaded, rowsWith(becomes === undefined ? make : () => becomes.value));
      return difference === undefined ? undefined : `${kind}: ${difference}`;
    } catch (error) {
      return `${kind}: ${String(error)}`;
    }
  }

  /** What is wrong with the refusal of a value in the last of many rows. */
  async function refusalOf(
    { kind, refused }: ValueKind,
    path: string,
    row: Row,
    mode: StoreModeName,
    within: string,
  ): Promise<string | undefined> {
    const rows = [...Array.from({ length: 1500 }, (_, index) => ({ v: index % 2 === 0 ? null : [] })), row];
    try {
      await STORE_MODES[mode].save(join(within, `${kind} ${path}`.replaceAll('/', '')), rows, {});
      return `${kind} at ${path}: saved`;
    } catch (error) {
      if (!isCheckpointError(error)) return `${kind} at ${path}: ${String(error)}`;
      const { code, row: at, column = '' } = error;
      return code === refused && at === 1500 && column.startsWith(path.slice(0, -1))
        ? undefined
        : `${kind} at ${path}: ${code} row ${at}, ${column}`;
    }
  }
});
