import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  CheckpointManager,
  isCheckpointError,
  migrateDirectory,
  readCheckpoint,
  writeCheckpoint,
  type MigrationOptions,
  type MigrationOutcome,
  type Row,
} from 'arrow-ckpt';
import { assertExact } from './support/exact.ts';
import { noBinding } from './support/readers.ts';
import { resultOf } from './support/run-program.ts';
import { tempFolder } from './support/temp-folder.ts';

const folder = tempFolder('migration');
let count = 0;

function directory(files: Record<string, string | Row[]>): string {
  const path = join(folder, `d${count++}`);
  for (const [name, content] of Object.entries(files)) {
    const file = join(path, name);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  }
  return path;
}

async function migrate(path: string, options?: MigrationOptions): Promise<MigrationOutcome[]> {
  const outcomes: MigrationOutcome[] = [];
  for await (const outcome of migrateDirectory(path, options)) outcomes.push(outcome);
  return outcomes;
}

const ODD = '[{"a": NaN, "i": 12345678901234567890}, {"b": [], "a": -0.0}, {}]';
const ODD_ROWS = [{ a: Number.NaN, i: 12345678901234567890n }, { b: [], a: -0 }, {}];

describe('migration of JSON checkpoints', { skip: noBinding }, () => {
  test('every checkpoint and batch, with hashes; what is neither stays', async () => {
    const path = directory({
      's/a.json': ODD,
      's/b.json': [],
      't/a.json': [{ x: 1 }],
      's/a_input_hashes.json': '{"x": 1}',
      'a_batches/batch_0.json': [{ y: 1 }],
      'a_batches/batch_7.json': [{ y: 2 }],
      '.docetl_intermediate_config.json': '{"s": {"a": "h"}}',
      'notes.json': '{}',
    });
    const outcomes = await migrate(path, { keepJson: false });
    assert.deepStrictEqual(
      outcomes.map(({ step, operation, batch, status, rows, deleted }) => [step, operation, batch, status, rows, deleted]),
      [
        ['s', 'a', null, 'migrated', 3, true],
        ['s', 'b', null, 'migrated', 0, true],
        ['t', 'a', null, 'migrated', 1, true],
        [null, 'a', 0, 'migrated', 1, true],
        [null, 'a', 7, 'migrated', 1, true],
      ],
    );
    assert.deepStrictEqual((readdirSync(path, { recursive: true }) as string[]).filter((name) => name.includes('.')).sort(), [
      '.docetl_intermediate_config.json',
      join('a_batches', 'batch_0.parquet'),
      join('a_batches', 'batch_7.parquet'),
      'notes.json',
      join('s', 'a.parquet'),
      join('s', 'a_input_hashes.json'),
      join('s', 'b.parquet'),
      join('t', 'a.parquet'),
    ]);
    const manager = new CheckpointManager(path, { logger: false });
    assertExact(await manager.loadCheckpoint('s', 'a', { hash: 'h' }), ODD_ROWS);
    assert.equal((await manager.getCheckpointInfo('t', 'a'))?.hash, null);
    for (const outcome of outcomes) assert.equal(outcome.arrowBytes, statSync(outcome.target).size);
    assert.deepStrictEqual(await migrate(path, { keepJson: false }), [], 'there is nothing left to do');
  });

  test('hash and metadata of our own JSON go along', async () => {
    const path = directory({});
    const json = new CheckpointManager(path, { enableArrow: false, logger: false });
    await json.saveCheckpoint('s', 'a', [{ d: new Date(5) }], { hash: 'h', metadata: { model: 'm' } });
    assert.equal(await json.migrateJsonToArrow('s', 'a'), true);
    const info = await new CheckpointManager(path, { logger: false }).getCheckpointInfo('s', 'a');
    assert.deepStrictEqual([info?.format, info?.hash, info?.metadata, info?.files.length], ['parquet', 'h', { model: 'm' }, 2]);
    assert.deepStrictEqual(await json.loadCheckpoint('s', 'a', { hash: 'h' }), [{ d: new Date(5) }]);
  });

  test('what an earlier run did is not done again', async () => {
    const path = directory({ 's/a.json': ODD });
    assert.equal((await migrate(path))[0]?.status, 'migrated');
    const before = statSync(join(path, 's', 'a.parquet'));
    assert.deepStrictEqual(
      (await migrate(path)).map(({ status, rows, deleted }) => [status, rows, deleted]),
      [['already', 3, false]],
    );
    assert.deepStrictEqual(
      (await migrate(path, { keepJson: false })).map(({ status, deleted }) => [status, deleted]),
      [['already', true]],
    );
    assert.equal(statSync(join(path, 's', 'a.parquet')).ino, before.ino);
    assertExact(await readCheckpoint(join(path, 's', 'a.parquet')), ODD_ROWS);
  });

  test('no time of a file decides which of two is replaced', async () => {
    const old = new Date(Date.now() - 100_000);
    for (const older of ['json', 'parquet']) {
      const path = directory({ 's/a.json': [{ v: 'json' }], 's/same.json': [{ v: 1 }], 's/b.json': [{ v: 'json' }] });
      await writeCheckpoint(join(path, 's', 'a.parquet'), [{ v: 'parquet' }]);
      await writeCheckpoint(join(path, 's', 'same.parquet'), [{ v: 1 }]);
      await writeCheckpoint(join(path, 's', 'b.parquet'), [{ v: 'parquet' }], { hash: 'before' });
      writeFileSync(join(path, '.docetl_intermediate_config.json'), JSON.stringify({ s: { b: 'now' } }));
      for (const name of ['a', 'b', 'same']) utimesSync(join(path, 's', `${name}.${older}`), old, old);
      const [a, b, same] = await migrate(path, { keepJson: false });
      assert.equal(a?.status, 'failed');
      assert.ok(isCheckpointError(a.error) && /holds other rows than .*, from row 0 on/.test(a.error.message));
      assert.ok(existsSync(join(path, 's', 'a.json')), 'nothing is lost');
      assert.deepStrictEqual(await readCheckpoint(join(path, 's', 'a.parquet')), [{ v: 'parquet' }]);
      assert.deepStrictEqual([same?.status, same?.deleted], ['already', true]);
      assert.deepStrictEqual([b?.status, b?.deleted], ['migrated', true], 'the hash says that the Parquet file is of before');
      assert.deepStrictEqual(await readCheckpoint(join(path, 's', 'b.parquet')), [{ v: 'json' }]);
    }
  });

  test('what cannot be read is told one by one, and the rest goes on', async () => {
    const path = directory({
      's/torn.json': '[{"a": 1}, {"a"',
      's/object.json': '{"a": 1}',
      's/numbers.json': '[1, 2]',
      's/z.json': [{ a: 1 }],
    });
    mkdirSync(join(path, 's', 'folder.json'));
    const outcomes = await migrate(path, { keepJson: false });
    const codes = outcomes.map(({ operation, status, error, deleted }) => [
      operation,
      status,
      isCheckpointError(error) ? error.code : undefined,
      deleted,
    ]);
    assert.deepStrictEqual(codes, [
      ['numbers', 'failed', 'ERR_CKPT_CORRUPT', false],
      ['object', 'failed', 'ERR_CKPT_NOT_A_CHECKPOINT', false],
      ['torn', 'failed', 'ERR_CKPT_TRUNCATED', false],
      ['z', 'migrated', undefined, true],
    ]);
    for (const { arrowBytes, rows, status } of outcomes) if (status === 'failed') assert.deepStrictEqual([arrowBytes, rows], [null, 0]);
    assert.deepStrictEqual(readdirSync(join(path, 's')).sort(), ['folder.json', 'numbers.json', 'object.json', 'torn.json', 'z.parquet']);
    const manager = new CheckpointManager(path, { logger: false });
    await assert.rejects(manager.migrateJsonToArrow('s', 'torn'), { code: 'ERR_CKPT_TRUNCATED' });
    assert.equal(await manager.migrateJsonToArrow('s', 'none'), false);
    await assert.rejects(manager.migrateJsonToArrow('s', 'z', { keep: true } as never), { code: 'ERR_CKPT_UNKNOWN_OPTION' });
    await assert.rejects(manager.migrateJsonToArrow('s', 'z', { keepJson: 1 } as never), { code: 'ERR_CKPT_INVALID_OPTION' });
  });

  test('a dry run measures and changes nothing', async () => {
    const path = directory({ 's/a.json': Array.from({ length: 1000 }, (_, id) => ({ id, text: 'the same again' })), 's/torn.json': '[{' });
    const before = readdirSync(path, { recursive: true });
    const [planned, failed] = await migrate(path, { dryRun: true, keepJson: false });
    assert.deepStrictEqual([planned?.status, planned?.rows, planned?.deleted, failed?.status], ['planned', 1000, false, 'failed']);
    assert.deepStrictEqual(readdirSync(path, { recursive: true }), before);
    const [migrated] = await migrate(path);
    assert.equal(migrated?.arrowBytes, planned?.arrowBytes);
  });

  test('an abort leaves no file that is half done', async () => {
    const path = directory({ 's/a.json': [{ a: 1 }], 's/b.json': Array.from({ length: 50_000 }, (_, id) => ({ id, text: `row ${id}` })) });
    const controller = new AbortController();
    const seen: string[] = [];
    const run = migrate(path, {
      keepJson: false,
      signal: controller.signal,
      onProgress: ({ file, filesDone, files, rows }) => {
        assert.equal(files, 2);
        seen.push(file);
        if (filesDone === 1 && rows > 1000) controller.abort(new Error('enough'));
      },
    });
    await assert.rejects(run, /enough/);
    assert.deepStrictEqual(readdirSync(join(path, 's')).sort(), ['a.parquet', 'b.json']);
    assert.ok(seen.length > 1);
  });

  test('killed at any moment and run again: nothing is lost, nothing is left over', { timeout: 240_000 }, async (t) => {
    const master = directory(
      Object.fromEntries(
        Array.from({ length: 30 }, (_, n) => [
          `s/op${n}.json`,
          Array.from({ length: 300 }, (_, id) => ({ id, n, text: `row ${id} of ${n}` })),
        ]),
      ),
    );
    let kills = 0;
    for (let round = 0; round < 12; round++) {
      const path = join(folder, `killed-${round}`);
      cpSync(master, path, { recursive: true });
      for (let attempt = 0; attempt < 5; attempt++) {
        const child = spawn(process.execPath, [fileURLToPath(new URL('./programs/migrate.mjs', import.meta.url)), path], {
          stdio: 'ignore',
        });
        const ended = new Promise<boolean>((resolve) => child.on('close', (code) => resolve(code === 0)));
        const killed = setTimeout(120 + 40 * round + 11 * attempt).then(() => child.kill('SIGKILL'));
        if (await Promise.race([ended, killed.then(() => ended)])) break;
        kills++;
        for (let n = 0; n < 30; n++) assert.ok(existsSync(join(path, 's', `op${n}.json`)) || existsSync(join(path, 's', `op${n}.parquet`)));
      }
      const outcomes = await migrate(path, { keepJson: false });
      assert.deepStrictEqual(
        [...new Set(outcomes.map(({ status }) => status))].filter((status) => status !== 'migrated' && status !== 'already'),
        [],
      );
      const manager = new CheckpointManager(path, { logger: false });
      for (let n = 0; n < 30; n++)
        assert.deepStrictEqual(
          await manager.loadCheckpoint('s', `op${n}`),
          JSON.parse(readFileSync(join(master, 's', `op${n}.json`), 'utf8')),
        );
      const rest = readdirSync(join(path, 's')).filter((name) => !/^op\d+\.parquet$/.test(name));
      assert.ok(
        rest.every((name) => name.endsWith('.tmp')),
        rest.join(),
      );
      rmSync(path, { recursive: true });
    }
    t.diagnostic(`${kills} kills`);
    assert.ok(kills >= 12);
  });

  test('a large array of JSON migrates in bounded memory', { timeout: 300_000 }, async (t) => {
    const { peak, megabytes, ...rest } = await resultOf<{ peak: number; megabytes: number; rows: number; status: string }>(
      'migrate-large.mjs',
      {
        args: [join(folder, 'large'), process.env['ARROW_CKPT_EXTREMES'] === '1' ? '2000' : '300'],
        timeout: 280_000,
      },
    );
    t.diagnostic(JSON.stringify({ peak, megabytes, ...rest }));
    assert.equal(rest.status, 'migrated');
    assert.ok(peak < 400, `${peak} MB`);
  });
});
