import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { CheckpointManager, writeCheckpoint, type Row } from 'arrow-ckpt';
import { assertExact } from './support/exact.ts';
import { rejectsWith } from './support/codes.ts';
import { partsIn, sparkFolder } from './support/part-folders.ts';
import { noBinding } from './support/readers.ts';
import { cliOk } from './support/run-cli.ts';
import { suite } from './support/suite.ts';
import { tempFolder } from './support/temp-folder.ts';

const ONE: Row[] = [{ id: 1 }, { id: 2 }];
const TWO: Row[] = [{ id: 3, text: 'x' }];
const PARTS = { 'part-0.parquet': ONE, 'part-1.parquet': TWO };
const ALL = [...ONE, ...TWO];

suite('folders of parts in a directory of checkpoints', noBinding, () => {
  const folder = tempFolder('folders-directory');
  let count = 0;
  /** A directory with a folder of parts, a file, and a folder of parts where steps are. */
  const made = async (): Promise<{ directory: string; manager: CheckpointManager; path: string }> => {
    const directory = join(folder, String(count++));
    const manager = new CheckpointManager(directory, { logger: false });
    await manager.saveCheckpoint('process', 'plain', TWO);
    const path = await sparkFolder(join(directory, 'process', 'extract.parquet'), PARTS);
    await sparkFolder(join(directory, 'above.parquet'), PARTS);
    return { directory, manager, path };
  };

  test('a manager loads, scans, lists and measures them', async () => {
    const { directory, manager, path } = await made();
    assertExact(await manager.loadCheckpoint('process', 'extract'), ALL);
    assertExact(await manager.loadCheckpoint('process', 'extract', { columns: ['text'], where: { id: { $gt: 1 } } }), [{}, { text: 'x' }]);
    const scanned: Row[] = [];
    for await (const row of manager.scanCheckpoint('process', 'extract')) scanned.push(row);
    assertExact(scanned, ALL);
    assert.equal(await manager.loadCheckpoint('process', 'extract', { hash: 'h' }), null);
    const info = await manager.getCheckpointInfo('process', 'extract');
    assert.deepStrictEqual([info?.path, info?.rows, info?.parts, info?.format, info?.files.length], [path, 3, 2, 'parquet', 1]);
    const bytes = (await manager.getCheckpointSize('process', 'extract')) ?? 0;
    assert.deepStrictEqual([bytes, info?.bytes], [info?.files[0]?.bytes, bytes]);
    // What lies where steps are is no step.
    assert.deepStrictEqual(
      (await manager.listCheckpoints()).map(({ step, operation, rows, error }) => [step, operation, rows, error]),
      [
        ['process', 'extract', 3, undefined],
        ['process', 'plain', 1, undefined],
      ],
    );
    const plain = (await manager.getCheckpointSize('process', 'plain')) ?? 0;
    assert.equal(await manager.getTotalCheckpointSize(), bytes + plain);
    assert.equal((await CheckpointManager.detect(directory)).enableArrow, true);
    // Saved by a manager under that name, it is one.
    await manager.saveCheckpoint('step.parquet', 'extract', ONE);
    assert.ok((await manager.listCheckpoints()).some(({ step }) => step === 'step.parquet'));
  });

  test('one of the right hash is loaded by it, and by step', async () => {
    const { directory, manager } = await made();
    await partsIn(join(directory, 'process', 'hashed.parquet'), PARTS, { hash: 'h' });
    assertExact(await manager.loadCheckpoint('process', 'hashed', { hash: 'h' }), ALL);
    assertExact(await manager.step('process', 'hashed', { hash: 'h' }, () => assert.fail('computed')), ALL);
  });

  test('they are removed whole, and nothing but parts is', async () => {
    const { directory, manager, path } = await made();
    const other = join(directory, 'process', 'mine.parquet');
    mkdirSync(other);
    writeFileSync(join(other, 'letter.txt'), 'mine');
    assert.equal((await manager.listCheckpoints()).find(({ operation }) => operation === 'mine')?.error?.code, 'ERR_CKPT_NOT_A_FILE');
    await rejectsWith('ERR_CKPT_NOT_A_FILE', () => manager.deleteCheckpoint('process', 'mine'), { path: other });
    assert.equal(await manager.deleteCheckpoint('process', 'extract'), true);
    assert.ok(!existsSync(path));
    await sparkFolder(path, PARTS);
    assert.equal(await manager.clearStep('process'), 2);
    assert.deepStrictEqual(readdirSync(join(directory, 'process')), ['mine.parquet']);
    await sparkFolder(path, PARTS);
    assert.equal(await manager.clearAll(), 1);
    assert.deepStrictEqual(readdirSync(other), ['letter.txt']);
    assert.ok(existsSync(join(directory, 'above.parquet', 'part-0.parquet')));
  });

  test('a sweep removes one that is stale, and none of anything else', async () => {
    const { directory, manager, path } = await made();
    const other = join(directory, 'process', 'mine.parquet');
    mkdirSync(other);
    writeFileSync(join(other, 'letter.txt'), 'mine');
    for (const old of [other, ...Object.keys(PARTS).map((name) => join(path, name))]) utimesSync(old, 1, 1);
    assert.deepStrictEqual((await manager.sweep()).removed, []);
    const { removed } = await manager.sweep({ olderThan: 3_600_000 });
    assert.deepStrictEqual(
      removed.map(({ kind, step, operation, reason, bytes }) => [kind, step, operation, reason, bytes > 500]),
      [['checkpoint', 'process', 'extract', 'stale', true]],
    );
    assert.ok(!existsSync(path));
    assert.deepStrictEqual(
      readdirSync(join(directory, 'process')).filter((name) => !name.startsWith('.')),
      ['mine.parquet', 'plain.parquet'],
    );
  });

  test('calls that share values leave them as they are', async () => {
    const { directory, manager, path } = await made();
    for (const result of [await manager.dedupe(), await manager.compact()])
      assert.deepStrictEqual(
        result.checkpoints.filter(({ status }) => status !== 'kept'),
        [],
      );
    assertExact(await manager.loadCheckpoint('process', 'extract'), ALL);
    await manager.saveCheckpoint('process', 'based', ALL, { base: { step: 'process', operation: 'extract' } });
    assertExact(await manager.loadCheckpoint('process', 'based'), ALL);
    await writeCheckpoint(join(directory, 'process', 'file.parquet'), ALL, { base: join(directory, 'process', 'extract.parquet') });
    assert.equal((await manager.materialize('process', 'extract')).rows, 3);
    const to = join(directory, 'copy.parquet');
    await rejectsWith('ERR_CKPT_NOT_A_FILE', () => manager.materialize('process', 'extract', { to }), { path });
  });

  test('a map whose checkpoint is one of parts computes all rows', async () => {
    const { manager } = await made();
    assertExact((await manager.loadPartialResults('process', 'extract'))?.rows, ALL);
    assert.deepStrictEqual(await manager.failures('process', 'extract'), []);
    const plan = await manager.planIncremental('process', 'extract', ONE, { key: 'id' });
    assert.equal(plan.new.length, 2);
  });

  test('the command line takes them', async () => {
    const { directory, path } = await made();
    assert.match((await cliOk(['list', directory])).stdout, /process +extract.*\n.*process +plain|extract(.|\n)*plain/);
    assert.doesNotMatch((await cliOk(['list', directory])).stdout, /above/);
    const inspected = await cliOk(['inspect', path]);
    assert.match(inspected.stdout, /Parts +2\nRows +3/);
    assert.equal((JSON.parse((await cliOk(['inspect', path, '--json'])).stdout) as { parts: number }).parts, 2);
    assert.equal((await cliOk(['cat', path])).stdout, '{"id":1}\n{"id":2}\n{"id":3,"text":"x"}\n');
    assert.equal((await cliOk(['head', path, '-n', '1'])).stdout.trim(), '{"id":1}');
    const verified = JSON.parse((await cliOk(['verify', directory, '--json'])).stdout) as { files: { path: string; rows: number }[] };
    assert.deepStrictEqual(
      verified.files.map((file) => [file.path.slice(directory.length + 1), file.rows]),
      [
        ['above.parquet', 3],
        ['process/extract.parquet', 3],
        ['process/plain.parquet', 1],
      ],
    );
    assert.match((await cliOk(['verify', path])).stdout, /1 file, all are whole; 3 rows read/);
    const one = join(directory, 'one.parquet');
    await cliOk(['convert', path, one]);
    assert.match((await cliOk(['diff', path, one])).stdout, /3/);
    await cliOk(['diff', path, join(directory, 'process', 'plain.parquet')], 1);
    assert.match((await cliOk(['sql', directory])).stdout, /"process\/extract" is left out: it is a folder of parts/);
    for (const name of Object.keys(PARTS)) utimesSync(join(path, name), 1, 1);
    assert.match((await cliOk(['sweep', directory, '--older-than', '1h'])).stdout, /extract/);
    assert.ok(!existsSync(path));
  });
});
