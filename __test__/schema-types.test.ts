import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { CheckpointManager, readCheckpoint, writeCheckpoint, type CheckpointSchema, type Row, type StandardSchemaV1 } from 'arrow-ckpt';
import { z } from 'zod';
import { tempFolder } from './support/temp-folder.js';

const folder = tempFolder('schema-types');

/** Compiles only if both types are one. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(value: Same<A, B>): void => assert.equal(value, true);

test("rows have the types of the schema's output", async () => {
  const path = join(folder, 'rows.parquet');
  const schema = z.object({ id: z.int(), text: z.string().transform((text) => text.length), kind: z.enum(['a', 'b']).default('a') });
  await writeCheckpoint(path, [{ id: 1, text: 'four' }], { schema });

  const typed = await readCheckpoint(path, { schema });
  same<typeof typed, { id: number; text: number; kind: 'a' | 'b' }[]>(true);
  assert.deepStrictEqual(typed, [{ id: 1, text: 4, kind: 'a' }]);

  const standard = schema as StandardSchemaV1<unknown, { id: number }>;
  const other = await readCheckpoint(path, { schema: standard, verify: false });
  same<typeof other, { id: number }[]>(true);

  const manager = new CheckpointManager(folder, { logger: false });
  const loaded = await manager.loadCheckpoint('s', 'o', { schema, hash: 'h' });
  same<typeof loaded, { id: number; text: number; kind: 'a' | 'b' }[] | null>(true);

  const own: CheckpointSchema = { columns: [{ name: 'id', type: 'number' }] };
  const plain = await readCheckpoint(path, { schema: own });
  same<typeof plain, Row[]>(true);
  const asked = await readCheckpoint<{ id: number }>(path, { schema: own });
  same<typeof asked, { id: number }[]>(true);
  const without = await readCheckpoint(path, { columns: ['id'] });
  same<typeof without, Row[]>(true);
  same<StandardSchemaV1.InferInput<typeof schema>, { id: number; text: string; kind?: 'a' | 'b' | undefined }>(true);

  // @ts-expect-error a schema is an object
  await assert.rejects(readCheckpoint(path, { schema: 7 }));
  // @ts-expect-error a type of another store
  const wrong: CheckpointSchema = { columns: [{ name: 'a', type: 'varchar' }] };
  await assert.rejects(readCheckpoint(path, { schema: wrong }));
});
