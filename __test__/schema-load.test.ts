import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import {
  CheckpointManager,
  readCheckpoint,
  writeCheckpoint,
  type CheckpointSchema,
  type ReadOptions,
  type Row,
  type StandardSchemaV1,
} from 'arrow-ckpt';
import { z } from 'zod';
import { failureOf, FORMATS, rejectsWith } from './support/codes.js';
import { noBinding, READERS } from './support/readers.js';
import { tempFolder } from './support/temp-folder.js';

const folder = tempFolder('schema-load');
const rowsOf = (count: number): Row[] => Array.from({ length: count }, (_, id) => ({ id, name: `n${id}`, old: id / 2 }));

/** A Standard Schema of no library: rows with an even id, which come back with their half. `waits`: asynchronous. */
function halved(waits: boolean): StandardSchemaV1<{ id: number }, { half: number }> {
  const look = (value: unknown): StandardSchemaV1.Result<{ half: number }> => {
    const { id } = value as { id: number };
    return id % 2 === 0 ? { value: { half: id / 2 } } : { issues: [{ message: 'an even id', path: [{ key: 'id' }] }] };
  };
  const validate = waits ? async (value: unknown) => look(value) : look;
  return { '~standard': { version: 1, vendor: 'test', validate } };
}

for (const format of FORMATS) {
  describe(`a load of ${format} with a newer schema`, () => {
    const path = join(folder, `old.${format}`);
    const rows = rowsOf(3000);

    test('defaults for missing columns, extra columns as the schema says', async () => {
      await writeCheckpoint(path, rows);
      const fields = {
        id: z.int(),
        name: z.string(),
        added: z.string().default('new'),
        maybe: z.number().optional(),
        nothing: z.null().default(null),
      };
      const made = rows.map(({ id, name }) => ({ id, name, added: 'new', nothing: null }));
      assert.deepStrictEqual(await readCheckpoint(path, { schema: z.object(fields) }), made);
      const kept = rows.map((row) => ({ ...row, added: 'new', nothing: null }));
      assert.deepStrictEqual(await readCheckpoint(path, { schema: z.looseObject(fields) }), kept);
      assert.deepStrictEqual(await readCheckpoint(path, { schema: z.object(fields), extraColumns: 'keep' }), kept);
      assert.deepStrictEqual(await readCheckpoint(path, { schema: z.looseObject(fields), extraColumns: 'drop' }), made);
      await rejectsWith('ERR_CKPT_SCHEMA', () => readCheckpoint(path, { schema: z.strictObject(fields) }), {
        row: 0,
        column: 'old',
        message: /3,000/,
      });
      assert.deepStrictEqual(await readCheckpoint(path, { schema: z.strictObject(fields), extraColumns: 'drop' }), made);
    });

    test('the same where zod is run on each row', async () => {
      await writeCheckpoint(path, rows);
      const fields = { id: z.int(), name: z.string().transform((text) => text.length), added: z.string().default('new') };
      const made = rows.map(({ id, name }) => ({ id, name: (name as string).length, added: 'new' }));
      const kept = rows.map(({ old }, index) => ({ ...made[index], old }));
      assert.deepStrictEqual(await readCheckpoint(path, { schema: z.object(fields) }), made);
      assert.deepStrictEqual(await readCheckpoint(path, { schema: z.object(fields), extraColumns: 'keep' }), kept);
      assert.deepStrictEqual(await readCheckpoint(path, { schema: z.strictObject(fields), extraColumns: 'drop' }), made);
      assert.deepStrictEqual(await readCheckpoint(path, { schema: z.strictObject(fields), extraColumns: 'keep' }), kept);
      await rejectsWith('ERR_CKPT_SCHEMA', () => readCheckpoint(path, { schema: z.strictObject(fields) }), { row: 0 });
    });

    test('a required column that is missing is named', async () => {
      await writeCheckpoint(path, rows);
      for (const added of [z.string(), z.string().transform((text) => text)]) {
        const error = await rejectsWith('ERR_CKPT_SCHEMA', () => readCheckpoint(path, { schema: z.object({ id: z.int(), added }) }), {
          column: 'added',
        });
        if (format === 'parquet') assert.deepStrictEqual([error.count, error.violations?.[0]?.got], [1, 'no such column']);
      }
      await writeCheckpoint(path, []);
      assert.deepStrictEqual(await readCheckpoint(path, { schema: z.object({ added: z.string() }) }), []);
    });

    test('a Standard Schema of any library', async () => {
      const even = rowsOf(2100).filter((_, index) => index % 2 === 0);
      for (const schema of [halved(false), halved(true)]) {
        await writeCheckpoint(path, even, { schema });
        assert.deepStrictEqual(await readCheckpoint(path), even, 'a save keeps its rows as they are');
        const made = await readCheckpoint(path, { schema });
        assert.deepStrictEqual(
          made,
          even.map(({ id }) => ({ half: (id as number) / 2 })),
        );
        await rejectsWith('ERR_CKPT_SCHEMA', () => writeCheckpoint(path, rowsOf(100), { schema }), {
          row: 1,
          column: 'id',
          message: /50 violations.*\n.*expected an even id, got 1/,
        });
        assert.deepStrictEqual(await readCheckpoint(path), even, 'and the old file after a refusal');
        await rejectsWith('ERR_CKPT_INVALID_OPTION', () => readCheckpoint(path, { schema, extraColumns: 'drop' }), {
          message: /columns can be told/,
        });
      }
    });

    test('what a schema throws is its own', async () => {
      await writeCheckpoint(path, rows);
      const own = Object.assign(new Error('mine'), { code: 'ENOENT' });
      const schema = z.object({
        id: z.int().transform(() => {
          throw own;
        }),
      });
      assert.equal(await failureOf(() => readCheckpoint(path, { schema })), own);
      assert.equal(await failureOf(() => writeCheckpoint(path, rows, { schema })), own);
      assert.equal((await readCheckpoint(path)).length, 3000);
    });

    test('an abort between rows', async () => {
      const controller = new AbortController();
      const schema: StandardSchemaV1 = {
        '~standard': {
          version: 1,
          vendor: 'test',
          validate: async (value) => {
            controller.abort('enough');
            await new Promise((wake) => setTimeout(wake, 10));
            return { value };
          },
        },
      };
      await writeCheckpoint(path, rows);
      assert.equal(await failureOf(() => readCheckpoint(path, { schema, signal: controller.signal })), 'enough');
    });

    test('a CheckpointSchema', async () => {
      await writeCheckpoint(path, rows);
      const schema: CheckpointSchema = {
        columns: [
          { name: 'id', type: 'number', stored: 'int64', min: 0, below: 3000 },
          { name: 'name', type: 'string', maxLength: 5 },
          { name: 'tags', type: 'list', element: { type: 'string' }, default: [] },
        ],
      };
      const made = await readCheckpoint(path, { schema });
      assert.deepStrictEqual(
        made,
        rows.map(({ id, name }) => ({ id, name, tags: [] })),
      );
      assert.notEqual(made[0]!['tags'], made[1]!['tags'], 'defaults are not shared');
      assert.equal((await readCheckpoint(path, { schema: { ...schema, extra: 'keep' } }))[3]!['old'], 1.5);
      await rejectsWith('ERR_CKPT_SCHEMA', () => readCheckpoint(path, { schema: { ...schema, extra: 'refuse' } }), { column: 'old' });
    });

    test('columns and schema', async () => {
      await writeCheckpoint(path, rows);
      const schema = z.object({ id: z.int(), name: z.string().optional() });
      assert.deepStrictEqual(
        await readCheckpoint(path, { schema, columns: ['id'] }),
        rows.map(({ id }) => ({ id })),
      );
      for (const lacking of [schema.required(), schema.extend({ name: z.string().default('') })]) {
        await rejectsWith('ERR_CKPT_INVALID_OPTION', () => readCheckpoint(path, { schema: lacking, columns: ['id'] }), {
          message: /"name"/,
        });
      }
    });
  });
}

