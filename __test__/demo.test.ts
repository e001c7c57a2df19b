import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { noBinding } from './support/readers.ts';
import { dataPath, noTestData } from './support/test-data.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'arrow-ckpt-demo-test-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

/** Runs a script with node in a scratch TMPDIR, so that what it leaves behind is seen. */
function run(args: string[], env: Record<string, string> = {}): { status: number | null; output: string; left: string[] } {
  const folder = mkdtempSync(join(scratch, 'run-'));
  const result = spawnSync(process.execPath, args, {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, TMPDIR: folder, TEMP: folder, TMP: folder, ...env },
  });
  return {
    status: result.status,
    output: result.stdout + result.stderr,
    left: readdirSync(folder).filter((name) => name.startsWith('arrow-ckpt')),
  };
}

const DEMO = ['scripts/demo.mjs', '--no-build', '--rows', '500'];

test('the demo resumes a killed pipeline with the same result and cleans up', () => {
  const { status, output, left } = run(DEMO);
  assert.equal(status, 0, output);
  assert.match(output, /SIGKILL/);
  assert.match(output, /3\. started again\n {2}✓ Loaded checkpoint/);
  assert.match(output, /✓ the resumed result equals the uninterrupted one/);
  assert.match(output, /cluster +500 \|/);
  assert.deepEqual(left, []);
});

test('the demo passes on the JSON store, and says so', () => {
  const { status, output } = run([...DEMO, '--data', join(scratch, 'missing')], { ARROW_CKPT_FORCE_JSON: '1' });
  assert.equal(status, 0, output);
  assert.match(output, /store: JSON, because ARROW_CKPT_FORCE_JSON is set/);
  assert.match(output, /generated documents/);
});

test('the demo explains its options and refuses unknown ones', () => {
  const help = run(['scripts/demo.mjs', '--help']);
  assert.equal(help.status, 0);
  assert.match(help.output, /Usage: npm run demo/);
  for (const args of [
    ['--rows', 'many'],
    ['--row', '5'],
  ]) {
    const { status, output } = run(['scripts/demo.mjs', ...args]);
    assert.equal(status, 1);
    assert.match(output, /Usage: npm run demo/);
  }
});

test('the quickstart and the pipeline example run, and the pipeline resumes', () => {
  const quickstart = run(['--import', 'tsx', 'examples/quickstart.ts']);
  assert.equal(quickstart.status, 0, quickstart.output);
  assert.match(quickstart.output, /2 rows in \d+ bytes/);
  const folder = join(scratch, 'pipeline');
  for (const how of ['computed', 'loaded']) {
    const { status, output } = run(['--import', 'tsx', 'examples/pipeline.ts', folder]);
    assert.equal(status, 0, output);
    for (const step of ['extract: 1000', 'summarise: 1000', 'cluster: 7']) assert.ok(output.includes(`${step} rows ${how}`), output);
  }
});

test('the example of SQL tells what changed between two runs', { skip: noBinding }, () => {
  const { status, output } = run(['--import', 'tsx', 'examples/sql.ts', join(scratch, 'before'), join(scratch, 'after')]);
  assert.equal(status, 0, output);
  assert.match(output, /10 rows changed, the first is \{ id: 0, was: 0, is: null \}/);
  assert.match(output, /saved as .*changed\.parquet/);
});

for (const [name, skip] of [
  ['resume-llm', false],
  ['resume-kura', noTestData],
] as const) {
  test(`the example ${name} of a flaky model is killed, goes on, and ends with the calls that were saved`, { skip }, () => {
    const data = name === 'resume-kura' ? [dataPath('kura/jsonl')] : [];
    const { status, output } = run(['--import', 'tsx', `examples/${name}.ts`, join(scratch, name), ...data]);
    assert.equal(status, 0, output);
    assert.match(output, /run 5: \d+ of \d+ rows were there, \d+ calls, ended/);
    assert.ok(Number(/(\d+) calls saved/.exec(output)?.[1]) > 0, output);
    assert.match(output, /\d+ summaries in .*, the same as /);
  });
}

test('the example of Kura says so where there are no checkpoints of it', () => {
  const skipped = run(['--import', 'tsx', 'examples/resume-kura.ts', join(scratch, 'kura'), join(scratch, 'nowhere')]);
  assert.match(skipped.output, /^skipped: there are no checkpoints of Kura here/);
});

test('an output is stale when it is missing or older than one of its sources', async () => {
  const setup = (await import(new URL('../scripts/setup.mjs', import.meta.url).href)) as {
    isStale(output: string, sources: string[]): boolean;
  };
  const at = (path: string, seconds: number): string => {
    writeFileSync(join(scratch, path), '');
    utimesSync(join(scratch, path), seconds, seconds);
    return join(scratch, path);
  };
  mkdirSync(join(scratch, 'src/inner'), { recursive: true });
  const source = join(scratch, 'src');
  at('src/inner/a.ts', 1000);
  assert.equal(setup.isStale(join(scratch, 'none'), [source]), true);
  assert.equal(setup.isStale(at('out', 2000), [source]), false);
  at('src/inner/b.ts', 3000);
  assert.equal(setup.isStale(join(scratch, 'out'), [source]), true);
});
