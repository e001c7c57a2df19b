import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { timeText } from '../lib/resume/progress-bar.ts';
import { runProgram } from './support/run-program.ts';
import { suite } from './support/suite.ts';
import { tempFolder } from './support/temp-folder.ts';

const PROGRAM = fileURLToPath(new URL('./programs/map-bar.mjs', import.meta.url));
const version = spawnSync('script', ['--version'], { encoding: 'utf8' });
const noScript = version.stdout?.includes('util-linux') ? false : 'no script of util-linux, which makes a terminal';
const folder = tempFolder('map-bar');

suite('the progress bar of a map', noScript, () => {
  test('shows rows, failures, rate and time left, and goes away', () => {
    const command = `stty cols 100 ; '${process.execPath}' '${PROGRAM}' '${join(folder, 'a')}'`;
    const shown = execFileSync('script', ['-qec', command, '/dev/null'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, TERM: 'xterm' },
    });
    assert.match(shown, /█+░+ summarise\?\[2J: \d+ of 60 rows, 1 failed, \d+(\.\d)? rows\/s, 0:0\d left/);
    assert.ok(shown.lastIndexOf('\u001b[?25h') > shown.lastIndexOf('\u001b[?25l'), 'the cursor is back');
    assert.match(shown, /1 failed in the end/);
    assert.ok(!shown.includes('\u001b[2J'), 'a name cannot drive the terminal');
    const command2 = `'${process.execPath}' '${PROGRAM}' '${join(folder, 'a')}' 2> /dev/null`;
    assert.equal(execFileSync('script', ['-qec', command2, '/dev/null'], { encoding: 'utf8' }).trim(), '1 failed in the end');
  });
});

test('it is quiet where there is no terminal', async () => {
  const { code, stdout, stderr } = await runProgram('map-bar.mjs', { args: [join(folder, 'b')] });
  assert.deepStrictEqual({ code, stdout, stderr }, { code: 0, stdout: '1 failed in the end\n', stderr: '' });
});

test('times', () => {
  assert.deepStrictEqual([0, 0.4, 59, 60, 65, 3599, 3600, 36_061].map(timeText), [
    '0:00',
    '0:01',
    '0:59',
    '1:00',
    '1:05',
    '59:59',
    '1:00:00',
    '10:01:01',
  ]);
});
