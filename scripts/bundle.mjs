// Second half of npm run build:ts: bundles index.ts, lib/kura, lib/sql and the command line into dist/, which is what the package ships.
// tsc has checked the sources and left its own output in build/: types for `npm run api`, and single files for tests.
import { chmodSync, copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { bundledPackages, licenceText, packagesIn } from './bundle/bundled-packages.mjs';
import { restoreClassNames } from './bundle/class-names.mjs';
import { coreEntries, coreForCli, importedFiles } from './bundle/core.mjs';
import { builtinsForCommonJs } from './bundle/builtins.mjs';
import { laterParts } from './bundle/later-parts.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DIST = join(ROOT, 'dist');

const OPTIONS = {
  absWorkingDir: ROOT,
  outdir: DIST,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  external: ['#embedded', '@duckdb/node-api', 'zod'],
  // Not minified, with the names of files in comments: a stack trace can be read without the maps.
  sourcemap: true,
  sourcesContent: false,
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
};

async function main() {
  rmSync(DIST, { recursive: true, force: true });
  mkdirSync(DIST);
  const imported = await importedFiles(ROOT);
  const library = await build({
    ...OPTIONS,
    entryPoints: { index: 'index.ts', kura: 'lib/kura/schemas.ts', sql: 'lib/sql/open-sql.ts', core: 'core', 'core-later': 'core-later' },
    // What is imported when it is first needed stays in files of its own.
    splitting: true,
    chunkNames: '[name]-[hash]',
    plugins: [coreEntries(ROOT, imported), laterParts(ROOT), builtinsForCommonJs],
  });
  const program = await build({
    ...OPTIONS,
    entryPoints: { cli: 'lib/cli/main.ts' },
    // A command is loaded when it is called.
    splitting: true,
    chunkNames: 'cli-[name]-[hash]',
    // The program shows no stacks.
    sourcemap: false,
    plugins: [coreForCli(ROOT, imported), builtinsForCommonJs],
  });
  // The page of `view` runs in browsers, and is shipped as it is sent to them.
  const page = await build({
    absWorkingDir: ROOT,
    entryPoints: [
      { in: 'viewer/main.tsx', out: 'page' },
      { in: 'viewer/style.css', out: 'page' },
    ],
    outdir: join(DIST, 'viewer'),
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: ['chrome123', 'firefox120', 'safari17.5'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    define: { 'process.env.NODE_ENV': '"production"' },
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
  });
  // The page of `report` is made by the same components, without a browser.
  const report = await build({
    ...OPTIONS,
    entryPoints: { 'viewer/report': 'viewer/report/render-report.tsx' },
    sourcemap: false,
    jsx: 'automatic',
    jsxImportSource: 'preact',
    loader: { '.css': 'text' },
  });
  restoreClassNames(DIST);
  chmodSync(join(DIST, 'cli.js'), 0o755);
  for (const file of ['embedded.js', 'embedded-bun.cjs']) copyFileSync(join(ROOT, 'build/lib/base/addon', file), join(DIST, file));

  const found = packagesIn([library.metafile, program.metafile, page.metafile, report.metafile]);
  const listed = bundledPackages(ROOT);
  const wrong = [...found.filter((path) => !listed.includes(path)), ...listed.filter((path) => !found.includes(path))];
  if (wrong.length > 0) throw new Error(`scripts/bundle/bundled-packages.mjs and the bundles do not agree about ${wrong.join(', ')}`);
  writeFileSync(join(DIST, 'THIRD-PARTY-LICENSES'), licenceText(ROOT, listed));
}

await main();
