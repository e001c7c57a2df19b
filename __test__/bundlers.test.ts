import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { promisify } from 'node:util';
import { BINARY, packBinaryInto, packDependenciesInto, packInto, ROOT } from './support/packed-package.ts';
import { pinnedPackages, type Pinned } from './support/pinned-packages.ts';
import { noBinding } from './support/readers.ts';
import { suite } from './support/suite.ts';
import { tempFolder } from './support/temp-folder.ts';

const run = promisify(execFile);

/** One way to bundle `bundled.mjs`, run in the project; `out` is the file to run then. */
interface Bundler {
  name: string;
  packages: Pinned;
  /** A program of the packages, or a file of the project for node; and its arguments. */
  build: readonly string[];
  out: string;
  /** Configuration that the build needs. */
  files?: Readonly<Record<string, string>>;
  /** Left as an import: the bundle needs node_modules. */
  external?: true;
  /** What the warning calls it. */
  said?: string;
}

const ESBUILD = { esbuild: '0.28.2' };
const ROLLDOWN = { rolldown: '1.3.3' };
const ROLLUP = { rollup: '4.68.8', '@rollup/plugin-node-resolve': '16.0.3', '@rollup/plugin-commonjs': '29.0.3' };
const WEBPACK = { webpack: '5.113.0' };
const VITE = { vite: '8.4.0' };
const NCC = { '@vercel/ncc': '0.45.0' };
const TSUP = { tsup: '9.0.0', typescript: '5.9.3' };
const esbuild = (...args: string[]) => ['esbuild', 'bundled.mjs', '--bundle', '--platform=node', ...args];
const ROLLUP_CONFIG = `const { createRequire } = require('node:module');
const tools = createRequire(process.env.TOOLS);
const resolve = tools('@rollup/plugin-node-resolve').nodeResolve({ preferBuiltins: true, exportConditions: ['node'] });
module.exports = { input: 'bundled.mjs', output: { dir: 'dist', entryFileNames: 'out.mjs', chunkFileNames: '[name].mjs' }, plugins: [resolve, tools('@rollup/plugin-commonjs')()] };`;
const WEBPACK_BUILD = `const webpack = require('node:module').createRequire(process.env.TOOLS)('webpack');
const output = { path: process.cwd() + '/dist', filename: 'out.cjs' };
webpack({ mode: 'production', target: 'node', entry: './bundled.mjs', output }, (error, stats) => {
  const told = error ?? stats.toString({ all: false, errors: true, warnings: true });
  if (error || stats.hasErrors() || stats.hasWarnings()) { console.error(told); process.exitCode = 1; }
});`;

/** The quick part, of `npm test`; `npm run test:bundlers` takes all. */
const QUICK: Bundler[] = [
  { name: 'esbuild to CommonJS', packages: ESBUILD, build: esbuild('--format=cjs', '--outfile=dist/out.cjs'), out: 'out.cjs' },
  { name: 'esbuild to ESM', packages: ESBUILD, build: esbuild('--format=esm', '--minify', '--outfile=dist/out.mjs'), out: 'out.mjs' },
];
const REST: Bundler[] = [
  {
    name: 'rolldown',
    packages: ROLLDOWN,
    build: ['rolldown', 'bundled.mjs', '-d', 'dist', '--platform', 'node'],
    out: 'bundled.js',
  },
  {
    name: 'rollup',
    packages: ROLLUP,
    build: ['rollup', '-c', 'rollup.cjs'],
    out: 'out.mjs',
    files: { 'rollup.cjs': ROLLUP_CONFIG },
  },
  { name: 'webpack', packages: WEBPACK, build: ['./build.cjs'], out: 'out.cjs', files: { 'build.cjs': WEBPACK_BUILD }, said: 'webpack' },
  // ncc is webpack, and its bundle says so.
  { name: '@vercel/ncc', packages: NCC, build: ['ncc', 'build', 'bundled.mjs', '-o', 'dist'], out: 'index.mjs', said: 'webpack' },
  {
    name: "vite's SSR build",
    packages: VITE,
    build: ['vite', 'build', '--ssr', 'bundled.mjs'],
    out: 'bundled.js',
    external: true,
  },
  {
    name: "vite's SSR build with ssr.noExternal",
    packages: VITE,
    build: ['vite', 'build', '--ssr', 'bundled.mjs'],
    out: 'bundled.js',
    files: { 'vite.config.mjs': 'export default { ssr: { noExternal: true } };' },
  },
  {
    name: 'tsup',
    packages: TSUP,
    build: ['tsup', 'bundled.mjs', '--format', 'cjs,esm', '--no-dts'],
    out: 'bundled.cjs',
  },
];
const bundlers = process.env.ARROW_CKPT_BUNDLERS === 'all' ? [...QUICK, ...REST] : QUICK;

