import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { findCircles, kebab, tooLong } from './support/house.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** The layers of lib from the top: a file may import from its own folder and from those below. ARCHITECTURE.md says what each is for. */
const LAYERS = [
  'cli',
  'sql',
  'kura',
  'api',
  'resume',
  'directory',
  'formats',
  'store',
  'compat',
  'schema',
  'select',
  'columnar',
  'bucket',
  'options',
  'base',
];
const IMPORT = /(?:\bfrom\s+|\bimport\s*\(\s*|\bimport\s+)'(\.{1,2}\/[^']*)'/g;

const PROSE = /\.(?:tsx?|mts|mjs|cjs|rs|sh|py|md|css)$/;
/** Made by programs, or by people of other projects. */
const MADE =
  /^(?:docs\/(?:options|errors|api|ENGINES|VALUES)\.md|binding\.c?d?\.?c?[jt]s|(?:index|kura|sql)\.d\.ts|bench\/results\/.*|.*\/fixtures\/.*)$/;

const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: ROOT, encoding: 'utf8' })
  .trim()
  .split('\n')
  .filter((file) => existsSync(join(ROOT, file)));
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const lib = tracked.filter((file) => /^lib\/.*\.c?ts$/.test(file));

/** The files that a file of lib imports, types included. */
function importsOf(file: string): string[] {
  return [...read(file).matchAll(IMPORT)].map(([, specifier]) =>
    normalize(join(dirname(file), specifier as string)).replace(/\.(c?)js$/, '.$1ts'),
  );
}

function layerOf(file: string): string {
  return file.split('/')[1] as string;
}

suite('the house', () => {
  test('every file of lib is in a layer', () => {
    assert.deepEqual(
      lib.filter((file) => !LAYERS.includes(layerOf(file))),
      [],
    );
  });

  test('imports go down only, types included', () => {
    const upward = lib.flatMap((file) =>
      importsOf(file)
        .filter((target) => target.startsWith('lib/') && LAYERS.indexOf(layerOf(target)) < LAYERS.indexOf(layerOf(file)))
        .map((target) => `${file} imports ${target}`),
    );
    assert.deepEqual(upward, []);
  });

  test('no two files import each other, over any number of others', () => {
    assert.deepEqual(findCircles(new Map(lib.map((file) => [file, importsOf(file)]))), []);
  });

  test('every import is of a file that is there', () => {
    const missing = lib.flatMap((file) => importsOf(file).filter((target) => !tracked.includes(target)));
    assert.deepEqual(missing, []);
  });

  test('every file of build/lib that a test, a script or a bench names is made from a file of lib', () => {
    const users = tracked.filter((file) => /^(?:__test__|bench|scripts|examples|fuzz)\/.*\.(?:ts|mjs|cjs|js|py)$/.test(file));
    const missing = users.flatMap((file) =>
      [...read(file).matchAll(/\b(?:build|dist)\/(lib\/[\w/-]+)\.(c?)js\b/g)]
        .filter(([named, path, c]) => named.startsWith('dist') || !tracked.includes(`${path}.${c}ts`))
        .map(([path]) => `${file} names ${path}`),
    );
    assert.deepEqual(missing, []);
  });

  test('every export is imported somewhere', () => {
    const words = (text: string): Set<string> => new Set(text.match(/[\w$]+/g));
    const users = [...lib, 'index.ts', ...tracked.filter((file) => /^(?:__test__|bench|scripts|viewer)\/.*\.(?:tsx?|mjs)$/.test(file))];
    const wordsOf = new Map(users.map((file) => [file, words(read(file))]));
    const entry = /^lib\/(?:kura\/schemas|sql\/open-sql|cli\/main|base\/addon\/embedded)/;
    const unused = lib
      .filter((file) => !entry.test(file))
      .flatMap((file) =>
        exportsOf(read(file))
          .filter((name) => !users.some((other) => other !== file && wordsOf.get(other)?.has(name)))
          .map((name) => `${file}: ${name}`),
      );
    assert.deepEqual(unused, []);
  });

  test('a file with one export has its name', () => {
    const wrong = lib
      .filter((file) => !/^lib\/(?:cli\/commands\/|base\/addon\/embedded)/.test(file))
      .flatMap((file) => {
        const names = [...new Set(exportsOf(read(file)))];
        const named = basename(file).replace(/\.c?ts$/, '');
        return names.length !== 1 || kebab(names[0] as string) === named ? [] : [`${file}: ${names[0]}`];
      });
    assert.deepEqual(wrong, []);
  });

  test('no file is called utils', () => {
    assert.deepEqual(
      tracked.filter((file) => /(?:^|[/-])(?:utils?|helpers?|misc)\.\w+$/i.test(file)),
      [],
    );
  });

  test('no line of a comment or of a page has more than 140 columns', () => {
    const long = tracked
      .filter((file) => PROSE.test(file) && !MADE.test(file))
      .flatMap((file) => tooLong(read(file), file.endsWith('.md')).map((line) => `${file}:${line}`));
    assert.deepEqual(long, []);
  });
});

/** The names that a file exports by a declaration. */
function exportsOf(text: string): string[] {
  const declarations = text.matchAll(
    /^export (?:default )?(?:abstract )?(?:async )?(?:function\*?|class|const|let|interface|type) ([\w$]+)/gm,
  );
  return [...declarations].map(([, name]) => name as string);
}
