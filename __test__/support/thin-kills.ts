import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { readAllBelow } from '../programs/thin-rows.mjs';

/** What came of it. */
export interface ThinKillCounts {
  kills: number;
  /** Kills of a process that had the lock of the pool. */
  withLock: number;
  /** Saves of thin files that were told. */
  thin: number;
  /** Turns of each role. */
  turns: Record<string, number>;
  /** Files that were read, by readers beside and after each kill. */
  loads: number;
  /** Files that are there and do not load, or have other rows; and what failed that should not. */
  wrong: string[];
}

const ROLES = ['save', 'save', 'replace', 'sweep', 'sweep', 'remove'];
const READERS = 2;
/** A process is killed in one of its first turns. */
const MAX_TURNS = 10;
const ENV = { ...process.env, ARROW_CKPT_SHARE_ANY: '1' };
const program = (name: string): string => fileURLToPath(new URL(`../programs/${name}`, import.meta.url));

/** Processes of all roles in one directory, each killed with SIGKILL at a random moment and started again, `kills` times in all. */
export async function thinKills(folder: string, kills: number): Promise<ThinKillCounts> {
  const counts: ThinKillCounts = { kills: 0, withLock: 0, thin: 0, turns: {}, loads: 0, wrong: [] };
  const readers = Array.from({ length: READERS }, () =>
    spawn(process.execPath, [program('thin-reader.mjs'), folder], { stdio: ['pipe', 'pipe', 'inherit'] }),
  );
  const told = readers.map((reader) => text(reader.stdout));
  let begun = 0;
  const play = async (role: string, number: number): Promise<void> => {
    while (begun < kills) {
      begun++;
      const { lines, hadLock } = await killed(folder, role, number);
      counts.kills++;
      counts.withLock += Number(hadLock);
      counts.thin += lines.filter((line) => line === 'thin').length;
      counts.turns[role] = (counts.turns[role] ?? 0) + lines.filter((line) => line === 'begun').length;
      counts.wrong.push(...lines.filter((line) => line.startsWith('wrong')));
      const { loads, wrong } = await readAllBelow(folder);
      counts.loads += loads;
      counts.wrong.push(...wrong);
    }
  };
  await Promise.all(ROLES.map(play));
  for (const [index, reader] of readers.entries()) {
    reader.stdin.end();
    const { loads, wrong, wrongs } = JSON.parse((await told[index]) as string) as { loads: number; wrong: string[]; wrongs: number };
    counts.loads += loads;
    if (wrongs > 0) counts.wrong.push(`${wrongs} of a reader: ${wrong.join('; ')}`);
  }
  return counts;
}

/** The lines that a process told before it was killed, and whether it then had the lock. */
async function killed(folder: string, role: string, number: number): Promise<{ lines: string[]; hadLock: boolean }> {
  const actor = spawn(process.execPath, [program('thin-actor.mjs'), folder, role, String(number)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: ENV,
  });
  const output = text(actor.stdout);
  await turns(actor, 1 + Math.random() * MAX_TURNS);
  // Anywhere in the last.
  await setTimeout(Math.random() * 20);
  actor.kill('SIGKILL');
  const lines = (await output).split('\n');
  lines.pop();
  return { lines, hadLock: lockOf(folder) === actor.pid };
}

/** Waits until it has begun so many turns. */
function turns(actor: ChildProcess, count: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let begun = 0;
    actor.once('error', reject);
    actor.once('exit', (code) => reject(new Error(`an actor ended by itself, with ${code}`)));
    actor.stdout?.on('data', (piece: Buffer) => {
      begun += piece.toString().split('begun').length - 1;
      if (begun >= count) resolve();
    });
  });
}

/** The number of the process that the lock names. */
function lockOf(folder: string): number | undefined {
  try {
    return (JSON.parse(readFileSync(join(folder, '.ckpt', 'lock'), 'utf8')) as { pid: number }).pid;
  } catch {
    return undefined;
  }
}
