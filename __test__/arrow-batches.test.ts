import assert from 'node:assert/strict';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { tableFromIPC as flechette } from '@uwdata/flechette';
import { tableFromIPC } from 'apache-arrow';
import { openCheckpoint, writeCheckpoint, type ArrowOptions, type Row } from 'arrow-ckpt';
import { failureOf, rejectsWith } from './support/codes.ts';
import { joined } from './support/joined.ts';
import { noPython, runPython } from './support/python.ts';
import { noBinding } from './support/readers.ts';
import { tempFolder } from './support/temp-folder.ts';

const ROWS: Row[] = Array.from({ length: 3000 }, (_, id) => ({
  id,
  score: id % 7 === 0 ? Number.NaN : id === 1 ? -0 : id / 8,
  big: 2n ** 60n + BigInt(id),
  kind: ['web', 'mail', 'book'][id % 3],
  text: id % 5 === 0 ? null : `text ${id} ${'é'.repeat(id % 9)}`,
  flag: id % 2 === 0,
  at: new Date(1_700_000_000_000 + id),
  bytes: Uint8Array.of(id % 256, 1),
  vector: Float32Array.of(id, 0.5, -1),
  tags: id % 4 === 0 ? [] : [`t${id % 11}`, null],
  meta: id % 2 === 0 ? { source: 'a', depth: id } : { depth: id },
  odd: id % 3 === 0 ? { a: 1 } : [id],
  changed: id === 2900 ? 'a text' : id,
  ...(id % 10 !== 0 && { seldom: id }),
}));

