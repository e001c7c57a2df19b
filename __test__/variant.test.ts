import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { isCheckpointError, openCheckpoint, readCheckpoint, writeCheckpoint, type Row } from 'arrow-ckpt';
import { byteArrays, i32, levels, oddParquet, type OddNode } from './support/odd-parquet.ts';
import { noBinding, READERS } from './support/readers.ts';
import { suite } from './support/suite.ts';
import { tempFolder } from './support/temp-folder.ts';
import { primitive, Raw, variantBytes } from './support/variant-bytes.ts';
import { HOSTILE, REFUSED, SHREDDED, TYPES } from './support/variant-cases.ts';
import { variantColumn, variantParquet } from './support/variant-parquet.ts';

describe('VARIANT columns, unshredded', () => {
  const folder = tempFolder('variant');
  const path = join(folder, 'types.parquet');

  for (const wide of [false, true]) {
    for (const { name, read } of READERS) {
      test(`each type becomes what a column of it becomes, ${name} reader, sizes ${wide ? 'wide' : 'narrow'}`, async () => {
        await writeFile(path, variantParquet(TYPES.map(([, stored]) => variantBytes(stored, { wide }))));
        const rows = await read(path);
        for (const [at, [type, , value]] of TYPES.entries()) assert.deepStrictEqual(rows[at], { v: value }, type);
        // Keys have the order that the file has.
        assert.deepStrictEqual(Object.keys((rows[TYPES.findIndex(([type]) => type === 'object')] as Row).v as Row), ['a', 'a.b', 'b']);
      });
    }
  }

  for (const { name, read } of READERS) {
    test(`any JSON comes back, by closures and by generated code, ${name} reader`, async () => {
      const values = fc.sample(fc.jsonValue({ maxDepth: 4 }), { numRuns: 3000, seed: 17 });
      await writeFile(path, variantParquet(values.map((value) => variantBytes(value))));
      const rows = await read(path);
      const sorted = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
      for (const [at, value] of values.entries()) assert.deepStrictEqual(sorted(rows[at]!.v), sorted(value));
      assert.deepStrictEqual(
        (await read(path, { limit: 50 })).map(({ v }) => sorted(v)),
        values.slice(0, 50).map(sorted),
      );
    });
  }

  for (const { name, read } of READERS) {
    test(`in lists, structs and maps, ${name} reader`, async () => {
      const [one, two] = [variantBytes({ a: 1 }), variantBytes(['x'])];
      const inList = variantColumn('element', [one, two]);
      for (const leaf of inList.children!) leaf.page = Buffer.concat([levels([0, 1]), levels([1, 1]), leaf.page!]);
      for (const leaf of inList.children!) leaf.count = 2;
      const columns: OddNode[] = [
        { name: 'l', more: { 6: i32(3) }, children: [{ name: 'list', repetition: 'REPEATED', children: [inList] }] },
        { name: 's', children: [variantColumn('v', [one]), variantColumn('w', [two])] },
      ];
      await writeFile(path, oddParquet(columns, 1));
      assert.deepStrictEqual(await read(path), [{ l: [{ a: 1 }, ['x']], s: { v: { a: 1 }, w: ['x'] } }]);
    });

    test(`paths into values, conditions on them, and other columns alone, ${name} reader`, async () => {
      const values = [{ a: { b: 1 }, c: 'x' }, { a: { b: 2 } }, [3], null].map((value) => variantBytes(value));
      await writeFile(path, oddParquet([variantColumn('v', values), variantColumn('w', values)], 4));
      assert.deepStrictEqual(await read(path, { columns: ['v.a.b'], limit: 2 }), [{ v: { a: { b: 1 } } }, { v: { a: { b: 2 } } }]);
      assert.deepStrictEqual(await read(path, { columns: ['w'], where: { 'v.a.b': { $gt: 1 } } }), [{ w: { a: { b: 2 } } }]);
      assert.deepStrictEqual(await read(path, { columns: ['v'], where: { v: null } }), [{ v: null }]);
    });

    test(`texts that are not UTF-8, ${name} reader`, async () => {
      const bad = new Raw(Buffer.from([(2 << 2) | 1, 0x61, 0xff]));
      await writeFile(path, variantParquet([variantBytes({ k: bad })]));
      await assert.rejects(read(path), { code: 'ERR_CKPT_UNSUPPORTED_FILE', column: 'v', message: /text: 'lossy'/ });
      assert.deepStrictEqual(await read(path, { text: 'lossy' }), [{ v: { k: 'a\ufffd' } }]);
      assert.deepStrictEqual(await read(path, { text: 'bytes' }), [{ v: { k: Uint8Array.of(0x61, 0xff) } }]);
    });
  }

  test('in batches, as a column, and in what a file says of itself', { skip: noBinding }, async () => {
    const values = [{ a: 1 }, 'x', null];
    await writeFile(path, variantParquet(values.map((value) => variantBytes(value))));
    await using file = await openCheckpoint(path);
    assert.deepStrictEqual(
      file.info.columns.map(({ name, type }) => [name, type]),
      [['v', 'variant']],
    );
    const column = (await file.columns(['v'])).column('v')!;
    assert.deepStrictEqual([column.kind, column.toArray()], ['mixed', values]);
    assert.deepStrictEqual((await file.columns(['v.a'])).column('v.a')!.toArray(), [1, undefined, undefined]);
    for await (const batch of file.scanColumns({ where: { v: 'x' } })) assert.deepStrictEqual(batch.columns[0]!.toArray(), ['x']);
    const rows: Row[] = [];
    for await (const row of file.rows({ offset: 1 })) rows.push(row);
    assert.deepStrictEqual(rows, [{ v: 'x' }, { v: null }]);
  });
});

