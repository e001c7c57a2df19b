import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { describe, test } from 'node:test';
import { killLoop } from './support/kill-loop.ts';
import { noBinding } from './support/readers.ts';
import { tempFolder } from './support/temp-folder.ts';

/** Kills of each format: `ARROW_CKPT_KILLS=1000` for a run that is recorded in docs/RELIABILITY.md. */
const KILLS = Number(process.env['ARROW_CKPT_KILLS'] ?? 20);

for (const format of ['parquet', 'json', 'parts'] as const) {
  describe(`a writer of ${format} that is killed`, { skip: format !== 'json' && noBinding }, () => {
    const folder = tempFolder(`kill-${format}`);

    test('leaves the last whole checkpoint, and readers beside see no other', { timeout: 60_000 + KILLS * 2000 }, async (t) => {
      const { wrong, ...counts } = await killLoop(folder, format, KILLS);
      t.diagnostic(
        `kills of ${format}: ${Object.entries(counts)
          .map(([what, count]) => `${what} ${count}`)
          .join(', ')}; lost or wrong: ${wrong.length}`,
      );
      assert.deepStrictEqual(wrong, []);
      assert.equal(counts.kills, KILLS);
      assert.ok(counts.loads > 0 && counts.inSave > 0);
      // Clearing the step has swept what the dead left.
      assert.deepStrictEqual(
        readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.tmp') && name.startsWith('step')),
        [],
      );
    });
  });
}