suite('a bundle', noBinding, () => {
  const folder = tempFolder('bundlers');
  const project = join(folder, 'project');

  before(() => {
    mkdirSync(project, { recursive: true });
    packInto(project);
    packBinaryInto(project);
    packDependenciesInto(project);
    writeFileSync(join(project, 'package.json'), '{ "type": "module" }');
    cpSync(join(ROOT, '__test__/programs/bundled.mjs'), join(project, 'bundled.mjs'));
  });

  /** Runs a bundle. It must print one object, whatever becomes of the binary. */
  async function outcome(
    file: string,
  ): Promise<{ format: string; equal: boolean; mapped: number; warnings: string[]; reason: string | null }> {
    const { stdout } = await run(process.execPath, [file], { timeout: 60_000, env: { PATH: process.env.PATH } });
    return JSON.parse(stdout) as never;
  }

  const FINE = { format: 'parquet', equal: true, mapped: 3000, warnings: [], reason: null };

  for (const { name, packages, build, out, files = {}, external, said = 'a bundler' } of bundlers) {
    const tools = pinnedPackages('bundlers', packages);
    test(name, { skip: tools.missing }, async () => {
      rmSync(join(project, 'dist'), { recursive: true, force: true });
      for (const [file, text] of Object.entries(files)) writeFileSync(join(project, file), text);
      const at = join(tools.folder, 'node_modules');
      const [first, ...rest] = build as [string, ...string[]];
      const command = first.startsWith('./') ? process.execPath : join(at, '.bin', first);
      const args = first.startsWith('./') ? build : rest;
      const env = { ...process.env, TOOLS: join(at, 'index.js') };
      await run(command, args, { cwd: project, timeout: 240_000, env, shell: process.platform === 'win32' });
      for (const file of Object.keys(files)) rmSync(join(project, file));

      // Beside node_modules, as a function is deployed.
      assert.deepStrictEqual(await outcome(join(project, 'dist', out)), FINE, 'beside node_modules');
      if (external) return;

      // On a machine that has neither the packages nor the folders of this one.
      const alone = join(folder, 'alone');
      cpSync(join(project, 'dist'), alone, { recursive: true });
      cpSync(join(project, 'package.json'), join(alone, 'package.json'));
      renameSync(join(project, 'node_modules'), join(project, 'away'));
      try {
        const without = await outcome(join(alone, out));
        assert.deepStrictEqual([without.format, without.equal, without.mapped, without.warnings.length], ['json', true, 3000, 1], 'alone');
        for (const text of [without.reason ?? '', without.warnings[0] ?? '']) {
          assert.ok(text.includes(`arrow-ckpt was bundled by ${said}`), text);
          assert.match(text, /docs\/bundling\.md/);
        }
        cpSync(join(ROOT, BINARY as string), join(alone, BINARY as string));
        assert.deepStrictEqual(await outcome(join(alone, out)), FINE, 'with the binary beside the bundle');
      } finally {
        renameSync(join(project, 'away'), join(project, 'node_modules'));
        rmSync(alone, { recursive: true });
      }
    });
  }
});
