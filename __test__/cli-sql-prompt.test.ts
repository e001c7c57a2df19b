import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, before, test } from 'node:test';
import { CheckpointManager } from 'arrow-ckpt';
import { noBinding } from './support/readers.ts';
import { suite } from './support/suite.ts';
import { tempFolder } from './support/temp-folder.ts';
import { noScript, Terminal } from './support/terminal.ts';

const CTRL_C = '\u0003';
const CTRL_D = '\u0004';
const UP = '\u001b[A';
const ENDLESS = 'select sum(a.range * b.range) from range(10000000) a, range(10000000) b';

suite('the prompt of arrow-ckpt sql', noBinding || noScript, () => {
  const folder = tempFolder('cli-sql-prompt');
  const directory = join(folder, 'checkpoints');
  const history = join(folder, 'state/history');
  let terminal: Terminal;

  before(async () => {
    const manager = new CheckpointManager(directory, { logger: false });
    await manager.saveCheckpoint('process', 'extract', [
      { id: 1, title: 'one' },
      { id: 2, title: 'two' },
    ]);
    await manager.saveCheckpoint('process', 'summarise', [{ id: 1 }]);
  });
  afterEach(() => terminal.kill());

  const open = async (...args: string[]): Promise<void> => {
    terminal = new Terminal(['sql', directory, ...args], { ARROW_CKPT_HISTORY: history });
    await terminal.until(/2 tables; a question ends with ; and \.help tells more[\s\S]*sql> /);
  };
  const quit = async (): Promise<void> => {
    terminal.type('.quit\n');
    assert.equal(await terminal.end(), 0);
  };

  test('answers questions of one line and of several, and goes on after an error', async () => {
    await open();
    terminal.type('select count(*) as n from process.extract;\n');
    await terminal.until(/n\r\n2\r\n1 row\r\n/);
    terminal.type('select title\n');
    await terminal.until(/ \.\.\. /);
    terminal.type("from process.extract -- a ; comment\nwhere title <> ';' order by id;\n");
    await terminal.until(/title\r\none\r\ntwo\r\n2 rows\r\n/);
    terminal.type('select 1 as a; select 2 as b;\n');
    await terminal.until(/a\r\n1\r\n1 row\r\nb\r\n2\r\n1 row\r\n/);
    terminal.type('drop view process.extract;\n');
    await terminal.until(/error: .*ERR_CKPT_SQL_REFUSED/);
    terminal.type('select 7 as seven;\n');
    await terminal.until(/seven\r\n +7\r\n/);
    await quit();
  });

  test('.tables, .schema, .help, and what is none of them', async () => {
    await open();
    terminal.type('.tables\n');
    await terminal.until(/process\.extract +2 +2\r\nprocess\.summarise +1 +1\r\n/);
    terminal.type('.schema extract\n');
    await terminal.until(/process\.extract +id +int64\r\nprocess\.extract +title +string\r\n/);
    terminal.type('.help\n');
    await terminal.until(/\.schema \[table\]/);
    terminal.type('.none\n');
    await terminal.until(/there is no command \.none; there are \.help, \.quit, \.schema, \.tables/);
    terminal.type(CTRL_D);
    assert.equal(await terminal.end(), 0);
  });

  test('Tab completes names of tables and columns', async () => {
    await open();
    // A tab that comes with other characters is one of a paste.
    for (const piece of ['select tit', '\t', ' from process.ext', '\t', ' order by id;']) {
      terminal.type(piece);
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
    await terminal.until(/select title from process\.extract order by id;/);
    terminal.type('\n');
    await terminal.until(/title\r\none\r\ntwo\r\n/);
    terminal.type('.sch');
    await terminal.until(/\.sch/);
    terminal.type('\t');
    await terminal.until(/ema/);
    terminal.type('\n');
    await terminal.until(/process\.summarise +id +int64/);
    await quit();
  });

  test('Ctrl+C ends the question that runs, or forgets what was typed', async () => {
    await open('--timeout', '10m');
    terminal.type(`${ENDLESS};\n`);
    await terminal.until(/range\(10000000\) b;/);
    await new Promise((resolve) => setTimeout(resolve, 300));
    terminal.type(CTRL_C);
    await terminal.until(/ended\r\n[\s\S]*sql> /);
    terminal.type('select nonsense\nfrom nowhere');
    await terminal.until(/ \.\.\. [\s\S]*nowhere/);
    terminal.type(CTRL_C);
    await terminal.until(/sql> /);
    terminal.type('select 3 as three;\n');
    await terminal.until(/three\r\n +3\r\n/);
    terminal.type(CTRL_C);
    await terminal.until(/\.quit or Ctrl\+D ends/);
    await quit();
  });

  test('questions are kept for the next time, for their user alone', async () => {
    assert.ok(existsSync(history));
    await open();
    terminal.type("select 'kept'\nas word;\n");
    await terminal.until(/word\r\nkept\r\n/);
    await quit();
    assert.match(readFileSync(history, 'utf8'), /^select 'kept' as word;\n\.quit\n$/m);
    assert.equal(statSync(history).mode & 0o777, 0o600);
    await open();
    terminal.type(`${UP}${UP}\n`);
    await terminal.until(/word\r\nkept\r\n/);
    await quit();
  });
});
