import { openCheckpoint, readCheckpoint } from 'arrow-ckpt';
import json from '../contestants/json.ts';
import { type Outcome, sumOf, type Work } from './work.ts';
import { linesOf, reading } from './ways.ts';

const FLAT = { suite: 'flat', rows: 1_000_000, quickRows: 100_000, saves: false };

async function consume(rows: AsyncIterable<Record<string, unknown>>): Promise<Outcome> {
  let [count, sum] = [0, 0];
  for await (const row of rows) {
    count += 1;
    sum += row['score'] as number;
  }
  return { rows: count, check: sum };
}

/** `sum` and the numbers: by index, as `for of` over a typed array is three times as slow. */
function added(numbers: Float64Array, sum: number): number {
  for (let row = 0; row < numbers.length; row++) sum += numbers[row]!;
  return sum;
}

export const iterate: Work = {
  ...FLAT,
  name: 'iterate',
  about: 'for await over all rows, adding up one column',
  ways: [
    reading('jsonl', 'jsonl', 'readline, JSON.parse of each line', (path) => consume(linesOf(path))),
    reading('rows', 'ours', 'openCheckpoint(path).rows()', async (path) => {
      await using reader = await openCheckpoint(path);
      return await consume(reader.rows());
    }),
    reading('batches', 'ours', 'openCheckpoint(path).scanColumns({ columns }) of the column', async (path) => {
      await using reader = await openCheckpoint(path);
      let [count, sum] = [0, 0];
      for await (const { rows, columns } of reader.scanColumns({ columns: ['score'] })) {
        count += rows;
        const [score] = columns;
        if (score?.kind === 'number') sum = added(score.values, sum);
      }
      return { rows: count, check: sum };
    }),
  ],
  goals: { rows: 0.25 },
};

export const project: Work = {
  ...FLAT,
  name: 'project',
  about: 'two of the eight columns of all rows',
  ways: [
    reading('json', 'json', 'readFile, JSON.parse', async (path) => {
      const rows = await json.load(path);
      return { rows: rows.length, check: sumOf(rows, 'score') };
    }),
    reading('rows', 'ours', 'readCheckpoint(path, { columns })', async (path) => {
      const rows = await readCheckpoint(path, { columns: ['id', 'score'] });
      return { rows: rows.length, check: sumOf(rows, 'score') };
    }),
    reading('columns', 'ours', 'openCheckpoint(path).columns(names)', async (path) => {
      await using reader = await openCheckpoint(path);
      const batch = await reader.columns(['id', 'score']);
      const score = batch.column('score');
      return { rows: batch.rows, check: score?.kind === 'number' ? added(score.values, 0) : 0 };
    }),
  ],
  goals: { rows: 0.06, columns: 0.02 },
};

export const where: Work = {
  ...FLAT,
  name: 'where',
  about: '1% of the rows, by a condition on a sorted column',
  ways: [
    reading('json', 'json', 'readFile, JSON.parse, filter', async (path) => {
      const rows = (await json.load(path)).filter((row) => (row['id'] as number) >= 500_000 && (row['id'] as number) < 510_000);
      return { rows: rows.length, check: sumOf(rows, 'score') };
    }),
    reading('where', 'ours', 'readCheckpoint(path, { where })', async (path) => {
      const rows = await readCheckpoint(path, { where: { id: { $gte: 500_000, $lt: 510_000 } } });
      return { rows: rows.length, check: sumOf(rows, 'score') };
    }),
  ],
  goals: { where: 0.02 },
};

export const head: Work = {
  ...FLAT,
  name: 'head',
  about: 'the first 100 rows',
  ways: [
    reading('json', 'json', 'readFile, JSON.parse, slice', async (path) => {
      const rows = (await json.load(path)).slice(0, 100);
      return { rows: rows.length, check: sumOf(rows, 'score') };
    }),
    reading('limit', 'ours', 'readCheckpoint(path, { limit: 100 })', async (path) => {
      const rows = await readCheckpoint(path, { limit: 100 });
      return { rows: rows.length, check: sumOf(rows, 'score') };
    }),
  ],
  goals: { limit: 0.005 },
};

export const vectors: Work = {
  suite: 'embeddings32',
  rows: 10_000,
  quickRows: 1_000,
  saves: false,
  name: 'vectors',
  about: 'the vectors of all rows',
  ways: [
    reading('json', 'json', 'readFile, JSON.parse', async (path) => {
      const rows = await json.load(path);
      return { rows: rows.length, check: rows.reduce((sum, row) => sum + (row['embedding'] as number[])[7]!, 0) };
    }),
    reading('rows', 'ours', "readCheckpoint(path, { columns: ['embedding'] })", async (path) => {
      const rows = await readCheckpoint<{ embedding: number[] }>(path, { columns: ['embedding'] });
      return { rows: rows.length, check: rows.reduce((sum, row) => sum + row.embedding[7]!, 0) };
    }),
    reading('views', 'ours', "openCheckpoint(path).columns(['embedding']), view(row) of each", async (path) => {
      await using reader = await openCheckpoint(path);
      const batch = await reader.columns(['embedding']);
      const column = batch.column('embedding');
      let sum = 0;
      if (column?.kind === 'list') for (let row = 0; row < batch.rows; row++) sum += column.view(row)![7]!;
      return { rows: batch.rows, check: sum };
    }),
  ],
  goals: { views: 0.02 },
};
