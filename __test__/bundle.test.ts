import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import * as arrowCkpt from 'arrow-ckpt';
import { packBinaryInto, packInto } from './support/packed-package.ts';
import { noBinding } from './support/readers.ts';
import { resultOf } from './support/run-program.ts';
import { tempFolder } from './support/temp-folder.ts';

/** Files that may be loaded before the first call: reading many small files is most of what an import costs. */
const MOST_MODULES = 10;
/** And bytes in them: V8 looks through all of a module before anything of it runs, some 30 ms for a megabyte. */
const MOST_BYTES = 620_000;

describe('the package as it is shipped', () => {
  const folder = tempFolder('bundle');
  let installed: string;
  const entry = (name: string): string => pathToFileURL(join(installed, 'dist', name)).href;

  before(() => {
    installed = packInto(folder);
  });

  const importedBy = (name: string): Promise<{ modules: string[] }> =>
    resultOf<{ modules: string[] }>('imported-modules.mjs', { args: [entry(name), folder] });

  test(`at most ${MOST_MODULES} modules are loaded by its import, and all are its own`, async () => {
    const { modules } = await importedBy('index.js');
    assert.ok(modules.length >= 2 && modules.length <= MOST_MODULES, `${modules.length} modules:\n${modules.join('\n')}`);
    assert.deepEqual(
      modules.filter((url) => !url.startsWith(entry(''))),
      [],
    );
  });

  const textOf = ({ modules }: { modules: string[] }): string => modules.map((url) => readFileSync(new URL(url), 'utf8')).join('\n');

  test(`these have at most ${MOST_BYTES} bytes`, async () => {
    const bytes = Buffer.byteLength(textOf(await importedBy('index.js')));
    assert.ok(
      bytes <= MOST_BYTES,
      `${bytes} bytes: import what few programs use when it is first needed, as lib/formats/later-stores.ts does`,
    );
  });

  test('and import no module of Node that takes milliseconds', async () => {
    const text = textOf(await importedBy('index.js'));
    assert.match(text, /from "node:fs\/promises"/);
    assert.doesNotMatch(text, /from "(?:node:)?(?:crypto|https?|stream\/web|util|zlib)"/);
  });

  test('what few programs use is left for the first call that needs it', async () => {
    const { modules } = await importedBy('index.js');
    const text = textOf({ modules });
    assert.ok(text.includes('// lib/api/checkpoint-manager.ts'));
    assert.doesNotMatch(text, /^ *\/\/ (?:node_modules|lib\/cli|lib\/kura|lib\/sql)\//m);
    assert.doesNotMatch(text, /^ *\/\/ lib\/(?:formats\/(?:remote|parquet\/fallback)|resume\/workers)\//m);
    assert.doesNotMatch(text, /^ *\/\/ lib\/.*\/(?:run-map|json-store|jsonl-store|folder-store|migration|bucket-directory|s3-bucket)\.ts/m);
    assert.ok(readdirSync(join(installed, 'dist')).length > modules.length + 5);
  });

  test('the first save finds the binary by its name, and leaves the generated loader alone', { skip: noBinding }, async () => {
    packBinaryInto(folder);
    const { format, modules } = await resultOf<{ format: string; modules: string[] }>('first-save.mjs', {
      args: [entry('index.js'), join(folder, 'first.parquet')],
    });
    assert.equal(format, 'parquet');
    assert.equal(modules.length, 1, modules.join('\n'));
    assert.match(modules[0] as string, /\.node$/);
  });

  test('a binary that cannot be loaded is told as the generated loader tells it', { skip: noBinding }, async () => {
    const platform = packBinaryInto(folder);
    const [binary] = readdirSync(platform).filter((name) => name.endsWith('.node')) as [string];
    // A file of its own: what another process has loaded must not change under it.
    rmSync(join(platform, binary));
    writeFileSync(join(platform, binary), 'no library');
    try {
      const { format, reason } = await resultOf<{ format: string; reason: string }>('first-save.mjs', {
        args: [entry('index.js'), join(folder, 'damaged.parquet')],
      });
      assert.equal(format, 'json');
      assert.match(reason, /arrow-ckpt has no native binary for .*Reinstall .*Cause: /s);
    } finally {
      rmSync(platform, { recursive: true });
    }
  });

  test('it depends on no other package, but for the binary, and optionally zod and DuckDB', () => {
    const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as Record<string, unknown>;
    assert.equal(manifest.dependencies, undefined);
    assert.deepEqual(manifest.peerDependenciesMeta, { '@duckdb/node-api': { optional: true }, zod: { optional: true } });
  });

  test('the licences of the packages that are inside are beside them', () => {
    const text = readFileSync(join(installed, 'dist/THIRD-PARTY-LICENSES'), 'utf8');
    for (const name of ['commander', 'cli-table3', 'csv-parse', 'hyparquet', 'fzstd', 'picocolors'])
      assert.match(text, new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(`, 'm'));
    assert.doesNotMatch(text, /undefined/);
  });

  test('its classes and functions keep their names', () => {
    const values = Object.entries(arrowCkpt).filter(([, value]) => typeof value === 'function');
    assert.ok(values.length > 10);
    for (const [name, value] of values) assert.equal((value as { name: string }).name, name);
  });

  test('library and command line share their code: an error of one is known to the other', async () => {
    const core = (await import(entry('core.js'))) as Partial<typeof arrowCkpt>;
    const index = (await import(entry('index.js'))) as typeof arrowCkpt;
    assert.equal(core.CheckpointError, index.CheckpointError);
    assert.equal(core.CheckpointManager, index.CheckpointManager);
    const names = readdirSync(join(installed, 'dist')).filter((name) => /^cli[\w-]*\.js$/.test(name));
    assert.ok(names.length > 20);
    const program = names.map((name) => readFileSync(join(installed, 'dist', name), 'utf8')).join('\n');
    assert.match(program, /from "\.\/core\.js"/);
    assert.match(program, /from "\.\/core-later\.js"/);
    assert.doesNotMatch(program, /^ *\/\/ lib\/(?!cli\/)/m);
  });

  test('the help of the command line loads no command, and of the library what an import loads', async () => {
    const { modules } = await importedBy('index.js');
    const imported = new Set(modules.map((url) => url.slice(url.lastIndexOf('/') + 1)));
    const loaded = new Set(['cli.js']);
    for (const name of loaded) {
      const text = readFileSync(join(installed, 'dist', name), 'utf8');
      for (const [, file] of text.matchAll(/^(?:import|\}|export)[^;]*? ?"\.\/([^"]+)";$/gm)) loaded.add(file as string);
    }
    const own = [...loaded].filter((name) => !imported.has(name));
    assert.ok(own.includes('core.js') && loaded.size > modules.length, [...loaded].join());
    assert.ok(!own.includes('core-later.js'));
    const text = own.map((name) => readFileSync(join(installed, 'dist', name), 'utf8')).join('\n');
    assert.ok(text.includes('// lib/cli/program-of.ts'));
    assert.doesNotMatch(text, /^ *\/\/ lib\/(?:(?!cli\/)|cli\/commands\/)/m);
  });

  test('a stack names functions and, with --enable-source-maps, the files and lines of the sources', async () => {
    const stack = await resultOf<string>('failing-save.mjs', {
      args: [entry('index.js')],
      cwd: folder,
      nodeArgs: ['--enable-source-maps'],
    });
    const places = [...stack.matchAll(/\/(lib\/[\w/-]+\.ts):(\d+):\d+/g)];
    assert.ok(places.length > 0, stack);
    for (const [place, file, line] of places) {
      const source = new URL(`../${file}`, import.meta.url);
      assert.ok(existsSync(source), place);
      assert.ok(Number(line) <= readFileSync(source, 'utf8').split('\n').length, place);
    }
    assert.match(stack, /writeCheckpoint/);
  });
});
