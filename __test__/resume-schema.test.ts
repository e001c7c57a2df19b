import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import {
  CheckpointManager,
  openCheckpoint,
  type CheckpointError,
  type CheckpointSchema,
  type MapOptions,
  type Row,
  type StandardSchemaV1,
} from 'arrow-ckpt';
import { z } from 'zod';
import { rejectsWith } from './support/codes.ts';
import { assertExact } from './support/exact.ts';
import { manager } from './support/map-rows.ts';
import { noBinding } from './support/readers.ts';
import { suite } from './support/suite.ts';
import { tempFolder } from './support/temp-folder.ts';

const folder = tempFolder('map-schema');
const COUNT = 90;
const INPUT = Array.from({ length: COUNT }, (_, id) => ({ id }));
/** Integers first, as results often are; the key `note` only near the end. */
const resultOf = ({ id }: { id: number }): Row => ({
  id,
  score: id < 80 ? id : id + 0.5,
  tags: id % 2 === 0 ? [] : [id],
  inner: id < 40 ? null : { a: id },
  ...(id > 85 && { note: 'x' }),
});
const RESULTS = INPUT.map(resultOf);

const ZOD = z.object({
  id: z.int(),
  score: z.number(),
  tags: z.array(z.number()),
  inner: z.object({ a: z.number() }).nullable(),
  note: z.string().optional(),
});
const OURS: CheckpointSchema = {
  columns: [
    { name: 'id', type: 'number', stored: 'int64' },
    { name: 'score', type: 'number' },
    { name: 'tags', type: 'list', element: { type: 'number' } },
    { name: 'inner', type: 'struct', fields: [{ name: 'a', type: 'number' }], nullable: true },
    { name: 'note', type: 'string', optional: true },
  ],
};
const TYPES = { id: 'int64', score: 'double', tags: 'list<double>', inner: 'struct<a: double>', note: 'string' };
const SCHEMAS: Record<string, z.ZodObject | CheckpointSchema> = {
  zod: ZOD,
  'zod that is run on each row': ZOD.refine(({ score }) => score < 1000),
  ours: OURS,
};

/** Asynchronous, later calls sooner; it refuses rows without an even `id`, and throws at 13. */
const EVEN: StandardSchemaV1 = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: async (value) => {
      const { id } = value as { id: number };
      await setTimeout(id % 3);
      if (id === 13) throw new Error('the schema is tired');
      return id % 2 === 0 ? { value: { other: true } } : { issues: [{ message: 'an even id', path: ['id'] }] };
    },
  },
};

async function typesOf(path: string): Promise<Record<string, string>> {
  await using reader = await openCheckpoint(path);
  return Object.fromEntries(reader.info.columns.map(({ name, stored }) => [name, stored]));
}

function batchesOf(directory: string): string[] {
  const batches = join(directory, 's', 'op_batches');
  return readdirSync(batches).map((name) => join(batches, name));
}

/** Runs until row 70, one batch a row, so that batches are merged. */
async function interrupt(directory: string, options: Partial<MapOptions<{ id: number }>>): Promise<number> {
  let merged = 0;
  const fn = async ({ id }: { id: number }): Promise<Row> => {
    if (id === 70) throw new Error('down');
    return resultOf({ id });
  };
  const onEvent: MapOptions['onEvent'] = ({ type }) => void (merged += type === 'compacted' ? 1 : 0);
  await rejectsWith('ERR_CKPT_ROW_FAILED', () =>
    manager(directory).map('s', 'op', INPUT, fn, { key: 'id', concurrency: 1, batchSize: 1, flushEvery: 0, onEvent, ...options }),
  );
  return merged;
}

