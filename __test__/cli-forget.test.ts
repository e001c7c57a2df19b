import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { manager } from './support/map-rows.ts';
import { cliJson, cliOk, noCli } from './support/run-cli.ts';
import { suite } from './support/suite.ts';
import { tempFolder } from './support/temp-folder.ts';

const folder = tempFolder('cli-forget');
const KEYS = [7, '7', 'abc', 7n, ['a', 1], true, -0, 'null', 'say "no"'] as const;

suite('arrow-ckpt forget', noCli, () => {
  for (const enableArrow of [true, false]) {
    const directory = join(folder, enableArrow ? 'parquet' : 'json');
    const run = async (hash = 'h'): Promise<number[]> => {
      const called: number[] = [];
      const rows = KEYS.map((_, id) => ({ id }));
      const options = { key: ({ id }: { id: number }) => KEYS[id]!, hash, concurrency: 1 };
      const fn = ({ id }: { id: number }) => (called.push(id), { id, text: id === 3 ? '' : `text ${id}` });
      await manager(directory, enableArrow).map('s', 'op', rows, fn, options);
      return called;
    };

    test(`by keys of all kinds and by filters: ${enableArrow ? 'Parquet' : 'JSON'}`, async () => {
      await run();
      const args = ['forget', directory, 's', 'op'];
      for (const [id, key] of ['7', '"7"', 'abc', '7n', '["a",1]', 'true', '-0', '"null"', 'say "no"'].entries()) {
        assert.deepStrictEqual(await cliJson([...args, '--key', key]), { directory, step: 's', operation: 'op', rows: 1 }, key);
        assert.deepStrictEqual(await run(), [id]);
      }
      assert.match((await cliOk([...args, '--where', 'id>=1', '--where', 'text='])).stdout, /^✓ Forgotten: 1 row of s\/op\n$/);
      assert.deepStrictEqual(await run(), [3]);
      assert.match((await cliOk([...args, '--key', 'abc', '--where', 'id=0'])).stdout, /^✓ No results of such rows: s\/op\n$/);
      assert.match((await cliOk([...args, '--key', 'abc', '--hash', 'g'])).stdout, /^✓ No results/);
      assert.deepStrictEqual(await run(), []);
      for (const wrong of [[], ['--key', 'null'], ['--where', 'id'], ['--where', 'idd!=1']])
        assert.match((await cliOk([...args, ...wrong], 2)).stderr, /ERR_CKPT_(INVALID_OPTION|UNKNOWN_COLUMN)/);
      await cliOk(['forget', join(directory, 'none'), 's', 'op', '--key', '1'], 3);
      assert.deepStrictEqual(await run(), []);
    });
  }
});
