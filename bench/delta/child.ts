// Runs one pipeline in one way, and tells what it cost. Asked by bench/delta.ts.
import { closeSync, fsyncSync, lstatSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { CheckpointManager } from 'arrow-ckpt';
import type { Row } from '../suites/suite.ts';
import { PIPELINES } from './pipelines.ts';

/** What is to be run. */
export interface DeltaTask {
  pipeline: string;
  way: 'whole' | 'thin' | 'json';
  rows: number;
  folder: string;
  /** Loads the last checkpoint instead. */
  loads: boolean;
}

/** One save or load. */
interface Cost {
  name: string;
  wallMs: number;
  cpuMs: number;
}

/** What it cost. */
export interface DeltaAnswer {
  costs: Cost[];
  /** Of the directory, each file once however many names it has. */
  bytes: number;
}

function bytesOf(folder: string): number {
  const seen = new Map<number, number>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const { ino, size } = lstatSync(join(entry.parentPath, entry.name));
    seen.set(ino, size);
  }
  return [...seen.values()].reduce((sum, size) => sum + size, 0);
}

function saveJson(path: string, rows: Row[]): void {
  const file = openSync(path, 'w');
  writeSync(file, Buffer.from(JSON.stringify(rows)));
  fsyncSync(file);
  closeSync(file);
}

async function costOf(name: string, work: () => unknown): Promise<Cost> {
  globalThis.gc?.();
  const [from, cpu] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return { name, wallMs: performance.now() - from, cpuMs: (user + system) / 1000 };
}

process.on('message', async ({ pipeline: wanted, way, rows: count, folder, loads }: DeltaTask) => {
  const pipeline = PIPELINES.find(({ name }) => name === wanted)!;
  const manager = new CheckpointManager(folder, { base: way === 'thin' ? 'auto' : false, logger: false });
  const costs: Cost[] = [];
  if (loads) {
    const names = JSON.parse(readFileSync(join(folder, '..', 'names.json'), 'utf8')) as string[];
    for (const name of names) costs.push(await costOf(name, () => manager.loadCheckpoint('s', name)));
  } else {
    for (const [name, rows] of pipeline.steps(count))
      costs.push(
        await costOf(name, () => (way === 'json' ? saveJson(join(folder, 'x.json'), rows) : manager.saveCheckpoint('s', name, rows))),
      );
  }
  process.send!({ costs, bytes: bytesOf(folder) } satisfies DeltaAnswer, () => process.exit(0));
});
