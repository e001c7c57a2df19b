// Every block of code in README.md and docs/*.md runs as it stands there.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { suite, test } from 'node:test';
import { promisify } from 'node:util';
import { ROOT } from './support/packed-package.js';
import { noPython } from './support/python.js';
import { commandsOf, programOf, readPage, type Page } from './support/snippets.js';
import { tempFolder } from './support/temp-folder.js';

/** Blocks that cannot run here, in all pages together. Each says why beside it. */
const MOST_NOT_RUN = 10;
const LANGUAGES: ReadonlySet<string> = new Set(['js', 'ts', 'sh', 'console', 'python']);
const COMPILER_OPTIONS = {
  target: 'es2022',
  lib: ['es2023', 'esnext.disposable'],
  module: 'nodenext',
  types: ['node'],
  typeRoots: [join(ROOT, 'node_modules/@types')],
  strict: true,
  // JavaScript of the pages has no types for its parameters.
  noImplicitAny: false,
  skipLibCheck: true,
  noEmit: true,
};

const run = promisify(execFile);
const pages = ['README.md', ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`)]
  .filter((name) => name.endsWith('.md'))
  .map((name) => readPage(name, readFileSync(join(ROOT, name), 'utf8').replaceAll('\r\n', '\n')));
const folder = tempFolder('snippets');
const folderOf = ({ name }: Page): string => join(folder, name.replaceAll(/\W/g, '-'));
const programs = pages.flatMap((page) => {
  const code = programOf(page);
  return code === null ? [] : [{ page, code, file: join(folderOf(page), 'page.mts') }];
});

/** A folder of its own for each page, where the package is installed. */
function install(): void {
  const bin = join(folder, 'bin');
  mkdirSync(bin, { recursive: true });
  const main = join(ROOT, 'dist/cli.js');
  for (const [name, line] of [
    ['arrow-ckpt', `exec "${process.execPath}" "${main}" "$@"`],
    ['npx', 'exec "$@"'],
  ] as const) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${line}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  for (const page of pages) {
    mkdirSync(join(folderOf(page), 'node_modules'), { recursive: true });
    for (const name of ['zod', 'tsx', 'apache-arrow'])
      symlinkSync(join(ROOT, 'node_modules', name), join(folderOf(page), 'node_modules', name), 'junction');
    symlinkSync(ROOT, join(folderOf(page), 'node_modules/arrow-ckpt'), 'junction');
  }
  for (const { code, file } of programs) writeFileSync(file, code);
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: COMPILER_OPTIONS, files: programs.map(({ file }) => file) }),
  );
}

suite('the snippets of the documents', { concurrency: false }, () => {
  install();

  test(`at most ${MOST_NOT_RUN} blocks of code are not run, and no language is unknown`, () => {
    const notRun = pages.flatMap(({ name, notRun: blocks }) => blocks.map(({ line, reason }) => `${name}:${line}: ${reason}`));
    assert.ok(notRun.length <= MOST_NOT_RUN, notRun.join('\n'));
    const unknown = pages.flatMap(({ name, snippets }) =>
      snippets.filter(({ language }) => !LANGUAGES.has(language)).map(({ line, language }) => `${name}:${line}: ${language}`),
    );
    assert.deepEqual(unknown, []);
  });

  test('JavaScript and TypeScript have no errors of types', async () => {
    const errors = await run(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', folder]).then(
      () => '',
      (error: { stdout: string }) => error.stdout,
    );
    assert.equal(errors, '');
  });

  for (const { page, file } of programs) {
    test(`${page.name}: JavaScript and TypeScript run`, async () => {
      await run(process.execPath, ['--import', 'tsx', file], { cwd: folderOf(page) });
    });
  }

  for (const page of pages) {
    for (const snippet of page.snippets.filter(({ language }) => language === 'sh' || language === 'console')) {
      test(`${page.name}:${snippet.line}: the commands run`, { skip: process.platform === 'win32' }, async () => {
        for (const command of commandsOf(snippet)) await runCommand(command, folderOf(page));
      });
    }
    for (const snippet of page.snippets.filter(({ language }) => language === 'python')) {
      test(`${page.name}:${snippet.line}: Python runs`, { skip: noPython }, async () => {
        const env = { ...process.env, PYTHONPATH: join(ROOT, 'python', 'src'), PYTHONDONTWRITEBYTECODE: '1' };
        await run(process.env['ARROW_CKPT_PYTHON']!, ['-c', snippet.code], { cwd: folderOf(page), env });
      });
    }
  }
});

/** Runs a command of the shell. 1 is no failure: `diff` and `verify` find what the page shows that they find. */
async function runCommand(command: string, cwd: string): Promise<void> {
  const env = { ...process.env, PATH: `${join(folder, 'bin')}${delimiter}${process.env['PATH']}` };
  try {
    await run('sh', ['-c', command], { cwd, env });
  } catch (error) {
    if ((error as { code?: unknown }).code !== 1) throw error;
  }
}
