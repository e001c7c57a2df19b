import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { CheckpointManager, readCheckpoint, type RewriteResult } from 'arrow-ckpt';
import { assertExact } from './support/exact.ts';
import { noBinding } from './support/readers.ts';
import { cliJson, cliOk, noCli } from './support/run-cli.ts';
import { pathOf, saveSteps, STEPS } from './support/shared-steps.ts';
import { suite } from './support/suite.ts';
import { tempFolder } from './support/temp-folder.ts';

const [LOAD, , FILTER, AGAIN] = STEPS;

/** What `materialize --json` prints. */
interface Materialized {
  source: string;
  status: string;
  path: string;
  rows: number;
  bytesBefore: number;
  bytes: number;
  delta: unknown;
}

suite('checkpoints that share values on the command line', noBinding || noCli, () => {
  const folder = tempFolder('cli-sharing');

  test('analyze --shared, dedupe --dry-run and dedupe say the same, and only the last changes anything', async () => {
    const directory = join(folder, 'dedupe');
    const manager = await saveSteps(directory);
    const before = STEPS.map((_, at) => readFileSync(pathOf(directory, at)));
    const analyzed = await cliJson<{
      seconds: number;
      totals: { bytes: number; bytesAfter: number };
      checkpoints: { operation: string; with: { operation: string }[]; columns: { name: string; sharedRows: number }[] }[];
    }>(['analyze', directory, '--shared']);
    assert.deepStrictEqual(
      analyzed.checkpoints.map((checkpoint) => [checkpoint.operation, checkpoint.with.map(({ operation }) => operation)]),
      [
        ['load', []],
        ['clean', ['load']],
        ['filter', ['load', 'clean']],
        ['again', ['load', 'clean']],
      ],
    );
    assert.ok(analyzed.seconds > 0);
    const text = (await cliOk(['analyze', directory, '--shared'])).stdout;
    assert.match(text, /^After dedupe: [\d.]+ MB, [\d.]+ MB \([\d.]+%\) saved; measured in [\d.]+ s$/m);
    assert.match(text, /^work\/filter +read\/clean +clean +[\d.]+ KB$/m);
    assert.match(text, /^read\/clean +text +1,800 +0 +[\d.]+ KB$/m);
    const dry = await cliOk(['dedupe', directory, '--dry-run']);
    assert.match(dry.stdout, /^○ Would write anew: read\/clean\.parquet, [\d.]+ MB → [\d.]+ KB, shares values$/m);
    assert.match(dry.stdout, /^Would be: [\d.]+ MB → [\d.]+ MB \([\d.]+% savings\)$/m);
    assert.deepStrictEqual(
      STEPS.map((_, at) => readFileSync(pathOf(directory, at))),
      before,
    );
    assert.equal(existsSync(join(directory, '.ckpt')), false);
    const done = await cliJson<RewriteResult & { directory: string }>(['dedupe', directory]);
    assert.deepStrictEqual(
      done.checkpoints.map(({ status }) => status),
      ['whole', 'thin', 'thin', 'thin'],
    );
    assert.ok(Math.abs(analyzed.totals.bytesAfter - (done.bytesAfter as number)) < 1000);
    assert.deepStrictEqual([done.bytesBefore, done.directory], [analyzed.totals.bytes, directory]);
    for (const { step, operation, rows } of STEPS) assertExact(await manager.loadCheckpoint(step, operation), rows);
    assert.match((await cliOk(['dedupe', directory])).stdout, /^Checkpoints: ([\d.]+ MB) → \1 \(0\.0% savings\)\n$/);
  });

  test('materialize of an operation and of a file, there and elsewhere', async () => {
    const directory = join(folder, 'materialize');
    await saveSteps(directory, { base: 'auto' });
    const path = pathOf(directory, 2);
    const to = join(folder, 'out', 'filter.parquet');
    const copy = await cliJson<Materialized>(['materialize', directory, 'work', 'filter', '--to', to]);
    assert.deepStrictEqual(
      [copy.source, copy.status, copy.path, copy.rows, copy.delta],
      [path, 'materialized', to, FILTER!.rows.length, null],
    );
    assert.deepStrictEqual([copy.bytesBefore, copy.bytes], [statSync(path).size, statSync(to).size]);
    assertExact(await readCheckpoint(to), FILTER!.rows);
    const there = await cliOk(['materialize', directory, 'work', 'filter']);
    assert.match(there.stdout, /^✓ Materialized: .*filter\.parquet, 1,200 rows, [\d.]+ KB → [\d.]+ MB\n$/);
    assert.match((await cliOk(['materialize', path])).stdout, /^✓ Whole already: .*filter\.parquet\n$/);
    const file = await cliJson<Materialized>(['materialize', pathOf(directory, 3)]);
    assert.deepStrictEqual([file.status, file.delta], ['materialized', null]);
    assertExact(await readCheckpoint(pathOf(directory, 3)), AGAIN!.rows);
    assert.match((await cliOk(['materialize', path, '--to', join(folder, 'out', 'b.parquet')])).stdout, /Copied, it was whole/);
    const wrong: [string[], number, RegExp][] = [
      [[directory], 2, /name the step and the operation, too \[ERR_CKPT_INVALID_OPTION\]/],
      [[path, 'work'], 2, /step and operation are for a directory \[ERR_CKPT_INVALID_OPTION\]/],
      [[directory, 'work', 'none'], 3, /\[ERR_CKPT_NOT_FOUND\]/],
      [[join(folder, 'none')], 3, /\[ERR_CKPT_NOT_FOUND\]/],
      [[path, '--to', join(folder, 'a.csv')], 2, /to must end with \.parquet/],
    ];
    for (const [args, code, message] of wrong) assert.match((await cliOk(['materialize', ...args], code)).stderr, message);
  });

  test('a thin file without what it refers to is told', async () => {
    const directory = join(folder, 'alone');
    await saveSteps(directory, { base: 'auto' });
    const path = join(folder, 'alone.parquet');
    writeFileSync(path, readFileSync(pathOf(directory, 2)));
    const { stderr } = await cliOk(['materialize', path], 1);
    assert.match(stderr, /\[ERR_CKPT_BASE\]/);
  });

  test('compact tells what it would write anew, and what a sweep frees', async () => {
    const directory = join(folder, 'compact');
    const manager = new CheckpointManager(directory, { logger: false, base: 'auto' });
    await manager.saveCheckpoint('s', 'load', LOAD!.rows);
    const few = LOAD!.rows.filter((_, id) => id % 20 < 9);
    await manager.saveCheckpoint('s', 'few', few);
    await manager.deleteCheckpoint('s', 'load');
    const dry = await cliOk(['compact', directory, '--dry-run']);
    assert.match(dry.stdout, /^○ Would write anew: s\/few\.parquet, [\d.]+ KB\nA sweep after it would free [\d.]+ MB of shared files\n$/);
    assert.deepStrictEqual((await cliJson<RewriteResult>(['compact', directory, '--max-garbage', '0.9'])).checkpoints, []);
    const { checkpoints, freedBytes } = await cliJson<RewriteResult>(['compact', directory, '--max-garbage', '0.5', '--max-holders', '4']);
    assert.deepStrictEqual(
      checkpoints.map(({ operation, status }) => [operation, status]),
      [['few', 'whole']],
    );
    const pool = join(directory, '.ckpt', 'pool');
    assert.equal(
      freedBytes,
      readdirSync(pool).reduce((sum, name) => sum + statSync(join(pool, name)).size, 0),
    );
    assert.match((await cliOk(['compact', directory])).stdout, /^The next sweep frees [\d.]+ MB of shared files\n$/);
    assertExact(await manager.loadCheckpoint('s', 'few'), few);
    for (const value of ['2', '-1', 'x', ''])
      assert.match((await cliOk(['compact', directory, `--max-garbage=${value}`], 2)).stderr, /It must be a number from 0 to 1/);
  });

  test('without the binary nothing is written anew, and a whole file is whole already', async () => {
    const directory = join(folder, 'no-binary');
    await saveSteps(directory, { base: 'auto' });
    const env = { ARROW_CKPT_FORCE_JSON: '1' };
    const before = STEPS.map((_, at) => readFileSync(pathOf(directory, at)));
    for (const args of [
      ['dedupe', directory],
      ['compact', directory],
      ['materialize', directory, 'work', 'again'],
      ['analyze', directory, '--shared'],
    ])
      assert.match((await cliOk(args, 1, { env })).stderr, /binary.* \[ERR_CKPT_(?:UNSUPPORTED_FILE|FORMAT_VERSION)\]/);
    assert.match((await cliOk(['materialize', directory, 'read', 'load'], 0, { env })).stdout, /Whole already/);
    assert.match((await cliOk(['sql', directory], 0, { env })).stdout, /is left out: it cannot be described without the native binary/);
    assert.deepStrictEqual(
      STEPS.map((_, at) => readFileSync(pathOf(directory, at))),
      before,
    );
  });

  test('what fails is named, and the exit code is 1', async () => {
    const directory = join(folder, 'failed');
    await saveSteps(directory);
    writeFileSync(join(directory, 'read', 'cut.parquet'), 'PAR1abc');
    for (const args of [
      ['dedupe', directory, '--dry-run'],
      ['analyze', directory, '--shared'],
      ['dedupe', directory],
      ['sql', directory],
    ]) {
      const { stderr } = await cliOk(args, 1);
      assert.match(stderr, /^error: .*cut\.parquet.*\[ERR_CKPT_NOT_A_CHECKPOINT\]$/m, args.join(' '));
      const document = await cliJson<{ checkpoints?: { error?: { code: string } }[]; failures?: { code: string }[] }>(args, 1);
      const failures = document.failures ?? document.checkpoints!.flatMap(({ error }) => error ?? []);
      assert.deepStrictEqual(
        failures.map(({ code }) => code),
        ['ERR_CKPT_NOT_A_CHECKPOINT'],
      );
    }
    assert.match((await cliOk(['analyze', directory, '--shared', '--estimate'], 2)).stderr, /--shared.*cannot be used with.*--estimate/);
    for (const command of ['dedupe', 'compact', 'sql']) {
      await cliOk([command, join(folder, 'none')], 3);
      assert.equal(existsSync(join(folder, 'none')), false);
    }
  });
});
