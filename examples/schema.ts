// npx tsx examples/schema.ts, in a built clone: a step's rows get a schema, and later a newer one.
import { diffSchema, inferSchema, isCheckpointError, readCheckpoint, writeCheckpoint } from 'arrow-ckpt';
import { z } from 'zod';

const path = 'out/articles.parquet';

const Article = z.object({ id: z.int(), title: z.string().min(1), score: z.number().min(0).max(1).nullable() });
const articles = [
  { id: 1, title: 'First', score: 0.5 },
  { id: 2, title: 'Second', score: null },
];

// What a save would choose by itself, and why.
for (const { name, type, reason } of inferSchema(articles).columns) console.log(`${name}: ${type} (${reason})`);

const info = await writeCheckpoint(path, articles, { schema: Article });
console.log(info.columns.map(({ name, type }) => `${name}: ${type}`).join(', '));

// Rows that do not fit: nothing is saved, and the error says where.
try {
  await writeCheckpoint(path, [{ id: '3', title: '', score: 7 }], { schema: Article });
} catch (error) {
  if (!isCheckpointError(error)) throw error;
  console.log(error.code, error.violations);
}

// A newer version of the program: one column more, one less.
const Newer = z.object({ id: z.int(), title: z.string(), language: z.string().default('en') });
console.log(diffSchema(info, Newer));
const rows = await readCheckpoint(path, { schema: Newer }); // { id: number; title: string; language: string }[]
console.log(rows);
