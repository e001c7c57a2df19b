import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { CheckpointManager, readCheckpoint, writeCheckpoint } from 'arrow-ckpt';
import { sqlArguments } from '../lib/cli/sql/sql-arguments.ts';
import { splitStatements } from '../lib/cli/sql/split-statements.ts';
import { noBinding } from './support/readers.ts';
import { cli, cliJson, cliOk, noCli } from './support/run-cli.ts';
import { runProgram } from './support/run-program.ts';
import { suite } from './support/suite.ts';
import { tempFolder } from './support/temp-folder.ts';

suite('arrow-ckpt sql', noBinding || noCli, () => {
  const folder = tempFolder('cli-sql');
  const [one, two] = [join(folder, 'one'), join(folder, 'two')];
  const rows = [
    { id: 1, text: 'a, "b"', score: 0.5, at: new Date(0), more: [1] },
    { id: 2, text: '\u001b[31mred', score: -0, at: new Date(1), more: null },
    { id: 3, text: '', score: Number.NaN, at: new Date(2), more: [] },
  ];

  before(async () => {
    await new CheckpointManager(one, { logger: false }).saveCheckpoint('process', 'extract', rows);
    await new CheckpointManager(two, { logger: false }).saveCheckpoint('process', 'extract', rows.slice(1));
  });

  test('prints a table, with numbers at the right and nothing that drives the terminal', async () => {
    const { stdout, stderr } = await cliOk(['sql', one, 'select id, text, score, "at", more from process.extract']);
    assert.equal(
      stdout,
      [
        'id  text           score  at                        more',
        ' 1  a, "b"           0.5  1970-01-01T00:00:00.000Z  [1]',
        ' 2  \\u001b[31mred     -0  1970-01-01T00:00:00.001Z  null',
        ' 3                   NaN  1970-01-01T00:00:00.002Z  []',
        '',
      ].join('\n'),
    );
    assert.equal(stderr, '3 rows\n');
    const many = await cliOk(['sql', one, 'from range(1001)']);
    assert.equal(many.stdout.split('\n').length, 1002);
    assert.match(many.stderr, /the first 1,000 rows; --limit/);
    assert.equal((await cliOk(['sql', one, 'from range(1001)', '--limit', '1001', '--quiet'])).stdout.split('\n').length, 1003);
    assert.equal((await cliOk(['sql', one, 'select 1 as a where false'])).stdout, 'a\n');
  });

  test('prints JSON and CSV, and writes a checkpoint', async () => {
    const question = 'select id, score, more from process.extract order by id desc';
    const document = await cliJson(['sql', one, question]);
    assert.deepStrictEqual(document, {
      columns: [
        { name: 'id', type: 'BIGINT' },
        { name: 'score', type: 'DOUBLE' },
        { name: 'more', type: 'BIGINT[]' },
      ],
      rows: [
        { id: 3, score: { $ckpt: 'number', v: 'NaN' }, more: [] },
        { id: 2, score: { $ckpt: 'number', v: '-0' }, more: null },
        { id: 1, score: 0.5, more: [1] },
      ],
    });
    assert.deepStrictEqual(await cliJson(['sql', one, 'select 1 as a where false']), {
      columns: [{ name: 'a', type: 'INTEGER' }],
      rows: [],
    });
    assert.equal((await cliOk(['sql', one, question, '--csv', '--limit', '2'])).stdout, 'id,score,more\n3,NaN,[]\n2,-0,\n');
    const path = join(folder, 'out.parquet');
    const written = await cliJson<{ output: { rows: number } }>(['sql', one, question, '--parquet', path]);
    assert.equal(written.output.rows, 3);
    assert.deepStrictEqual(
      await readCheckpoint(path),
      rows.toReversed().map(({ id, score, more }) => ({ id, score, more })),
    );
    assert.match((await cliOk(['sql', one, question, '--explain'])).stdout, /READ_PARQUET/);
  });

  test('takes several directories, files, a question from stdin, and the limits', async () => {
    const question = 'select id from old.process.extract anti join new.process.extract using (id)';
    const { rows: gone } = await cliJson<{ rows: unknown[] }>(['sql', `old=${one}`, `new=${two}`, question]);
    assert.deepStrictEqual(gone, [{ id: 1 }]);
    const path = join(folder, 'lines.jsonl');
    await writeCheckpoint(path, [{ a: 1 }]);
    const { stdout } = await cliOk(['sql', path, '-', '--csv'], 0, { input: 'from lines' });
    assert.equal(stdout, 'a\n1\n');
    const slow = await cli(['sql', one, 'select sum(range * range) from range(100000000000)', '--timeout', '0.1s', '--threads', '1']);
    assert.equal(slow.code, 1);
    assert.match(slow.stderr, /longer than 100 ms.*ERR_CKPT_SQL_LIMIT/);
    const large = await cli([
      'sql',
      one,
      "select count(distinct 'text ' || range) from range(5000000)",
      '--memory',
      '32MB',
      '--threads',
      '1',
    ]);
    assert.match(large.stderr, /more memory.*ERR_CKPT_SQL_LIMIT/);
  });

  test('a path with = further on is a path, and no name', async () => {
    const folded = join(folder, 'day=1');
    await new CheckpointManager(folded, { logger: false }).saveCheckpoint('process', 'extract', rows);
    assert.equal((await cliOk(['sql', folded, 'select count(*) as n from process.extract', '--csv'])).stdout, 'n\n3\n');
    const url = 'https://host/extract.parquet?signature=a=';
    assert.deepStrictEqual(sqlArguments([url, 'select 1']), { source: url, query: 'select 1' });
    assert.deepStrictEqual(sqlArguments([`a=${url}`]), { source: { a: url }, query: undefined });
    const both = [
      'sql',
      `a=${folded}`,
      `b=${one}`,
      'select count(*) as n from a.process.extract join b.process.extract using (id)',
      '--csv',
    ];
    assert.equal((await cliOk(both)).stdout, 'n\n3\n');
  });

  test('what a killed process has put aside, the next removes', async () => {
    const path = join(folder, 'lines.jsonl');
    const temporary = join(folder, 'tmp');
    mkdirSync(temporary);
    await writeCheckpoint(path, [{ a: 1 }]);
    const env = { TMPDIR: temporary, TEMP: temporary, TMP: temporary };
    const killed = await runProgram('sql-killed.mjs', { args: [path], env });
    assert.deepStrictEqual([killed.signal, killed.stdout], ['SIGKILL', '[{"a":1}]\n'], killed.stderr);
    assert.equal(readdirSync(temporary).filter((name) => name.startsWith('.arrow-ckpt-sql.')).length, 1);
    assert.equal((await cliOk(['sql', path, 'from lines', '--csv'], 0, { env })).stdout, 'a\n1\n');
    assert.deepStrictEqual(
      readdirSync(temporary).filter((name) => name.startsWith('.arrow-ckpt-sql.')),
      [],
    );
  });

  test('what is wrong ends with 2, and writes nothing', async () => {
    const target = join(folder, 'none.parquet');
    const wrong: [string[], RegExp][] = [
      [[one, 'drop view process.extract', '--parquet', target], /ERR_CKPT_SQL_REFUSED/],
      [[one, 'select nope from process.extract', '--parquet', target], /nope.*ERR_CKPT_SQL\]/],
      [[one, 'select 1', '--parquet', join(folder, 'none.csv')], /--parquet writes Parquet/],
      [[one, 'select 1', '--csv', '--json'], /--json and --csv say different things/],
      [[one, 'select 1', '--views'], /--views is of one directory/],
      [[one, 'select', '1'], /the question must be the last argument/],
      [[one, `new=${two}`, 'select 1'], /each has a name/],
      [[`a=${one}`, `a=${two}`, 'select 1'], /the name a is there twice/],
      [[one, '--csv'], /--csv needs a question/],
      [[one, 'select 1', '--explain', '--limit', '3'], /--explain shows no rows/],
      [[one, '--limit', '3'], /--limit needs a question/],
      [[one, '--views', '--explain'], /--explain needs a question/],
      [[one, '--views', '--threads', '1'], /--threads needs a question/],
    ];
    for (const [args, message] of wrong) assert.match((await cliOk(['sql', ...args], 2)).stderr, message);
    assert.ok(!existsSync(target));
    assert.deepStrictEqual(
      readdirSync(one),
      ['.docetl_intermediate_config.json', 'process'].filter((name) => readdirSync(one).includes(name)),
    );
  });
});

test('statements end with a semicolon that stands in no text, name or comment', () => {
  const cases: [string, string[], string][] = [
    ['select 1', [], 'select 1'],
    ['select 1; select 2;', ['select 1', 'select 2'], ''],
    ['select \';\' as "a;b"; rest', ['select \';\' as "a;b"'], ' rest'],
    ["select 'it''s;'; x", ["select 'it''s;'"], ' x'],
    ['select 1 -- a; b\n; y', ['select 1 -- a; b'], ' y'],
    ['select /* ; */ 2;', ['select /* ; */ 2'], ''],
    ['select $$ ; $$; z', ['select $$ ; $$'], ' z'],
    ['select $a$ ; $$ ; $a$, $1;', ['select $a$ ; $$ ; $a$, $1'], ''],
    ["select 'open ; ", [], "select 'open ; "],
    [';;  ;', [], ''],
  ];
  for (const [text, statements, rest] of cases) assert.deepStrictEqual(splitStatements(text), { statements, rest }, text);
});
