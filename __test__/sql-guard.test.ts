import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { CheckpointManager, isCheckpointError, writeCheckpoint } from 'arrow-ckpt';
import { openSql, type SqlDatabase } from 'arrow-ckpt/sql';
import { failureOf, rejectsWith } from './support/codes.ts';
import { noBinding } from './support/readers.ts';
import { REFUSED_STATEMENTS } from './support/refused-statements.ts';
import { suite } from './support/suite.ts';
import { tempFolder } from './support/temp-folder.ts';

const CODES: ReadonlySet<string> = new Set(['ERR_CKPT_SQL', 'ERR_CKPT_SQL_REFUSED']);

/** Everything below a folder: names, bytes and times. */
function stateOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => {
      const path = join(folder, name);
      const { mtimeMs, size } = statSync(path);
      const bytes = statSync(path).isDirectory() ? '' : createHash('sha256').update(readFileSync(path)).digest('hex');
      return `${name} ${mtimeMs} ${size} ${bytes}`;
    });
}

suite('the guard of SQL', noBinding, () => {
  const folder = tempFolder('sql-guard');
  const directory = join(folder, 'checkpoints');
  const other = join(folder, 'other.csv');
  let file: string;

  before(async () => {
    const manager = new CheckpointManager(directory, { logger: false });
    file = await manager.saveCheckpoint('process', 'extract', [{ id: 1 }, { id: 2 }]);
    writeFileSync(other, 'a\n1\n');
  });

  const withPaths = (text: string): string => text.replaceAll('FILE', file).replaceAll('OTHER', other);
  const refuse = async (db: SqlDatabase, ask: (text: string) => Promise<unknown>): Promise<void> => {
    const before = stateOf(folder);
    for (const statement of REFUSED_STATEMENTS) {
      const error = await failureOf(() => ask(withPaths(statement))).catch(() => assert.fail(`it was run: ${statement}`));
      assert.ok(isCheckpointError(error) && CODES.has(error.code), `${statement}: ${String(error)}`);
    }
    assert.deepStrictEqual(stateOf(folder), before);
    assert.deepStrictEqual(await db.query('select sum(id) as n from process.extract'), [{ n: 3 }]);
  };

  test('200 statements and more that are no question are refused, and nothing has changed', async () => {
    assert.ok(REFUSED_STATEMENTS.length >= 200, `${REFUSED_STATEMENTS.length}`);
    assert.equal(new Set(REFUSED_STATEMENTS).size, REFUSED_STATEMENTS.length);
    await using db = await openSql(directory, { threads: 1 });
    await refuse(db, (text) => db.query(text));
  });

  test('explain and save refuse the same', async () => {
    await using db = await openSql(directory, { threads: 1 });
    await refuse(db, (text) => db.explain(text));
    await refuse(db, (text) => db.save('step', 'operation', text));
  });

  test('DuckDB itself reads the files of the tables and no others, if the guard did not see one', async () => {
    await using db = await openSql(directory, { threads: 1 });
    // A name of its own hides one that is not there: what stands outside of its reach is for DuckDB to refuse.
    const outside = `select * from (with "OTHER" as (select 1) select 2) , "OTHER"`;
    const refused = await failureOf(() => db.query(withPaths(outside)));
    assert.ok(isCheckpointError(refused) && CODES.has(refused.code), String(refused));
  });

  test('a name of `with` is one where it is seen, and hides nothing elsewhere', async () => {
    await writeCheckpoint(join(directory, 'loose.parquet'), [{ id: 1 }, { id: 2 }]);
    await using db = await openSql(directory, { threads: 1 });
    const questions: [string, unknown[]][] = [
      ['with loose as (select * from loose where id > 1) select * from loose', [{ id: 2 }]],
      ['select a.x, b.id from (with loose as (select 9 as x) from loose) a, loose b where b.id = 1', [{ x: 9, id: 1 }]],
      ['with a as (from loose), loose as (select 9 as id) select a.id from a, loose where a.id = 2', [{ id: 2 }]],
      [
        'with recursive loose as (select id from loose where id = 2 union all select id + 1 from loose where id < 3) from loose',
        [{ id: 2 }, { id: 3 }],
      ],
      ['with a as (select 1 as x), b as (with a as (select 2 as x) from a) select a.x as a, B.x as b from A, b', [{ a: 1, b: 2 }]],
      ['with a as (select 1 as x) select x from a where x in (select x from a) order by (select max(x) from a)', [{ x: 1 }]],
    ];
    // Each in a database of its own: a view that another question has made would hide that one is not asked for.
    for (const [question, rows] of questions) {
      await using fresh = await openSql(directory, { threads: 1 });
      assert.deepStrictEqual(await fresh.query(question), rows, question);
    }
    for (const name of ['duckdb_views', 'sqlite_master', 'duckdb_tables']) {
      const own = `with ${name} as (select 1 as a) select a from ${name}`;
      assert.deepStrictEqual(await db.query(own), [{ a: 1 }]);
      for (const outside of [
        `select * from ${name}, (${own})`,
        `with x as (from ${name}), ${name} as (select 1) from x`,
        `from (${own}) union all by name from ${name}`,
        `with recursive ${name} as (select 1 as a from ${name} union all select a + 1 from ${name} where a < 2) from ${name}`,
        `with "${name.replace(/[kt]/, (letter) => (letter === 'k' ? '\u212a' : '\u0166'))}" as (select 1) from ${name}`,
      ])
        await rejectsWith('ERR_CKPT_SQL', () => db.query(outside), { message: new RegExp(`there is no table ${name}`) });
    }
    rmSync(join(directory, 'loose.parquet'));
  });

  test('a zero character ends no question', async () => {
    await using db = await openSql(directory, { threads: 1 });
    await rejectsWith('ERR_CKPT_SQL_REFUSED', () => db.query('select 1 as a\0 from nothing'));
  });

  test('questions of all kinds are none of these', async () => {
    await using db = await openSql(directory, { threads: 1 });
    const questions = [
      'select * from process.extract;',
      '-- a comment\nselect 1 as a /* and another */',
      'with t as (from process.extract) select count(*) from t',
      'with recursive t as (select 1 as a union all select a + 1 from t where a < 5) select * from t',
      'from process.extract select id',
      'table process.extract',
      'values (1), (2)',
      'describe process.extract',
      'summarize process.extract',
      'describe select 1',
      '(select 1) union all (select 2)',
      'select * from memory.process.extract',
      'select * from PROCESS."Extract"',
      'select unnest([1, 2])',
      'select * from range(3), generate_series(1, 2)',
      `select * from json_each('{"a":1}')`,
      'pivot process.extract on id in (1, 2) using count(*)',
      'select id, row_number() over (order by id) from process.extract qualify true',
      `select 'drop view process.extract; select 2' as text`,
    ];
    for (const question of questions) assert.ok((await db.query(question)).length > 0, question);
  });
});
