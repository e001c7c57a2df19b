// Runs test files with a variable of the environment set: node scripts/test-with.mjs ARROW_CKPT_RUNTIMES=all runtimes. npm's scripts cannot
// set one on every system.
import { spawnSync } from 'node:child_process';
import { ROOT } from './setup.mjs';

const [setting, ...names] = process.argv.slice(2);
const [variable, value] = setting.split('=');
const files = names.map((name) => `__test__/${name}.test.ts`);
const { status } = spawnSync(process.execPath, ['--import', 'tsx', '--test', '--test-reporter=spec', ...files], {
  cwd: ROOT,
  stdio: 'inherit',
  env: { ...process.env, [variable]: value },
});
process.exitCode = status ?? 1;
