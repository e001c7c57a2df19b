import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { CheckpointManager, readCheckpoint, writeCheckpoint, type Row } from 'arrow-ckpt';
import { generationOf, rowsOf } from './programs/generations.mjs';
import { FORMATS } from './support/codes.ts';
import { noBinding } from './support/readers.ts';
import { resultOf } from './support/run-program.ts';
import { tempFolder } from './support/temp-folder.ts';

/** How long the processes race: `ARROW_CKPT_RACE_SECONDS=60` for a run that is recorded in docs/RELIABILITY.md. */
const SECONDS = Number(process.env['ARROW_CKPT_RACE_SECONDS'] ?? 3);
const PROCESSES = 8;

describe('several at once', { skip: noBinding }, () => {
  const folder = tempFolder('races');

  test(
    `${PROCESSES} processes in one directory lose nothing and see nothing that nobody saved`,
    { timeout: 60_000 + SECONDS * 2000 },
    async (t) => {
      const where = join(folder, 'processes');
      const each = await Promise.all(
        Array.from({ length: PROCESSES }, (_, number) =>
          resultOf<{ counts: Record<string, number>; wrong: string[]; wrongs: number }>('race-process.mjs', {
            args: [where, String(number), String(SECONDS * 1000)],
            timeout: 60_000 + SECONDS * 1000,
          }),
        ),
      );
      const sum: Record<string, number> = {};
      for (const { counts } of each) for (const [what, count] of Object.entries(counts)) sum[what] = (sum[what] ?? 0) + count;
      const wrongs = each.reduce((all, { wrongs }) => all + wrongs, 0);
      t.diagnostic(
        `race of ${PROCESSES} processes for ${SECONDS} s: ${Object.entries(sum)
          .map(([what, count]) => `${what} ${count}`)
          .join(', ')}; lost or wrong: ${wrongs}`,
      );
      assert.deepStrictEqual(
        each.flatMap(({ wrong }) => wrong),
        [],
      );
      assert.ok(sum['saves']! > 0 && sum['loads']! > 0);
      // What is left is whole, and nobody has left a temporary or a lock.
      const manager = new CheckpointManager(where, { logger: false });
      for (const { step, operation, hash, error } of await manager.listCheckpoints()) {
        assert.equal(error, undefined);
        assert.equal(String(generationOf((await manager.loadCheckpoint(step, operation)) as Row[])), hash);
      }
      assert.deepStrictEqual(
        readdirSync(where, { recursive: true, encoding: 'utf8' }).filter((name) => /\.tmp$|\.lock/.test(name)),
        [],
      );
    },
  );

  for (const format of FORMATS) {
    test(`two writers of one ${format} file: one of the two is there, whole`, async () => {
      const path = join(folder, `two.${format}`);
      for (let turn = 0; turn < 20; turn++) {
        await Promise.all([2 * turn, 2 * turn + 1].map((generation) => writeCheckpoint(path, rowsOf(generation))));
        assert.equal(Math.floor(generationOf(await readCheckpoint(path)) / 2), turn);
      }
      assert.deepStrictEqual(
        readdirSync(folder).filter((name) => name.startsWith('.two')),
        [],
      );
    });
  }
});