test('what is no schema', async () => {
  const path = join(folder, 'none.parquet');
  const bad: [unknown, RegExp][] = [
    [7, /schema must be/],
    [null, /got null/],
    [{}, /an object of class Object/],
    [{ '~standard': { version: 2, validate: () => ({}) } }, /schema must be/],
    [z.array(z.object({})), /one row.*elements/],
    [z.string(), /one row/],
    [{ columns: {} }, /schema\.columns must be an array/],
    [{ columns: [{ name: 'a', type: 'text' }] }, /columns\[0\]\.type must be one of number/],
    [{ columns: [{ name: 1, type: 'string' }] }, /columns\[0\]\.name/],
    [
      {
        columns: [
          { name: 'a', type: 'string' },
          { name: 'a', type: 'string' },
        ],
      },
      /two columns named "a"/,
    ],
    [{ columns: [{ name: 'a', type: 'number', min: '0; process.exit()' }] }, /columns\[0\]\.min/],
    [{ columns: [{ name: 'a', type: 'string', minLength: -1 }] }, /minLength/],
    [{ columns: [{ name: 'a', type: 'string', values: [1] }] }, /values/],
    [{ columns: [{ name: 'a', type: 'string', nullable: 1 }] }, /nullable/],
    [{ columns: [{ name: 'a', type: 'string', element: { type: 'string' } }] }, /lists only/],
    [{ columns: [{ name: 'a', type: 'list', element: 7 }] }, /element/],
    [{ columns: [{ name: 'a', type: 'string', optinal: true }] }, /unknown key "optinal"/],
    [{ columns: [], extra: 'ignore' }, /schema\.extra/],
    [{ columns: [], column: [] }, /unknown key "column"/],
  ];
  const manager = new CheckpointManager(folder, { logger: false });
  for (const [schema, message] of bad) {
    const options = { schema } as ReadOptions;
    for (const call of [
      () => writeCheckpoint(path, [], options as object),
      () => readCheckpoint(path, options),
      () => manager.loadCheckpoint('s', 'o', options),
      () => manager.saveCheckpoint('s', 'o', [], options as object),
    ]) {
      await rejectsWith('ERR_CKPT_INVALID_OPTION', call, { message });
    }
  }
  await rejectsWith('ERR_CKPT_INVALID_OPTION', () => readCheckpoint(path, { extraColumns: 'keep' }), { message: /give a schema too/ });
  await rejectsWith('ERR_CKPT_INVALID_OPTION', () => readCheckpoint(path, { schema: z.object({}), extraColumns: true as never }), {
    message: /'keep' or 'drop'/,
  });
  await rejectsWith('ERR_CKPT_UNKNOWN_OPTION', () => writeCheckpoint(path, [], { extraColumns: 'keep' } as object));
});