suite('types that a schema gives to the files of a map', noBinding, () => {
  for (const [name, schema] of Object.entries(SCHEMAS)) {
    test(name, async () => {
      const directory = join(folder, name);
      const checkpoints = manager(directory);
      const saved = await checkpoints.saveCheckpoint('s', 'saved', RESULTS, { schema });
      assert.deepStrictEqual(await typesOf(saved as string), TYPES);
      assert.ok((await interrupt(directory, { schema })) > 0, 'some were merged');
      const batches = batchesOf(directory);
      assert.ok(batches.length > 1, 'and some not');
      for (const path of batches) assert.deepStrictEqual(await typesOf(path), TYPES, path);
      const { rows, resumed, path } = await checkpoints.map('s', 'op', INPUT, resultOf, { key: 'id', schema });
      assert.equal(resumed, 70);
      assertExact(rows, RESULTS);
      assert.deepStrictEqual(await typesOf(path as string), TYPES);
      // The order and the places of keys, too: a schema changes nothing in the rows.
      assertExact(await checkpoints.loadCheckpoint('s', 'op'), RESULTS);
    });
  }

  test('the rows do not decide: integers alone, nothing but nulls, no rows at all', async () => {
    const checkpoints = manager(join(folder, 'few'));
    for (const count of [0, 1, 30]) {
      const input = INPUT.slice(0, count);
      for (const schema of [ZOD, undefined]) {
        const { path } = await checkpoints.map('s', `op ${count}`, input, resultOf, {
          key: 'id',
          hash: String(schema),
          ...(schema && { schema }),
        });
        const types = await typesOf(path as string);
        if (schema === undefined) assert.notDeepEqual(types, TYPES);
        else assert.deepStrictEqual(types, TYPES);
      }
    }
  });

  test('mapStream, an asynchronous schema and a compat form', async () => {
    const checkpoints = manager(join(folder, 'kinds'));
    const streamed: Row[] = [];
    for await (const row of checkpoints.mapStream('s', 'stream', INPUT, resultOf, { key: 'id', schema: OURS })) streamed.push(row);
    assertExact(streamed, RESULTS);
    const stored = async (operation: string): Promise<Record<string, string>> =>
      typesOf((await checkpoints.getCheckpointInfo('s', operation))!.path);
    assert.deepStrictEqual(await stored('stream'), TYPES);
    const refined = ZOD.refine(async ({ id }) => (await setTimeout(id % 2), true));
    assertExact((await checkpoints.map('s', 'later', INPUT, resultOf, { key: 'id', schema: refined })).rows, RESULTS);
    assert.deepStrictEqual(await stored('later'), TYPES);
    const compat = new CheckpointManager(join(folder, 'compat'), { logger: false, compat: 'docetl' });
    const plain = INPUT.map(({ id }) => ({ id, score: id }));
    const schema = z.object({ id: z.int(), score: z.number() });
    const saved = await compat.saveCheckpoint('s', 'saved', plain, { schema });
    const { path } = await compat.map('s', 'op', plain, (row) => row, { key: 'id', schema });
    assert.deepStrictEqual(await typesOf(path as string), await typesOf(saved as string));
  });

  test('batches that began without the schema get its types; what is known is not checked again', async () => {
    const directory = join(folder, 'late');
    await interrupt(directory, {});
    const strict = z.object({ ...ZOD.shape, score: z.number().min(70) });
    const checkpoints = manager(directory);
    const { resumed, rows, path } = await checkpoints.map('s', 'op', INPUT, resultOf, { key: 'id', schema: strict });
    assert.equal(resumed, 70);
    assertExact(rows, RESULTS);
    assert.deepStrictEqual(await typesOf(path as string), TYPES);
  });
});

