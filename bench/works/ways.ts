import { join } from 'node:path';
import ours from '../contestants/arrow-ckpt.ts';
import json from '../contestants/json.ts';
import jsonl from '../contestants/jsonl.ts';
import type { Row } from '../suites/suite.ts';
import type { Outcome, Way } from './work.ts';

/** Where a way that reads has its file. */
export const FILES = { json: 'rows.json', jsonl: 'rows.jsonl', ours: 'rows.parquet' };

type Kind = keyof typeof FILES;
const SAVE = { json: json.save, jsonl: jsonl.save, ours: ours.save } satisfies Record<Kind, unknown>;

/** A way to read from a file of all rows. */
export function reading(name: string, kind: Kind, about: string, run: (path: string) => Promise<Outcome>): Way {
  return {
    name,
    about,
    prepare: async (folder, rows) => SAVE[kind](join(folder, FILES[kind]), rows as Row[]),
    run: async (folder) => run(join(folder, FILES[kind])),
  };
}

/** The lines of a file of JSON lines, one row at a time, as a program streams them. */
export async function* linesOf(path: string): AsyncGenerator<Row, void, undefined> {
  const { createReadStream } = await import('node:fs');
  const { createInterface } = await import('node:readline');
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) yield JSON.parse(line) as Row;
}
