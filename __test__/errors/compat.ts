import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { writeCheckpoint, type Row } from 'arrow-ckpt';
import { FileLock } from '../../lib/base/lock/file-lock.js';
import { rejectsWith } from '../support/codes.js';
import { noBinding } from '../support/readers.js';
import { tempFolder } from '../support/temp-folder.js';
import assert from 'node:assert/strict';

/** Rows that DocETL could not read back: from Parquet, from JSON, or from both. */
const REFUSED: { rows: Row[]; at: { row: number; column?: string }; message: RegExp; only?: 'parquet' }[] = [
  { rows: [{ a: 1 }, { a: undefined }], at: { row: 1, column: 'a' }, message: /a of row 1 is undefined, which DocETL's loader/ },
  { rows: [{ a: { b: [new Date(0)] } }], at: { row: 0, column: 'a.b[0]' }, message: /a Date/ },
  { rows: [{ a: new Uint8Array(1) }], at: { row: 0, column: 'a' }, message: /bytes/ },
  { rows: [{ a: new Float64Array(1) }], at: { row: 0, column: 'a' }, message: /Float64Array/ },
  { rows: [{ a: [5n] }], at: { row: 0, column: 'a[0]' }, message: /bigint that a number holds/ },
  { rows: [{ a: 1 }, { b: 1 }], at: { row: 1, column: 'a' }, message: /missing/, only: 'parquet' },
  { rows: [{ a: 1 }, { a: 1, b: 1 }], at: { row: 1, column: 'b' }, message: /first row does not have/, only: 'parquet' },
  {
    rows: [
      { a: 1, b: 1 },
      { b: 1, a: 1 },
    ],
    at: { row: 1 },
    message: /another order/,
    only: 'parquet',
  },
  { rows: [{}], at: { row: 0 }, message: /without keys/, only: 'parquet' },
  { rows: [{ '': 1 }], at: { row: 0, column: '' }, message: /no column can have/, only: 'parquet' },
  { rows: [{ id: 1, ID: 1 }], at: { row: 0, column: 'ID' }, message: /no column can have/, only: 'parquet' },
];

/** Registers the tests of what another program could not read, and of locks. */
export function compatErrors(): void {
  describe('compat', () => {
    const folder = tempFolder('errors-compat');
    for (const format of ['parquet', 'json'] as const) {
      test(`rows that DocETL could not read back, in ${format}`, { skip: format === 'parquet' && noBinding }, async () => {
        for (const { rows, at, message, only } of REFUSED) {
          if (only !== undefined && only !== format) continue;
          const path = join(folder, `rows.${format}`);
          const { column, ...row } = at;
          await rejectsWith('ERR_CKPT_NOT_COMPATIBLE', () => writeCheckpoint(path, rows, { compat: 'docetl' }), {
            ...row,
            ...(column !== undefined && column !== '' && { column }),
            message,
          });
          assert.ok(!existsSync(path));
        }
      });
    }
  });

  test('a lock that another holds', async () => {
    const path = join(tempFolder('errors-lock'), 'lock');
    const held = await FileLock.take(path);
    await rejectsWith('ERR_CKPT_LOCKED', () => FileLock.take(path, { waitMs: 0, what: 'the checkpoint' }), {
      path,
      message: new RegExp(`the checkpoint is in use by another call of this process`),
    });
    await held.release();
    await (await FileLock.take(path, { waitMs: 0 })).release();
  });
}