for (const [store, checkpoints] of [
  ['Parquet', (name: string) => manager(join(folder, name))],
  ['JSON', (name: string) => manager(join(folder, `${name} json`), false)],
  ['nothing kept', () => new CheckpointManager(null)],
] as const) {
  describe(`rows that do not fit: ${store}`, () => {
    /** Wrong at 7: alone, or the second of three. */
    const wrong = ({ id }: { id: number }): Row | Row[] =>
      id === 7 ? { id, v: 'seven' } : id === 8 ? [{ id, v: 1 }, { v: 2 }, { id }] : { id, v: id };
    const schema = z.object({ id: z.int(), v: z.number() });
    const fine = INPUT.filter(({ id }) => id !== 7 && id !== 8).map(({ id }) => ({ id, v: id }));

    for (const [name, each] of Object.entries({ 'by its columns': schema, 'that is run': schema.refine(() => true) })) {
      test(`a schema ${name}, thrown and collected, without a retry`, async () => {
        const options = { key: 'id', schema: each, retries: { times: 3, minDelay: 0 } } as const;
        const error = await rejectsWith(
          'ERR_CKPT_ROW_FAILED',
          () => checkpoints(`throw ${name}`).map('s', 'op', INPUT, wrong, { ...options, concurrency: 1 }),
          { row: 7 },
        );
        const cause = error.cause as CheckpointError;
        assert.equal(cause.code, 'ERR_CKPT_SCHEMA');
        assert.equal(cause.path, undefined);
        assert.deepStrictEqual([cause.row, cause.column, cause.count], [7, 'v', 1]);
        assert.match(error.message, /^row 7 \(key 7\) failed: what the function returned does not fit; 1 violation .*\n  row 7, v: /);

        const own = checkpoints(`collect ${name}`);
        const { rows, failed, calls, path } = await own.map('s', 'op', INPUT, wrong, { ...options, onError: 'collect' });
        assert.deepStrictEqual([calls, path], [COUNT, null]);
        assertExact(rows, fine);
        assert.deepStrictEqual(
          failed.map(({ row, error: { cause: why } }) => [row, (why as CheckpointError).code, (why as CheckpointError).count]).sort(),
          [
            [7, 'ERR_CKPT_SCHEMA', 1],
            [8, 'ERR_CKPT_SCHEMA', 2],
          ],
        );
        if (store === 'nothing kept') return;
        const mended = await own.map('s', 'op', INPUT, ({ id }) => ({ id, v: id }), options);
        assert.deepStrictEqual([mended.resumed, mended.calls], [COUNT - 2, 2]);
      });
    }

    test('mapStream', async () => {
      const rows: Row[] = [];
      const run = async (): Promise<void> => {
        for await (const row of checkpoints('stream').mapStream('s', 'op', INPUT, wrong, { key: 'id', schema, concurrency: 1 }))
          rows.push(row);
      };
      const error = await rejectsWith('ERR_CKPT_ROW_FAILED', run, { row: 7 });
      assert.equal((error.cause as CheckpointError).code, 'ERR_CKPT_SCHEMA');
      assertExact(rows, fine.slice(0, rows.length));
    });

    test('an asynchronous Standard Schema: each call has its own violations, and the rows stay as they are', async () => {
      const input = INPUT.slice(0, 20);
      const options = { key: 'id', schema: EVEN, concurrency: 20, onError: 'collect' } as const;
      const { rows, failed } = await checkpoints('async').map('s', 'op', input, (row) => row, options);
      assertExact(
        rows,
        input.filter(({ id }) => id % 2 === 0),
      );
      assert.deepStrictEqual(
        failed
          .map(({ row, error }) => [row, (error.cause as CheckpointError).violations?.length ?? (error.cause as Error).message])
          .sort((a, b) => Number(a[0]) - Number(b[0])),
        input.filter(({ id }) => id % 2 === 1).map(({ id }) => [id, id === 13 ? 'the schema is tired' : 1]),
      );
    });

    test('an abort while an asynchronous schema looks', async () => {
      const stop = new AbortController();
      const slow: StandardSchemaV1 = {
        '~standard': {
          version: 1,
          vendor: 'test',
          validate: async (value) => {
            stop.abort(new Error('enough'));
            await setTimeout(5);
            return { value };
          },
        },
      };
      const run = checkpoints('abort').map('s', 'op', INPUT, (row) => row, { key: 'id', schema: slow, signal: stop.signal });
      await assert.rejects(run, /enough/);
    });

    test('what is no schema is refused before the first call', async () => {
      const never = (): never => assert.fail('it was called');
      for (const what of [7, {}, z.array(schema), { columns: [{ name: 'a', type: 'text' }] }]) {
        const options = { key: 'id', schema: what as CheckpointSchema } as const;
        await rejectsWith('ERR_CKPT_INVALID_OPTION', () => checkpoints('none').map('s', 'op', INPUT, never, options));
        await rejectsWith('ERR_CKPT_INVALID_OPTION', () => checkpoints('none').mapStream('s', 'op', INPUT, never, options).next());
      }
    });
  });
}