describe('VARIANT columns, shredded', () => {
  const folder = tempFolder('variant-shredded');
  const path = join(folder, 'shredded.parquet');
  for (const { name, read } of READERS) {
    for (const [what, column, value] of SHREDDED) {
      test(`${what}, ${name} reader`, async () => {
        await writeFile(path, oddParquet([column], 1));
        const [row] = await read(path);
        assert.deepStrictEqual(row, { v: value });
        assert.equal(JSON.stringify(row, big), JSON.stringify({ v: value }, big));
      });
    }
    for (const [what, column, code, says] of REFUSED) {
      test(`${what} is ${code}, ${name} reader`, async () => {
        await writeFile(path, oddParquet([{ name: 'id', type: 'BYTE_ARRAY', page: byteArrays('x') }, column], 1));
        await assert.rejects(read(path), { code, column: 'v', message: says, path });
        // The other columns can be had.
        assert.deepStrictEqual(await read(path, { columns: ['id'] }), [{ id: Uint8Array.of(0x78) }]);
      });
    }
  }
});

const big = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value);

describe('VARIANTs that are damaged', () => {
  const path = join(tempFolder('variant-hostile'), 'hostile.parquet');
  for (const { name, read } of READERS) {
    for (const [what, metadata, value, code, says] of HOSTILE) {
      test(`${what}: ${code}, ${name} reader`, async () => {
        await writeFile(path, variantParquet([{ metadata, value }]));
        await assert.rejects(read(path), { code, column: 'v', path, message: says });
      });
    }
  }

  test('bytes that are changed give a value or a coded error, the same in both readers', { skip: noBinding }, async () => {
    const good = variantBytes({ a: [1, 'xyz', { b: null, c: 1.5 }], d: primitive(15, [2, 0, 0, 0, 7, 8]), e: 'ü'.repeat(50) });
    const outcomes = new Map<string, number>();
    let state = 7;
    const random = (below: number): number => (state = (state * 48_271) % 2_147_483_647) % below;
    for (let run = 0; run < 300; run++) {
      const [metadata, value] = [Buffer.from(good.metadata), Buffer.from(good.value)];
      const target = random(3) === 0 ? metadata : value;
      for (let change = random(3); change >= 0; change--) target[random(target.length)] = random(256);
      await writeFile(path, variantParquet([{ metadata, value }]));
      const [one, other] = await Promise.all(READERS.map(({ read }) => read(path).catch((error: unknown) => error)));
      if (isCheckpointError(one)) {
        assert.match(one.code, /^ERR_CKPT_(CORRUPT|UNSUPPORTED_FILE|LIMIT)$/);
        assert.equal((other as typeof one).message, one.message);
      } else assert.deepStrictEqual(other, one);
      const outcome = isCheckpointError(one) ? one.code : 'value';
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    assert.ok([...outcomes.values()].every((count) => count > 5) && outcomes.size >= 3, JSON.stringify([...outcomes]));
  });
});

suite('VARIANTs of a checkpoint that is written again', noBinding, () => {
  test('the values are saved as any others', async () => {
    const path = join(tempFolder('variant-again'), 'v.parquet');
    await writeFile(path, variantParquet([variantBytes({ a: 2n ** 60n })]));
    await writeCheckpoint(path, await readCheckpoint(path));
    assert.deepStrictEqual(await readCheckpoint(path), [{ v: { a: 2n ** 60n } }]);
  });
});
