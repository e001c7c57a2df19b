import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CheckpointManager, type Row } from 'arrow-ckpt';
import { generationOf } from '../programs/generations.mjs';

/** What came of a loop of kills. */
export interface KillCounts {
  kills: number;
  /** Kills in the middle of a save. */
  inSave: number;
  /** Generations that were saved in all. */
  saved: number;
  /** Loads of readers beside. */
  loads: number;
  /** Temporaries of killed writers that were there at the end. */
  temporaries: number;
  wrong: string[];
}

const program = (name: string): string => fileURLToPath(new URL(`../programs/${name}`, import.meta.url));

/**
 * Starts writers in processes of their own and kills each with SIGKILL at a random moment after it has begun, `kills` times; readers run
 * beside all the while. After each kill the checkpoint must load whole, as the last generation that its writer told or a later one.
 */
export async function killLoop(folder: string, format: 'parquet' | 'json' | 'parts', kills: number): Promise<KillCounts> {
  const manager = new CheckpointManager(folder, { logger: false });
  const counts: KillCounts = { kills: 0, inSave: 0, saved: 0, loads: 0, temporaries: 0, wrong: [] };
  const reader = spawn(process.execPath, [program('kill-reader.mjs'), folder, format], { stdio: ['pipe', 'pipe', 'inherit'] });
  const told = textOf(reader);
  let next = 0;
  for (; counts.kills < kills; counts.kills++) {
    const lines = await killed(folder, format, next);
    const saved = lines.filter((line) => line.startsWith('saved'));
    const last = /^saved (\d+)$/.exec(saved.at(-1) ?? '');
    if (lines.at(-1)?.startsWith('begun') === true) counts.inSave++;
    counts.saved += saved.length;
    const least = last === null ? next - 1 : Number(last[1]);
    try {
      const rows = (await manager.loadCheckpoint('step', format)) as Row[] | null;
      const generation = rows === null ? -1 : generationOf(rows);
      if (generation < least) counts.wrong.push(`generation ${generation} after ${least} was saved`);
      next = generation + 1;
    } catch (error) {
      counts.wrong.push(String(error));
    }
  }
  reader.stdin?.end();
  const { loads, wrong, wrongs } = JSON.parse(await told) as { loads: number; wrong: string[]; wrongs: number };
  counts.loads = loads;
  if (wrongs > 0) counts.wrong.push(`${wrongs} of the reader: ${wrong.join('; ')}`);
  counts.temporaries = readdirSync(join(folder, 'step')).filter((name) => name.endsWith('.tmp')).length;
  await manager.clearStep('step');
  return counts;
}

/** The lines that a writer told before it was killed. */
async function killed(folder: string, format: string, first: number): Promise<string[]> {
  const writer = spawn(process.execPath, [program('kill-writer.mjs'), folder, format, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const told = textOf(writer);
  await new Promise<void>((resolve, reject) => {
    writer.once('error', reject);
    void told.then(() => reject(new Error('a writer ended by itself')));
    // A few saves take some tens of milliseconds, one of several parts more: anywhere in them.
    const most = format === 'parts' ? 250 : 60;
    writer.stdout?.once('data', () => setTimeout(resolve, Math.random() * most));
  });
  writer.kill('SIGKILL');
  const lines = (await told).split('\n');
  lines.pop();
  return lines;
}

function textOf(child: ChildProcess): Promise<string> {
  let text = '';
  child.stdout?.setEncoding('utf8').on('data', (piece: string) => (text += piece));
  return new Promise((resolve) => child.on('close', () => resolve(text)));
}
