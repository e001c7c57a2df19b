// The two halves of npm test: cargo test for the core, node --test for the package. Each gives its counts and its skips.
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from './setup.mjs';

const REPORTER = pathToFileURL(join(ROOT, 'scripts/test-events.mjs')).href;

/** Runs a command with its output shown; resolves with its exit code and what it printed. */
function run(command, args, env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
    const printed = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr']) {
      child[stream].setEncoding('utf8').on('data', (chunk) => {
        process[stream].write(chunk);
        printed[stream] += chunk;
      });
    }
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 1, ...printed }));
  });
}

function sum(output, pattern) {
  return [...output.matchAll(pattern)].reduce((total, [, count]) => total + Number(count), 0);
}

/** What cargo's harness ignored, and what our own tests say that they leave out: it has no skips, and counts these as passed. */
export function rustSkips({ stdout, stderr }) {
  const skip = ([, skipped, reason]) => ({ skipped, in: 'core', reason });
  const ignored = [...stdout.matchAll(/^test (.+?) \.\.\. ignored(?:, (.+))?$/gm)].map(([all, name, why]) => [
    all,
    name,
    why ?? 'no reason given',
  ]);
  return { ignored: ignored.map(skip), passed: [...stderr.matchAll(/^skipped: (.+?): (.+)$/gm)].map(skip) };
}

export async function runRustTests() {
  const { code, ...output } = await run('cargo', ['test', '--workspace', '--exclude', 'arrow-ckpt-node']);
  const count = (word) => sum(output.stdout, new RegExp(`^test result: .*?(\\d+) ${word}`, 'gm'));
  const { ignored, passed } = rustSkips(output);
  return {
    name: 'core (cargo test)',
    ok: code === 0,
    passed: count('passed') - passed.length,
    failed: count('failed'),
    skips: [...ignored, ...passed],
  };
}

/** The test files whose path holds one of the names; all of them without names. */
export function testFiles(names = []) {
  return readdirSync(join(ROOT, '__test__'), { recursive: true })
    .map((file) => join('__test__', file))
    .filter((file) => file.endsWith('.test.ts') && (names.length === 0 || names.some((name) => file.includes(name))))
    .sort();
}

export async function runNodeTests({ names, python, concurrency }) {
  const files = testFiles(names);
  const folder = mkdtempSync(join(tmpdir(), 'arrow-ckpt-test-events-'));
  try {
    const events = join(folder, 'events');
    const reporters = ['spec', 'stdout', REPORTER, events];
    const args = [
      '--import',
      'tsx',
      '--test',
      `--test-concurrency=${concurrency}`,
      ...reporters.map((value, index) => `--test-reporter${index % 2 === 0 ? '' : '-destination'}=${value}`),
      ...files,
    ];
    const { code, stdout } = await run(process.execPath, args, python === null ? {} : { ARROW_CKPT_PYTHON: python });
    const count = (word) => sum(stdout, new RegExp(`^[^\\w\\n]*${word} (\\d+)$`, 'gm'));
    const told = readFileSync(events, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
    return {
      name: `package (node --test, ${files.length} files)`,
      ok: code === 0 && files.length > 0,
      passed: count('pass'),
      failed: count('fail'),
      skips: told.filter((event) => event.skipped !== undefined),
      times: told.filter((event) => event.ms !== undefined),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
