import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { openCheckpoint, readCheckpoint, verifyCheckpoint, writeCheckpoint, type Row } from 'arrow-ckpt';
import { fallbackStore } from '../build/lib/formats/parquet/fallback/fallback-store.js';
import { rejectsWith } from './support/codes.ts';
import { assertExact } from './support/exact.ts';
import { noBinding } from './support/readers.ts';
import { tempFolder } from './support/temp-folder.ts';

/** More than the slabs hold: the save has begun when its rows are half given. */
const ROWS: Row[] = Array.from({ length: 2048 }, (_, id) => ({ id, text: `${id} `.repeat(1500), other: `${-id} `.repeat(300) }));
const MORE: Row[] = ROWS.map((row) => Object.assign({}, row, { added: 1 }));
/** Texts with digests of their own, in little room. */
const FEW: Row[] = Array.from({ length: 600 }, (_, id) => ({ id, text: `${id} `.repeat(200), other: `${-id} `.repeat(200) }));

/** Rows, and what happens when half of them are given. */
async function* halfway(rows: readonly Row[], happens: () => unknown): AsyncGenerator<Row> {
  for (const [index, row] of rows.entries()) {
    if (index === rows.length - 10) {
      // By now the save has opened its bases.
      await new Promise((done) => setTimeout(done, 200));
      await happens();
    }
    yield row;
  }
}

describe('odd bases', { skip: noBinding }, () => {
  process.env['ARROW_CKPT_SHARE_ANY'] = '1';
  const folder = tempFolder('deltas-odd');
  let last = 0;
  /** A new folder with a base in it. */
  async function begun(rows: readonly Row[] = FEW): Promise<{ home: string; base: string; thin: string }> {
    const home = join(folder, String(last++));
    const [base, thin] = [join(home, 'base.parquet'), join(home, 'thin.parquet')];
    await writeCheckpoint(base, rows, { base: 'auto' });
    return { home, base, thin };
  }

  for (const group of [undefined, 256]) {
    const options = group === undefined ? {} : { rowGroupRows: group };
    test(`a column whose values are in two columns of one file, row groups of ${group}`, async () => {
      const cases: Record<string, (row: Row, index: number) => unknown> = {
        'in turn': (row, index) => (index % 2 === 0 ? row['text'] : row['other']),
        'first one, then the other': (row, index) => (index < 300 ? row['text'] : row['other']),
        'mostly one': (row, index) => (index % 10 === 0 ? row['text'] : row['other']),
        'with nulls and own': (row, index) => [row['text'], null, row['other'], `own ${index} `.repeat(100)][index % 4],
      };
      const { base, thin } = await begun();
      for (const valueOf of Object.values(cases)) {
        const mixed = FEW.map((row, index) => ({ id: index, merged: valueOf(row, index) }));
        await writeCheckpoint(thin, mixed, { base, ...options });
        assertExact(await readCheckpoint(thin), mixed);
        assertExact(await fallbackStore.read(thin, {}), mixed);
        await verifyCheckpoint(thin);
      }
    });
  }

  test('blocks of two columns of one file', async () => {
    const numbers = Array.from({ length: 4096 }, (_, index) => ({ a: index * 1.5, b: index * 2.5 }));
    const { base, thin } = await begun(numbers);
    for (const rowGroupRows of [1024, 2048, undefined]) {
      const mixed = numbers.map(({ a, b }, index) => ({ c: index < 2048 ? a : b }));
      const info = await writeCheckpoint(thin, mixed, { base, ...(rowGroupRows !== undefined && { rowGroupRows }) });
      assert.equal(info.delta?.rows.shared, 2048);
      assertExact(await readCheckpoint(thin), mixed);
    }
  });

  test('that are symbolic links: the pool has the file, not the link', async () => {
    const { home, base, thin } = await begun();
    const link = join(home, 'link.parquet');
    symlinkSync(base, link);
    assert.notEqual((await writeCheckpoint(thin, FEW, { base: link })).delta, null);
    rmSync(base);
    rmSync(link);
    assertExact(await readCheckpoint(thin), FEW);
  });

  test('that are replaced, renamed or deleted while the save runs: the file is whole', async () => {
    const happenings: ((base: string) => unknown)[] = [
      (base) => writeCheckpoint(base, FEW, { base: 'auto' }),
      (base) => renameSync(base, `${base}.old`),
      (base) => rmSync(base),
    ];
    for (const happens of happenings) {
      const { home, base, thin } = await begun(ROWS);
      const rows = halfway(MORE, () => happens(base));
      const warned = once(process, 'warning');
      const { delta } = await writeCheckpoint(thin, rows, { base });
      assert.equal(delta, null);
      assertExact(await readCheckpoint(thin), MORE);
      // Nothing is wrong with the file system.
      const [{ message }] = (await warned) as [Error];
      assert.equal(
        message,
        `a checkpoint in ${home} is whole, although it shares values with others: the file that was ${base} has been replaced or removed`,
      );
    }
  });

  test('that are written over in place while the save runs: the save fails, the old file stays', async () => {
    const { base, thin } = await begun(ROWS);
    await writeCheckpoint(thin, FEW);
    const over = halfway(MORE, () => writeFileSync(base, Buffer.alloc(statSync(base).size, 7)));
    await rejectsWith('ERR_CKPT_CORRUPT', () => writeCheckpoint(thin, over, { base }), { path: base });
    assertExact(await readCheckpoint(thin), FEW);
  });
});

