// Saves and loads every case of row-cases.ts in the folder that is given, or with `late` some of them; prints how often code was generated
// on the way, and of which cases the rows came back otherwise.
import { join } from 'node:path';
import { assertSame, CASES, LATE } from '../support/row-cases.js';

let generated = 0;
let refused = 0;
const RealFunction = globalThis.Function;
globalThis.Function = new Proxy(RealFunction, {
  construct(target, args: string[]) {
    try {
      const made = new target(...args);
      generated++;
      return made;
    } catch (error) {
      refused++;
      throw error;
    }
  },
});

// Behind the line above, which must come first.
const { readCheckpoint, writeCheckpoint } = await import('arrow-ckpt');

const [, , folder, which] = process.argv as [string, string, string, string?];
const failures: string[] = [];
let cases = 0;
for (const [name, rows] of Object.entries(which === 'late' ? LATE : { ...CASES, ...LATE })) {
  cases++;
  const path = join(folder, 'case.parquet');
  try {
    await writeCheckpoint(path, rows);
    assertSame(await readCheckpoint(path), rows);
  } catch (error) {
    failures.push(`${name}: ${String(error)}`);
  }
}
console.log(JSON.stringify({ cases, failures, generated, refused }));
