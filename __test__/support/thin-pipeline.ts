import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CheckpointManager, readCheckpoint, type Row } from 'arrow-ckpt';
import { assertExact } from './exact.ts';

const ROWS = 1000;

/** Texts that no codec makes small, several megabytes: values of large checkpoints are shared. */
const documents = (word: string): Row[] =>
  Array.from({ length: ROWS }, (_, id) => ({
    id,
    text: word + createHash('shake256', { outputLength: 3000 }).update(`${word} ${id}`).digest('base64'),
  }));

const sized = (row: Row): Row => ({ ...row, size: String(row['text']).length });

const changed = (row: Row, index: number): Row => (index % 50 === 0 ? { ...row, text: `changed ${index}` } : row);

/** The path of the base, from the directory. */
export const BASE = 'load/docs.parquet';

/** A directory of a pipeline: the rows of each file, by its path from there. The first is the base of the others, which are thin. */
export async function thinDirectory(directory: string): Promise<Map<string, Row[]>> {
  const manager = new CheckpointManager(directory, { logger: false, base: 'auto' });
  const rows = documents('first');
  const steps: Record<string, Row[]> = {
    'load/docs': rows,
    'process/map': rows.map(sized),
    'process/filter': rows.filter((row) => (row['id'] as number) % 2 === 0),
    'process/changed': rows.map(changed),
  };
  const saved = new Map<string, Row[]>();
  for (const [name, each] of Object.entries(steps)) {
    const [step, operation] = name.split('/') as [string, string];
    const base = saved.size === 0 ? ('auto' as const) : { step: 'load', operation: 'docs' };
    await manager.saveCheckpoint(step, operation, each, { base });
    const isThin = Boolean((await manager.getCheckpointInfo(step, operation))?.delta);
    if (isThin !== saved.size > 0) throw new Error(`${name} is ${isThin ? 'thin' : 'whole'}`);
    saved.set(`${name}.parquet`, each);
  }
  return saved;
}

/** Other rows of the same kind. */
export const otherRows = (): Row[] => documents('other');

/** All files of a directory load as they were saved. */
export async function assertLoads(directory: string, saved: ReadonlyMap<string, Row[]>, but: readonly string[] = []): Promise<void> {
  for (const [path, rows] of saved) if (!but.includes(path)) assertExact(await readCheckpoint(join(directory, path)), rows);
}

/** The bytes that a directory takes: a file of several names once. */
export function bytesOf(directory: string, only: RegExp = /./): number {
  const files = new Map<number, number>();
  for (const entry of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
    const stats = statSync(join(directory, entry));
    if (stats.isFile() && only.test(entry)) files.set(stats.ino, stats.size);
  }
  return [...files.values()].reduce((sum, size) => sum + size, 0);
}