test('rows that do not fit are counted without blocking the event loop', async () => {
  let turns = 0;
  const timer = setInterval(() => turns++, 5);
  const many = rowsOf(400_000);
  for (const format of FORMATS) {
    turns = 0;
    const call = () => writeCheckpoint(join(folder, `many.${format}`), many, { schema: z.object({ id: z.string() }) });
    assert.equal((await rejectsWith('ERR_CKPT_SCHEMA', call)).count, 400_000);
    assert.ok(turns > 1, `${turns} turns`);
  }
  clearInterval(timer);
});

test('types are fixed without inference', { skip: noBinding }, async () => {
  const path = join(folder, 'typed.parquet');
  const schema = z.object({
    a: z.number().nullable(),
    b: z.date().nullable(),
    c: z.array(z.object({ d: z.bigint() })),
    e: z.string().optional(),
  });
  const types = async (rows: Row[]) => (await writeCheckpoint(path, rows, { schema })).columns.map(({ name, type }) => `${name}: ${type}`);
  const expected = ['a: double', 'b: timestamp[ms, UTC]', 'c: list<struct<d: int64>>', 'e: string'];
  assert.deepStrictEqual(await types([{ a: null, b: null, c: [] }]), expected);
  assert.deepStrictEqual(await types([]), expected, 'without rows too');
  assert.deepStrictEqual(await readCheckpoint(path, { schema }), []);
  const json: CheckpointSchema = { columns: [{ name: 'a', type: 'json' }] };
  assert.equal((await writeCheckpoint(path, [{ a: 1 }], { schema: json })).columns[0]!.type, 'json');
  const wide: CheckpointSchema = {
    columns: Array.from({ length: 2000 }, (_, index) => ({ name: `c${index}`, type: 'string', optional: true })),
  };
  assert.equal((await writeCheckpoint(path, [], { schema: wide })).columns.length, 2000);
});

test('a manager, and the reader without the binary', async () => {
  const schema = z.object({ id: z.int(), added: z.string().default('new') });
  for (const enableArrow of [true, false]) {
    const manager = new CheckpointManager(join(folder, `manager-${enableArrow}`), { logger: false, enableArrow });
    const path = await manager.saveCheckpoint('s', 'o', rowsOf(10), { schema });
    const rows = await manager.loadCheckpoint('s', 'o', { schema });
    assert.deepStrictEqual(
      rows,
      rowsOf(10).map(({ id }) => ({ id, added: 'new' })),
    );
    await rejectsWith('ERR_CKPT_SCHEMA', () => manager.saveCheckpoint('s', 'o', [{ id: 'x' }], { schema }), { column: 'id' });
    assert.equal(await manager.loadCheckpoint('s', 'none', { schema }), null);
    if (manager.enableArrow) for (const { read } of READERS) assert.deepStrictEqual(await read(path, { schema }), rows);
  }
});
