import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { CheckpointManager, createCheckpoint } from 'arrow-ckpt';
import json from '../contestants/json.ts';
import type { Row } from '../suites/suite.ts';
import { type Outcome, sumOf, type Work } from './work.ts';

/** Loads so many checkpoints, one after another. */
export async function loadAll(count: number, load: (index: number) => Promise<Row[]>): Promise<Outcome> {
  let [rows, check] = [0, 0];
  for (let index = 0; index < count; index++) {
    const part = await load(index);
    rows += part.length;
    check += sumOf(part, 'score');
  }
  return { rows, check };
}

const BATCH_ROWS = 1000;

function batchesOf(rows: readonly Row[]): Row[][] {
  return Array.from({ length: Math.ceil(rows.length / BATCH_ROWS) }, (_, batch) =>
    rows.slice(batch * BATCH_ROWS, (batch + 1) * BATCH_ROWS),
  );
}

export const batches: Work = {
  suite: 'flat',
  rows: 100_000,
  quickRows: 10_000,
  saves: true,
  name: 'batches',
  about: `batch checkpoints of ${BATCH_ROWS} rows, each durable, then all of them loaded`,
  ways: [
    {
      name: 'json',
      about: 'a JSON file a batch, fsync; readFile, JSON.parse of each',
      async run(folder, rows) {
        const all = batchesOf(rows);
        for (const [index, batch] of all.entries()) await json.save(join(folder, `batch_${index}.json`), batch);
        return loadAll(all.length, (index) => json.load(join(folder, `batch_${index}.json`)));
      },
    },
    {
      name: 'arrow-ckpt',
      about: 'saveBatchCheckpoint of each, loadBatchCheckpoints',
      async run(folder, rows) {
        const manager = new CheckpointManager(folder, { logger: false });
        for (const [index, batch] of batchesOf(rows).entries()) await manager.saveBatchCheckpoint('work', index, batch);
        const loaded = await manager.loadBatchCheckpoints<Row>('work');
        return loadAll(loaded.length, (index) => Promise.resolve(loaded[index]!));
      },
    },
  ],
  goals: { 'arrow-ckpt': 1 },
};

export const append: Work = {
  suite: 'flat',
  rows: 1_000_000,
  quickRows: 100_000,
  saves: true,
  name: 'append',
  about: 'rows written as they come, in arrays of 1000, durable at the end',
  ways: [
    {
      name: 'jsonl',
      about: 'JSON.stringify of each row, a write for each array, fsync at the end',
      async run(folder, rows) {
        const file = await open(join(folder, 'rows.jsonl'), 'w');
        for (const batch of batchesOf(rows)) {
          let lines = '';
          for (const row of batch) lines += `${JSON.stringify(row)}\n`;
          await file.write(lines);
        }
        await file.sync();
        await file.close();
        return { rows: rows.length, check: 0 };
      },
    },
    {
      name: 'arrow-ckpt',
      about: 'createCheckpoint, append of each array, close',
      async run(folder, rows) {
        const writer = await createCheckpoint(join(folder, 'rows.parquet'));
        for (const batch of batchesOf(rows)) await writer.append(batch);
        const { rows: count } = await writer.close();
        return { rows: count, check: 0 };
      },
    },
  ],
  goals: { 'arrow-ckpt': 0.5 },
};
