import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { CheckpointManager, readCheckpoint, type Progress } from 'arrow-ckpt';
import { ParquetFile } from '../lib/formats/parquet/fallback/parquet-file.ts';
import { parquetStore } from '../lib/formats/parquet/parquet-store.ts';
import { arbitraryCase } from './support/arbitrary-rows.ts';
import { failureOf, rejectsWith } from './support/codes.ts';
import { assertExact } from './support/exact.ts';
import { noBinding } from './support/readers.ts';
import { fc, SEED } from './support/seeded.ts';
import { pathOf, saveSteps, STEPS } from './support/shared-steps.ts';
import { sharingAny } from './support/sharing-any.ts';
import { tempFolder } from './support/temp-folder.ts';

const [, , FILTER, AGAIN] = STEPS;
const temporaries = (folder: string): string[] => readdirSync(folder).filter((name) => name.endsWith('.tmp'));

/** What a file says of how it was saved. */
async function layoutOf(path: string): Promise<{ most: number; filters: string[]; codecs: string[] }> {
  const file = await ParquetFile.open(path);
  try {
    const groups = file.metadata.row_groups;
    const chunks = groups.flatMap(({ columns }) => columns.map(({ meta_data: chunk }) => chunk!));
    const filters = chunks.filter((chunk) => chunk.bloom_filter_offset !== undefined).map((chunk) => chunk.path_in_schema.join('.'));
    return {
      most: Math.max(...groups.map((group) => Number(group.num_rows))),
      filters: [...new Set(filters)],
      codecs: [...new Set(chunks.map(({ codec }) => codec))].filter((codec) => codec !== 'UNCOMPRESSED'),
    };
  } finally {
    await file.close();
  }
}

