import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { CheckpointManager, type CheckpointManagerOptions, type Row } from 'arrow-ckpt';

const WORDS = 110;

/** A text that no codec makes small: from 900 of them on files have more than 1 MiB. */
function textOf(seed: number): string {
  let state = seed * 7919 + 1;
  return Array.from({ length: WORDS }, () => (state = (state * 48_271) % 2_147_483_647).toString(36)).join(' ');
}

/** Documents. */
export function documents(count: number): Row[] {
  return Array.from({ length: count }, (_, id) => ({
    id,
    text: textOf(id),
    meta: { page: id, source: textOf(id + count) },
    score: id / 7,
    at: new Date(id),
  }));
}

const loaded = documents(1800);
const cleaned = loaded.map((row) => ({ ...row, clean: `clean ${row['text'] as string}` }));
const filtered = cleaned.filter((_, id) => id % 3 !== 0);
const again = filtered.map((row, id) => (id % 100 === 0 ? { ...row, clean: `again ${row.clean}` } : row));

/** The steps of a pipeline, the first first. */
export const STEPS: readonly { step: string; operation: string; rows: Row[] }[] = [
  { step: 'read', operation: 'load', rows: loaded },
  { step: 'read', operation: 'clean', rows: cleaned },
  { step: 'work', operation: 'filter', rows: filtered },
  { step: 'work', operation: 'again', rows: again },
];

/** Saves the steps, a second apart by the times of their files. */
export async function saveSteps(directory: string, options: CheckpointManagerOptions = {}): Promise<CheckpointManager> {
  const manager = new CheckpointManager(directory, { logger: false, ...options });
  for (const [at, { step, operation, rows }] of STEPS.entries()) {
    const path = await manager.saveCheckpoint(step, operation, rows, { hash: `hash ${at}`, metadata: { at: String(at) } });
    utimesSync(path, 1_700_000_000 + at, 1_700_000_000.25 + at);
  }
  return manager;
}

/** The path of a step's file. */
export function pathOf(directory: string, at: number): string {
  const { step, operation } = STEPS[at]!;
  return join(directory, step, `${operation}.parquet`);
}
