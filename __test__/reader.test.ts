import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { copyFile, readFile, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { isCheckpointError, openCheckpoint, writeCheckpoint, type CheckpointReader, type Row } from 'arrow-ckpt';
import { z } from 'zod';
import { noBinding } from './support/readers.ts';
import { tempFolder } from './support/temp-folder.ts';

const ROWS: Row[] = Array.from({ length: 5000 }, (_, id) => ({
  id,
  name: `name ${id % 7}`,
  meta: { half: id / 2 },
  ...(id % 3 === 0 && { third: true }),
  odd: id % 500 === 499 ? 'odd' : id,
}));
const isThird = (row: Row): boolean => row['third'] === true;

async function gather<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const row of rows) all.push(row);
  return all;
}

for (const format of ['parquet', 'json', 'jsonl'] as const) {
  describe(`an open checkpoint, ${format}`, { skip: format === 'parquet' && noBinding }, () => {
    const folder = tempFolder(`reader-${format}`);
    const path = join(folder, `rows.${format}`);
    before(() => writeCheckpoint(path, ROWS, { hash: 'h', metadata: { a: 'b' }, rowGroupRows: 1024 }));

    test('tells what it is', async () => {
      await using reader = await openCheckpoint(path);
      assert.deepStrictEqual([reader.info.rows, reader.info.hash, reader.info.metadata, reader.closed], [5000, 'h', { a: 'b' }, false]);
    });

    test('gives rows one by one, as an array, as streams', async () => {
      await using reader = await openCheckpoint(path);
      assert.deepStrictEqual(await gather(reader.rows()), ROWS);
      assert.deepStrictEqual(await reader.read(), ROWS);
      assert.deepStrictEqual(await gather(reader.readable({ limit: 1500 })), ROWS.slice(0, 1500));
      assert.deepStrictEqual(await gather(reader.stream({ offset: 4000 })), ROWS.slice(4000));
    });

    test('takes the options of a load', async () => {
      await using reader = await openCheckpoint(path);
      const some = await gather(reader.rows({ columns: ['id', 'meta.half'], where: { third: true }, offset: 10, limit: 5 }));
      assert.deepStrictEqual(
        some,
        ROWS.filter(isThird)
          .slice(10, 15)
          .map(({ id, meta }) => ({ id, meta })),
      );
      const typed = reader.rows({ schema: z.object({ id: z.int(), extra: z.string().default('x') }), limit: 2 });
      const rows: { id: number; extra: string }[] = await gather(typed);
      assert.deepStrictEqual(rows, [
        { id: 0, extra: 'x' },
        { id: 1, extra: 'x' },
      ]);
      await assert.rejects(gather(reader.rows({ schema: z.object({ id: z.string() }) })), { code: 'ERR_CKPT_SCHEMA' });
      assert.deepStrictEqual(await gather(reader.rows({ offset: 5000 })), []);
      assert.deepStrictEqual(await gather(reader.rows({ offset: 6000, limit: 1 })), []);
    });

    test('several readings at a time, rows asked for without waiting', async () => {
      await using reader = await openCheckpoint(path);
      const [a, b] = [reader.rows(), reader.rows({ where: { third: true } })];
      const firsts = await Promise.all([a.next(), b.next(), a.next(), b.next(), a.next()]);
      assert.deepStrictEqual(
        firsts.map(({ value }) => (value as Row)['id']),
        [0, 0, 1, 3, 2],
      );
      assert.deepStrictEqual(await gather(a), ROWS.slice(3));
      assert.deepStrictEqual(await gather(b), ROWS.filter(isThird).slice(2));
      assert.deepStrictEqual(await a.next(), { value: undefined, done: true });
    });

    test('a loop may be left early, and the rows are over then', async () => {
      await using reader = await openCheckpoint(path);
      const rows = reader.rows();
      for await (const row of rows) if (row['id'] === 7) break;
      assert.deepStrictEqual(await rows.next(), { value: undefined, done: true });
      const stream = reader.stream();
      await stream.getReader().cancel();
      const readable = reader.readable();
      for await (const _ of readable) break;
      assert.equal(readable.destroyed, true);
    });

    test('counts', async () => {
      await using reader = await openCheckpoint(path);
      assert.equal(await reader.count(), 5000);
      assert.equal(await reader.count({ where: { id: { $lt: 10 } } }), 10);
      assert.equal(await reader.count({ where: { third: true } }), 1667);
      // Numbers beside strings, and a key that not all rows have: nothing that the columns tell alone.
      assert.equal(await reader.count({ where: { odd: { $gte: 4990 } } }), 9);
      assert.equal(await reader.count({ where: { third: { $exists: false } } }), 3333);
    });

    test('samples: the same rows for a seed, in order, each once', async () => {
      await using reader = await openCheckpoint(path);
      const ids = async (size: number, options = {}): Promise<number[]> =>
        (await reader.sample(size, options)).map((row) => row['id'] as number);
      const once = await ids(50, { seed: 7 });
      assert.deepStrictEqual(await ids(50, { seed: 7 }), once);
      assert.notDeepStrictEqual(await ids(50, { seed: 8 }), once);
      assert.deepStrictEqual(
        [...new Set(once)].sort((a, b) => a - b),
        once,
      );
      assert.equal(once.length, 50);
      assert.deepStrictEqual(
        await reader.sample(3, { seed: 1, columns: ['name'] }),
        (await reader.sample(3, { seed: 1 })).map(({ name }) => ({ name })),
      );
      const thirds = await reader.sample(20, { seed: 2, where: { third: true } });
      assert.equal(thirds.length, 20);
      assert.ok(thirds.every(isThird));
      assert.equal((await reader.sample(9000)).length, 5000);
      assert.deepStrictEqual(await reader.sample(0), []);
      // Each half of the file gets about half: off by more than 8 standard deviations in one of a million billion.
      const half = (await ids(2000, { seed: 3 })).filter((id) => id < 2500).length;
      assert.ok(Math.abs(half - 1000) < 180, `${half}`);
    });

    test('is over when it is closed', async () => {
      const reader = await openCheckpoint(path);
      const rows = reader.rows();
      const batches = reader.scanColumns();
      assert.deepStrictEqual((await rows.next()).value, ROWS[0]);
      await batches.next();
      await reader.close();
      await reader.close();
      assert.equal(reader.closed, true);
      const isClosed = { code: 'ERR_CKPT_CLOSED', path };
      // Rows that are there already may still come.
      await assert.rejects(gather(rows), isClosed);
      await assert.rejects(gather(batches), isClosed);
      assert.throws(() => reader.rows(), isClosed);
      assert.throws(() => reader.scanColumns(), isClosed);
      for (const call of [() => reader.read(), () => reader.count(), () => reader.sample(1), () => reader.columns()])
        await assert.rejects(call(), isClosed);
    });

    test('is over when it is closed before the first row', async () => {
      const reader = await openCheckpoint(path);
      const [rows, batches] = [reader.rows(), reader.scanColumns()];
      await reader.close();
      for (const reading of [rows, batches]) await assert.rejects(gather<unknown>(reading), { code: 'ERR_CKPT_CLOSED', path });
    });

    test('an abort', async () => {
      await using reader = await openCheckpoint(path);
      const abort = new AbortController();
      const rows = reader.rows({ signal: abort.signal });
      await rows.next();
      abort.abort(new Error('enough'));
      await assert.rejects(gather(rows), /enough/);
      await assert.rejects(reader.count({ signal: abort.signal }), /enough/);
    });

    test('a file that is replaced meanwhile', async () => {
      const copy = join(folder, `replaced.${format}`);
      await copyFile(path, copy);
      await using reader = await openCheckpoint(copy);
      await writeCheckpoint(copy, [{ other: 1 }]);
      // Parquet is held open; text is opened anew, and must not be taken for what it was.
      if (format === 'parquet') assert.deepStrictEqual(await reader.read(), ROWS);
      else await assert.rejects(reader.read(), { code: 'ERR_CKPT_CHANGED', path: copy });
      await rm(copy);
      if (format === 'parquet') assert.equal((await reader.columns(['id'])).rows, 5000);
    });

    test('a file that is cut off meanwhile', async () => {
      const copy = join(folder, `cut.${format}`);
      await copyFile(path, copy);
      await using reader = await openCheckpoint(copy);
      await truncate(copy, 2000);
      await assert.rejects(
        reader.read(),
        (error) => isCheckpointError(error) && ['ERR_CKPT_TRUNCATED', 'ERR_CKPT_CORRUPT', 'ERR_CKPT_CHANGED'].includes(error.code),
      );
    });

    test('options that are wrong', async () => {
      await using reader = await openCheckpoint(path);
      const wrong = (call: () => unknown, code: string, message: RegExp): Promise<void> =>
        assert.rejects(async () => call(), { code, message });
      await wrong(() => reader.rows({ verify: true } as object), 'ERR_CKPT_UNKNOWN_OPTION', /'verify' of rows/);
      await wrong(() => reader.rows({ offset: -1 }), 'ERR_CKPT_INVALID_OPTION', /offset/);
      await wrong(() => reader.rows({ limit: 0.5 }), 'ERR_CKPT_INVALID_OPTION', /limit/);
      await wrong(() => reader.scanColumns({ schema: z.object({}) } as object), 'ERR_CKPT_UNKNOWN_OPTION', /'schema' of scanColumns/);
      await wrong(() => reader.columns('id' as never), 'ERR_CKPT_INVALID_OPTION', /columns must be an array/);
      await wrong(() => reader.count({ limit: 1 } as object), 'ERR_CKPT_UNKNOWN_OPTION', /'limit' of count/);
      await wrong(() => reader.sample(-1), 'ERR_CKPT_INVALID_OPTION', /size of a sample/);
      await wrong(() => reader.sample(1, { seed: 0.5 }), 'ERR_CKPT_INVALID_OPTION', /seed/);
      await wrong(() => reader.sample(1, { offset: 1 } as object), 'ERR_CKPT_UNKNOWN_OPTION', /'offset' of sample/);
      await wrong(() => reader.read({ where: { id: { $near: 1 } } }), 'ERR_CKPT_INVALID_OPTION', /\$near/);
      await wrong(() => reader.read({ threads: 0 }), 'ERR_CKPT_INVALID_OPTION', /threads/);
      await wrong(() => openCheckpoint(path, { columns: ['id'] } as object), 'ERR_CKPT_UNKNOWN_OPTION', /openCheckpoint/);
      await wrong(() => openCheckpoint(join(folder, 'nowhere')), 'ERR_CKPT_NOT_FOUND', /nowhere/);
      await wrong(() => openCheckpoint(''), 'ERR_CKPT_INVALID_ARGUMENT', /path/);
      if (format === 'parquet') await wrong(() => reader.read({ columns: ['nope'] }), 'ERR_CKPT_UNKNOWN_COLUMN', /has no column "nope"/);
    });
  });
}

