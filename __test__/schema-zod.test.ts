import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { isCheckpointError, readCheckpoint, writeCheckpoint, type Row } from 'arrow-ckpt';
import { fc } from './support/seeded.ts';
import { z } from 'zod';
import { contractOf } from '../lib/schema/contract.js';
import { RowCheck } from '../lib/schema/row-check.js';
import { READERS } from './support/readers.js';
import { tempFolder } from './support/temp-folder.js';

const folder = tempFolder('schema-zod');

/** Kinds that columns can say, each with values that fit and values that do not. */
const EXACT: Record<string, z.ZodType> = {
  string: z.string(),
  'string of a length': z.string().min(1).max(2),
  'string of one length': z.string().length(1),
  number: z.number(),
  'number in bounds': z.number().min(0).lt(10),
  'positive number': z.number().positive(),
  int: z.int(),
  'number().int()': z.number().int().min(-1),
  int32: z.int32(),
  uint32: z.uint32(),
  boolean: z.boolean(),
  bigint: z.bigint(),
  'bigint in bounds': z.bigint().gte(0n),
  date: z.date(),
  'date in bounds': z.date().min(new Date(0)),
  literal: z.literal('a'),
  literals: z.literal(['a', 1, null]),
  enum: z.enum(['a', 'b']),
  null: z.null(),
  any: z.any(),
  unknown: z.unknown(),
  array: z.array(z.string()),
  'array of a length': z.array(z.number()).min(1).max(2),
  'array of nullables': z.array(z.string().nullable()),
  object: z.object({ a: z.string() }),
  'object with optional keys': z.object({ a: z.string().optional(), b: z.number().nullish() }),
  'object with defaults': z.object({ a: z.string().default('made'), b: z.array(z.number()).default(() => [1]) }),
  strict: z.strictObject({ a: z.string() }),
  'strict with optional keys': z.strictObject({ a: z.string().optional() }),
  loose: z.looseObject({ a: z.string() }),
  optional: z.string().optional(),
  nullable: z.string().nullable(),
  nullish: z.string().nullish(),
  'nullable around optional': z.string().optional().nullable(),
  default: z.string().default('made'),
  'nullable default': z.string().nullable().default(null),
  'default around optional': z.string().optional().default('made'),
  'union with null': z.union([z.string(), z.null()]),
  brand: z.string().brand('b'),
  described: z.string().describe('text'),
};

/** Kinds for which zod itself is run. */
const RUN: Record<string, z.ZodType> = {
  email: z.email(),
  trim: z.string().trim(),
  refine: z.string().refine((text) => text !== 'a'),
  'refined nullable': z
    .string()
    .nullable()
    .refine((text) => text !== null),
  transform: z.string().transform((text) => text.length),
  coerce: z.coerce.number(),
  catch: z.string().catch('caught'),
  prefault: z.string().prefault('made'),
  readonly: z.array(z.string()).readonly(),
  union: z.union([z.string(), z.number()]),
  record: z.record(z.string(), z.string()),
  tuple: z.tuple([z.string()]),
  lazy: z.lazy(() => z.string()),
  multiple: z.number().multipleOf(2),
  catchall: z.object({ a: z.string() }).catchall(z.number()),
  'optional elements': z.array(z.string().optional()),
  'exact optional': z.object({ a: z.exactOptional(z.string()) }),
  'default in optional': z.string().default('made').optional(),
  bytes: z.instanceof(Uint8Array),
};

const scalar = fc.oneof(
  fc.constantFrom<unknown>('', 'a', 'b', 'abc', 0, 1, -1, -0, 1.5, 11, 2 ** 31, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY),
  fc.constantFrom<unknown>(true, false, 0n, -1n, 2n ** 70n, null, undefined),
  fc.constantFrom(-1, 0, 1).map((ms) => new Date(ms)),
  fc.constant(new Uint8Array(1)),
);
const plainObjects = { noNullPrototype: true } as const;
const key = fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor', 'toString');
const value = fc.oneof(scalar, fc.array(scalar, { maxLength: 3 }), fc.dictionary(key, scalar, { maxKeys: 3, noNullPrototype: true }));
const rows = fc.array(fc.oneof(fc.record({ v: value }, plainObjects), fc.record({ v: value, w: scalar }, plainObjects), fc.constant({})), {
  minLength: 1,
  maxLength: 5,
});

/** What zod itself says of rows: its outputs, or the indexes of those that do not fit. */
function oracle(schema: z.ZodType, given: readonly Row[]): { rows: unknown[]; bad: Set<number> } {
  const bad = new Set<number>();
  const out = given.map((row, index) => {
    const result = schema.safeParse(row);
    if (!result.success) bad.add(index);
    return result.data;
  });
  return { rows: out, bad };
}

async function outcome(work: () => Promise<unknown>): Promise<unknown> {
  try {
    return await work();
  } catch (error) {
    if (isCheckpointError(error) && error.code === 'ERR_CKPT_SCHEMA') return new Set(error.violations!.map((violation) => violation.row));
    throw error;
  }
}

let noCodegen = false;
after(() => delete process.env['ARROW_CKPT_NO_CODEGEN']);

/**
 * zod takes a Date or bytes for an object without required keys (here it must be a plain one), and cannot freeze bytes. Of a loose object
 * it keeps all keys but `__proto__`, which is kept here.
 */
