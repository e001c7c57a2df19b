import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { CheckpointManager, createCheckpoint, writeCheckpoint, type CheckpointSchema, type Row } from 'arrow-ckpt';
import { z } from 'zod';
import { assertExact } from './support/exact.ts';
import { noPython, runPython } from './support/python.ts';
import { noBinding, READERS } from './support/readers.ts';
import { suite } from './support/suite.ts';
import { tempFolder } from './support/temp-folder.ts';

interface Case {
  schema: z.ZodObject | CheckpointSchema;
  batches: Row[][];
  /** The columns of each batch, as PyArrow names their types. */
  types: Record<string, string>;
}

const day = new Date('2024-02-29');
const CASES: Record<string, Case> = {
  numbers: { schema: z.object({ v: z.number() }), batches: [[{ v: 1 }], [{ v: 2.5 }], [{ v: -0 }], []], types: { v: 'double' } },
  integers: { schema: z.object({ v: z.number().int() }), batches: [[{ v: 1 }], [{ v: 2 ** 53 - 1 }], []], types: { v: 'int64' } },
  int: { schema: z.object({ v: z.int().nullable() }), batches: [[{ v: null }], [{ v: 7 }]], types: { v: 'int64' } },
  int32: { schema: z.object({ v: z.int32() }), batches: [[{ v: 1 }], [{ v: 7 }]], types: { v: 'int64' } },
  'nullable numbers': { schema: z.object({ v: z.number().nullable() }), batches: [[{ v: null }], [{ v: 3 }]], types: { v: 'double' } },
  'optional keys': {
    schema: z.object({ a: z.string(), b: z.number().optional(), c: z.boolean().optional(), d: z.date().optional() }),
    batches: [
      [{ a: 'x' }],
      [
        { a: '', b: 1 },
        { a: 'y', c: true },
      ],
      [{ a: 'z', d: day }],
      [],
    ],
    types: { a: 'string', b: 'double', c: 'bool', d: 'timestamp[ms, tz=UTC]' },
  },
  'a default': { schema: z.object({ v: z.number().default(1) }), batches: [[{}], [{ v: 2 }]], types: { v: 'double' } },
  'a refinement': {
    schema: z.object({ v: z.number().refine((value) => value < 9) }),
    batches: [[{ v: 1 }], [{ v: 0.5 }]],
    types: { v: 'double' },
  },
  lists: {
    schema: z.object({ v: z.array(z.number()), w: z.array(z.int()).nullable() }),
    batches: [[{ v: [1, 2], w: null }], [{ v: [], w: [1] }], [{ v: [0.5, 0.25], w: [] }], [{ v: [0.1], w: [3] }]],
    types: { v: 'list<element: double>', w: 'list<element: int64>' },
  },
  objects: {
    schema: z.object({ v: z.object({ a: z.number(), b: z.object({ c: z.string().nullable() }).optional() }).nullable() }),
    batches: [[{ v: null }], [{ v: { a: 1 } }], [{ v: { a: 1.5, b: { c: null } } }], [{ v: { a: 2, b: { c: 'x' } } }]],
    types: { v: 'struct<a: double, b: struct<c: string>>' },
  },
  'lists of objects': {
    schema: z.object({ v: z.array(z.object({ a: z.number(), b: z.boolean().nullable() })) }),
    batches: [[{ v: [] }], [{ v: [{ a: 1, b: null }] }], [{ v: [{ a: 0.5, b: true }] }]],
    types: { v: 'list<element: struct<a: double, b: bool>>' },
  },
  'some values': {
    schema: z.object({ a: z.enum(['x', 'y']).nullable(), b: z.literal([1, 2]).nullable(), c: z.literal([0.5, 1]).nullable() }),
    batches: [[{ a: null, b: null, c: null }], [{ a: 'x', b: 2, c: 1 }]],
    types: { a: 'string', b: 'int64', c: 'double' },
  },
  'a schema of ours': {
    schema: {
      columns: [
        { name: 'a', type: 'number' },
        { name: 'b', type: 'number', stored: 'int64' },
        { name: 'c', type: 'number', stored: 'double', nullable: true },
        { name: 'd', type: 'bytes', optional: true },
        { name: 'e', type: 'json' },
        { name: 'f', type: 'bigint', nullable: true },
      ],
    },
    batches: [[{ a: 1, b: 1, c: null, e: 1, f: null }], [{ a: 2.5, b: 2, c: 3, d: Uint8Array.of(1), e: 'x', f: 5n }]],
    types: { a: 'double', b: 'int64', c: 'double', d: 'binary', e: 'string', f: 'int64' },
  },
};

suite('types that a schema gives to the files of an operation', noBinding, () => {
  const folder = tempFolder('schema-stored');
  const path = (name: string, index: number) => join(folder, name, `${index}.parquet`);

  test('files saved one by one load as they were saved', async () => {
    for (const [name, { schema, batches }] of Object.entries(CASES)) {
      for (const [index, rows] of batches.entries()) {
        await writeCheckpoint(path(name, index), rows, { schema });
        for (const { read } of READERS) assertExact(await read(path(name, index)), rows);
      }
    }
  });

  test('batches of a manager likewise', async () => {
    const manager = new CheckpointManager(join(folder, 'managed'), { logger: false });
    for (const [name, { schema, batches }] of Object.entries(CASES)) {
      for (const [index, rows] of batches.entries()) await manager.saveBatchCheckpoint(name, index, rows, { schema });
      assertExact(await manager.loadBatchCheckpoints(name), batches);
    }
  });

  test('a writer of pieces, with thousands of integers before the first fraction', async () => {
    await using writer = await createCheckpoint(path('pieces', 0), { schema: z.object({ v: z.number() }), rowGroupRows: 1000 });
    const rows = Array.from({ length: 5000 }, (_, v) => ({ v: v < 4900 ? v : v + 0.5 }));
    await writer.append(rows);
    await writer.close();
    for (const { read } of READERS) assertExact(await read(path('pieces', 0)), rows);
  });

  test('batches of an operation that began without the schema keep one type', async () => {
    const manager = new CheckpointManager(join(folder, 'late'), { logger: false });
    const schema = z.object({ v: z.int() });
    await manager.saveBatchCheckpoint('late', 0, [{ v: 0.5 }]);
    await manager.saveBatchCheckpoint('late', 1, [{ v: 1 }], { schema });
    await manager.saveBatchCheckpoint('none', 0, [{ v: 1 }]);
    await manager.saveBatchCheckpoint('none', 1, [{ v: 2 }], { schema: z.object({ v: z.number() }) });
    assertExact(await manager.loadBatchCheckpoints('late'), [[{ v: 0.5 }], [{ v: 1 }]]);
    assertExact(await manager.loadBatchCheckpoints('none'), [[{ v: 1 }], [{ v: 2 }]]);
  });

  test('PyArrow finds the same types in all files', { skip: noPython }, async () => {
    const found = JSON.parse(await runPython('stored_types.py', folder)) as Record<string, Record<string, string>>;
    for (const [name, { batches, types }] of Object.entries(CASES)) {
      for (const index of batches.keys()) {
        assert.deepStrictEqual(found[join(name, `${index}.parquet`)], types, `${name}, file ${index}`);
        assert.deepStrictEqual(found[join('managed', `${name}_batches`, `batch_${index}.parquet`)], types, `${name}, batch ${index}`);
      }
    }
    for (const index of [0, 1]) {
      for (const name of ['late', 'none'])
        assert.deepStrictEqual(found[join('late', `${name}_batches`, `batch_${index}.parquet`)], { v: 'double' }, name);
    }
  });
});
