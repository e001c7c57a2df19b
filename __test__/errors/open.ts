import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { createCheckpoint, openCheckpoint, readCheckpoint, writeCheckpoint } from 'arrow-ckpt';
import { FORMATS, rejectsWith } from '../support/codes.js';
import { tempFolder } from '../support/temp-folder.js';

/** Registers the tests of readers and writers that are used too late. */
export function openErrors(): void {
  for (const format of FORMATS) {
    describe(`open checkpoints, ${format}`, () => {
      const folder = tempFolder(`errors-open-${format}`);

      test('a reader that is closed', async () => {
        const path = join(folder, `read.${format}`);
        await writeCheckpoint(path, [{ a: 1 }]);
        const reader = await openCheckpoint(path);
        await reader.close();
        for (const call of [
          () => reader.rows(),
          () => reader.read(),
          () => reader.scanColumns(),
          () => reader.columns(),
          () => reader.count(),
          () => reader.arrow(),
          () => reader.arrowStream(),
        ])
          await rejectsWith('ERR_CKPT_CLOSED', call, { path, message: /open the checkpoint again/ });
      });

      test('a writer that is closed', async () => {
        const path = join(folder, `write.${format}`);
        const writer = await createCheckpoint(path);
        await writer.append({ a: 1 });
        await writer.close();
        await rejectsWith('ERR_CKPT_CLOSED', () => writer.append({ a: 2 }), { path, message: /make another/ });
        assert.deepStrictEqual(await readCheckpoint(path), [{ a: 1 }]);
      });

      test('a writer that was aborted leaves nothing', async () => {
        const path = join(folder, 'none', `abort.${format}`);
        const writer = await createCheckpoint(path);
        await writer.append({ a: 1 });
        await writer.abort();
        await rejectsWith('ERR_CKPT_CLOSED', () => writer.close(), { path });
        const none = join(folder, 'none');
        assert.deepStrictEqual(existsSync(none) ? readdirSync(none) : [], []);
      });

      // A Parquet file is held open: what replaces it is not seen.
      if (format === 'parquet') return;
      test('a text file that was replaced while it was open', async () => {
        const path = join(folder, `replaced.${format}`);
        await writeCheckpoint(path, [{ a: 1 }]);
        await using reader = await openCheckpoint(path);
        await writeCheckpoint(path, [{ a: 22 }]);
        await rejectsWith('ERR_CKPT_CHANGED', () => reader.read(), { path, message: /open/ });
      });
    });
  }
}