describe('what a reader holds', { skip: noBinding || (process.platform !== 'linux' && 'looks into /proc, which is for Linux') }, () => {
  const path = join(tempFolder('reader-holds'), 'rows.parquet');
  before(() => writeCheckpoint(path, ROWS, { rowGroupRows: 512, compression: 'none' }));

  /** Threads of ours, and descriptors of the file. */
  async function held(): Promise<{ threads: number; files: number }> {
    const names = await Promise.all(
      readdirSync('/proc/self/task').map((task) => readFile(`/proc/self/task/${task}/comm`, 'utf8').catch(() => '')),
    );
    const { readlinkSync } = await import('node:fs');
    const files = readdirSync('/proc/self/fd').filter((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`) === path;
      } catch {
        return false;
      }
    });
    return { threads: names.filter((name) => /^arrow-ckpt-(load|deco)/.test(name)).length, files: files.length };
  }

  /** Threads end a moment after they are told to. */
  async function settled(expected: { threads: number; files: number }): Promise<void> {
    for (let attempt = 0; attempt < 200; attempt++) {
      if (JSON.stringify(await held()) === JSON.stringify(expected)) return;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assert.deepStrictEqual(await held(), expected);
  }

  const broken = async (reader: CheckpointReader): Promise<void> => {
    for await (const row of reader.rows()) if (row['id'] === 3) break;
    for await (const _ of reader.scanColumns()) break;
    await assert.rejects(async () => {
      for await (const _ of reader.rows()) throw new Error('of the loop');
    }, /of the loop/);
  };

  test('a descriptor while it is open, threads only while it reads', async () => {
    for (let round = 0; round < 20; round++) {
      const reader = await openCheckpoint(path);
      await settled({ threads: 0, files: 1 });
      await broken(reader);
      await reader.count({ where: { odd: 3 } });
      await settled({ threads: 0, files: 1 });
      const forgotten = reader.rows();
      await forgotten.next();
      await reader.close();
      await settled({ threads: 0, files: 0 });
    }
  });
});
