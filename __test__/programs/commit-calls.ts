// Saves and loads small checkpoints, each between two marks that a trace of the system's calls shows: `commit-calls.ts <folder>`.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { CheckpointManager, readCheckpoint, writeCheckpoint } from '../../index.js';

const folder = process.argv[2]!;
const rows = Array.from({ length: 100 }, (_, id) => ({ id, text: `row ${id}`, even: id % 2 === 0 }));
const manager = new CheckpointManager(join(folder, 'managed'), { logger: false });
const works: Record<string, () => Promise<unknown>> = {
  save: () => writeCheckpoint(join(folder, 'a.parquet'), rows),
  json: () => writeCheckpoint(join(folder, 'a.json'), rows),
  managed: () => manager.saveCheckpoint('step', 'operation', rows),
  load: () => readCheckpoint(join(folder, 'a.parquet')),
};

function mark(name: string): void {
  statSync(join('/mark', name), { throwIfNoEntry: false });
}

for (const [name, work] of Object.entries(works)) {
  // The first calls of a process, and of each of its threads, ask the system for more.
  for (let round = 0; round < 4; round++) await Promise.all(Array.from({ length: 8 }, work));
  mark(name);
  await work();
  mark('end');
}
