import { mkdir, open, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { readCheckpoint, writeCheckpoint } from 'arrow-ckpt';
import json from '../contestants/json.ts';
import type { Row } from '../suites/suite.ts';
import { loadAll } from './many.ts';
import type { Outcome, Way, Work } from './work.ts';

/** Rows of small checkpoints: what most steps have. */
const SIZES = [10, 100, 1000];
/** Checkpoints of the works that have many. */
const MANY = 200;
/** To JSON that is committed the same way. */
const GOAL = 1.15;

type Save = (path: string, rows: Row[]) => Promise<unknown>;

function fileOf(folder: string, way: string, part: number): string {
  return join(folder, way, `part-${part}.${way === 'json' ? 'json' : 'parquet'}`);
}

/** JSON with what a checkpoint promises beside its bytes: the old file or the new one whole, and the name as durable as the bytes. */
const commitJson: Save = async (path, rows) => {
  await json.save(`${path}.tmp`, rows);
  await rename(`${path}.tmp`, path);
  const names = await open(join(path, '..'), 'r');
  try {
    await names.sync();
  } finally {
    await names.close();
  }
};

const SAVES: Record<string, Save> = { json: commitJson, 'arrow-ckpt': (path, rows) => writeCheckpoint(path, rows) };
const LOADS: Record<string, (path: string) => Promise<Row[]>> = { json: json.load, 'arrow-ckpt': (path) => readCheckpoint<Row>(path) };
const ABOUT: Record<string, [string, string]> = {
  json: ['JSON.stringify -> write -> fsync -> rename -> fsync of the folder, of each', 'readFile, JSON.parse of each'],
  'arrow-ckpt': ['writeCheckpoint of each', 'readCheckpoint of each'],
};

function savesOf(way: string, size: number): Way['run'] {
  return async (folder, rows): Promise<Outcome> => {
    await mkdir(join(folder, way), { recursive: true });
    const save = SAVES[way] as Save;
    for (let part = 0; part * size < rows.length; part++) {
      await save(fileOf(folder, way, part), rows.slice(part * size, (part + 1) * size));
    }
    return { rows: rows.length, check: 0 };
  };
}

function work(operation: 'save' | 'load', size: number, count: number): Work {
  const ways = Object.keys(SAVES).map((way): Way => {
    const save = savesOf(way, size);
    const about = ABOUT[way]![operation === 'save' ? 0 : 1];
    if (operation === 'save') return { name: way, about, run: save };
    const load = LOADS[way]!;
    return {
      name: way,
      about,
      prepare: async (folder, rows) => void (await save(folder, rows)),
      run: async (folder) => loadAll((await readdir(join(folder, way))).length, (part) => load(fileOf(folder, way, part))),
    };
  });
  return {
    suite: 'flat',
    rows: size * count,
    quickRows: size * Math.min(count, 20),
    name: `${count === 1 ? 'first' : 'small'}-${operation}-${size}`,
    about: count === 1 ? `the first ${operation} of a process, ${size} rows` : `checkpoints of ${size} rows each, one after another`,
    saves: operation === 'save',
    ways,
    goals: { 'arrow-ckpt': GOAL },
  };
}

/** Small checkpoints, in a process that goes on and as its first. */
export const small: readonly Work[] = SIZES.flatMap((size) =>
  [MANY, 1].flatMap((count) => (['save', 'load'] as const).map((operation) => work(operation, size, count))),
);
