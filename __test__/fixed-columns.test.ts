import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { CheckpointManager, readCheckpoint, writeCheckpoint, type CheckpointSchema, type Row, type WriteOptions } from 'arrow-ckpt';
import { z } from 'zod';
import { assertExact } from './support/exact.ts';
import { noPython, runPython } from './support/python.ts';
import { noBinding, READERS } from './support/readers.ts';
import { cliOk } from './support/run-cli.ts';
import { suite } from './support/suite.ts';
import { tempFolder } from './support/temp-folder.ts';

interface Case {
  schema: NonNullable<WriteOptions['schema']>;
  /** The rows of each file: without `fixedColumns` their columns would differ. */
  files: Row[][];
}

const object = z.object({ a: z.number().optional(), b: z.array(z.object({ c: z.int().optional() })).optional() });
const loose: CheckpointSchema = {
  columns: [
    { name: 'any', type: 'any', nullable: true },
    { name: 'list', type: 'list' },
    { name: 'struct', type: 'struct', nullable: true },
    { name: 'null', type: 'null', optional: true },
    { name: 'floats', type: 'float64array', optional: true },
    { name: 'bytes', type: 'bytes', nullable: true },
    { name: '10', type: 'bigint', optional: true },
    { name: '9', type: 'date', optional: true },
  ],
};
const CASES: Record<string, Case> = {
  'keys that may be missing': {
    schema: z.object({ id: z.int(), t: z.string().optional() }),
    files: [[{ id: 1, t: 'x' }], [{ id: 1 }, { t: 'y', id: 2 }], []],
  },
  'objects with such keys': {
    schema: z.object({ o: object.nullable() }),
    files: [[{ o: null }], [{ o: { a: 1 } }], [{ o: { b: [{}, { c: 1 }], a: 0.5 } }, { o: {} }], []],
  },
  'columns of which the rows would decide': {
    schema: loose,
    files: [
      [{ any: null, list: [], struct: null, bytes: null }],
      [
        {
          any: 1,
          list: [1],
          struct: { x: 1 },
          null: null,
          floats: Float64Array.of(1),
          bytes: Uint8Array.of(1),
          '10': 1n,
          '9': new Date(0),
        },
      ],
      [{ any: { k: [undefined] }, list: ['a', [1]], struct: {}, bytes: null, null: undefined }],
      [],
    ],
  },
  'numbers in lists that are floats': {
    schema: z.object({ v: z.array(z.number()) }),
    files: [[{ v: Array.from({ length: 2000 }, (_, i) => Math.fround(i / 3)) }], [{ v: [0.1] }], [{ v: [] }]],
  },
  'rows enough for generated code': {
    schema: z.object({ id: z.int(), n: z.number().nullable(), o: object }),
    files: [
      Array.from({ length: 4000 }, (_, id) => ({ id, n: id % 3 === 0 ? null : id, o: id % 2 === 0 ? { a: id } : {} })),
      [{ id: 1, n: 0.5, o: {} }],
    ],
  },
  'a schema that is run': {
    schema: z.object({ v: z.int().refine((value) => value > 0), w: z.string().default('') }),
    files: [[{ v: 1 }], [{ v: 2, w: 'x' }]],
  },
};

const schema = z.object({ id: z.int(), t: z.string().optional(), o: object.optional(), n: z.bigint().optional(), c: z.int().catch(0) });
const REFUSED: [name: string, row: Row, column: string, says: RegExp][] = [
  ['-0 among integers', { id: -0, c: 1 }, 'id', /not -0, got -0$/],
  ['a fraction that the schema takes', { id: 1, c: 0.5 }, 'c', /safe integer.*0\.5/],
  ['another type that the schema takes', { id: 1, c: 'x' }, 'c', /safe integer.*"x"/],
  ['a lone surrogate', { id: 1, c: 1, t: 'a\ud800' }, 't', /lone surrogates/],
  ['a bigint of 65 bits', { id: 1, c: 1, n: 2n ** 64n }, 'n', /64 bits/],
  ['a key that is undefined', { id: 1, c: 1, t: undefined }, 't', /no such key, got undefined/],
  ['a key of no column', { id: 1, c: 1, more: 2 }, 'more', /schema does not name/],
  ['a key of no field', { id: 1, c: 1, o: { b: [{ c: 1 }, { d: 1 }] } }, 'o.b[1].d', /schema does not name/],
  ['-0 in an object', { id: 1, c: 1, o: { b: [{ c: -0 }] } }, 'o.b[0].c', /-0/],
];

