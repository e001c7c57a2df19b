import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { constants } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readCheckpoint, writeCheckpoint } from 'arrow-ckpt';
import { loadBinding } from '../lib/base/addon/binding.js';
import { runProgram } from './support/run-program.js';
import { tempFolder } from './support/temp-folder.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const OLD = [{ old: true }];

function noBuild(): string | false {
  if (loadBinding() === null) return 'no native binary';
  return spawnSync('cargo', ['--version'], { stdio: 'ignore' }).status === 0 ? false : 'no cargo to build a binding that panics';
}

/**
 * Builds the binding with its fault injection and gives the path of the library. In cargo's debug profile and folder, whose dependencies
 * `cargo test` has compiled already; the committed `binding.cjs` and the addon in the top folder are not touched.
 */
async function buildPanicking(): Promise<string> {
  const args = ['build', '--package', 'arrow-ckpt-node', '--features', 'fault-injection', '--message-format=json-render-diagnostics'];
  const cargo = spawn('cargo', args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  let messages = '';
  let log = '';
  cargo.stdout.setEncoding('utf8').on('data', (text: string) => (messages += text));
  cargo.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
  const code = await new Promise((resolve) => cargo.on('close', resolve));
  assert.equal(code, 0, log);
  for (const line of messages.split('\n')) {
    if (!line.includes('"compiler-artifact"')) continue;
    const { target, filenames } = JSON.parse(line) as { target: { name: string; kind: string[] }; filenames: string[] };
    const library = filenames.find((name) => /\.(so|dylib|dll)$/.test(name));
    if (target.name === 'arrow_ckpt_node' && target.kind.includes('cdylib') && library !== undefined) return library;
  }
  return assert.fail('cargo named no library');
}

describe('a panic in native code', { skip: noBuild() }, () => {
  const folder = tempFolder('panic');
  const binding = join(tempFolder('panic-binding'), 'panicking.node');

  before(async () => {
    await copyFile(await buildPanicking(), binding, constants.COPYFILE_FICLONE);
  });

  test('is an error with its message and place; the process, the old file and later calls are as ever', async () => {
    const [save, load] = [join(folder, 'panic-in-save.parquet'), join(folder, 'panic-in-load.parquet')];
    for (const path of [save, load]) await writeCheckpoint(path, OLD);
    const { code, stdout, stderr } = await runProgram('panics.mjs', { args: [folder], env: { NAPI_RS_NATIVE_LIBRARY_PATH: binding } });
    // Nothing on stderr: what a caught panic has to tell is in the error.
    assert.deepStrictEqual({ code, stderr }, { code: 0, stderr: '' });
    const { alone, together, ...rest } = JSON.parse(stdout) as Record<string, unknown> & Record<'alone' | 'together', unknown[]>;
    assert.equal(alone.length + together.length, 10);
    for (const failure of [...alone, ...together]) {
      const { code, message } = failure as { code: string; message: string };
      assert.equal(code, 'ERR_CKPT_INTERNAL', String(failure));
      assert.match(message, /^(\/.*: )?arrow-ckpt has a bug: a provoked panic \(arrow-ckpt-node\/src\/\w+\.rs:\d+\)$/);
    }
    const files = ['after.parquet', 'panic-in-load.parquet', 'panic-in-save.parquet'];
    assert.deepStrictEqual(rest, { old: OLD, format: 'parquet', after: true, files });
    for (const path of [save, load]) assert.deepStrictEqual(await readCheckpoint(path), OLD);
  });
});
