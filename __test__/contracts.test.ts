import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import * as layout from '../lib/columnar/layout.js';
import { ERROR_CODES } from '../lib/base/errors.js';
import * as fileKeys from '../lib/formats/parquet/file-keys.js';
import { FOLDERS_UP, MAX_TRASHED, SMALLEST_FILE } from '../lib/formats/parquet/pool.js';
import { MAX_HOLDERS } from '../lib/formats/parquet/references.js';
import { loadBinding } from '../lib/base/addon/binding.js';
import * as events from '../lib/formats/parquet/native/events.js';
import { VERSION } from '../lib/base/version.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const source = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** The public constants of a Rust source: numbers and texts by their names. */
function rustConstants(path: string): Record<string, number | string> {
  const found = [...source(path).matchAll(/^pub const ([A-Z0-9_]+): (?:u32|usize|&str) = (?:([\d_]+)|"([^"]*)");$/gm)];
  const all = source(path).match(/^pub const /gm)?.length ?? 0;
  // Not one may slip through because it is written in another way.
  const functions = source(path).match(/^pub const fn /gm)?.length ?? 0;
  assert.equal(found.length, all - functions, `constants of ${path} that this test cannot parse`);
  assert.ok(found.length > 0);
  return Object.fromEntries(
    found.map(([, name, number, text]) => [name, number === undefined ? text! : Number(number.replaceAll('_', ''))]),
  );
}

function constantsOf(module: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(module).filter(([, value]) => typeof value !== 'function'));
}

test('the layout of slabs and arenas is that of layout.rs', () => {
  assert.deepStrictEqual(constantsOf(layout), rustConstants('crates/arrow-ckpt/src/layout.rs'));
  for (const [n, aligned] of [
    [0, 0],
    [1, 8],
    [8, 8],
    [9, 16],
  ] as const) {
    assert.equal(layout.align8(n), aligned);
  }
});

test('the events are those of events.rs', () => {
  assert.deepStrictEqual(constantsOf(events), rustConstants('crates/arrow-ckpt-node/src/events.rs'));
  const numbers = Object.values(constantsOf(events));
  assert.equal(new Set(numbers).size, numbers.length);
});

test('the keys of the footer are those of format.rs', () => {
  const rust = rustConstants('crates/arrow-ckpt/src/format.rs');
  const facade = constantsOf(fileKeys);
  for (const name of ['FORMAT_VERSION', 'KEY_VERSION', 'KEY_PLAN', 'KEY_HASH', 'KEY_METADATA']) assert.ok(name in facade, name);
  // The checksums are the core's business alone, and which columns a save filters is the facade's.
  const { KEY_BLOOM_FILTER: filter, ...shared } = facade;
  assert.ok(typeof filter === 'string' && !Object.values(rust).includes(filter));
  for (const [name, value] of Object.entries(shared)) assert.equal(value, rust[name], name);
});

test('what thin files may be is the same with and without the binary', () => {
  const all = readdirSync(join(ROOT, 'crates/arrow-ckpt/src'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.rs'),
  );
  const sources = all.map((name) => source(join('crates/arrow-ckpt/src', name))).join('\n');
  const pairs = { SMALLEST_FILE, MAX_HOLDERS, MAX_TRASHED, MAX_FOLDERS: FOLDERS_UP };
  for (const [name, value] of Object.entries(pairs)) {
    const told = [...sources.matchAll(new RegExp(`const ${name}: \\w+ = (\\d+)(?: << (\\d+))?;`, 'g'))];
    assert.deepStrictEqual(
      told.map(([, number, shift = '0']) => Number(number) * 2 ** Number(shift)),
      [value],
      name,
    );
  }
});

test("the core's error codes are among those of the package", () => {
  const rust =
    source('crates/arrow-ckpt/src/error.rs')
      .match(/"ERR_CKPT_[A-Z_]+"/g)
      ?.map((quoted) => quoted.slice(1, -1)) ?? [];
  assert.ok(rust.length > 10);
  for (const code of rust) assert.ok((ERROR_CODES as readonly string[]).includes(code), code);
  assert.equal(new Set(ERROR_CODES).size, ERROR_CODES.length);
});

test('the binary at hand says the same', { skip: loadBinding() === null ? 'no native binary' : false }, () => {
  const binding = loadBinding()!;
  const rust = source('crates/arrow-ckpt/src/error.rs')
    .match(/(?<=")ERR_CKPT_[A-Z_]+(?=")/g)
    ?.sort();
  assert.deepStrictEqual(binding.errorCodes().sort(), rust);
  assert.equal(binding.version(), (JSON.parse(source('package.json')) as { version: string }).version);
});

test('one version everywhere', () => {
  const { version } = JSON.parse(source('package.json')) as { version: string };
  assert.match(version, /^\d+\.\d+\.\d+(-[\w.]+)?$/);
  assert.equal(VERSION, version, 'lib/base/version.ts');
  const manifest = source('Cargo.toml');
  assert.equal(/^\[workspace\.package\]\nversion = "([^"]+)"$/m.exec(manifest)?.[1], version);
  for (const crate of readdirSync(join(ROOT, 'crates'))) {
    assert.match(source(`crates/${crate}/Cargo.toml`), /^version\.workspace = true$/m, crate);
    const locked = new RegExp(`^name = "${crate}"\\nversion = "([^"]+)"$`, 'm').exec(source('Cargo.lock'));
    assert.equal(locked?.[1], version, `${crate} in Cargo.lock`);
  }
  const platforms = readdirSync(join(ROOT, 'npm'));
  assert.equal(platforms.length, 8);
  for (const platform of platforms) {
    const described = JSON.parse(source(`npm/${platform}/package.json`)) as { name: string; version: string };
    assert.equal(described.version, version, platform);
    assert.equal(described.name, `@arrow-ckpt/binding-${platform}`);
  }
  const lock = JSON.parse(source('package-lock.json')) as { version: string; packages: Record<string, { version?: string }> };
  assert.deepStrictEqual([lock.version, lock.packages['']?.version], [version, version]);
});
