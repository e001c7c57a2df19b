import { mkdir, open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { CheckpointManager, createCheckpoint, readCheckpoint, writeCheckpoint } from 'arrow-ckpt';
import json from '../contestants/json.ts';
import type { Row } from '../suites/suite.ts';
import { type Outcome, sumOf, type Way, type Work } from './work.ts';

/** Rows of each of the many small checkpoints, and how many of them there are. */
const SMALL_ROWS = 100;
const SMALL = { suite: 'flat', rows: 100_000, quickRows: 10_000 };

function parts(rows: readonly Row[]): Row[][] {
  return Array.from({ length: Math.ceil(rows.length / SMALL_ROWS) }, (_, part) => rows.slice(part * SMALL_ROWS, (part + 1) * SMALL_ROWS));
}

function named(folder: string, way: string, part: number, extension: string): string {
  return join(folder, way, `part-${part}.${extension}`);
}

async function saveAll(rows: readonly Row[], save: (part: Row[], index: number) => Promise<unknown>): Promise<Outcome> {
  for (const [index, part] of parts(rows).entries()) await save(part, index);
  return { rows: rows.length, check: 0 };
}

async function loadAll(count: number, load: (index: number) => Promise<Row[]>): Promise<Outcome> {
  let [rows, check] = [0, 0];
  for (let index = 0; index < count; index++) {
    const part = await load(index);
    rows += part.length;
    check += sumOf(part, 'score');
  }
  return { rows, check };
}

const jsonSmall: Way = {
  name: 'json',
  about: 'JSON.stringify -> write -> fsync of each',
  async run(folder, rows) {
    await mkdir(join(folder, 'json'), { recursive: true });
    return saveAll(rows, (part, index) => json.save(named(folder, 'json', index, 'json'), part));
  },
};

/** JSON with what a checkpoint promises beside its bytes: the old file or the new one whole, and the name as durable as the bytes. */
const jsonCommitted: Way = {
  name: 'json, committed',
  about: 'JSON.stringify -> write -> fsync -> rename -> fsync of the folder, of each',
  async run(folder, rows) {
    const own = join(folder, 'committed');
    await mkdir(own, { recursive: true });
    return saveAll(rows, async (part, index) => {
      const path = named(folder, 'committed', index, 'json');
      await json.save(`${path}.tmp`, part);
      await rename(`${path}.tmp`, path);
      const names = await open(own, 'r');
      await names.sync();
      await names.close();
    });
  },
};

const oursSmall: Way = {
  name: 'arrow-ckpt',
  about: 'writeCheckpoint of each',
  run: async (folder, rows) => saveAll(rows, (part, index) => writeCheckpoint(named(folder, 'ours', index, 'parquet'), part)),
};

export const smallSave: Work = {
  ...SMALL,
  name: 'small-save',
  about: `checkpoints of ${SMALL_ROWS} rows each, one after another, each durable`,
  saves: true,
  ways: [jsonSmall, jsonCommitted, oursSmall],
  goals: { 'arrow-ckpt': 1.1 },
};

function prepared(way: Way): (folder: string, rows: readonly Row[]) => Promise<void> {
  return async (folder, rows) => void (await way.run(folder, rows));
}

export const smallLoad: Work = {
  ...SMALL,
  name: 'small-load',
  about: `checkpoints of ${SMALL_ROWS} rows each, one after another`,
  saves: false,
  ways: [
    {
      name: 'json',
      about: 'readFile, JSON.parse of each',
      prepare: prepared(jsonSmall),
      run: async (folder) => loadAll(await countOf(folder, 'json'), (index) => json.load(named(folder, 'json', index, 'json'))),
    },
    {
      name: 'arrow-ckpt',
      about: 'readCheckpoint of each',
      prepare: prepared(oursSmall),
      run: async (folder) =>
        loadAll(await countOf(folder, 'ours'), (index) => readCheckpoint<Row>(named(folder, 'ours', index, 'parquet'))),
    },
  ],
  goals: { 'arrow-ckpt': 1 },
};

async function countOf(folder: string, way: string): Promise<number> {
  const { readdir } = await import('node:fs/promises');
  return (await readdir(join(folder, way))).length;
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
