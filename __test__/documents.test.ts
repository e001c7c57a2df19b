// The pages of the project: their links lead somewhere, the map has all of them, and the two doors stay small.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import { test } from 'node:test';
import { ROOT } from './support/packed-package.js';

const read = (name: string): string => readFileSync(join(ROOT, name), 'utf8').replaceAll('\r\n', '\n');
const docs = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md'));
const pages = [...readdirSync(ROOT).filter((name) => name.endsWith('.md')), ...docs.map((name) => `docs/${name}`)];

/** The anchors that GitHub makes of the headings of a page. */
function anchorsOf(page: string): Set<string> {
  const text = read(page).replaceAll(/^```[\s\S]*?^```/gm, '');
  return new Set([...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchorOf(heading as string)));
}

function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
}

test('every link to a page and a heading leads there', () => {
  const broken = pages.flatMap((page) =>
    [...read(page).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/g)].flatMap(([, file, anchor]) => {
      const target = file === '' ? page : normalize(join(dirname(page), file as string));
      const found = existsSync(join(ROOT, target)) && (anchor === undefined || anchorsOf(target).has(anchor));
      return found ? [] : [`${page}: ${file}${anchor === undefined ? '' : `#${anchor}`}`];
    }),
  );
  assert.deepEqual(broken, []);
});

test('docs/README.md has every page', () => {
  const map = read('docs/README.md');
  const missing = docs.filter((name) => name !== 'README.md' && !map.includes(`(${name})`));
  assert.deepEqual(missing, []);
});

test('README.md has at most 9 KB, ARCHITECTURE.md at most 15', () => {
  assert.ok(Buffer.byteLength(read('README.md')) <= 9 * 1024);
  assert.ok(Buffer.byteLength(read('ARCHITECTURE.md')) <= 15 * 1024);
});

/** Folders of the project whose files the pages name, relative to the root or to one of {@link BASES}. */
const FOLDERS = ['lib', 'crates', '__test__', 'scripts', 'bench', 'examples', 'fuzz', 'findings', 'docs'].filter((name) =>
  existsSync(join(ROOT, name)),
);
const BASES = ['', 'lib/', 'crates/arrow-ckpt/src/', 'crates/arrow-ckpt-node/src/'];
const PATH = /(?<![\w./@<>*:-])(?:(?:[\w-]+\/)+(?:[\w.-]*\w)?|[\w-]+(?:\.test)?\.(?:ts|rs|mjs)\b)/g;

/**
 * Paths of the project's sources among the words of a page: those that begin with a folder of ours, and files of code by their name alone.
 */
function pathsIn(page: string): string[] {
  const layers = [...readdirSync(join(ROOT, 'lib')), 'encode', 'decode', 'commit'];
  const words =
    read(page)
      .replaceAll(/^```(?:js|ts|python|sql)[\s\S]*?^```/gm, '')
      .match(PATH) ?? [];
  return words.filter(
    (word) =>
      !word.includes('/') || FOLDERS.some((name) => word.startsWith(`${name}/`)) || layers.some((name) => word.startsWith(`${name}/`)),
  );
}

test('every path of a source that ARCHITECTURE.md, CONTRIBUTING.md or a page of docs names is there', () => {
  const names = new Set(
    FOLDERS.flatMap((folder) => readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((path) => basename(path))),
  );
  for (const name of readdirSync(ROOT)) names.add(name);
  const isThere = (word: string): boolean =>
    word.includes('/') ? BASES.some((base) => existsSync(join(ROOT, base, word))) : names.has(word);
  const named = pages.filter((page) => page !== 'CHANGELOG.md').flatMap((page) => pathsIn(page).map((word) => ({ page, word })));
  assert.ok(named.length > 100, `${named.length} paths`);
  assert.deepEqual(
    named.filter(({ word }) => !isThere(word)),
    [],
  );
});

test('the sources of the commit protocol refer to its one text, and the text to them', () => {
  const text = read('docs/RELIABILITY.md');
  assert.match(text, /^## The commit protocol$/m);
  for (const source of ['lib/base/commit/commit.ts', 'crates/arrow-ckpt/src/commit/mod.rs']) {
    assert.ok(text.includes(source), source);
    assert.match(read(source), /docs\/RELIABILITY\.md/);
  }
});

test('the prose of docs/ENGINES.md that __test__/engines/document.ts writes has lines of at most 140 characters', () => {
  const [prose = ''] = read('docs/ENGINES.md').split('\n### ');
  const long = prose.split('\n').filter((line) => line.length > 140 && !line.startsWith('|'));
  assert.deepEqual(long, []);
});