function isComparable(schema: z.ZodObject, given: readonly Row[]): boolean {
  const kind = schema.shape['v'];
  if (!(kind instanceof z.ZodObject || kind instanceof z.ZodReadonly)) return true;
  const isLoose = kind instanceof z.ZodObject && kind.def.catchall !== undefined;
  return !given.some(
    ({ v }) => v instanceof Date || v instanceof Uint8Array || (isLoose && Object.hasOwn(Object(v) as object, '__proto__')),
  );
}

/** Every other time by the validator alone. */
function alternate(): void {
  noCodegen = !noCodegen;
  if (noCodegen) process.env['ARROW_CKPT_NO_CODEGEN'] = '1';
  else delete process.env['ARROW_CKPT_NO_CODEGEN'];
}

/** The rows of a load and the indexes of those that do not fit, without a file. */
async function checked(schema: z.ZodObject, given: readonly Row[], makes: boolean): Promise<unknown> {
  const contract = contractOf(schema);
  const check = new RowCheck(contract, makes, undefined);
  check.begin(contract.fields);
  const made = given.map((row) => structuredClone(row));
  await check.run(made, 0, made.length, 0);
  const { listed } = check.violations;
  return listed.length === 0 ? made : new Set(listed.map((violation) => violation.row));
}

async function agrees(schema: z.ZodObject): Promise<void> {
  const inMemory = fc.asyncProperty(rows, async (given) => {
    fc.pre(isComparable(schema, given));
    alternate();
    const { rows: made, bad } = oracle(schema, given);
    assert.deepStrictEqual(await checked(schema, given, true), bad.size === 0 ? made : bad);
    assert.deepStrictEqual(await checked(schema, given, false), bad.size === 0 ? given : bad);
  });
  await fc.assert(inMemory, { numRuns: 300 });
  let run = 0;
  const inFiles = fc.asyncProperty(rows, async (given) => {
    fc.pre(isComparable(schema, given));
    const { rows: made, bad } = oracle(schema, given);
    const path = join(folder, `rows.${run++ % 3 === 0 ? 'json' : 'parquet'}`);
    await writeCheckpoint(path, given);
    // A column that no row has is told once, before any row: the first of them lacks it.
    const isKnown = path.endsWith('.json') || given.some((row) => 'v' in row);
    for (const { name, read } of READERS) {
      if (name === 'fallback' && path.endsWith('.json')) continue;
      const got = await outcome(() => read(path, { schema }));
      if (bad.size > 0 && !isKnown) assert.ok(got instanceof Set);
      else assert.deepStrictEqual(got, bad.size === 0 ? made : bad, name);
    }
    assert.deepStrictEqual(
      await outcome(async () => (await writeCheckpoint(path, given, { schema })).rows),
      bad.size > 0 ? bad : given.length,
    );
    if (bad.size === 0) assert.deepStrictEqual(await readCheckpoint(path), given);
  });
  await fc.assert(inFiles, { numRuns: 6 });
}

for (const [name, kind] of Object.entries(EXACT)) {
  test(`columns say what zod says: ${name}`, async () => {
    const schema = z.object({ v: kind });
    assert.equal(contractOf(schema).standard, undefined);
    await agrees(schema);
  });
}

for (const [name, kind] of Object.entries(RUN)) {
  test(`zod itself is run: ${name}`, async () => {
    const schema = z.object({ v: kind });
    assert.notEqual(contractOf(schema).standard, undefined);
    await agrees(schema);
  });
}

test('strict and loose rows', async () => {
  await agrees(z.strictObject({ v: z.any() }));
  await agrees(z.looseObject({ v: z.any() }));
  await agrees(z.strictObject({ v: z.any(), w: z.string().optional() }));
});

test('a loose object keeps __proto__, and so does one that names it', async () => {
  const given: Row[] = [{ v: { ['__proto__']: 'own', a: '' } }];
  const kinds = [z.looseObject({ a: z.string() }), z.object({ a: z.string(), ['__proto__']: z.string() })];
  for (const path of [join(folder, 'proto.parquet'), join(folder, 'proto.json')]) {
    await writeCheckpoint(path, given);
    for (const v of kinds) assert.deepStrictEqual(await readCheckpoint(path, { schema: z.object({ v }) }), given);
  }
});

test('invalid dates, and keys that every object inherits', async () => {
  for (const path of [join(folder, 'own.parquet'), join(folder, 'own.json')]) {
    await writeCheckpoint(path, [{ v: new Date(Number.NaN) }]);
    assert.deepStrictEqual(await outcome(() => readCheckpoint(path, { schema: z.object({ v: z.date() }) })), new Set([0]));
    // zod takes the inherited function for the key; here only own keys count.
    const schema = z.object({ constructor: z.string().optional(), toString: z.any() });
    await writeCheckpoint(path, [{ toString: 1 }, { toString: 2, constructor: 'c' }], { schema });
    assert.equal((await readCheckpoint(path, { schema })).length, 2);
    await writeCheckpoint(path, [{ constructor: 'c' }, { toString: 1 }]);
    assert.deepStrictEqual(await outcome(() => readCheckpoint(path, { schema })), new Set([0]));
  }
});
