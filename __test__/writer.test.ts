import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, test } from 'node:test';
import { createCheckpoint, readCheckpoint, writeCheckpoint, type Row } from 'arrow-ckpt';
import { z } from 'zod';
import { noBinding } from './support/readers.ts';
import { tempFolder } from './support/temp-folder.ts';

const row = (id: number): Row => ({ id, name: `name ${id}`, tags: [id, id + 1] });
const ROWS = Array.from({ length: 4000 }, (_, id) => row(id));

async function* later(rows: readonly Row[]): AsyncGenerator<Row> {
  for (const one of rows) yield one;
}

/** What is in a folder, which few rows do not even make. */
function remains(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

for (const format of ['parquet', 'json', 'jsonl'] as const) {
  describe(`a checkpoint that is written bit by bit, ${format}`, { skip: format === 'parquet' && noBinding }, () => {
    const folder = tempFolder(`writer-${format}`);
    let count = 0;
    const fresh = (): string => join(folder, `${count++}`, `rows.${format}`);

    test('rows one by one, in arrays, from iterables and streams, in order', async () => {
      const path = fresh();
      const writer = await createCheckpoint(path, { hash: 'h', metadata: { a: 'b' }, rowGroupRows: 700 });
      for (const one of ROWS.slice(0, 100)) await writer.append(one);
      await writer.append(ROWS.slice(100, 200));
      await writer.append([]);
      await writer.append(ROWS.slice(200, 2200));
      await writer.append(new Set(ROWS.slice(2200, 2300)));
      await writer.append(later(ROWS.slice(2300, 2400)));
      await writer.append(Readable.from(ROWS.slice(2400, 2500)));
      // Without waiting: the order of the calls counts.
      const appends = [writer.append(later(ROWS.slice(2500, 3900))), ...ROWS.slice(3900).map((one) => writer.append(one))];
      assert.equal(existsSync(path), false);
      const [info] = await Promise.all([writer.close(), ...appends]);
      assert.deepStrictEqual([info.rows, info.hash, info.metadata, writer.rows, writer.closed], [4000, 'h', { a: 'b' }, 4000, true]);
      assert.deepStrictEqual(await readCheckpoint(path), ROWS);
      assert.equal(await writer.close(), info);
    });

    test('no rows', async () => {
      const path = fresh();
      const writer = await createCheckpoint(path);
      assert.equal((await writer.close()).rows, 0);
      assert.deepStrictEqual(await readCheckpoint(path), []);
    });

    test('an array may be used again once it is taken', async () => {
      const path = fresh();
      const writer = await createCheckpoint(path);
      const page: Row[] = [];
      for (let start = 0; start < 4000; start += 40) {
        page.length = 0;
        page.push(...ROWS.slice(start, start + 40));
        await writer.append(page);
      }
      await writer.close();
      assert.deepStrictEqual(await readCheckpoint(path), ROWS);
    });

    test('an abort, or the end of a scope, leaves the old file and no temporary', async () => {
      const path = fresh();
      await writeCheckpoint(path, [{ old: true }]);
      const writer = await createCheckpoint(path);
      await writer.append(ROWS);
      await writer.abort();
      await writer.abort();
      assert.equal(writer.closed, true);
      assert.throws(() => writer.append(row(1)), { code: 'ERR_CKPT_CLOSED', path });
      await assert.rejects(writer.close(), { code: 'ERR_CKPT_CLOSED' });
      await assert.rejects(async () => {
        await using scoped = await createCheckpoint(path);
        await scoped.append(ROWS);
        throw new Error('of the scope');
      }, /of the scope/);
      assert.deepStrictEqual(await readCheckpoint(path), [{ old: true }]);
      assert.deepStrictEqual(readdirSync(join(path, '..')), [`rows.${format}`]);
    });

    test('a signal', async () => {
      const path = fresh();
      const abort = new AbortController();
      const writer = await createCheckpoint(path, { signal: abort.signal });
      await writer.append(ROWS.slice(0, 10));
      abort.abort(new Error('enough'));
      await assert.rejects(writer.append(ROWS), /enough/);
      await assert.rejects(writer.close(), /enough/);
      assert.deepStrictEqual(remains(join(path, '..')), []);
    });

    test('a row that cannot be kept ends it, and every call says why', async () => {
      const path = fresh();
      const writer = await createCheckpoint(path);
      await writer.append(ROWS.slice(0, 1500));
      const bad = Object.assign(ROWS.slice(1500), { 300: { id: 1800, call: () => 1 } });
      await assert.rejects(writer.append(bad), { code: 'ERR_CKPT_UNSUPPORTED_VALUE', row: 1800, column: 'call' });
      assert.throws(() => writer.append(row(1)), { code: 'ERR_CKPT_UNSUPPORTED_VALUE' });
      await assert.rejects(writer.close(), { code: 'ERR_CKPT_UNSUPPORTED_VALUE' });
      assert.deepStrictEqual(remains(join(path, '..')), []);
    });

    test('what a source throws is thrown as it is, and ends it', async () => {
      const path = fresh();
      const writer = await createCheckpoint(path);
      const broken = async function* (): AsyncGenerator<Row> {
        yield row(0);
        throw new Error('of the source');
      };
      await assert.rejects(writer.append(broken()), /of the source/);
      await assert.rejects(writer.close(), /of the source/);
      assert.equal(existsSync(path), false);
    });

    test('rows gathered from small appends are checked at the latest by close', async () => {
      const path = fresh();
      const writer = await createCheckpoint(path, { schema: z.object({ id: z.int() }) });
      await writer.append({ id: 1 });
      await writer.append({ id: 'x' });
      await assert.rejects(writer.close(), { code: 'ERR_CKPT_SCHEMA' });
      assert.equal(existsSync(path), false);
    });

    test('what is no row', async () => {
      const writer = await createCheckpoint(fresh());
      await assert.rejects(
        async () => {
          await writer.append(7 as never);
          await writer.close();
        },
        { code: 'ERR_CKPT_ROW_NOT_OBJECT' },
      );
      const second = await createCheckpoint(fresh());
      await assert.rejects(
        async () => {
          await second.append([[1]] as never);
          await second.close();
        },
        { code: 'ERR_CKPT_ROW_NOT_OBJECT' },
      );
    });

    test('options that are wrong', async () => {
      await assert.rejects(createCheckpoint(fresh(), { columns: [] } as object), {
        code: 'ERR_CKPT_UNKNOWN_OPTION',
        message: /createCheckpoint/,
      });
      await assert.rejects(createCheckpoint(fresh(), { threads: 65 }), { code: 'ERR_CKPT_INVALID_OPTION', message: /threads/ });
      await assert.rejects(createCheckpoint(''), { code: 'ERR_CKPT_INVALID_ARGUMENT' });
    });
  });
}

test('a folder that cannot be written to is told by append or close', { skip: noBinding }, async () => {
  const writer = await createCheckpoint('/proc/nowhere/rows.parquet');
  await assert.rejects(
    async () => {
      await writer.append(ROWS);
      await writer.close();
    },
    (error: { code?: string }) => error.code?.startsWith('ERR_CKPT_') === true,
  );
});

test('saves with one encoding thread and with many are the same', { skip: noBinding }, async () => {
  const folder = tempFolder('writer-threads');
  const rows = Array.from({ length: 20_000 }, (_, id) => ({ ...row(id), text: `text ${id % 100} `.repeat(5), value: id / 3 }));
  for (const threads of [1, 2, 64]) {
    const path = join(folder, `${threads}.parquet`);
    await writeCheckpoint(path, rows, { threads, rowGroupRows: 3000 });
    assert.deepStrictEqual(await readCheckpoint(path, { threads }), rows);
  }
});
