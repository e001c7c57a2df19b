import assert from 'node:assert/strict';
import { realpathSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readCheckpoint, writeCheckpoint } from 'arrow-ckpt';
import { noBinding } from './support/readers.ts';
import { runProgram } from './support/run-program.ts';
import { tempFolder } from './support/temp-folder.ts';

const folder = realpathSync(tempFolder('permission-model'));
const project = fileURLToPath(new URL('..', import.meta.url));
const flags = process.allowedNodeEnvironmentFlags;
/** How this node turns its permission model on. */
const FLAG = ['--permission', '--experimental-permission'].find((flag) => flags.has(flag));
const noModel = FLAG === undefined ? 'this runtime has no permission model' : false;
const golden = fileURLToPath(new URL('fixtures/golden/v1/plain.parquet', import.meta.url));

/** The project's folder, and that of its packages, which may be a link. */
const readable = [project, realpathSync(join(project, 'node_modules')), golden];

async function run(allowed: readonly string[], name: string): Promise<{ outcome: Record<string, unknown>; stderr: string }> {
  const own = join(folder, name);
  await mkdir(own);
  const denied = join(folder, `${name}-denied.json`);
  writeFileSync(denied, '[]');
  const read = [...readable, `${own}/`].map(
    (path) => `--allow-fs-read=${path.endsWith('/') ? `${path}*` : path.endsWith('.parquet') ? path : `${path}/*`}`,
  );
  const nodeArgs = [FLAG!, ...read, `--allow-fs-write=${own}/*`, ...allowed];
  const { code, stdout, stderr } = await runProgram('permission-model.mjs', { args: [own, golden, denied], nodeArgs });
  assert.equal(code, 0, stderr);
  return { outcome: JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as Record<string, unknown>, stderr };
}

const EXPECTED = {
  info: 4,
  'a.json': 1999,
  'b.jsonl': 1999,
  'c.parquet': 1999,
  'new/folders/d.json': 1999,
  writer: 2000,
  manager: 2000,
  step: 2000,
  map: 50,
  list: 3,
  clear: 0,
  'denied read': 'ERR_CKPT_PERMISSION',
  'denied save': 'ERR_CKPT_PERMISSION',
};

test(
  'under the permission model without addons everything is saved as JSON and read, and what is not allowed is a coded error',
  { skip: noModel },
  async () => {
    const { outcome, stderr } = await run([], 'without-addons');
    const rows = (await readCheckpoint(golden)).length;
    assert.deepStrictEqual(outcome, { 'read parquet': rows, ...EXPECTED, info: rows });
    assert.match(stderr, /--allow-addons/);
    assert.match(stderr, /ARROW_CKPT_NO_BINARY/);
  },
);

test('with addons it is saved as Parquet', { skip: noModel || noBinding }, async () => {
  const { outcome, stderr } = await run(['--allow-addons'], 'with-addons');
  const { 'denied read': read, 'denied save': save, ...rest } = outcome;
  const rows = (await readCheckpoint(golden)).length;
  // The core asks the system, which the model does not govern.
  assert.equal(read, 'ERR_CKPT_PERMISSION');
  assert.ok(save !== undefined);
  const { 'denied read': _, 'denied save': __, ...expected } = EXPECTED;
  assert.deepStrictEqual(rest, { 'read parquet': rows, ...expected, info: rows });
  assert.doesNotMatch(stderr, /ARROW_CKPT_NO_BINARY/);
  assert.equal((await readCheckpoint(join(folder, 'with-addons', 'a.json'))).length, 1999);
});

test('a save of this process, without the model, is flushed as ever', async () => {
  const path = resolve(folder, 'usual.json');
  await writeCheckpoint(path, [{ a: 1 }]);
  assert.deepStrictEqual(await readCheckpoint(path), [{ a: 1 }]);
});
