import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { noBinding } from './support/readers.ts';
import { resultOf } from './support/run-program.ts';
import { suite } from './support/suite.ts';
import { tempFolder } from './support/temp-folder.ts';

/** How long the processes race: `ARROW_CKPT_RACE_SECONDS=60` for a run that is recorded in docs/RELIABILITY.md. */
const SECONDS = Number(process.env['ARROW_CKPT_RACE_SECONDS'] ?? 3);

suite('saves beside what removes', noBinding, () => {
  const folder = tempFolder('races-clear');
  const GROUPS = [
    ['parquet', 'json', 'map', 'step', 'long'],
    ['bare', 'both', 'batches', 'migrate', 'map', 'lines'],
  ];
  for (const [index, roles] of GROUPS.entries()) {
    test(`${roles.join(', ')} beside sweeps and clears: none fails, and what is saved after the last is there`, async (t) => {
      const where = join(folder, `race ${index}`);
      const done = join(folder, `done ${index}`);
      const each = await Promise.all(
        ['clean', ...roles].map((role, number) =>
          resultOf<{ turns: number; wrong: string[]; wrongs: number }>('race-clear.mjs', {
            args: [where, role, String(SECONDS * 1000), done, String(number % 2)],
            timeout: 60_000 + SECONDS * 2000,
          }),
        ),
      );
      const names = ['clean', ...roles];
      t.diagnostic(`turns in ${SECONDS} s: ${each.map(({ turns, wrongs }, at) => `${names[at]} ${turns} (${wrongs} wrong)`).join(', ')}`);
      assert.deepStrictEqual(
        each.flatMap(({ wrong }) => wrong),
        [],
      );
      for (const { turns } of each) assert.ok(turns > 0);
      const left = (readdirSync(where, { recursive: true }) as string[]).filter((name) => /\.(tmp|lock|claim)$/.test(name));
      assert.deepStrictEqual(left, [], 'no temporary, lock or claim is left');
    });
  }
});
