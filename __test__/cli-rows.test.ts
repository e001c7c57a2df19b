import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeCheckpoint, type Row } from 'arrow-ckpt';
import { FORMATS } from './support/codes.js';
import { CLI, cliOk, linesOf, noCli } from './support/run-cli.js';
import { suite } from './support/suite.js';
import { tempFolder } from './support/temp-folder.js';

const ROWS: Row[] = Array.from({ length: 40 }, (_, id) => ({
  id,
  'a,b': id % 2 === 0 ? 'even' : 'odd',
  score: id / 8,
  meta: { source: id % 3 === 0 ? 'web' : 'mail' },
  ...(id % 4 === 0 && { note: id === 0 ? null : `note ${id}` }),
}));

/** One of each kind that JSON has no form for, and a user's object that looks like an escape. */
const BEYOND: Row = {
  at: new Date(1_700_000_000_000),
  big: 2n ** 64n,
  none: undefined,
  nan: Number.NaN,
  zero: -0,
  bytes: new Uint8Array([0, 1]),
  floats: new Float32Array([1.5]),
  mine: { $ckpt: 'date' },
};
const BEYOND_LINE =
  '{"at":{"$ckpt":"date","v":1700000000000},"big":{"$ckpt":"bigint","v":"18446744073709551616"},"none":{"$ckpt":"undefined"},' +
  '"nan":{"$ckpt":"number","v":"NaN"},"zero":{"$ckpt":"number","v":"-0"},"bytes":{"$ckpt":"bytes","v":"AAE="},' +
  '"floats":{"$ckpt":"f32","v":"AADAPw=="},"mine":{"$ckpt":"object","v":[["$ckpt","date"]]}}\n';

for (const extension of FORMATS) {
  suite(`cat and head of ${extension}`, noCli, () => {
    const path = join(tempFolder('cli-rows'), `rows.${extension}`);
    const ids = async (...args: string[]): Promise<unknown[]> => {
      await writeCheckpoint(path, ROWS);
      return linesOf((await cliOk(['cat', path, '--columns', 'id', ...args])).stdout).map((row) => (row as Row)['id']);
    };

    test('cat prints the rows as JSON.stringify has them', async () => {
      await writeCheckpoint(path, ROWS);
      const { stdout, stderr } = await cliOk(['cat', path]);
      assert.equal(stdout, ROWS.map((row) => `${JSON.stringify(row)}\n`).join(''));
      assert.equal(stderr, '');
      assert.equal((await cliOk(['cat', path, '--json'])).stdout, stdout);
    });

    test('head prints the first rows, ten unless another number is given', async () => {
      await writeCheckpoint(path, ROWS);
      assert.deepStrictEqual(linesOf((await cliOk(['head', path])).stdout), ROWS.slice(0, 10));
      assert.deepStrictEqual(linesOf((await cliOk(['head', path, '-n', '3'])).stdout), ROWS.slice(0, 3));
      assert.equal((await cliOk(['head', path, '-n', '0'])).stdout, '');
    });

    test('columns are names with commas between, or a JSON array', async () => {
      await writeCheckpoint(path, ROWS);
      const picked = async (...args: string[]) => linesOf((await cliOk(['head', path, '-n', '2', ...args])).stdout);
      assert.deepStrictEqual(await picked('--columns', 'score,id'), [
        { id: 0, score: 0 },
        { id: 1, score: 0.125 },
      ]);
      assert.deepStrictEqual(await picked('--columns', '["a,b"]', '--columns', 'id'), [
        { id: 0, 'a,b': 'even' },
        { id: 1, 'a,b': 'odd' },
      ]);
    });

    test('where takes JSON, the short form, and several', async () => {
      assert.deepStrictEqual(await ids('--where', '{"meta.source":"web","id":{"$lt":7}}'), [0, 3, 6]);
      assert.deepStrictEqual(await ids('--where', 'score>=4.5'), [36, 37, 38, 39]);
      assert.deepStrictEqual(await ids('--where', 'meta.source=web', '--where', 'a,b!=even', '--where', 'id<16'), [3, 9, 15]);
      assert.deepStrictEqual(await ids('--where', 'note=note 8'), [8]);
      assert.deepStrictEqual(await ids('--where', '{"note":{"$exists":true}}', '--offset', '2', '--limit', '3'), [8, 12, 16]);
    });

    test('what JSON has no form for is an escape object', async () => {
      await writeCheckpoint(path, [BEYOND]);
      assert.equal((await cliOk(['cat', path])).stdout, BEYOND_LINE);
      assert.equal((await cliOk(['cat', path, '--where', '{"at":{"$gte":{"$ckpt":"date","v":1700000000000}}}'])).stdout, BEYOND_LINE);
      assert.equal((await cliOk(['cat', path, '--where', '{"big":{"$gt":{"$ckpt":"bigint","v":"18446744073709551616"}}}'])).stdout, '');
    });

    test('an unknown column, a bad filter and bad columns end with 2', async () => {
      await writeCheckpoint(path, ROWS);
      for (const [args, code] of [
        [['--columns', 'nope'], 'ERR_CKPT_UNKNOWN_COLUMN'],
        [['--where', '{"id":'], 'ERR_CKPT_INVALID_OPTION'],
        [['--where', '{"id":{"$near":1}}'], 'ERR_CKPT_INVALID_OPTION'],
        [['--where', 'id'], 'ERR_CKPT_INVALID_OPTION'],
        [['--columns', '[1]'], 'ERR_CKPT_INVALID_OPTION'],
      ] as const) {
        const { stderr } = await cliOk(['cat', path, ...args], 2);
        assert.match(stderr, new RegExp(`^error: .* \\[${code}\\]\\n$`), args.join(' '));
      }
    });

    test('a torn file prints its whole rows, names the damage and ends with 1', async () => {
      await writeCheckpoint(path, ROWS);
      const bytes = readFileSync(path);
      writeFileSync(path, bytes.subarray(0, bytes.length >> 1));
      const { stderr } = await cliOk(['cat', path], 1);
      assert.match(stderr, /^error: .*rows\.\w+.* \[ERR_CKPT_TRUNCATED\]\n$/);
    });

    test('without the native binary it prints the same', async () => {
      await writeCheckpoint(path, [BEYOND]);
      assert.equal((await cliOk(['cat', path], 0, { env: { ARROW_CKPT_FORCE_JSON: '1' } })).stdout, BEYOND_LINE);
    });
  });
}

