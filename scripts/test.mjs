// npm test: installs and builds what is missing or stale, then runs the tests of the core and of the package, and prints the counts of
// both, what was left out and why, and the slowest files. It imports nothing from node_modules, for a fresh clone has none.
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { ensureBuilt, nativeBinaries } from './setup.mjs';
import { describeSkips, machineFacts } from './skips.mjs';
import { ensurePython } from './test-python.mjs';
import { runNodeTests, runRustTests } from './test-runs.mjs';

const HELP = `Usage: npm test [-- options] [name ...]

Runs cargo test for the core (where cargo is on PATH), then every __test__/**/*.test.ts, or those whose path holds one of the names.
A skip that scripts/expected-skips.json does not name is printed; with --ci, or CI in the environment, it is a failure.

  --no-rust        leave the core's tests out
  --no-build       build nothing, install nothing
  --ci             the native addon in the profile of releases (minutes), and no skip that is not expected
  --concurrency N  files of tests at a time [default: the cores]
  --help           this text`;

const { values: flags, positionals: names } = parseArgs({
  allowPositionals: true,
  options: {
    'no-rust': { type: 'boolean', default: false },
    'no-build': { type: 'boolean', default: false },
    ci: { type: 'boolean', default: !['', '0', 'false'].includes(process.env.CI ?? '') },
    // Node's own number is one less: here most files wait for processes of their own, and for the disk.
    concurrency: { type: 'string', default: String(availableParallelism()) },
    help: { type: 'boolean', default: false },
  },
});

function printSlowest(times) {
  const slowest = times.toSorted((a, b) => b.ms - a.ms).slice(0, 10);
  console.log('\nslowest files:');
  for (const { file, ms } of slowest) console.log(`${(ms / 1000).toFixed(1).padStart(7)} s  ${file}`);
}

async function main() {
  const cargo = spawnSync('cargo', ['--version'], { stdio: 'ignore' }).status === 0;
  if (!flags['no-build']) {
    const built = ensureBuilt({ native: true, full: flags.ci });
    if (cargo && !built.native) throw new Error('the native build failed, its output is above');
  }
  const python = flags['no-build'] ? (process.env.ARROW_CKPT_PYTHON ?? null) : ensurePython();
  const results = [];
  if (cargo && !flags['no-rust']) results.push(await runRustTests());
  else console.log("the core's tests are left out: no cargo on PATH, or --no-rust");
  const ofPackage = await runNodeTests({ names, python, concurrency: flags.concurrency });
  results.push(ofPackage);
  if (ofPackage.times.length > 1) printSlowest(ofPackage.times);
  const skips = results.flatMap((result) => result.skips);
  const { lines, unexpected } = describeSkips(skips, machineFacts({ cargo, binary: nativeBinaries().length > 0 }));
  if (lines.length > 0) console.log(`\n${lines.join('\n')}`);
  console.log();
  for (const { name, passed, failed, skips } of results)
    console.log(`${name}: ${passed} passed, ${failed} failed, ${skips.length} skipped`);
  if (unexpected.length > 0) {
    console.log(`${unexpected.length} reasons of skips that scripts/expected-skips.json does not name for this machine`);
    if (flags.ci) process.exitCode = 1;
  }
  if (results.some((result) => !result.ok)) process.exitCode = 1;
}

if (flags.help) console.log(HELP);
else await main();
