import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { readCheckpoint, writeCheckpoint } from 'arrow-ckpt';
import { z } from 'zod';
import { FORMATS, rejectsWith } from '../support/codes.js';
import { tempFolder } from '../support/temp-folder.js';

/** Registers the tests of rows that do not fit a schema. */
export function schemaErrors(): void {
  describe('schemas', () => {
    const folder = tempFolder('errors-schema');

    for (const format of FORMATS) {
      test(`rows that do not fit, in ${format}`, async () => {
        const path = join(folder, `rows.${format}`);
        const schema = z.object({ id: z.int() });
        const rows = Array.from({ length: 30 }, (_, id) => ({ id: id < 5 ? id : `${id}` }));
        const refused = await rejectsWith('ERR_CKPT_SCHEMA', () => writeCheckpoint(path, rows, { schema }), {
          path,
          row: 5,
          column: 'id',
          message: /25 violations.*\n {2}row 5, id: expected integer, got "5"\n[^]*and 5 more$/,
        });
        assert.equal(refused.count, 25);
        assert.equal(refused.violations?.length, 20);
        assert.deepStrictEqual(refused.violations[0], { row: 5, path: 'id', expected: 'integer', got: '"5"' });
        assert.ok(!existsSync(path));
        await writeCheckpoint(path, rows);
        await rejectsWith('ERR_CKPT_SCHEMA', () => readCheckpoint(path, { schema }), {
          path,
          row: 5,
          column: 'id',
          message: /25 violations/,
        });
      });
    }
  });
}