suite('the rows of a large checkpoint', noCli, () => {
  const folder = tempFolder('cli-large');
  const path = join(folder, 'large.parquet');
  const COUNT = 600_000;
  function* rows(): Generator<Row> {
    for (let id = 0; id < COUNT; id++) yield { id, title: `title ${id} ${'x'.repeat(id % 60)}`, tags: ['a', `t${id % 90}`], score: id / 7 };
  }

  test('are printed in bounded memory', async (t) => {
    await writeCheckpoint(path, rows());
    if (process.platform !== 'linux') return t.skip('the peak is read from /proc, which is for Linux');
    const { peak, bytes, lines } = await readAll(['cat', path]);
    assert.equal(lines, COUNT);
    assert.ok(bytes > 60 << 20, `${bytes} bytes`);
    // Node alone takes 45, arenas and the blocks that decode about as much again; all rows would be several hundreds.
    assert.ok(peak < 250, `${peak} MB at the peak for ${bytes >> 20} MB of text`);
  });

  test('are not printed to whoever wants no more, and that is no failure', async () => {
    const child = spawn(process.execPath, [CLI, 'cat', path], { stdio: ['ignore', 'pipe', 'pipe'] });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const ended = new Promise<unknown[]>((resolve) => child.on('close', (...how) => resolve(how)));
    await new Promise((resolve) => child.stdout.once('data', resolve));
    child.stdout.destroy();
    assert.deepStrictEqual(await ended, [0, null]);
    assert.equal(stderr, '');
  });

  test('to a full disk end with 3', async (t) => {
    if (!existsSync('/dev/full')) return t.skip('writes to /dev/full, which is for Linux');
    const child = spawn('sh', ['-c', '"$0" "$1" cat "$2" > /dev/full', process.execPath, CLI, path], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const code = await new Promise((resolve) => child.on('close', resolve));
    assert.equal(stderr, 'error: cannot write to stdout: no space left on the disk; free some and save again [ERR_CKPT_NO_SPACE]\n');
    assert.equal(code, 3);
  });
});

/** Runs the command line, reads all that it prints, and its peak of memory in MB from time to time. */
async function readAll(args: string[]): Promise<{ peak: number; bytes: number; lines: number }> {
  const child = spawn(process.execPath, [CLI, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let [bytes, lines, peak] = [0, 0, 0];
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) lines++;
    try {
      peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0) >> 10);
    } catch {
      // It has just ended.
    }
  }
  return { peak, bytes, lines };
}
