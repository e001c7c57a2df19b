// The pages of the project: their links lead somewhere, the map has all of them, and the two doors stay small.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
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
