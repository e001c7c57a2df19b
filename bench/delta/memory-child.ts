// Saves or streams one checkpoint, and tells how much memory that took. Asked by bench/delta-memory.ts.
import { createCheckpoint, openCheckpoint } from 'arrow-ckpt';
import { measure, type Sample } from '../measure/sample.ts';
import type { Row } from '../suites/suite.ts';
import { MEMORY_CASES } from './memory-cases.ts';

/** What is to be run. */
export interface MemoryTask {
  case: string;
  rows: number;
  /** `base` saves what the thin one refers to. */
  file: 'base' | 'whole' | 'thin';
  path: string;
  base: string;
  loads: boolean;
}

export interface MemoryAnswer {
  sample: Sample;
  /** How many values of columns with references are elsewhere. */
  shared: number;
}

const BATCH = 1000;

async function save(rows: Iterable<Row>, path: string, base: string | undefined): Promise<number> {
  const writer = await createCheckpoint(path, base === undefined ? {} : { base });
  let batch: Row[] = [];
  for (const row of rows) {
    batch.push(row);
    if (batch.length < BATCH) continue;
    await writer.append(batch);
    batch = [];
  }
  await writer.append(batch);
  return (await writer.close()).delta?.rows.shared ?? 0;
}

/** Streams all rows, and looks at them. */
async function load(path: string, count: number): Promise<number> {
  await using reader = await openCheckpoint(path);
  let [rows, characters] = [0, 0];
  for await (const row of reader.rows()) {
    rows++;
    characters += String(row['text']).length;
  }
  if (rows !== count || characters < count) throw new Error(`${rows} rows with ${characters} characters, of ${count}`);
  return reader.info.delta?.rows.shared ?? 0;
}

process.on('message', async ({ case: name, rows, file, path, base, loads }: MemoryTask) => {
  const { first, second } = MEMORY_CASES[name]!;
  const source = file === 'base' ? first(rows) : second(rows);
  const bases = { base: 'auto', whole: undefined, thin: base }[file];
  const { sample, result } = await measure(loads ? path : '/', () => (loads ? load(path, rows) : save(source, path, bases)), {
    collects: true,
  });
  process.send!({ sample, shared: result } satisfies MemoryAnswer, () => process.exit(0));
});
