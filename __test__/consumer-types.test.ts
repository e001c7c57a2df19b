import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { promisify } from 'node:util';
import { packInto, ROOT } from './support/packed-package.js';
import { pinnedPackages } from './support/pinned-packages.js';
import { suite } from './support/suite.js';
import { tempFolder } from './support/temp-folder.js';

/**
 * The oldest TypeScript that the types are promised for, the last that was written in TypeScript, and the newest; each with types of Node
 * as old.
 */
const COMPILERS = [
  { typescript: '5.4.5', node: '20.9.5' },
  { typescript: '5.9.3', node: '22.20.7' },
  { typescript: '7.0.2', node: '26.6.7' },
] as const;
const RESOLUTIONS = [
  { module: 'nodenext', moduleResolution: 'nodenext' },
  { module: 'esnext', moduleResolution: 'bundler' },
] as const;
const run = promisify(execFile);

const tools = COMPILERS.map(({ typescript, node }) => {
  const { folder, missing } = pinnedPackages(`typescript-${typescript}`, { typescript, '@types/node': node });
  return { typescript, folder, missing };
});
const missing = tools.map((tool) => tool.missing).find((reason) => reason !== false) ?? false;

suite('a consumer of the packed types, strict and without skipLibCheck', missing, () => {
  const folder = tempFolder('consumer-types');

  /** A project with the packed package, zod and the types of Node that go with a compiler. */
  function project(typescript: string, tool: string): string {
    const made = join(folder, typescript);
    mkdirSync(join(made, 'node_modules/@types'), { recursive: true });
    cpSync(join(folder, 'packed/node_modules/arrow-ckpt'), join(made, 'node_modules/arrow-ckpt'), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules/zod'), join(made, 'node_modules/zod'), 'junction');
    symlinkSync(join(tool, 'node_modules/@types/node'), join(made, 'node_modules/@types/node'), 'junction');
    cpSync(join(ROOT, '__test__/fixtures/consumer'), join(made, 'src'), { recursive: true });
    writeFileSync(join(made, 'package.json'), '{ "type": "module" }');
    return made;
  }

  before(() => void packInto(join(folder, 'packed')));

  for (const { typescript, folder: tool } of tools) {
    for (const resolution of RESOLUTIONS) {
      test(`TypeScript ${typescript}, ${resolution.moduleResolution}`, async () => {
        const made = project(`${typescript}-${resolution.moduleResolution}`, tool);
        // zod's own types take most of the time: they are looked at with one resolution.
        const files = resolution.module === 'nodenext' ? ['src/rows.ts', 'src/kura.ts', 'src/sql.ts'] : ['src/rows.ts'];
        const compilerOptions = {
          ...resolution,
          target: 'es2022',
          lib: ['es2022', 'esnext.disposable'],
          types: ['node'],
          strict: true,
          exactOptionalPropertyTypes: true,
          noUncheckedIndexedAccess: true,
          noEmit: true,
          skipLibCheck: false,
        };
        writeFileSync(join(made, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
        const errors = await run(process.execPath, [join(tool, 'node_modules/typescript/bin/tsc'), '-p', made]).then(
          () => '',
          (error: { stdout: string }) => error.stdout,
        );
        assert.equal(errors, '');
      });
    }
  }
});
