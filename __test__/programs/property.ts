// Saves and loads arbitrary rows, after those that once failed: property.ts <mode> <cases> <seed> <folder>. Prints a Verdict as JSON.
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import fc from 'fast-check';
import { SHRUNK } from '../fixtures/shrunk.js';
import { arbitraryCase, type Case } from '../support/arbitrary-rows.js';
import { assertExact } from '../support/exact.js';
import type { Verdict } from '../support/property-run.js';
import { STORE_MODES, type StoreModeName } from '../support/store-modes.js';

/** Saves under way at a time: they wait for the disk more than they compute. */
const LANES = 4;
/** A failure of many rows is shown in part. */
const SHOWN = 2000;

const [, , name, cases, seed, folder] = process.argv as unknown as [string, string, StoreModeName, string, string, string];
const { save, load } = STORE_MODES[name];

async function check({ rows, options }: Case, path: string): Promise<void> {
  // A copy from before the save: one that changes the rows which it is given is found out.
  const expected: unknown = deserialize(serialize(rows));
  await save(path, rows, options);
  assertExact(await load(path), expected);
}

async function lane(index: number): Promise<string | undefined> {
  const path = join(folder, `${name}-${index}`);
  const run = await fc.check(
    fc.asyncProperty(arbitraryCase, (given) => check(given, path)),
    { numRuns: Math.ceil(Number(cases) / LANES), seed: Number(seed) + index },
  );
  if (!run.failed) return undefined;
  const shown = fc.stringify(run.counterexample?.[0]);
  return `seed ${run.seed}, path "${run.counterexamplePath}", after ${run.numRuns} cases: ${String(run.errorInstance)}\n${shown.slice(0, SHOWN)}`;
}

async function main(): Promise<Verdict> {
  const failures: string[] = [];
  const known = Object.entries(SHRUNK);
  for (const [title, given] of known) {
    await check({ options: {}, ...given }, join(folder, name)).catch((error: unknown) => failures.push(`${title}: ${String(error)}`));
  }
  if (failures.length > 0) return { cases: 0, fixtures: known.length, failures };
  const lanes = await Promise.all(Array.from({ length: LANES }, (_, index) => lane(index)));
  failures.push(...lanes.filter((failure) => failure !== undefined));
  return { cases: Number(cases), fixtures: known.length, failures };
}

console.log(JSON.stringify(await main()));
