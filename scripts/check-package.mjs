// npm run check:package: what `npm publish` would ship is exactly what is meant to be shipped. dist/ must be built.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
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
  'binding.cjs',
  'binding.d.cts',
  'dist/index.js',
  'dist/lib/base/addon/embedded-bun.cjs',
];
const ALLOWED = /^dist\/lib\/[\w/-]+\.js$/;

function packedFiles() {
  const shell = process.platform === 'win32';
  const args = ['pack', '--dry-run', '--json', '--ignore-scripts'];
  const [pack] = JSON.parse(execFileSync('npm', args, { cwd: ROOT, encoding: 'utf8', shell, stdio: ['ignore', 'pipe', 'ignore'] }));
  return pack.files;
}

function contentProblems() {
  const packed = packedFiles();
  const files = packed.map((file) => file.path);
  const sources = new Set(readdirSync(join(ROOT, 'lib'), { recursive: true }).map((name) => `dist/lib/${name.replaceAll('\\', '/')}`));
  return [
    ...REQUIRED.filter((file) => !files.includes(file)).map((file) => `${file} is missing from the package`),
    ...files.filter((file) => !REQUIRED.includes(file) && !ALLOWED.test(file)).map((file) => `${file} does not belong in the package`),
    ...files
      .filter((file) => ALLOWED.test(file) && !sources.has(file.replace(/\.js$/, '.ts')))
      .map((file) => `${file} has no source any more; remove dist/ and build again`),
    ...[...sources]
      .filter((file) => file.endsWith('.ts') && !files.includes(file.replace(/\.ts$/, '.js')))
      .map((file) => `${file.replace(/\.ts$/, '.js')} is missing; run npm run build:ts`),
    ...Object.entries(MANIFEST.bin).flatMap(([name, file]) =>
      binProblems(
        name,
        packed.find(({ path }) => path === file),
      ),
    ),
  ];
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
