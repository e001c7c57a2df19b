import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { CheckpointManager, verifyCheckpoint, type RewriteProgress, type RewrittenCheckpoint } from 'arrow-ckpt';
import { measureSharing } from '../lib/directory/sharing/measure-sharing.ts';
import { failureOf } from './support/codes.ts';
import { assertExact } from './support/exact.ts';
import { noBinding } from './support/readers.ts';
import { pathOf, saveSteps, STEPS } from './support/shared-steps.ts';
import { tempFolder } from './support/temp-folder.ts';

/** All files below a folder: name, time and bytes. */
function pictureOf(folder: string): [string, number, string][] {
  return (readdirSync(folder, { recursive: true }) as string[])
    .filter((name) => statSync(join(folder, name)).isFile())
    .sort()
    .map((name) => [name, statSync(join(folder, name)).mtimeMs, readFileSync(join(folder, name), 'latin1')]);
}

async function assertRows(manager: CheckpointManager): Promise<void> {
  for (const [at, { step, operation, rows }] of STEPS.entries()) {
    assertExact(await manager.loadCheckpoint(step, operation, { hash: `hash ${at}` }), rows);
    await verifyCheckpoint(pathOf(manager.directory as string, at));
  }
}

const statuses = (checkpoints: readonly RewrittenCheckpoint[]): string[] =>
  checkpoints.map(({ step, operation, status }) => `${step}/${operation} ${status}`);
const AFTER = ['read/load whole', 'read/clean thin', 'work/filter thin', 'work/again thin'];

