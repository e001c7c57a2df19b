// oxlint-disable oxc/no-map-spread -- rows as steps make them
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { CheckpointManager, type Row } from 'arrow-ckpt';
import { sweepPool } from '../lib/directory/sweep-pool.ts';
import { failureOf, rejectsWith } from './support/codes.ts';
import { assertExact } from './support/exact.ts';
import { noBinding } from './support/readers.ts';
import { documents } from './support/shared-steps.ts';
import { tempFolder } from './support/temp-folder.ts';

const pooled = (directory: string): string[] => readdirSync(join(directory, '.ckpt', 'pool')).sort();
const bytesOf = (folder: string): number => readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);

describe('compact', { skip: noBinding }, () => {
  const folder = tempFolder('deltas-compact');
  const all = documents(3000);

  /** A base whose name is gone, of which two checkpoints use a part. */
  async function wasteful(
    name: string,
    part: (id: number) => boolean,
  ): Promise<{ manager: CheckpointManager; rows: Record<string, Row[]> }> {
    const manager = new CheckpointManager(join(folder, name), { logger: false });
    await manager.saveCheckpoint('s', 'load', all, { base: 'auto' });
    const some = all.filter((_, id) => part(id));
    const rows = { some, more: some.map((row) => ({ ...row, length: String(row['text']).length })) };
    for (const [operation, saved] of Object.entries(rows))
      await manager.saveCheckpoint('s', operation, saved, { hash: 'h', base: { step: 's', operation: 'load' } });
    for (const operation of ['some', 'more']) assert.ok((await manager.getCheckpointInfo('s', operation))?.delta !== null, operation);
    await manager.deleteCheckpoint('s', 'load');
    return { manager, rows };
  }

  async function assertRows(manager: CheckpointManager, rows: Record<string, Row[]>): Promise<void> {
    for (const [operation, saved] of Object.entries(rows)) assertExact(await manager.loadCheckpoint('s', operation, { hash: 'h' }), saved);
  }

  test('frees a file of which little is used: one of its users gets the values, the other refers to that', async () => {
    const directory = join(folder, 'little');
    const { manager, rows } = await wasteful('little', (id) => id % 3 === 0);
    const pool = bytesOf(join(directory, '.ckpt', 'pool'));
    const dry = await manager.compact({ dryRun: true });
    assert.deepStrictEqual(
      dry.checkpoints.map(({ operation, status, bytesAfter }) => [operation, status, bytesAfter]),
      [
        ['some', 'planned', null],
        ['more', 'planned', null],
      ],
    );
    assert.deepStrictEqual([dry.bytesAfter, dry.freedBytes, dry.dryRun], [null, pool, true]);
    const told: number[] = [];
    const result = await manager.compact({ onProgress: ({ filesDone, files }) => told.push(filesDone / files) });
    assert.deepStrictEqual(
      result.checkpoints.map(({ operation, status }) => [operation, status]),
      [
        ['some', 'whole'],
        ['more', 'thin'],
      ],
    );
    assert.equal(result.freedBytes, pool);
    assert.equal(result.bytesAfter, bytesOf(join(directory, 's')));
    assert.ok((result.bytesAfter as number) < pool * 0.45, `${result.bytesAfter} of ${pool}`);
    assert.equal(told.at(-1), 0.5);
    // The pool is swept for good after an hour, and at once where nobody waits.
    await sweepPool(directory, { dryRun: false, logger: null });
    assert.equal(pooled(directory).length, 1);
    const freed = await sweepPool(directory, { dryRun: false, logger: null, trashMs: -1 });
    assert.deepStrictEqual(
      freed.map(({ bytes }) => bytes),
      [pool],
    );
    await assertRows(manager, rows);
    assert.deepStrictEqual((await manager.compact()).checkpoints, []);
  });

  test('leaves a file of which enough is used, and one that has its name', async () => {
    const { manager, rows } = await wasteful('enough', (id) => id % 4 !== 0);
    const before = readFileSync(join(folder, 'enough', 's', 'some.parquet'));
    const result = await manager.compact();
    assert.deepStrictEqual([result.checkpoints, result.freedBytes, result.bytesBefore], [[], 0, 0]);
    assert.deepStrictEqual(readFileSync(join(folder, 'enough', 's', 'some.parquet')), before);
    assert.equal((await manager.compact({ maxGarbage: 0.1 })).checkpoints.length, 2);
    await assertRows(manager, rows);
    const other = new CheckpointManager(join(folder, 'named'), { logger: false, base: 'auto' });
    await other.saveCheckpoint('s', 'load', all);
    await other.saveCheckpoint('s', 'few', all.slice(0, 1000));
    assert.deepStrictEqual((await other.compact({ maxGarbage: 0 })).checkpoints, []);
  });

  test('what refers to too many files is written anew, with fewer', async () => {
    const manager = new CheckpointManager(join(folder, 'many'), { logger: false });
    const bases: { step: string; operation: string }[] = [];
    const parts = [0, 1, 2, 3].map((part) => all.slice(part * 750, (part + 1) * 750));
    for (const [part, rows] of parts.entries()) {
      bases.push({ step: 's', operation: `part ${part}` });
      await manager.saveCheckpoint('s', `part ${part}`, rows, { base: 'auto' });
    }
    await manager.saveCheckpoint('s', 'all', all, { base: bases });
    const holders = async (): Promise<number | undefined> => (await manager.getCheckpointInfo('s', 'all'))?.delta?.holders.length;
    assert.equal(await holders(), 4);
    assert.deepStrictEqual((await manager.compact()).checkpoints, []);
    const { checkpoints } = await manager.compact({ maxHolders: 2 });
    assert.deepStrictEqual(
      checkpoints.map(({ operation, status }) => [operation, status]),
      [['all', 'thin']],
    );
    assert.equal(await holders(), 2);
    assertExact(await manager.loadCheckpoint('s', 'all'), all);
    assert.equal((await manager.compact({ maxHolders: 0 })).checkpoints.at(-1)?.status, 'whole');
    assertExact(await manager.loadCheckpoint('s', 'all'), all);
  });

  test('leaves everything on an abort, and tells what is in use', async () => {
    const { manager, rows } = await wasteful('abort', (id) => id % 3 === 0);
    const reason = new Error('enough');
    const controller = new AbortController();
    const onProgress = (): void => controller.abort(reason);
    assert.equal(await failureOf(() => manager.compact({ signal: controller.signal, onProgress })), reason);
    await assertRows(manager, rows);
    await manager.step('s', 'some', { hash: 'new' }, async () => {
      const { checkpoints } = await new CheckpointManager(join(folder, 'abort'), { logger: false }).compact();
      const codes = checkpoints.map(({ operation, status, error }) => [operation, status, (error as { code?: string } | undefined)?.code]);
      assert.deepStrictEqual(codes, [
        ['some', 'failed', 'ERR_CKPT_LOCKED'],
        ['more', 'whole', undefined],
      ]);
      return rows['some'] as Row[];
    });
    assertExact(await manager.loadCheckpoint('s', 'more'), rows['more']);
  });

  test('takes only its own options', async () => {
    const manager = new CheckpointManager(join(folder, 'options'), { logger: false });
    for (const options of [{ maxGarbage: 2 }, { maxGarbage: Number.NaN }, { maxHolders: 1.5 }, { maxHolders: -1 }, { dryRun: 1 as never }])
      await rejectsWith('ERR_CKPT_INVALID_OPTION', () => manager.compact(options));
    await rejectsWith('ERR_CKPT_UNKNOWN_OPTION', () => manager.compact({ most: 1 } as object));
    await rejectsWith('ERR_CKPT_UNKNOWN_OPTION', () => manager.dedupe({ maxGarbage: 1 } as object));
  });
});
