// npm run coverage [-- name ...]: lines and branches of lib that the tests of the package run, child processes and workers included, by c8.
// Of the core: `cargo llvm-cov -p arrow-ckpt`, where cargo-llvm-cov is installed.
import { spawnSync } from 'node:child_process';
import { ensureBuilt, ROOT } from './setup.mjs';
import { installedPython } from './test-python.mjs';
import { testFiles } from './test-runs.mjs';

/** They look at dist/ as a whole, or at bytes of memory, which a process that compiles its sources has more of. */
const OF_THE_BUNDLE = /(?:bundle|bundlers|package|runtimes|memory|leaks|finalisers|large\w*)\.test\.ts$/;
const REPORT = ['--all', '--src', 'lib', '--include', 'lib/**/*.ts', '--reporter', 'text', '--reporter', 'html', '--exclude-after-remap'];

const names = process.argv.slice(2);
const files = testFiles(names).filter((file) => !OF_THE_BUNDLE.test(file));
if (files.length === 0) throw new Error(`no test file: ${names.join(', ')}`);
ensureBuilt({ native: true });
const imports = [import.meta.resolve('tsx'), new URL('./coverage/from-sources.mjs', import.meta.url).href];
const python = process.env.ARROW_CKPT_PYTHON ?? installedPython();
const env = {
  ...process.env,
  ...(python !== null && { ARROW_CKPT_PYTHON: python }),
  NODE_OPTIONS: [process.env.NODE_OPTIONS, ...imports.map((url) => `--import=${url}`)].filter(Boolean).join(' '),
};
const tests = [process.execPath, '--test', '--test-reporter', 'dot', ...files];
const { status } = spawnSync(process.execPath, ['node_modules/c8/bin/c8.js', ...REPORT, ...tests], { cwd: ROOT, stdio: 'inherit', env });
process.exitCode = status ?? 1;
