import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { CheckpointManager, openCheckpoint, verifyCheckpoint, writeCheckpoint, readCheckpoint, type Limits, type Row } from 'arrow-ckpt';
import { rejectsWith } from './support/codes.ts';
import { noBinding, READERS } from './support/readers.ts';
import { tempFolder } from './support/temp-folder.ts';

/** 3,000 rows in 3 row groups; 5 columns, the last a list of structs: 9 nodes of the schema, 5 deep. */
const ROWS: Row[] = Array.from({ length: 3000 }, (_, id) => ({
  id,
  name: `row ${id}`,
  ok: id % 2 === 0,
  long: 'x'.repeat(id === 1700 ? 5000 : 3),
  list: [{ a: id, b: [id] }],
}));

describe('limits of a load', { skip: noBinding }, () => {
  const folder = tempFolder('limits');
  const path = join(folder, 'a.parquet');
  const saved = writeCheckpoint(path, ROWS, { rowGroupRows: 1000, compression: 'zstd' });

  for (const { name, read } of READERS) {
    test(`${name}: each refuses what is one beyond it, and lets pass what is not`, async () => {
      await saved;
      const around: [Limits, Limits, RegExp][] = [
        [{ footerBytes: 200 }, { footerBytes: 20_000 }, /footer/],
        [{ rowGroups: 2 }, { rowGroups: 50 }, /row groups/],
        [{ columns: 4 }, { columns: 40 }, /nodes/],
        [{ depth: 2 }, { depth: 10 }, /nested/],
        [{ pageBytes: 2000, ratio: 10_000 }, { pageBytes: 1 << 20 }, /page/],
        [{ decodedBytes: 10_000 }, { decodedBytes: 10 << 20 }, /become/],
        [{ ratio: 1, pageBytes: 1000 }, { ratio: 10_000, pageBytes: 1 << 20 }, /become/],
        [{ stringBytes: 4999 }, { stringBytes: 5000 }, /value/],
      ];
      for (const [tight, wide, message] of around) {
        await rejectsWith('ERR_CKPT_LIMIT', () => read(path, { limits: tight }), { path, message });
        assert.deepStrictEqual(await read(path, { limits: wide }), ROWS, JSON.stringify(wide));
      }
      // More than the reader bears counts as that.
      assert.deepStrictEqual(
        await read(path, { limits: { footerBytes: 2 ** 50, columns: 2 ** 50, stringBytes: 2 ** 50, ratio: 2 ** 50 } }),
        ROWS,
      );
    });
  }

  test('what dictionaries and nulls hide from the footer counts by the blocks that it becomes', async () => {
    const small = join(folder, 'repeated.parquet');
    const { bytes } = await writeCheckpoint(
      small,
      Array.from({ length: 100_000 }, () => ({ v: 1.5, n: null })),
    );
    assert.ok(bytes < 20_000, `${bytes} bytes`);
    await rejectsWith('ERR_CKPT_LIMIT', () => readCheckpoint(small, { limits: { decodedBytes: 100_000 } }), {
      path: small,
      message: /rows become more/,
    });
    assert.equal((await readCheckpoint(small, { limits: { decodedBytes: 4_000_000 } })).length, 100_000);
  });

  test('managers, readers and verifications take them too', async () => {
    await saved;
    const limits = { stringBytes: 100 };
    await rejectsWith('ERR_CKPT_LIMIT', () => verifyCheckpoint(path, { limits }), { path });
    const reader = await openCheckpoint(path, { limits });
    await rejectsWith('ERR_CKPT_LIMIT', () => reader.read(), { path });
    assert.equal((await reader.read({ columns: ['id'] })).length, 3000);
    await reader.close();
    const manager = new CheckpointManager(folder, { logger: false });
    await manager.saveCheckpoint('step', 'op', ROWS);
    await rejectsWith('ERR_CKPT_LIMIT', () => manager.loadCheckpoint('step', 'op', { limits }));
  });

  test('what is no limit is refused', async () => {
    await rejectsWith('ERR_CKPT_UNKNOWN_OPTION', () => readCheckpoint(path, { limits: { rows: 1 } as Limits }), {
      message: /unknown limit 'rows'/,
    });
    for (const value of [0, -1, 1.5, Number.NaN, Infinity, '5', null]) {
      await rejectsWith('ERR_CKPT_INVALID_OPTION', () => readCheckpoint(path, { limits: { depth: value as number } }), {
        message: /limits\.depth/,
      });
    }
    await rejectsWith('ERR_CKPT_INVALID_OPTION', () => readCheckpoint(path, { limits: 5 as unknown as Limits }), {
      message: /limits must be an object/,
    });
  });
});
