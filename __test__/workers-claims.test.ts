import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { thisHolder } from '../lib/base/lock/holder.ts';
import { workerId, workerLock } from '../lib/directory/workers-folder.ts';
import { Claims } from '../lib/resume/workers/claims.ts';
import { Random } from '../bench/random.ts';
import { SEED } from './support/seeded.ts';
import { tempFolder } from './support/temp-folder.ts';

const folder = tempFolder('workers-claims');
const RUNS = Number(process.env.ARROW_CKPT_CLAIM_RUNS ?? 60);
const RANGES = 10;
/** Linux gives no process this number. */
const NOBODY = 2 ** 22 + 1;

/** What is on the disk, and who is at work: what the protocol is to keep in order. */
interface World {
  folder: string;
  random: () => number;
  alive: Set<number>;
  /** The worker that computes a range now. */
  owners: Map<number, number>;
  done: Set<number>;
  computed: number;
  deaths: number;
  takenOver: number;
}

/** A worker's lock, as a file of text: of this process, or of one that has ended. */
function writeLock({ folder: where }: World, worker: number, isDead: boolean): void {
  const holder = thisHolder(`worker ${worker}`);
  writeFileSync(workerLock(where, worker), JSON.stringify({ ...holder, ...(isDead && { pid: NOBODY, started: '' }) }));
}

async function hops(world: World): Promise<void> {
  for (let left = Math.floor(world.random() * 4); left > 0; left--) await setImmediate();
}

/** A worker that claims and computes ranges until all are done, or it dies; at any point, as another would. */
async function work(world: World, worker: number, isMortal: boolean): Promise<void> {
  const { random, alive, owners, done } = world;
  const dies = (): boolean => {
    if (!isMortal || random() > 0.08) return false;
    alive.delete(worker);
    world.deaths++;
    writeLock(world, worker, true);
    return true;
  };
  const claims = new Claims(world.folder);
  while (done.size < RANGES) {
    if (random() < 0.5) await claims.look();
    if (dies()) return;
    const range = Math.floor(random() * RANGES);
    const generation = claims.generationOf(range);
    await hops(world);
    if (done.has(range) || (generation > 0 && !(await claims.isAbandoned(range, new Map())))) {
      await setImmediate();
      continue;
    }
    await hops(world);
    if (!(await claims.claim(range, generation, worker))) continue;
    const before = owners.get(range);
    assert.ok(before === undefined || !alive.has(before), `range ${range} is ${before}'s, who lives, and ${worker} has it, too`);
    owners.set(range, worker);
    if (generation > 0) world.takenOver++;
    if (dies()) return;
    await hops(world);
    // What the dead one had made durable counts.
    if (done.has(range)) continue;
    world.computed++;
    await hops(world);
    if (dies()) return;
    done.add(range);
  }
}

test(`of the workers that live one has a range, in ${RUNS} random runs`, async (t) => {
  let takenOver = 0;
  let deaths = 0;
  for (let seed = 1; seed <= RUNS; seed++) {
    const where = join(folder, String(seed));
    mkdirSync(where);
    const numbers = new Random(SEED + seed);
    const world: World = {
      folder: where,
      random: () => numbers.next(),
      alive: new Set(),
      owners: new Map(),
      done: new Set(),
      computed: 0,
      deaths: 0,
      takenOver: 0,
    };
    const workers = [1, 2, 3, 4, 5];
    for (const worker of workers) {
      world.alive.add(worker);
      writeLock(world, worker, false);
      // Two of them on a file system without links: there the claim is written where it stands.
      if (worker > 2) writeFileSync(workerId(where, worker), String(worker));
      else mkdirSync(workerId(where, worker));
    }
    await Promise.all(workers.map((worker) => work(world, worker, worker !== 5)));
    assert.equal(world.done.size, RANGES);
    assert.ok(world.computed <= RANGES + world.deaths, `${world.computed} computed, ${world.deaths} deaths`);
    const names = readdirSync(where).filter((name) => name.startsWith('claim_'));
    assert.equal(names.length, RANGES + world.takenOver, 'a claim is made once, and stays');
    takenOver += world.takenOver;
    deaths += world.deaths;
  }
  t.diagnostic(`${RUNS} runs, ${deaths} deaths, ${takenOver} ranges taken over`);
  assert.ok(takenOver > RUNS / 4 && deaths > RUNS);
});
