import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeCheckpoint, type Row } from 'arrow-ckpt';
import { CLI, cliOk, ENV, noCli } from './support/run-cli.js';
import { suite } from './support/suite.js';
import { tempFolder } from './support/temp-folder.js';

const ESCAPE = '\u001b[';

suite('colours', noCli, () => {
  const path = join(tempFolder('cli-colours'), 'a.json');
  const colours = async (env: Record<string, string>): Promise<boolean> => {
    await writeCheckpoint(path, [{ a: 1 }]);
    const good = await cliOk(['verify', path], 0, { env });
    const bad = await cliOk(['verify', `${path}.none`], 3, { env });
    assert.equal(good.stdout.includes(ESCAPE), bad.stderr.includes(ESCAPE));
    return good.stdout.includes(ESCAPE);
  };

  test('there are none where the output is no terminal, not in CI either', async () => {
    assert.equal(await colours({}), false);
    assert.equal(await colours({ CI: '1' }), false);
  });

  test('FORCE_COLOR turns them on, and NO_COLOR off, which counts more', async () => {
    assert.equal(await colours({ FORCE_COLOR: '1' }), true);
    assert.equal(await colours({ FORCE_COLOR: '0' }), false);
    assert.equal(await colours({ FORCE_COLOR: '1', NO_COLOR: '1' }), false);
  });
});

suite('what comes from files', noCli, () => {
  test('cannot drive the terminal', async () => {
    const folder = tempFolder('cli-controls');
    const path = join(folder, 'a.parquet');
    const evil = 'x\u001b[2J\u001b]0;title\u0007\u009b31m\u202e';
    await writeCheckpoint(path, [{ [evil]: evil }], { hash: evil, metadata: { [evil]: evil } });
    await writeCheckpoint(join(folder, 'b.parquet'), [{ [evil]: 'other' }]);
    const printed = [
      await cliOk(['inspect', path]),
      await cliOk(['list', folder]),
      await cliOk(['diff', path, join(folder, 'b.parquet')], 1),
      await cliOk(['diff', path, join(folder, 'b.parquet'), '--key', evil], 1),
      await cliOk(['cat', path, '--columns', `${evil}?`], 2),
      await cliOk(['cat', `${path}${evil}`], 3),
    ];
    for (const { stdout, stderr } of printed) {
      assert.ok(stdout.includes('\\u001b') || stderr.includes('\\u001b'));
      // oxlint-disable-next-line no-control-regex
      assert.doesNotMatch(stdout + stderr, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    }
  });
});

const version = spawnSync('script', ['--version'], { encoding: 'utf8' });
const noScript = noCli || (version.stdout?.includes('util-linux') ? false : 'no script of util-linux, which makes a terminal');

/** Runs the command line in a terminal of so many columns; gives all that it shows. */
function inTerminal(columns: number, args: string[], env: Record<string, string> = {}): string {
  const command = ['stty', 'cols', String(columns), ';', `'${process.execPath}'`, `'${CLI}'`, ...args.map((arg) => `'${arg}'`)].join(' ');
  return execFileSync('script', ['-qec', command, '/dev/null'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...ENV, TERM: 'xterm', ...env },
  });
}

suite('in a terminal', noScript, () => {
  const folder = tempFolder('cli-terminal');
  const long = join(folder, 'long.json');
  const wide = join(folder, 'wide.parquet');

  test('long work shows a bar or a count on stderr, and takes it away', async () => {
    await writeCheckpoint(
      long,
      (function* (): Generator<Row> {
        for (let id = 0; id < 400_000; id++) yield { id, title: `title ${id}`, tags: ['a', `t${id % 9}`] };
      })(),
      { hash: 'an envelope tells the number of rows' },
    );
    const shown = inTerminal(100, ['convert', long, join(folder, 'long.parquet')]);
    assert.match(shown, /[=]+-+ {2}\d+\.\d% {2}[\d,]+ of 400,000 rows {2}/);
    assert.match(shown, /✓.*long\.json → .*long\.parquet: 400,000 rows/);
    // The cursor is back, and lines wrap again.
    assert.ok(shown.lastIndexOf(`${ESCAPE}?25h`) > shown.lastIndexOf(`${ESCAPE}?25l`));
    assert.ok(shown.lastIndexOf(`${ESCAPE}?7h`) > shown.lastIndexOf(`${ESCAPE}?7l`));
    const narrow = inTerminal(40, ['verify', long]);
    for (const line of narrow.split(/\r|\u001b\[1G/))
      assert.ok(line.replaceAll(/\u001b(?:\[[?\d]*\w|[78])/g, '').trimEnd().length <= 80, line);
  });

  test('there is none with --quiet or --json, or where stderr is no terminal', () => {
    assert.doesNotMatch(inTerminal(100, ['verify', long, '--quiet']), /of 400,000 rows/);
    assert.doesNotMatch(inTerminal(100, ['verify', long, '--json']), /of 400,000 rows/);
    const redirected = execFileSync('script', ['-qec', `'${process.execPath}' '${CLI}' verify '${long}' 2> /dev/null`, '/dev/null'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    assert.doesNotMatch(redirected, /of 400,000 rows/);
  });

  test('colours are on, and NO_COLOR turns them off', () => {
    assert.ok(inTerminal(80, ['list', folder]).includes(`${ESCAPE}1mStep`));
    assert.ok(!inTerminal(80, ['list', folder], { NO_COLOR: '1' }).includes(ESCAPE));
    assert.ok(!inTerminal(80, ['list', folder], { TERM: 'dumb' }).includes(ESCAPE));
  });

  test('rows are the same there, with all that a terminal would obey as escapes', async () => {
    const path = join(folder, 'evil.json');
    const row = { '\u009b2J': '\u202e\u007f\u001b[31m', plain: '漢字' };
    await writeCheckpoint(path, [row]);
    const shown = inTerminal(20, ['cat', path]).trimEnd();
    assert.deepStrictEqual(JSON.parse(shown), row);
    assert.doesNotMatch(shown, /[\u0000-\u001f\u007f-\u009f\u202e]/);
  });

  test('tables and rows are cut to the width, and in a pipe they are not', async () => {
    const name = '漢字'.repeat(30);
    await writeCheckpoint(wide, [{ [name]: '😀'.repeat(200), other: 'x'.repeat(300) }]);
    const shown = inTerminal(60, ['inspect', wide], { NO_COLOR: '1' }).replaceAll('\r', '');
    assert.match(shown, /漢字漢…/);
    assert.ok(!shown.includes('\ufffd'));
    const columns = (line: string): number => [...line].reduce((sum, char) => sum + (char.codePointAt(0)! > 0x2fff ? 2 : 1), 0);
    for (const line of shown.split('\n').filter((text) => text.startsWith('{'))) assert.ok(columns(line) <= 60, line);
    assert.ok((await cliOk(['inspect', wide])).stdout.includes(name));
  });

  test('of an unknown width it takes 80 columns', () => {
    const line = inTerminal(0, ['inspect', wide])
      .replaceAll('\r', '')
      .split('\n')
      .find((text) => text.startsWith('{'))!;
    assert.ok(line.length > 30 && line.endsWith('…'), line);
  });
});