suite('fixedColumns', noBinding, () => {
  const folder = tempFolder('fixed-columns');
  const path = join(folder, 'refused.parquet');

  for (const [name, { schema: of, files }] of Object.entries(CASES)) {
    test(`${name}: all rows load as they were`, async () => {
      for (const [index, rows] of files.entries()) {
        const file = join(folder, name, `${index}.parquet`);
        await writeCheckpoint(file, rows, { schema: of, fixedColumns: true });
        for (const { read } of READERS) assertExact(await read(file), rows);
      }
    });
  }

  test('a folder of parts, batches, the results of maps, and of work', async () => {
    const files = CASES['objects with such keys']!.files;
    const rows = files.flat();
    const options = { schema: CASES['objects with such keys']!.schema, fixedColumns: true };
    const info = await writeCheckpoint(join(folder, 'parts.parquet'), rows, { ...options, parts: { rows: 1 } });
    assert.equal(info.parts, rows.length);
    assertExact(await readCheckpoint(join(folder, 'parts.parquet')), rows);
    async function* each(): AsyncGenerator<Row> {
      yield* rows;
    }
    await writeCheckpoint(join(folder, 'counted.parquet'), each(), { ...options, parts: 3 });
    assertExact(await readCheckpoint(join(folder, 'counted.parquet')), rows);

    const manager = new CheckpointManager(join(folder, 'managed'), { logger: false });
    for (const [index, batch] of files.entries()) {
      await manager.saveBatchCheckpoint('step', index, batch, options);
      const made = await manager.map(
        'maps',
        `op-${index}`,
        batch.map((row, id) => ({ id, row })),
        ({ row }) => row,
        { key: 'id', ...options },
      );
      assertExact(made.rows, batch);
      await writeCheckpoint(
        join(folder, 'in', `part-${index}.parquet`),
        batch.map(({ o }, id) => ({ id, o })),
      );
    }
    const step = join(folder, 'step.mjs');
    const zod = pathToFileURL(join(import.meta.dirname, '../node_modules/zod/index.js')).href;
    await writeFile(
      step,
      `import { z } from ${JSON.stringify(zod)};
export const options = { key: 'id', hash: 'v1', fixedColumns: true, schema: z.object({ o: z.object({ a: z.number().optional(), b: z.any().optional() }).nullable() }) };
export default ({ o }) => ({ o });\n`,
    );
    await cliOk(['work', step, '--out', join(folder, 'worked.parquet'), '--in', join(folder, 'in'), '--claim']);
    assertExact(await readCheckpoint(join(folder, 'worked.parquet')), rows);
  });

  test('engines find one schema in all files, and read them as one table', { skip: noPython }, async () => {
    const found = JSON.parse(await runPython('same_schemas.py', folder)) as Record<string, Record<string, unknown>>;
    const rowsOf = (name: string): number => CASES[name]!.files.flat().length;
    const counts: Record<string, number> = Object.fromEntries(Object.keys(CASES).map((name) => [name, rowsOf(name)]));
    for (const name of ['parts.parquet', 'counted.parquet', join('managed', 'step_batches'), join('managed', 'maps'), 'worked.parquet'])
      counts[name] = rowsOf('objects with such keys');
    for (const [name, rows] of Object.entries(counts)) {
      const { schemas, ...engines } = found[name] ?? {};
      assert.equal((schemas as string[]).length, 1, `${name}: ${String(schemas)}`);
      assert.deepStrictEqual(engines, { pyarrow: rows, polars: rows, duckdb: rows }, name);
    }
  });

  for (const [name, row, column, says] of REFUSED) {
    test(`${name} is ERR_CKPT_SCHEMA, and nothing is saved`, async () => {
      const good: Row = { id: 1, c: 1 };
      await writeCheckpoint(path, [good], { schema, fixedColumns: true });
      for (const before of [0, 2500]) {
        const rows = [...Array.from({ length: before }, () => good), row, good];
        await assert.rejects(writeCheckpoint(path, rows, { schema, fixedColumns: true }), (error: Error & { violations: unknown[] }) => {
          assert.match(error.message, says);
          const { code, row: at, violations } = error as unknown as Record<string, unknown>;
          assert.deepStrictEqual([code, at, (error as unknown as Row).column], ['ERR_CKPT_SCHEMA', before, column]);
          assert.equal((violations as Row[])[0]!.path, column);
          return true;
        });
        const inParts = { schema, fixedColumns: true, parts: { rows: 1000 } };
        await assert.rejects(writeCheckpoint(path, rows, inParts), { code: 'ERR_CKPT_SCHEMA', row: before, column });
      }
      assert.deepStrictEqual(await readCheckpoint(path), [good]);
      // Without the option they are kept.
      await writeCheckpoint(join(folder, 'kept.parquet'), [row], { schema });
      assertExact(await readCheckpoint(join(folder, 'kept.parquet')), [row]);
    });
  }

  test('more sets of keys than a file can number are refused', async () => {
    const keys = Array.from({ length: 13 }, (_, bit) => `k${bit}`);
    const rows = Array.from({ length: 4097 }, (_, at) =>
      Object.fromEntries(keys.filter((_, bit) => (at >> bit) & 1).map((key) => [key, 1])),
    );
    const of: CheckpointSchema = { columns: keys.map((name) => ({ name, type: 'number', optional: true })) };
    await assert.rejects(writeCheckpoint(path, rows, { schema: of, fixedColumns: true }), {
      code: 'ERR_CKPT_SCHEMA',
      row: 4096,
      message: /4,096/,
    });
    await writeCheckpoint(path, rows.slice(0, 4096), { schema: of, fixedColumns: true });
    assertExact(await readCheckpoint(path), rows.slice(0, 4096));
  });

  test('a result that has no place fails its row, not the map', async () => {
    const manager = new CheckpointManager(join(folder, 'failing'), { logger: false });
    const rows = [{ id: 1 }, { id: 2 }, { id: 3 }];
    const made = await manager.map('s', 'o', rows, ({ id }) => ({ id, c: id === 2 ? -0 : 1 }), {
      key: 'id',
      schema,
      fixedColumns: true,
      onError: 'collect',
    });
    assert.deepStrictEqual(made.rows, [
      { id: 1, c: 1 },
      { id: 3, c: 1 },
    ]);
    assert.equal((made.failed[0]!.error.cause as { code: string }).code, 'ERR_CKPT_SCHEMA');
  });

  test('a base of other types changes nothing', async () => {
    const base = join(folder, 'based', 'base.parquet');
    const rows = Array.from({ length: 20_000 }, (_, id) => ({ id, c: 1, t: randomBytes(50).toString('hex') }));
    await writeCheckpoint(
      base,
      rows.map((row) => ({ ...row, id: row.id / 2 })),
      { base: 'auto' },
    );
    const thin = join(folder, 'based', 'thin.parquet');
    const { columns, delta } = await writeCheckpoint(thin, rows, { schema, fixedColumns: true, base });
    assert.ok(delta !== null && delta !== undefined && delta.sharedBytes > 2 ** 20);
    assert.deepStrictEqual(
      columns.map(({ name, stored }) => [name, stored]),
      (await writeCheckpoint(path, rows, { schema, fixedColumns: true })).columns.map(({ name, stored }) => [name, stored]),
    );
    for (const { read } of READERS) assertExact(await read(thin), rows);
  });

  test('what it needs', async () => {
    const invalid = { code: 'ERR_CKPT_INVALID_OPTION' };
    const standard = { '~standard': { version: 1, vendor: 'x', validate: (value: unknown) => ({ value }) } } as const;
    const manager = new CheckpointManager(join(folder, 'needs'), { logger: false });
    for (const options of [
      { fixedColumns: true },
      { fixedColumns: 'yes', schema },
      { fixedColumns: true, schema: standard },
      { fixedColumns: true, schema, compat: 'docetl' },
    ]) {
      await assert.rejects(writeCheckpoint(path, [], options as WriteOptions), invalid);
      if (options.compat === undefined)
        await assert.rejects(
          manager.map('s', 'o', [], (row: Row) => row, { key: 'id', ...options } as never),
          invalid,
        );
    }
    const docetl = new CheckpointManager(join(folder, 'docetl'), { logger: false, compat: 'docetl' });
    await assert.rejects(
      docetl.map('s', 'o', [], (row: Row) => row, { key: 'id', schema, fixedColumns: true }),
      invalid,
    );
    await writeCheckpoint(path, [], { fixedColumns: false });
    // JSON has no columns.
    await writeCheckpoint(join(folder, 'a.json'), [{ id: -0, c: 1 }], { schema, fixedColumns: true });
  });
});
