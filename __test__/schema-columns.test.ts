import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { openCheckpoint, readCheckpoint, writeCheckpoint, type CheckpointSchema, type Row } from 'arrow-ckpt';
import { z } from 'zod';
import { fallbackStore } from '../lib/formats/parquet/fallback/fallback-store.ts';
import { rejectsWith } from './support/codes.js';
import { noBinding, READERS } from './support/readers.js';
import { tempFolder } from './support/temp-folder.js';

const folder = tempFolder('schema-columns');
const rows: Row[] = Array.from({ length: 3000 }, (_, id) => ({
  id,
  text: id % 2 === 0 ? 'a' : 'b',
  mixed: id % 100 === 99 ? 'odd' : id,
  list: [id],
  json: id % 2 === 0 ? 'x' : 1,
  some: id % 3 === 0 ? null : 0.5,
  ...(id % 2 === 0 && { half: true }),
}));

test('columns of a checkpoint, by both readers', { skip: noBinding }, async () => {
  const path = join(folder, 'rows.parquet');
  const { columns } = await writeCheckpoint(path, rows, { rowGroupRows: 1000, compression: 'zstd' });
  assert.deepStrictEqual(
    columns.map(({ name, type, stored, nulls, exceptions }) => [name, type, stored, nulls, exceptions]),
    [
      ['id', 'int64', 'int64', 0, 0],
      ['text', 'string', 'string', 0, 0],
      ['mixed', 'int64', 'int64', 30, 30],
      ['list', 'list<int64>', 'list<int64>', null, 0],
      ['json', 'json', 'string', 0, 0],
      ['some', 'double', 'double', 1000, 0],
      ['half', 'bool', 'bool', 1500, 0],
    ],
  );
  for (const { codec, encodings, bytes } of columns) assert.ok(bytes > 0 && codec !== '' && encodings.length > 0);
  assert.deepStrictEqual(columns[0]!.encodings, ['delta_binary_packed']);
  assert.deepStrictEqual(columns[1]!.encodings, ['plain', 'rle_dictionary']);
  assert.deepStrictEqual((await fallbackStore.info(path)).columns, columns);
});

test('what the file proves and what is looked at come to the same', { skip: noBinding }, async () => {
  const path = join(folder, 'proof.parquet');
  await writeCheckpoint(path, rows);
  const fits: z.ZodObject[] = [
    z.object({ id: z.int(), text: z.string() }),
    z.object({ id: z.number().optional(), some: z.number().nullable() }),
    z.object({ mixed: z.any(), json: z.unknown(), half: z.boolean().optional() }),
    z.object({ half: z.boolean().default(false), list: z.array(z.int()) }),
  ];
  const fails: [z.ZodObject, string, number][] = [
    [z.object({ id: z.string() }), 'id', 3000],
    [z.object({ id: z.int().max(2998) }), 'id', 1],
    [z.object({ some: z.number() }), 'some', 1000],
    [z.object({ some: z.number().optional() }), 'some', 1000],
    [z.object({ half: z.boolean() }), 'half', 1500],
    [z.object({ half: z.boolean().nullable() }), 'half', 1500],
    [z.object({ mixed: z.number() }), 'mixed', 30],
    [z.object({ text: z.enum(['a']) }), 'text', 1500],
  ];
  for (const { read } of READERS) {
    for (const schema of fits)
      assert.deepStrictEqual(
        await read(path, { schema }),
        rows.map((row) => schema.parse(row)),
      );
    for (const [schema, column, count] of fails) {
      const error = await rejectsWith('ERR_CKPT_SCHEMA', () => read(path, { schema }), { column });
      assert.equal(error.count, count, column);
    }
  }
  const none = await readCheckpoint(path, { schema: z.object({ other: z.string().optional() }) });
  assert.deepStrictEqual(
    none,
    Array.from({ length: 3000 }, () => ({})),
  );
});

test('a column that a schema names and no row has: undefined, as in the rows', { skip: noBinding }, async () => {
  const path = join(folder, 'absent.parquet');
  const schema: CheckpointSchema = {
    columns: [
      { name: 'id', type: 'number' },
      { name: 'x', type: 'number', optional: true },
    ],
  };
  await writeCheckpoint(path, [{ id: 1 }, { id: 2 }], { schema });
  await using reader = await openCheckpoint(path);
  const x = (await reader.columns()).columns.find(({ name }) => name === 'x');
  assert.deepStrictEqual(x?.toArray(), [undefined, undefined]);
  assert.deepStrictEqual(await reader.read(), [{ id: 1 }, { id: 2 }]);
});
