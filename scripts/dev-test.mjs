// npm run dev:test FILE ...: the tests of some files, after a build of what is stale. Tests, their workers and their child processes all
// load dist, so it is rebuilt first: in about two seconds.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { ensureBuilt, ROOT } from './setup.mjs';
import { installedPython } from './test-python.mjs';
import { testFiles } from './test-runs.mjs';

const HELP = `Usage: npm run dev:test -- [options] FILE ...

Builds what is stale (dist, and the native addon in its quick profile), then runs test files: paths, or parts of their names.
The interop tests run if .venv is there; npm test makes it.

  --no-native   leave the native addon as it is
  --grep TEXT   only tests whose name matches
  --help        this text`;

const { values: flags, positionals: names } = parseArgs({
  allowPositionals: true,
  options: {
    'no-native': { type: 'boolean', default: false },
    grep: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

function main() {
  const files = names.flatMap((name) => (existsSync(name) ? [name] : testFiles([name])));
  if (files.length === 0) throw new Error(`no test file: ${names.join(', ') || 'name one or more'}`);
  ensureBuilt({ native: !flags['no-native'] });
  const python = process.env.ARROW_CKPT_PYTHON ?? installedPython();
  const args = ['--import', 'tsx', '--test', '--test-reporter=spec'];
  if (flags.grep !== undefined) args.push(`--test-name-pattern=${flags.grep}`);
  const env = python === null ? process.env : { ...process.env, ARROW_CKPT_PYTHON: python };
  const { status } = spawnSync(process.execPath, [...args, ...files], { cwd: ROOT, stdio: 'inherit', env });
  process.exitCode = status ?? 1;
}

if (flags.help) console.log(HELP);
else main();
