import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { packBinaryInto, packDependenciesInto, packInto, ROOT } from './support/packed-package.ts';
import { pinnedPackages } from './support/pinned-packages.ts';
import { noBinding } from './support/readers.ts';
import { suite } from './support/suite.ts';
import { tempFolder } from './support/temp-folder.ts';

/** Pinned runtimes, as npm has them. `npm run test:runtimes` runs them all; `npm test` only the Node that runs it. */
const NODES = { node20: '20.20.2', node22: '22.23.5', node24: '24.22.3', node26: '26.12.1' };
const OTHERS = { bun: '1.4.5', deno: '2.9.6' };
const ALL = process.env.ARROW_CKPT_RUNTIMES === 'all';

const run = promisify(execFile);
const EXPECTED = {
  workerFirst: true,
  parquet: ['parquet', true],
  parquetWhere: 10,
  json: ['json', true],
  jsonWhere: 10,
  jsonl: ['jsonl', true],
  jsonlWhere: 10,
  fallback: true,
  values: [true, true, true, true, true, true],
  map: [500, 500, 500],
  streamed: [20_000, 5],
  abort: ['ENOUGH', 'ERR_CKPT_NOT_FOUND'],
  damaged: 'ERR_CKPT_CORRUPT',
  missing: 'ERR_CKPT_NOT_FOUND',
  workers: [true, true, true, true],
};

interface Runtime {
  name: string;
  command: readonly string[];
  missing: string | false;
}

function pinned(): Runtime[] {
  const nodes = Object.entries(NODES).map(([name, version]) => {
    const platform = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
    const { folder, missing } = pinnedPackages(name, { [name]: `npm:${platform}@${version}` });
    return { name: `Node ${version}`, command: [join(folder, 'node_modules', name, 'bin/node')], missing };
  });
  const others = pinnedPackages('bun-deno', OTHERS);
  const bin = (name: string): string => join(others.folder, 'node_modules/.bin', name);
  return [
    ...nodes,
    { name: `Bun ${OTHERS.bun}`, command: [bin('bun')], missing: others.missing },
    { name: `Deno ${OTHERS.deno}`, command: [bin('deno'), 'run', '-A'], missing: others.missing },
  ];
}

const runtimes: Runtime[] = ALL ? pinned() : [{ name: `this Node, ${process.version}`, command: [process.execPath], missing: false }];

suite('the smoke suite', noBinding, () => {
  const folder = tempFolder('runtimes');
  const project = join(folder, 'project');
  // Colours and warnings of the runtimes are none of ours.
  const env = { ...process.env, NO_COLOR: '1', NODE_NO_WARNINGS: '1', NODE_OPTIONS: undefined };

  before(() => {
    mkdirSync(project, { recursive: true });
    packInto(project);
    packBinaryInto(project);
    packDependenciesInto(project);
    writeFileSync(join(project, 'package.json'), '{ "type": "module", "dependencies": { "arrow-ckpt": "*" } }');
    for (const program of ['runtime-smoke.mjs', 'restricted-smoke.mjs'])
      cpSync(join(ROOT, '__test__/programs', program), join(project, program));
  });

  const start = ([command, ...args]: readonly string[], ...more: string[]) =>
    run(command as string, [...args, ...more], { cwd: project, env, timeout: 60_000 });
  const data = (): string => mkdtempSync(join(folder, 'data-'));

  for (const { name, command, missing } of runtimes) {
    suite(name, missing, () => {
      test('stores, maps, aborts, damage, workers', async () => {
        const { stdout } = await start(command, 'runtime-smoke.mjs', data());
        assert.deepStrictEqual(JSON.parse(stdout), EXPECTED);
      });

      test('an exit in the middle of a save leaves the old file', async () => {
        const place = data();
        await assert.rejects(start(command, 'runtime-smoke.mjs', place, 'exit'), { code: 7 });
        assert.ok(existsSync(join(place, 'in-flight.parquet')));
        assert.deepStrictEqual(
          readdirSync(place).filter((file) => file.endsWith('.parquet')),
          ['in-flight.parquet'],
        );
      });
    });
  }

  if (ALL) {
    const { folder: tools, missing } = pinnedPackages('bun-deno', OTHERS);
    const bin = (tool: string): string => join(tools, 'node_modules/.bin', tool);
    suite('Deno with fewer permissions', missing, () => {
      const deno = (...permissions: string[]) => [bin('deno'), 'run', '--no-prompt', ...permissions];
      const WITHOUT = [['--allow-env', '--allow-sys'], ['--allow-env'], []];
      for (const permissions of WITHOUT) {
        test(`without --allow-ffi, with ${permissions.join(' ') || 'neither --allow-env nor --allow-sys'}: JSON, and it says why`, async () => {
          const { stdout } = await start(deno('--allow-read', '--allow-write', ...permissions), 'restricted-smoke.mjs', data());
          const { reason, ...found } = JSON.parse(stdout) as { reason: string };
          assert.deepStrictEqual(found, { format: 'json', equal: true, mapped: 100 });
          assert.match(reason, /no native binary for .*--allow-ffi/);
        });
      }
      test('with --allow-ffi, without --allow-env and --allow-sys: Parquet', async () => {
        const { stdout } = await start(deno('--allow-read', '--allow-write', '--allow-ffi'), 'restricted-smoke.mjs', data());
        assert.deepStrictEqual(JSON.parse(stdout), { format: 'parquet', equal: true, mapped: 100, reason: null });
      });
    });

    describe('bun build --compile', { skip: missing }, () => {
      test('carries the binary in the program', async () => {
        const program = join(data(), 'program');
        await start([bin('bun'), 'build', '--compile', 'restricted-smoke.mjs', '--outfile', program]);
        const { stdout } = await run(program, [data()], { cwd: folder, env, timeout: 60_000 });
        assert.deepStrictEqual(JSON.parse(stdout), { format: 'parquet', equal: true, mapped: 100, reason: null });
      });
    });
  }
});
