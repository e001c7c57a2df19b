// npm run check:package: what `npm publish` would ship is exactly what is meant to be shipped. dist/ must be built.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { platformProblems } from './check-platforms.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const MANIFEST = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

/** Every file of the package is one of these, and none of them is missing. */
const REQUIRED = [
  'package.json',
  'README.md',
  'CHANGELOG.md',
  'FORMAT.md',
  'LICENSE-MIT',
  'LICENSE-APACHE',
  'index.d.ts',
  'kura.d.ts',
  'sql.d.ts',
  'binding.cjs',
  'binding.d.cts',
  'dist/index.js',
  'dist/kura.js',
  'dist/sql.js',
  'dist/core.js',
  'dist/core-later.js',
  'dist/cli.js',
  'dist/embedded.js',
  'dist/embedded-bun.cjs',
  'dist/THIRD-PARTY-LICENSES',
  'dist/viewer/page.js',
  'dist/viewer/page.css',
  'dist/viewer/report.js',
];
/** A chunk that esbuild named, and the map of any file. */
const ALLOWED = /^dist\/(?:[\w.-]+-[A-Z0-9]{8}|index|kura|sql|core|core-later|cli)\.js(?:\.map)?$/;

function packedFiles() {
  const shell = process.platform === 'win32';
  const args = ['pack', '--dry-run', '--json', '--ignore-scripts'];
  const [pack] = JSON.parse(execFileSync('npm', args, { cwd: ROOT, encoding: 'utf8', shell, stdio: ['ignore', 'pipe', 'ignore'] }));
  return pack.files;
}

function contentProblems() {
  const packed = packedFiles();
  const files = packed.map((file) => file.path);
  return [
    ...REQUIRED.filter((file) => !files.includes(file)).map((file) => `${file} is missing from the package`),
    ...files.filter((file) => !REQUIRED.includes(file) && !ALLOWED.test(file)).map((file) => `${file} does not belong in the package`),
    ...staleProblems(files),
    ...Object.entries(MANIFEST.bin).flatMap(([name, file]) =>
      binProblems(
        name,
        packed.find(({ path }) => path === file),
      ),
    ),
  ];
}

/** Files that the bundles were made from, by their maps, are there and not newer. */
function staleProblems(files) {
  const built = statSync(join(ROOT, 'dist/index.js')).mtimeMs;
  const sources = new Set(
    files
      .filter((file) => file.endsWith('.js.map'))
      .flatMap((file) => JSON.parse(readFileSync(join(ROOT, file), 'utf8')).sources)
      .map((source) => posix.join('dist', source))
      .filter((source) => source.startsWith('lib/')),
  );
  if (sources.size === 0) return ['the maps in dist/ name no sources'];
  return [...sources]
    .filter((source) => !existsSync(join(ROOT, source)) || statSync(join(ROOT, source)).mtimeMs > built)
    .map((source) => `dist/ is older than ${source}; run npm run build:ts`);
}

/** A program begins with the line that says what runs it, and may be run. */
function binProblems(name, file) {
  if (file === undefined) return [`the program ${name} is missing from the package`];
  const problems = [];
  if (!readFileSync(join(ROOT, file.path), 'utf8').startsWith('#!/usr/bin/env node\n'))
    problems.push(`${file.path} does not begin with #!`);
  if (process.platform !== 'win32' && (file.mode & 0o111) === 0) problems.push(`${file.path} is not executable; run npm run build:ts`);
  return problems;
}

async function publintProblems() {
  const { messages } = await publint({ pkgDir: ROOT, level: 'suggestion', strict: true, pack: 'npm' });
  return messages.map((message) => `publint: ${formatMessage(message, MANIFEST)}`);
}

const problems = [...contentProblems(), ...platformProblems(ROOT, MANIFEST), ...(await publintProblems())];
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
else console.log(`the package is as it should be, and so are its ${MANIFEST.napi.targets.length} platform packages`);