describe('dedupe', { skip: noBinding }, () => {
  const folder = tempFolder('deltas-dedupe');
  /** The system's folder of temporaries, for this process. */
  const scratch = join(folder, 'scratch');
  mkdirSync(scratch);
  process.env['TMPDIR'] = process.env['TEMP'] = scratch;

  test('makes a directory of whole files thin, the oldest first, and each file keeps what it had', async () => {
    const directory = join(folder, 'plain');
    const manager = await saveSteps(directory);
    const before = STEPS.map((_, at) => statSync(pathOf(directory, at)));
    const told: RewriteProgress[] = [];
    const result = await manager.dedupe({ onProgress: (progress) => told.push(progress) });
    assert.deepStrictEqual(statuses(result.checkpoints), AFTER);
    for (const [at, { path, bytesBefore, bytesAfter }] of result.checkpoints.entries()) {
      assert.equal(path, pathOf(directory, at));
      assert.deepStrictEqual([bytesBefore, bytesAfter], [before[at]!.size, statSync(path).size]);
      assert.ok(Math.abs(statSync(path).mtimeMs - before[at]!.mtimeMs) < 0.01, 'it keeps its time');
      const info = (await manager.getCheckpointInfo(STEPS[at]!.step, STEPS[at]!.operation))!;
      assert.deepStrictEqual([info.hash, info.metadata], [`hash ${at}`, { at: String(at) }]);
    }
    assert.ok((result.bytesAfter as number) < result.bytesBefore * 0.55, `${result.bytesAfter} of ${result.bytesBefore}`);
    assert.deepStrictEqual([told.at(-1)?.rows, told.at(-1)?.filesDone, told.at(-1)?.files], [STEPS[3]!.rows.length, 3, 4]);
    await assertRows(manager);
    const again = await manager.dedupe();
    assert.deepStrictEqual(
      statuses(again.checkpoints),
      STEPS.map(({ step, operation }) => `${step}/${operation} kept`),
    );
    // The bases may go: the pool has them.
    await manager.deleteCheckpoint('read', 'load');
    await manager.sweep();
    assertExact(await manager.loadCheckpoint('work', 'again'), STEPS[3]!.rows);
  });

  test('a dry run says the same and changes nothing', async () => {
    const directory = join(folder, 'dry');
    const manager = await saveSteps(directory);
    const before = pictureOf(directory);
    const dry = await manager.dedupe({ dryRun: true });
    assert.deepStrictEqual(pictureOf(directory), before);
    assert.deepStrictEqual(readdirSync(scratch), []);
    assert.equal(existsSync(join(directory, '.ckpt')), false);
    assert.deepStrictEqual([dry.dryRun, dry.freedBytes], [true, 0]);
    const real = await manager.dedupe();
    assert.deepStrictEqual(statuses(dry.checkpoints), statuses(real.checkpoints));
    assert.ok(Math.abs((dry.bytesAfter as number) - (real.bytesAfter as number)) < 1000);
  });

  test('small files, JSON, files in another program’s form and batches stay', async () => {
    const directory = join(folder, 'others');
    const manager = new CheckpointManager(directory, { logger: false });
    const { rows } = STEPS[0]!;
    await manager.saveCheckpoint('s', 'small', rows.slice(0, 50));
    await manager.saveCheckpoint(
      's',
      'compat',
      rows.map(({ id, text, score }) => ({ id, text, score })),
      { compat: 'docetl' },
    );
    await new CheckpointManager(directory, { logger: false, enableArrow: false }).saveCheckpoint('s', 'json', rows);
    await manager.saveBatchCheckpoint('op', 0, rows);
    const before = pictureOf(directory);
    const { checkpoints } = await manager.dedupe();
    assert.deepStrictEqual(statuses(checkpoints), ['s/small kept', 's/compat kept']);
    assert.deepStrictEqual(pictureOf(directory), before);
  });

  test('of two files of a checkpoint the newer one still counts', async () => {
    const directory = join(folder, 'twins');
    const manager = await saveSteps(directory);
    const json = join(directory, 'read', 'clean.json');
    writeFileSync(json, '[{"id":"newer"}]');
    utimesSync(json, 1_700_000_002, 1_700_000_002);
    await manager.dedupe();
    assert.deepStrictEqual(await manager.loadCheckpoint('read', 'clean'), [{ id: 'newer' }]);
  });

  test('a file that cannot be read, or that a step works on, is told, and the rest goes on', async () => {
    const directory = join(folder, 'damaged');
    const manager = await saveSteps(directory);
    const path = pathOf(directory, 1);
    const bytes = readFileSync(path);
    bytes[bytes.length >> 1]! ^= 255;
    writeFileSync(path, bytes);
    utimesSync(path, 1_700_000_001, 1_700_000_001);
    writeFileSync(join(directory, 'read', 'cut.parquet'), 'PAR1abc');
    await manager.step('work', 'filter', { hash: 'new' }, async () => {
      const { checkpoints } = await new CheckpointManager(directory, { logger: false }).dedupe();
      const codes = checkpoints.map(({ operation, status, error }) => [operation, status, (error as { code?: string } | undefined)?.code]);
      assert.deepStrictEqual(codes, [
        ['load', 'whole', undefined],
        ['clean', 'failed', 'ERR_CKPT_CORRUPT'],
        ['filter', 'failed', 'ERR_CKPT_LOCKED'],
        ['again', 'thin', undefined],
        ['cut', 'failed', 'ERR_CKPT_NOT_A_CHECKPOINT'],
      ]);
      return STEPS[2]!.rows;
    });
    assert.deepStrictEqual(readFileSync(path), bytes);
    assertExact(await manager.loadCheckpoint('work', 'again'), STEPS[3]!.rows);
  });

  test('an abort leaves what is done, and every file whole', async () => {
    const directory = join(folder, 'abort');
    const manager = await saveSteps(directory);
    const controller = new AbortController();
    const reason = new Error('enough');
    const onProgress = ({ filesDone, rows }: RewriteProgress): void => {
      if (filesDone === 2 && rows > 0) controller.abort(reason);
    };
    assert.equal(await failureOf(() => manager.dedupe({ signal: controller.signal, onProgress })), reason);
    await assertRows(manager);
    assert.ok((await manager.getCheckpointInfo('read', 'clean'))?.delta !== null);
    assert.equal((await manager.getCheckpointInfo('work', 'filter'))?.delta, null);
    const left = (readdirSync(directory, { recursive: true }) as string[]).filter((name) => /\.tmp$|lease/.test(name));
    assert.deepStrictEqual(left, []);
    assert.equal(await failureOf(() => manager.dedupe({ signal: AbortSignal.abort(reason), dryRun: true })), reason);
  });

  test('what refers to a file that is replaced is written anew, so that nothing is kept twice', async () => {
    const directory = join(folder, 'mixed');
    const manager = await saveSteps(directory);
    // A base of its own, which dedupe makes thin.
    await manager.saveCheckpoint('read', 'clean', STEPS[1]!.rows, { hash: 'hash 1', base: 'auto' });
    await manager.saveCheckpoint('work', 'again', STEPS[3]!.rows, { hash: 'hash 3', base: { step: 'read', operation: 'clean' } });
    const at = new Date(1_700_000_001_000);
    utimesSync(pathOf(directory, 1), at, at);
    const before = (await manager.getCheckpointInfo('work', 'again'))!.delta!.holders.map(({ id }) => id);
    const result = await manager.dedupe();
    assert.deepStrictEqual(statuses(result.checkpoints), AFTER);
    const after = new Set((await manager.getCheckpointInfo('work', 'again'))!.delta!.holders.map(({ id }) => id));
    assert.ok(before.every((id) => !after.has(id)));
    assert.ok(result.freedBytes > 1_000_000, 'the base of before is of no use');
    await assertRows(manager);
  });

  test('files that are read-only are replaced as well', async () => {
    const directory = join(folder, 'read-only');
    const manager = await saveSteps(directory);
    for (const at of STEPS.keys()) chmodSync(pathOf(directory, at), 0o444);
    assert.deepStrictEqual(statuses((await manager.dedupe()).checkpoints), AFTER);
    await assertRows(manager);
  });

  test('what would be shared is measured by column and by pair', async () => {
    const directory = join(folder, 'measured');
    await saveSteps(directory);
    const before = pictureOf(directory);
    const { measured } = await measureSharing(directory, {});
    assert.deepStrictEqual(pictureOf(directory), before);
    const [load, clean, filter, again] = measured;
    assert.deepStrictEqual([load!.columns, load!.with, load!.sharedBytes], [[], [], 0]);
    assert.deepStrictEqual(
      clean!.columns.map(({ name, sharedRows, ownRows }) => [name, sharedRows, ownRows]),
      [
        ['text', 1800, 0],
        ['meta', 1800, 0],
      ],
    );
    assert.deepStrictEqual(
      clean!.with.map(({ step, operation }) => `${step}/${operation}`),
      ['read/load'],
    );
    assert.deepStrictEqual(
      filter!.with.map(({ operation, columns }) => [operation, Object.keys(columns)]),
      [
        ['load', ['text', 'meta']],
        ['clean', ['clean']],
      ],
    );
    assert.equal(again!.columns.find(({ name }) => name === 'clean')?.ownRows, 12);
    for (const { sharedBytes, columns, with: pairs } of measured) {
      assert.equal(
        columns.reduce((sum, column) => sum + column.sharedBytes, 0),
        sharedBytes,
      );
      assert.ok(Math.abs(pairs.reduce((sum, pair) => sum + pair.sharedBytes, 0) - sharedBytes) <= columns.length);
    }
    assert.deepStrictEqual(readdirSync(scratch), []);
  });

  test('a directory that has no checkpoints, or is not there, is fine', async () => {
    rmSync(join(folder, 'none'), { recursive: true, force: true });
    const nothing = { checkpoints: [], bytesBefore: 0, bytesAfter: 0, freedBytes: 0, dryRun: false };
    assert.deepStrictEqual(await new CheckpointManager(join(folder, 'none'), { logger: false }).dedupe(), nothing);
    assert.deepStrictEqual(await new CheckpointManager(null, { logger: false }).dedupe(), nothing);
    assert.deepStrictEqual(await new CheckpointManager(null, { logger: false }).compact(), nothing);
    assert.equal(existsSync(join(folder, 'none')), false);
  });
});