describe('Arrow batches', { skip: noBinding }, () => {
  const folder = tempFolder('arrow-batches');
  const path = join(folder, 'rows.parquet');
  before(() => writeCheckpoint(path, ROWS, { rowGroupRows: 1024 }));

  const bytesOf = async (options?: ArrowOptions, file = path): Promise<Uint8Array> => {
    await using reader = await openCheckpoint(file);
    return await joined(reader.arrow(options));
  };

  for (const [name, read] of [
    [
      'apache-arrow',
      (bytes: Uint8Array) =>
        tableFromIPC(bytes)
          .toArray()
          .map((row) => row?.toJSON()),
    ],
    ['flechette', (bytes: Uint8Array) => flechette(bytes, { useBigInt: true, useProxy: false }).toArray()],
  ] as [string, (bytes: Uint8Array) => Record<string, unknown>[]][]) {
    test(`${name} reads the values of the rows`, async () => {
      const rows = read(await bytesOf());
      assert.equal(rows.length, ROWS.length);
      const plain = (value: unknown): unknown => {
        if (typeof value === 'object' && value !== null && Symbol.iterator in value) return [...(value as Iterable<unknown>)].map(plain);
        return value;
      };
      for (const [index, row] of rows.entries()) {
        const expected = ROWS[index] as Record<string, unknown>;
        assert.equal(Number(row['id']), index);
        assert.ok(Object.is(row['score'], expected['score']), `${row['score']} in row ${index}`);
        assert.equal(row['big'], expected['big']);
        for (const key of ['kind', 'text', 'flag']) assert.equal(row[key], expected[key]);
        assert.equal(Number(row['at']), (expected['at'] as Date).getTime());
        for (const key of ['bytes', 'vector', 'tags']) assert.deepStrictEqual(plain(row[key]), plain(expected[key]), key);
        assert.equal(Number((row['meta'] as { depth: unknown }).depth), index);
        assert.deepStrictEqual(JSON.parse(row['odd'] as string), expected['odd']);
        assert.equal(row['changed'] === null ? 'a text' : Number(row['changed']), expected['changed']);
        assert.equal(row['seldom'] === null ? undefined : Number(row['seldom']), expected['seldom']);
      }
    });
  }

  test('the fields have the names of the keys, in the order of the file; the hidden ones are left out', async () => {
    const odd = join(folder, 'odd.parquet');
    const row = JSON.parse('{"": 1, "a": 2, "A": {"x": 1, "X": 2}, "x.y": 4, "__proto__": 5, "__ckpt_shape": 6}') as Row;
    await writeCheckpoint(odd, [row, { a: 'other' }, { A: { X: 1 } }, { '': 1 }]);
    const { fields } = tableFromIPC(await bytesOf({}, odd)).schema;
    assert.deepStrictEqual(
      fields.map((field) => field.name),
      Object.keys(row),
    );
    const nested = fields[2]?.type.children.map((field: { name: string }) => field.name);
    assert.deepStrictEqual(nested, ['x', 'X']);
    const hidden = async (file: string): Promise<string[]> =>
      tableFromIPC(await bytesOf({ hidden: true }, file))
        .schema.fields.map((field) => field.name)
        .filter((name) => name.startsWith('__ckpt'))
        .sort();
    assert.deepStrictEqual(await hidden(odd), ['__ckpt_shape', '__ckpt_shape_2']);
    assert.deepStrictEqual(await hidden(path), ['__ckpt_shape', '__ckpt_x_changed']);
  });

  test('JSON is marked as such, and has one schema in all batches', async () => {
    const table = tableFromIPC(await bytesOf({ columns: ['odd', 'kind'], batchRows: 100 }));
    assert.deepStrictEqual(
      table.schema.fields.map((field) => [field.name, String(field.type), field.metadata.get('ARROW:extension:name')]),
      [
        ['kind', 'Utf8', undefined],
        ['odd', 'Utf8', 'arrow.json'],
      ],
    );
    assert.ok(table.batches.length >= 30 && table.batches.every((batch) => batch.numRows <= 100));
  });

  test('offset, limit, columns, and rows without columns', async () => {
    for (const [options, from, to] of [
      [{ offset: 1020, limit: 10 }, 1020, 1030],
      [{ offset: 2990 }, 2990, 3000],
      [{ offset: 4000 }, 0, 0],
      [{ limit: 0 }, 0, 0],
      [{ limit: 1, threads: 2 }, 0, 1],
    ] as const) {
      const ids = tableFromIPC(await bytesOf({ ...options, columns: ['id'] })).getChild('id');
      assert.deepStrictEqual(
        [...(ids ?? [])].map(Number),
        ROWS.slice(from, to).map((row) => row['id']),
      );
    }
    assert.equal(tableFromIPC(await bytesOf({ columns: [] })).numRows, ROWS.length);
  });

  test('a thin checkpoint, and one without rows', async () => {
    const thin = join(folder, 'thin.parquet');
    const large = Array.from({ length: 4000 }, (_, id) => ({ id, text: `${id} `.repeat(200), list: [{ a: id }] }));
    const base = join(folder, 'base.parquet');
    await writeCheckpoint(base, large, { base: 'auto' });
    const changed = large.map(({ id, text, list }) => ({ id, text, list, more: id * 2 }));
    const info = await writeCheckpoint(thin, changed, { base });
    assert.ok(info.delta !== undefined && info.delta !== null, 'it refers to the other');
    const rows = flechette(await bytesOf({}, thin)).toArray() as { id: number; text: string; list: { a: number }[]; more: number }[];
    assert.deepStrictEqual(
      rows.map(({ id, text, list, more }) => ({ id: Number(id), text, list: list.map(({ a }) => ({ a: Number(a) })), more: Number(more) })),
      changed,
    );
    const none = join(folder, 'none.parquet');
    await writeCheckpoint(none, []);
    assert.equal(tableFromIPC(await bytesOf({ columns: ['any'] }, none)).numRows, 0);
  });

  test('stopping early, an abort and a closed reader end it', async () => {
    const reader = await openCheckpoint(path);
    for await (const piece of reader.arrow({ batchRows: 10 })) {
      assert.ok(piece.length > 0);
      break;
    }
    const controller = new AbortController();
    const pieces = reader.arrow({ batchRows: 10, signal: controller.signal });
    await pieces.next();
    controller.abort(new Error('enough'));
    assert.equal(((await failureOf(() => pieces.next())) as Error).message, 'enough');
    const closed = reader.arrow({ batchRows: 10 });
    await closed.next();
    await reader.close();
    await rejectsWith('ERR_CKPT_CLOSED', () => closed.next(), { path });
    await rejectsWith('ERR_CKPT_CLOSED', () => reader.arrow(), { path });
    await rejectsWith('ERR_CKPT_CLOSED', () => reader.arrowStream(), { path });
  });

  test('damage is an error with its code, and no end', async () => {
    const damaged = join(folder, 'damaged.parquet');
    await copyFile(path, damaged);
    const bytes = await readFile(damaged);
    bytes.fill(0xff, 200, 260);
    await writeFile(damaged, bytes);
    await rejectsWith('ERR_CKPT_CORRUPT', () => bytesOf({}, damaged), { path: damaged });
  });

  test('wrong options, unknown columns, and checkpoints that are no Parquet', async () => {
    await using reader = await openCheckpoint(path);
    for (const options of [{ batchRows: 0 }, { batchRows: 1.5 }, { hidden: 1 }, { columns: 'id' }, { offset: -1 }])
      await rejectsWith('ERR_CKPT_INVALID_OPTION', () => reader.arrow(options as ArrowOptions));
    await rejectsWith('ERR_CKPT_UNKNOWN_OPTION', () => reader.arrow({ where: { id: 1 } } as ArrowOptions));
    await rejectsWith('ERR_CKPT_UNKNOWN_OPTION', () => reader.arrowStream({ signal: AbortSignal.abort() } as ArrowOptions));
    await rejectsWith('ERR_CKPT_UNKNOWN_COLUMN', () => reader.arrow({ columns: ['id', 'meta.source'] }), { column: 'meta.source' });
    for (const name of ['rows.json', 'rows.jsonl']) {
      const text = join(folder, name);
      await writeCheckpoint(text, ROWS.slice(0, 3));
      await using json = await openCheckpoint(text);
      await rejectsWith('ERR_CKPT_ARROW', () => json.arrow(), { path: text, message: /json.*convert/ });
      await rejectsWith('ERR_CKPT_ARROW', () => json.arrowStream(), { path: text });
    }
  });

  test('pyarrow reads the same as of the file itself', { skip: noPython }, async () => {
    const stream = join(folder, 'rows.arrows');
    await writeFile(stream, await bytesOf());
    assert.match(await runPython('arrow_stream.py', stream, path), /^14 columns of 3000 rows are equal/);
  });
});