describe('materialize', { skip: noBinding }, () => {
  const folder = tempFolder('deltas-materialize');

  test('makes a whole file in the place of a thin one, with all that it had', async () => {
    const directory = join(folder, 'place');
    const manager = await saveSteps(directory, { base: 'auto' });
    const path = pathOf(directory, 3);
    const before = (await manager.getCheckpointInfo('work', 'again'))!;
    assert.ok(before.delta !== null);
    const told: Progress[] = [];
    const info = await manager.materialize('work', 'again', { onProgress: (progress) => told.push(progress) });
    assert.equal(info.path, path);
    assert.equal(info.delta, null);
    assert.equal(info.bytes, statSync(path).size);
    assert.deepStrictEqual([info.rows, info.hash, info.metadata], [before.rows, 'hash 3', { at: '3' }]);
    assert.deepStrictEqual(
      info.columns.map(({ name, type }) => [name, type]),
      before.columns.map(({ name, type }) => [name, type]),
    );
    const after = (await manager.getCheckpointInfo('work', 'again'))!;
    assert.deepStrictEqual(after.modified, before.modified);
    assert.deepStrictEqual(told.at(-1), { rows: AGAIN!.rows.length, totalRows: AGAIN!.rows.length });
    // It needs nobody any more.
    rmSync(join(directory, '.ckpt'), { recursive: true });
    rmSync(join(directory, 'read'), { recursive: true });
    assertExact(await manager.loadCheckpoint('work', 'again', { hash: 'hash 3' }), AGAIN!.rows);
    assert.deepStrictEqual(temporaries(dirname(path)), []);
  });

  test('writes elsewhere, and leaves the checkpoint as it is', async () => {
    const directory = join(folder, 'elsewhere');
    const manager = await saveSteps(directory, { base: 'auto' });
    const before = readFileSync(pathOf(directory, 2));
    const to = join(folder, 'new', 'folder', 'whole.parquet');
    for (let turn = 0; turn < 2; turn++) {
      const info = await manager.materialize('work', 'filter', { to });
      assert.deepStrictEqual([info.path, info.delta, info.hash], [to, null, 'hash 2']);
    }
    assert.deepStrictEqual(readFileSync(pathOf(directory, 2)), before);
    assertExact(await readCheckpoint(to), FILTER!.rows);
    assert.deepStrictEqual(temporaries(dirname(to)), []);
  });

  test('leaves alone what is whole, and copies it byte by byte', async () => {
    const directory = join(folder, 'whole');
    const manager = await saveSteps(directory);
    const { ino, mtimeMs } = statSync(pathOf(directory, 0));
    const info = await manager.materialize('read', 'load');
    assert.deepStrictEqual([info.delta, info.hash], [null, 'hash 0']);
    assert.deepStrictEqual(statSync(pathOf(directory, 0)).ino, ino);
    assert.equal(statSync(pathOf(directory, 0)).mtimeMs, mtimeMs);
    const to = join(folder, 'copy', 'of.parquet');
    assert.equal((await manager.materialize('read', 'load', { to })).path, to);
    assert.deepStrictEqual(readFileSync(to), readFileSync(pathOf(directory, 0)));
    const json = new CheckpointManager(directory, { enableArrow: false, logger: false });
    await json.saveCheckpoint('text', 'rows', [{ a: 1 }]);
    assert.equal((await json.materialize('text', 'rows')).format, 'json');
    await rejectsWith('ERR_CKPT_INVALID_OPTION', () => json.materialize('text', 'rows', { to: join(folder, 'a.parquet') }));
  });

  test('says what is wrong with a call', async () => {
    const manager = await saveSteps(join(folder, 'calls'), { base: 'auto' });
    await rejectsWith('ERR_CKPT_NOT_FOUND', () => manager.materialize('work', 'none'));
    await rejectsWith('ERR_CKPT_NOT_FOUND', () => new CheckpointManager(null, { logger: false }).materialize('a', 'b'));
    await rejectsWith('ERR_CKPT_UNKNOWN_OPTION', () => manager.materialize('work', 'again', { too: 'x' } as object));
    await rejectsWith('ERR_CKPT_INVALID_ARGUMENT', () => manager.materialize('work', 'again', { to: '' }));
    await rejectsWith('ERR_CKPT_INVALID_OPTION', () => manager.materialize('work', 'again', { to: join(folder, 'a.jsonl') }));
    const to = join(folder, 'a folder.parquet');
    mkdirSync(to, { recursive: true });
    await rejectsWith('ERR_CKPT_NOT_A_FILE', () => manager.materialize('work', 'again', { to }));
    await rejectsWith('ERR_CKPT_NOT_A_FILE', () => manager.materialize('read', 'load', { to }));
    assert.deepStrictEqual(temporaries(folder), []);
  });

  test('leaves the old file on an abort, on a save in between, and while another works on it', async () => {
    const directory = join(folder, 'abort');
    const manager = await saveSteps(directory, { base: 'auto' });
    const path = pathOf(directory, 3);
    const before = readFileSync(path);
    for (const stopAt of [0, AGAIN!.rows.length]) {
      const controller = new AbortController();
      const reason = new Error('enough');
      let calls = 0;
      const onProgress = ({ rows }: Progress): void => {
        if (rows >= stopAt && ++calls > (stopAt === 0 ? 0 : 1)) controller.abort(reason);
      };
      assert.equal(await failureOf(() => manager.materialize('work', 'again', { signal: controller.signal, onProgress })), reason);
      assert.deepStrictEqual(readFileSync(path), before);
      assert.deepStrictEqual(temporaries(dirname(path)), []);
    }
    let saved = false;
    const onProgress = (): void => {
      if (!saved) writeFileSync(path, before);
      saved = true;
    };
    await rejectsWith('ERR_CKPT_NOT_FOUND', () => manager.materialize('work', 'again', { onProgress }));
    assert.deepStrictEqual(temporaries(dirname(path)), []);
    await manager.step('work', 'other', {}, async () => {
      const other = new CheckpointManager(directory, { logger: false });
      await other.materialize('work', 'filter');
      return [{ a: 1 }];
    });
    assert.equal((await manager.getCheckpointInfo('work', 'filter'))?.delta, null);
  });

  test('keeps what a map has attached: the same call computes nothing again', async () => {
    await sharingAny(async () => {
      const directory = join(folder, 'map');
      const manager = await saveSteps(directory, { base: 'auto' });
      const rows = STEPS[0]!.rows;
      let calls = 0;
      const options = { key: 'id', hash: 'h', base: { step: 'read', operation: 'load' } } as const;
      const run = () => manager.map('work', 'mapped', rows, (row) => (calls++, { ...row, length: String(row['text']).length }), options);
      const first = await run();
      assert.ok((await manager.getCheckpointInfo('work', 'mapped'))?.delta !== null);
      const path = join(directory, 'work', 'mapped.parquet');
      const attached = async (): Promise<Buffer> => {
        const pieces: Uint8Array[] = [];
        for await (const piece of parquetStore.attachment!(path)) pieces.push(Buffer.from(piece));
        return Buffer.concat(pieces);
      };
      const before = await attached();
      assert.ok(before.length > 0);
      await manager.materialize('work', 'mapped');
      assert.deepStrictEqual(await attached(), before);
      const second = await run();
      assert.equal(calls, rows.length);
      assertExact(second.rows, first.rows);
    });
  });

  test('rows of every kind come back, in columns of the same types', async () => {
    let thin = 0;
    await sharingAny(async () => {
      await fc.assert(
        fc.asyncProperty(arbitraryCase, async ({ rows }) => {
          const directory = join(folder, 'kinds');
          rmSync(directory, { recursive: true, force: true });
          const manager = new CheckpointManager(directory, { logger: false, base: 'auto' });
          await manager.saveCheckpoint('s', 'one', rows);
          const more = rows.map((row, index) => ({ ...row, 'one more': index }));
          await manager.saveCheckpoint('s', 'two', more);
          const whole = await manager.saveCheckpoint('s', 'whole', more, { base: false });
          if ((await manager.getCheckpointInfo('s', 'two'))?.delta !== null) thin++;
          const info = await manager.materialize('s', 'two');
          assertExact(await readCheckpoint(info.path), await readCheckpoint(whole));
          const types = (columns: typeof info.columns): unknown[] =>
            columns.map(({ name, type, stored, exceptions }) => [name, type, stored, exceptions]);
          assert.deepStrictEqual(types(info.columns), types((await manager.getCheckpointInfo('s', 'whole'))!.columns));
        }),
        { numRuns: Number(process.env['ARROW_CKPT_CASES'] ?? 60), seed: SEED, endOnFailure: true, includeErrorInReport: true },
      );
    });
    assert.ok(thin > 20, `${thin} thin files`);
  });

  test('codec, row groups and bloom filters stay', async () => {
    const directory = join(folder, 'layout');
    const options = { compression: 'gzip', rowGroupRows: 1024, bloomFilter: ['id', 'meta.page'] } as const;
    const manager = new CheckpointManager(directory, { logger: false });
    const { rows } = STEPS[0]!;
    await manager.saveCheckpoint('s', 'one', rows, { ...options, base: 'auto' });
    const path = await manager.saveCheckpoint('s', 'two', rows, { ...options, base: { step: 's', operation: 'one' } });
    const whole = await manager.saveCheckpoint('s', 'whole', rows, { ...options, base: false });
    assert.deepStrictEqual(Object.keys((await manager.getCheckpointInfo('s', 'two'))?.delta?.columns ?? {}), ['text', 'meta']);
    await manager.materialize('s', 'two');
    // Those of columns that referred to the other file, too.
    assert.deepStrictEqual(await layoutOf(path), { most: 1024, filters: ['id', 'meta.page'], codecs: ['GZIP'] });
    assert.deepStrictEqual(await layoutOf(whole), { most: 1024, filters: ['id', 'meta.page'], codecs: ['GZIP'] });
    const { filters: filtersOfAll } = await layoutOf(
      await manager.saveCheckpoint('s', 'every', rows, { ...options, bloomFilter: true, base: false }),
    );
    assert.ok(filtersOfAll.includes('text') && filtersOfAll.includes('meta.source'));
    await manager.deleteCheckpoint('s', 'every');
    for (const [at, name] of ['one', 'two', 'whole'].entries()) {
      const file = join(directory, 's', `${name}.parquet`);
      await manager.saveCheckpoint('s', name, rows, { ...options, base: false });
      utimesSync(file, 1_700_000_000 + at, 1_700_000_000 + at);
    }
    await manager.dedupe();
    assert.deepStrictEqual((await layoutOf(join(directory, 's', 'one.parquet'))).filters, ['id', 'meta.page']);
    // Made thin by `dedupe`, by a save that asked for all, and written anew twice.
    for (const operation of ['two', 'all']) {
      if (operation === 'all')
        await manager.saveCheckpoint('s', 'all', rows, { ...options, bloomFilter: true, base: { step: 's', operation: 'one' } });
      const info = await manager.getCheckpointInfo('s', operation);
      assert.ok(info?.delta, operation);
      await manager.materialize('s', operation);
      const { filters } = await layoutOf(info.path);
      assert.deepStrictEqual(filters, operation === 'all' ? filtersOfAll : ['id', 'meta.page']);
    }
  });

  test('the pool frees what nobody refers to any more', async () => {
    const directory = join(folder, 'pool');
    const manager = await saveSteps(directory, { base: 'auto' });
    for (const { step, operation } of STEPS.slice(1)) await manager.materialize(step, operation);
    await manager.sweep();
    assert.deepStrictEqual(readdirSync(join(directory, '.ckpt', 'pool')), []);
    assert.ok(existsSync(pathOf(directory, 0)), basename(directory));
    for (const { step, operation, rows } of STEPS) assertExact(await manager.loadCheckpoint(step, operation), rows);
  });
});