describe('where the pool is', { skip: noBinding }, () => {
  const folder = tempFolder('deltas-odd-pool');
  async function thinIn(home: string, name = 'thin.parquet', pool?: string): Promise<string> {
    const [base, thin] = [join(home, 'base.parquet'), join(home, name)];
    const above = pool === undefined ? {} : { pool };
    await writeCheckpoint(base, FEW, { base: 'auto', ...above });
    assert.notEqual((await writeCheckpoint(thin, FEW, { base, ...above })).delta, null);
    rmSync(base);
    return thin;
  }

  test('links to a thin file and to its folder lead to its pool', async () => {
    const thin = await thinIn(join(folder, 'links'));
    const elsewhere = join(folder, 'elsewhere');
    mkdirSync(elsewhere);
    symlinkSync(thin, join(elsewhere, 'latest.parquet'));
    symlinkSync(dirname(thin), join(elsewhere, 'folder'));
    for (const path of [join(elsewhere, 'latest.parquet'), join(elsewhere, 'folder', 'thin.parquet')]) {
      assertExact(await readCheckpoint(path), FEW);
      assertExact(await fallbackStore.read(path, {}), FEW);
      await using reader = await openCheckpoint(path);
      assert.equal(reader.info.delta?.holders[0]?.present, true);
    }
  });

  test('a pool that a later save makes on the way does not hide it', async () => {
    const home = join(folder, 'nearer');
    const thin = await thinIn(join(home, 'step'), 'thin.parquet', home);
    await thinIn(join(home, 'step'), 'other.parquet');
    assertExact(await readCheckpoint(thin), FEW);
    assertExact(await fallbackStore.read(thin, {}), FEW);
    await using reader = await openCheckpoint(thin);
    assert.equal(reader.info.delta?.holders[0]?.present, true);
  });

  test('one that no reader would find is refused', async () => {
    const deep = join(folder, 'deep', ...'12345678');
    for (const pool of [join(folder, 'deep'), join(folder, 'beside'), join(deep, 'below')])
      await rejectsWith('ERR_CKPT_INVALID_OPTION', () => writeCheckpoint(join(deep, 'a.parquet'), FEW, { base: 'auto', pool }));
    const thin = await thinIn(deep, 'thin.parquet', join(folder, 'deep', '1'));
    assertExact(await readCheckpoint(thin), FEW);
  });

  test('one that cannot be locked: the file is whole', async () => {
    const spoils: Record<string, (own: string) => void> = {
      'a file': (own) => writeFileSync(own, 'not a folder'),
      'a link to nowhere': (own) => symlinkSync(join(folder, 'no', 'where'), own),
      'a folder for a lock': (own) => mkdirSync(join(own, 'lock'), { recursive: true }),
      'a file for a pool': (own) => {
        mkdirSync(own);
        writeFileSync(join(own, 'pool'), 'not a folder');
      },
    };
    for (const [name, spoil] of Object.entries(spoils)) {
      const [base, thin] = ['base', 'thin'].map((each) => join(folder, name, `${each}.parquet`)) as [string, string];
      await writeCheckpoint(base, FEW, { base: 'auto' });
      spoil(join(folder, name, '.ckpt'));
      assert.equal((await writeCheckpoint(thin, FEW, { base })).delta, null, name);
      assertExact(await readCheckpoint(thin), FEW);
    }
  });
});
