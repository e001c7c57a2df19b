import assert from 'node:assert/strict';
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { CheckpointManager } from 'arrow-ckpt';
import { openSql } from 'arrow-ckpt/sql';
import { checkVersion } from '../../lib/sql/load-duckdb.js';
import { noBinding } from '../support/readers.js';
import { rejectsWith } from '../support/codes.js';
import { tempFolder } from '../support/temp-folder.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Registers the tests of questions in SQL. */
export function sqlErrors(): void {
  describe('SQL', { skip: noBinding }, () => {
    const folder = tempFolder('errors-sql');
    const directory = join(folder, 'checkpoints');

    test('without DuckDB the line of npm is told', async () => {
      const copy = join(folder, 'node_modules/arrow-ckpt');
      mkdirSync(copy, { recursive: true });
      for (const name of ['dist', 'package.json', 'binding.cjs']) cpSync(join(ROOT, name), join(copy, name), { recursive: true });
      const { openSql: openHere } = (await import(pathToFileURL(join(copy, 'dist/sql.js')).href)) as { openSql: typeof openSql };
      await rejectsWith('ERR_CKPT_NO_SQL', () => openHere(folder), { message: /not installed: npm install @duckdb\/node-api/ });
      await rejectsWith('ERR_CKPT_NO_SQL', () => checkVersion('v1.3.2'), { message: /DuckDB 1\.4 or later, and v1\.3\.2 is installed/ });
      for (const version of ['v1.4.0', 'v1.10.0', 'v2.0.1', '0a1b2c']) checkVersion(version);
    });

    test('what is no question, what cannot be run, what takes too long', async () => {
      await new CheckpointManager(directory, { logger: false }).saveCheckpoint('process', 'extract', [{ id: 1 }]);
      await using db = await openSql(directory);
      await rejectsWith('ERR_CKPT_SQL_REFUSED', () => db.query('create table t (a int)'), { message: /no question/ });
      await rejectsWith('ERR_CKPT_SQL', () => db.query('select nope from process.extract'), { message: /nope/ });
      await rejectsWith('ERR_CKPT_SQL_LIMIT', () => db.query('select sum(range * range) from range(100000000000)', [], { timeout: 50 }), {
        message: /longer than 50 ms/,
      });
      await rejectsWith('ERR_CKPT_INVALID_ARGUMENT', () => db.query('select $1', []), { message: /1 parameters, and 0 values/ });
    });

    test('options and sources that are wrong', async () => {
      const wrong: [object, RegExp][] = [
        [{ memory: '1MB' }, /16MB at least/],
        [{ memory: 'much' }, /'512MB'/],
        [{ threads: 0 }, /threads/],
        [{ timeout: 0 }, /timeout/],
      ];
      for (const [options, message] of wrong) await rejectsWith('ERR_CKPT_INVALID_OPTION', () => openSql(directory, options), { message });
      await rejectsWith('ERR_CKPT_UNKNOWN_OPTION', () => openSql(directory, { memroy: 1 } as object), { message: /memroy/ });
      await rejectsWith('ERR_CKPT_NOT_FOUND', () => openSql(join(folder, 'none')));
      await rejectsWith('ERR_CKPT_INVALID_ARGUMENT', () => openSql({}), { message: /a source must be/ });
      const db = await openSql(directory);
      await db.close();
      await db.close();
      assert.equal(db.closed, true);
      await rejectsWith('ERR_CKPT_CLOSED', () => db.query('select 1'));
    });
  });
}
