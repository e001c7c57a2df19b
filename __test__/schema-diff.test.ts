import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { diffSchema, inferSchema, writeCheckpoint, type CheckpointSchema, type SchemaSource } from 'arrow-ckpt';
import { z } from 'zod';
import { rejectsWith } from './support/codes.js';
import { noBinding } from './support/readers.js';
import { tempFolder } from './support/temp-folder.js';

const folder = tempFolder('schema-diff');
const NONE = { added: [], removed: [], changed: [] };
/** The change of one column from one kind to another: `from -> to`, with `!` where it is not compatible; empty for none. */
const change = (from: z.ZodType, to: z.ZodType): string =>
  diffSchema(z.object({ v: from }), z.object({ v: to }))
    .changed.map(({ path, from: a, to: b, compatible }) => `${path}: ${a} -> ${b}${compatible ? '' : ' !'}`)
    .join('; ');

test('columns that come and go', () => {
  const a = z.object({ id: z.int(), old: z.string() });
  const b = z.object({ id: z.int(), need: z.date(), may: z.string().optional(), made: z.number().default(0) });
  assert.deepStrictEqual(diffSchema(a, b), {
    added: [
      { path: 'need', type: 'date', compatible: false },
      { path: 'may', type: 'string', compatible: true },
      { path: 'made', type: 'number', compatible: true },
    ],
    removed: [{ path: 'old', type: 'string', compatible: true }],
    changed: [],
  });
  assert.equal(diffSchema(a, z.strictObject({ id: z.int() })).removed[0]!.compatible, false);
  assert.deepStrictEqual(diffSchema(a, a), NONE);
});

test('columns that change', () => {
  assert.equal(change(z.int(), z.number()), 'v: int64 -> number');
  assert.equal(change(z.number(), z.int()), 'v: number -> int64 !');
  assert.equal(change(z.string(), z.number()), 'v: string -> number !');
  assert.equal(change(z.string(), z.string().nullable()), 'v: string -> string | null');
  assert.equal(change(z.string().nullable(), z.string()), 'v: string | null -> string !');
  assert.equal(change(z.string(), z.string().optional()), 'v: string -> string?');
  assert.equal(change(z.string().optional(), z.string()), 'v: string? -> string !');
  assert.equal(change(z.string().optional(), z.string().default('')), 'v: string? -> string');
  assert.equal(change(z.string(), z.any()), 'v: string -> any');
  assert.equal(change(z.enum(['a']), z.enum(['a', 'b'])), 'v: "a" -> "a" | "b"');
  assert.equal(change(z.enum(['a', 'b']), z.enum(['a'])), 'v: "a" | "b" -> "a" !');
  assert.equal(change(z.enum(['a']), z.string()), 'v: "a" -> string');
  assert.equal(change(z.literal(5), z.number().max(4)), 'v: 5 -> number !');
  assert.equal(change(z.number().min(1), z.number().min(0)), 'v: number -> number');
  assert.equal(change(z.number().min(0), z.number().min(1)), 'v: number -> number !');
  assert.equal(change(z.number().min(1), z.number().gt(0)), 'v: number -> number');
  assert.equal(change(z.number().gt(0), z.number().gt(0)), '');
  assert.equal(change(z.string().max(3), z.string()), 'v: string -> string');
  assert.equal(change(z.array(z.string()), z.array(z.int())), 'v[]: string -> int64 !');
  assert.equal(change(z.object({ a: z.int() }), z.object({ a: z.number() })), 'v.a: int64 -> number');
  const nested = diffSchema(z.object({ v: z.array(z.object({ a: z.int() })) }), z.object({ v: z.array(z.object({ b: z.int() })) }));
  assert.deepStrictEqual([nested.added[0]!.path, nested.removed[0]!.path], ['v[].b', 'v[].a']);
});

test('schemas of rows', () => {
  const before = inferSchema([{ a: 1, b: 'x' }]);
  const after = inferSchema([
    { a: 1.5, b: 'x' },
    { a: null, c: [1] },
  ]);
  assert.deepStrictEqual(diffSchema(before, after), {
    added: [{ path: 'c', type: 'list<int64>', compatible: true }],
    removed: [],
    changed: [
      { path: 'a', from: 'int64', to: 'double | null', compatible: true },
      { path: 'b', from: 'string', to: 'string?', compatible: true },
    ],
  });
});

test('the info of a checkpoint', { skip: noBinding }, async () => {
  const rows = [
    {
      id: 1,
      at: new Date(0),
      tags: ['a'],
      vector: new Float64Array(1),
      big: 5n,
      odd: 'x',
      meta: { a: 1 },
      bytes: new Uint8Array(1),
      ok: true,
    },
  ];
  const info = await writeCheckpoint(join(folder, 'a.parquet'), rows);
  const same = z.object({
    id: z.number().min(0),
    at: z.date().nullable(),
    tags: z.array(z.enum(['a'])).optional(),
    big: z.bigint(),
    odd: z.any(),
    vector: z.array(z.number()),
    meta: z.object({ a: z.int() }),
    bytes: z.instanceof(Uint8Array),
    ok: z.boolean(),
  });
  assert.deepStrictEqual(diffSchema(info, inferSchema(rows)), NONE);
  assert.deepStrictEqual(diffSchema(inferSchema(rows), info), NONE);
  assert.deepStrictEqual(diffSchema(info, info), NONE);
  assert.deepStrictEqual(diffSchema(info, same), {
    ...NONE,
    changed: [{ path: 'vector[]', from: 'double', to: 'number', compatible: true }].slice(1),
  });
  assert.deepStrictEqual(diffSchema(info, same.extend({ id: z.string() })).changed, [
    { path: 'id', from: 'int64', to: 'string', compatible: false },
  ]);
});

test('what has no columns', async () => {
  const json = await writeCheckpoint(join(folder, 'a.json'), [{ a: 1 }]);
  const schema: CheckpointSchema = { columns: [] };
  const bad: [unknown, RegExp][] = [
    [json, /JSON checkpoint.*inferSchema/],
    [{ '~standard': { version: 1, vendor: 'x', validate: () => ({ value: 1 }) } }, /columns cannot be told/],
    [null, /null/],
    [{ columns: [{}] }, /columns\[0\]/],
  ];
  for (const [source, message] of bad) {
    await rejectsWith('ERR_CKPT_INVALID_ARGUMENT', () => diffSchema(source as SchemaSource, schema), { message });
    await rejectsWith('ERR_CKPT_INVALID_ARGUMENT', () => diffSchema(schema, source as SchemaSource), { message: /second schema/ });
  }
});
