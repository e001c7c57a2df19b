// npm test: installs and builds what is missing or stale, then runs the tests of the core and of the package, and prints the counts of both.
// It imports nothing from node_modules, for a fresh clone has none.
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt, ROOT } from './setup.mjs';
import { ensurePython } from './test-python.mjs';

const HELP = `Usage: npm test [-- options] [name ...]

Runs cargo test for the core (where cargo is on PATH), then every __test__/**/*.test.ts, or those whose path holds one of the names.

  --no-rust     leave the core's tests out
  --no-build    build nothing, install nothing
  --help        this text`;

const { values: flags, positionals: names } = parseArgs({
  allowPositionals: true,
  options: {
    'no-rust': { type: 'boolean', default: false },
    'no-build': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

/** Runs a command with its output shown; resolves with its exit code and what it printed. */
function run(command, args, env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...env } });
    let output = '';
    child.stdout.on('data', (chunk) => {
      process.stdout.write(chunk);
      output += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

function sum(output, pattern) {
  return [...output.matchAll(pattern)].reduce((total, [, count]) => total + Number(count), 0);
}

async function testRust() {
  const { code, output } = await run('cargo', ['test', '--workspace', '--exclude', 'arrow-ckpt-node']);
  const count = (word) => sum(output, new RegExp(`^test result: .*?(\\d+) ${word}`, 'gm'));
  return { name: 'core (cargo test)', ok: code === 0, passed: count('passed'), failed: count('failed'), skipped: count('ignored') };
}

async function testNode(python) {
  const files = readdirSync(join(ROOT, '__test__'), { recursive: true })
    .map((file) => join('__test__', file))
    .filter((file) => file.endsWith('.test.ts') && (names.length === 0 || names.some((name) => file.includes(name))))
    .sort();
  const args = ['--import', 'tsx', '--test', '--test-reporter=spec', ...files];
  const { code, output } = await run(process.execPath, args, python === null ? {} : { ARROW_CKPT_PYTHON: python });
  const count = (word) => sum(output, new RegExp(`^[^\\w\\n]*${word} (\\d+)$`, 'gm'));
  return {
    name: `package (node --test, ${files.length} files)`,
    ok: code === 0 && files.length > 0,
    passed: count('pass'),
    failed: count('fail'),
    skipped: count('skipped') + count('todo'),
  };
}

async function main() {
  const cargo = spawnSync('cargo', ['--version'], { stdio: 'ignore' }).status === 0;
  if (!flags['no-build']) {
    const built = ensureBuilt({ native: true });
    if (cargo && !built.native) throw new Error('the native build failed, its output is above');
  }
  const python = flags['no-build'] ? (process.env.ARROW_CKPT_PYTHON ?? null) : ensurePython();
  const results = [];
  if (cargo && !flags['no-rust']) results.push(await testRust());
  else console.log("the core's tests are left out: no cargo on PATH, or --no-rust");
  results.push(await testNode(python));
  console.log();
  for (const { name, passed, failed, skipped } of results) console.log(`${name}: ${passed} passed, ${failed} failed, ${skipped} skipped`);
  if (results.some((result) => !result.ok)) process.exitCode = 1;
}

if (flags.help) console.log(HELP);
else await main();
