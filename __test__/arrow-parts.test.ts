// Arrow batches of folders of parts, and of URLs.
import assert from 'node:assert/strict';
import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { tableFromIPC } from 'apache-arrow';
import { openCheckpoint, readCheckpoint, writeCheckpoint, type ArrowOptions, type CheckpointReader, type Row } from 'arrow-ckpt';
import { stubOptions, stubUrl } from './buckets/stub-bucket.ts';
import { BucketStub } from './support/bucket-stub/stub.ts';
import { failureOf, rejectsWith } from './support/codes.ts';
import { buildAddon, noCompiler, type CppConsumer } from './support/cpp-consumer.ts';
import { joined } from './support/joined.ts';
import { partsIn } from './support/part-folders.ts';
import { noBinding } from './support/readers.ts';
import { tempFolder } from './support/temp-folder.ts';

/** What both ways give: the stream goes through a checkpoint. */
async function bothWays(reader: CheckpointReader, to: string, options?: ArrowOptions): Promise<Row[]> {
  await writeCheckpoint(to, await joined(reader.arrow(options)));
  const rows = await readCheckpoint(to);
  await writeCheckpoint(to, reader.arrowStream(options));
  assert.deepStrictEqual(await readCheckpoint(to), rows);
  return rows;
}

describe('Arrow batches of a folder of parts', { skip: noBinding }, () => {
  const folder = tempFolder('arrow-parts');
  const to = join(folder, 'to.parquet');

  test('are those of all parts, one after another', async () => {
    const rows: Row[] = Array.from({ length: 3000 }, (_, id) => ({ id, text: `t${id}`, meta: { n: id / 2 }, tags: [`a${id % 5}`] }));
    const path = join(folder, 'many.parquet');
    await writeCheckpoint(path, rows, { parts: { rows: 700 } });
    await using reader = await openCheckpoint(path);
    assert.equal(reader.info.parts, 5);
    assert.deepStrictEqual(await bothWays(reader, to), rows);
    assert.deepStrictEqual(await bothWays(reader, to, { offset: 650, limit: 800, batchRows: 64 }), rows.slice(650, 1450));
    assert.deepStrictEqual(
      await bothWays(reader, to, { offset: 2990, columns: ['text', 'id'] }),
      rows.slice(2990).map(({ id, text }) => ({ id, text })),
    );
    assert.deepStrictEqual(await bothWays(reader, to, { offset: 5000 }), []);
    const table = tableFromIPC(await joined(reader.arrow({ limit: 0 })));
    assert.deepStrictEqual([table.numRows, table.schema.fields.map(({ name }) => name)], [0, ['id', 'text', 'meta', 'tags']]);
  });

  test('columns are united by name: what a part lacks is null, numbers have one type, folders give columns', async () => {
    const path = await partsIn(join(folder, 'mixed'), {
      'year=2023/part-0.parquet': [{ id: 1, a: 'x', deep: { p: 1 }, list: [{ q: 1 }] }],
      'year=2024/part-0.parquet': [{ id: 2.5, deep: { r: true }, b: new Date(5), list: [] }, { id: 3 }],
      'year=2024/part-1.parquet': [{ id: null, a: null, list: [{ q: 0.5, s: 'y' }] }],
      'year=2025/part-0.parquet': [],
    });
    await using reader = await openCheckpoint(path);
    const none = { a: null, b: null };
    const deep = { p: null, r: null };
    assert.deepStrictEqual(
      await bothWays(reader, to),
      [
        { id: 1, ...none, a: 'x', deep: { ...deep, p: 1 }, list: [{ q: 1, s: null }], year: 2023 },
        { id: 2.5, ...none, b: new Date(5), deep: { ...deep, r: true }, list: [], year: 2024 },
        { id: 3, ...none, deep: null, list: null, year: 2024 },
        { id: null, ...none, deep: null, list: [{ q: 0.5, s: 'y' }], year: 2024 },
      ].map(({ id, a, deep: inner, list, b, year }) => ({ id, a, deep: inner, list, b, year })),
    );
    const { fields } = tableFromIPC(await joined(reader.arrow({ columns: ['id', 'year'] }))).schema;
    assert.deepStrictEqual(
      fields.map(({ name, type }) => [name, String(type)]),
      [
        ['id', 'Float64'],
        ['year', 'Int64'],
      ],
    );
    await rejectsWith('ERR_CKPT_UNKNOWN_COLUMN', () => reader.arrow({ columns: ['nothing'] }), { column: 'nothing' });
  });

  test('what has no common type in Arrow is told, with its column; exceptions are hidden columns', async () => {
    const mixed = await partsIn(join(folder, 'json'), {
      'part-0.parquet': [{ v: 'text' }],
      'part-1.parquet': [{ v: { a: 1 } }, { v: [1] }],
    });
    await using reader = await openCheckpoint(mixed);
    await rejectsWith('ERR_CKPT_ARROW', () => reader.arrow(), { column: 'v', message: /one by one/ });
    const odd = await partsIn(join(folder, 'odd'), {
      'part-0.parquet': Array.from({ length: 300 }, (_, id) => ({ v: id === 299 ? 'late' : id })),
      'part-1.parquet': [{ v: 1 }],
    });
    await using exceptional = await openCheckpoint(odd);
    const table = tableFromIPC(await joined(exceptional.arrow({ hidden: true })));
    assert.deepStrictEqual(
      table.schema.fields.map(({ name }) => name),
      ['v', '__ckpt_x_v'],
    );
    assert.deepStrictEqual([table.numRows, table.getChild('v')?.get(299), table.getChild('__ckpt_x_v')?.get(299)], [301, null, '"late"']);
  });

  test('a part that was replaced meanwhile is told; closing ends them, and a stream outlives its reader', async () => {
    const path = await partsIn(join(folder, 'changing'), { 'part-0.parquet': [{ id: 1 }], 'part-1.parquet': [{ id: 2 }] });
    const reader = await openCheckpoint(path);
    const stream = reader.arrowStream();
    const pieces = reader.arrow();
    await pieces.next();
    await pieces.next();
    utimesSync(join(path, 'part-1.parquet'), 5, 5);
    await rejectsWith('ERR_CKPT_ARROW', () => pieces.next(), { message: /replaced while/ });
    await rejectsWith('ERR_CKPT_ARROW', () => writeCheckpoint(to, stream), { message: /replaced while/ });
    await reader.close();
    await using again = await openCheckpoint(path);
    const outliving = again.arrowStream();
    const closed = again.arrow();
    await closed.next();
    await again.close();
    await rejectsWith('ERR_CKPT_CLOSED', () => closed.next());
    await rejectsWith('ERR_CKPT_CLOSED', () => again.arrowStream());
    await writeCheckpoint(to, outliving);
    assert.deepStrictEqual(await readCheckpoint(to), [{ id: 1 }, { id: 2 }]);
  });

  test('C++ sums the column of a folder', { skip: noCompiler }, async () => {
    const cpp = buildAddon<CppConsumer>('examples/cpp-consumer/src/addon.cc', folder);
    const path = join(folder, 'many.parquet');
    await using reader = await openCheckpoint(path);
    await writeCheckpoint(
      to,
      Array.from({ length: 10 }, (_, id) => ({ half: id / 2 })),
      { parts: 3 },
    );
    await using halves = await openCheckpoint(to);
    assert.deepStrictEqual((await cpp.sum(halves.arrowStream(), 'half')).sum, 22.5);
    await assert.rejects(cpp.sum(reader.arrowStream(), 'text'), /format/);
  });
});

describe('Arrow batches of URLs', { skip: noBinding }, () => {
  const folder = tempFolder('arrow-urls');
  const to = join(folder, 'to.parquet');
  const stub = new BucketStub('s3');
  const rows: Row[] = Array.from({ length: 20_000 }, (_, id) => ({ id, noise: `${Math.sin(id)}`.repeat(4), score: id / 4 }));
  let bucket: ReturnType<typeof stubOptions>;
  const url = stubUrl(stub, 's3', 'rows.parquet');
  before(async () => {
    await stub.start();
    bucket = stubOptions(stub, 's3');
    await writeCheckpoint(url, rows, { bucket, rowGroupRows: 5000, compression: 'none' });
  });
  after(() => stub.stop());

  test('are those of the object; of others than the columns that are asked for nothing is fetched', async () => {
    await using reader = await openCheckpoint(url, { bucket });
    stub.sentBytes = 0;
    const scores = { columns: ['id', 'score'], offset: 5000, limit: 6000 };
    assert.deepStrictEqual(
      await bothWays(reader, to, scores),
      rows.slice(5000, 11_000).map(({ id, score }) => ({ id, score })),
    );
    assert.ok(stub.sentBytes < 400_000, `${stub.sentBytes} bytes`);
    assert.deepStrictEqual(await bothWays(reader, to), rows);
    assert.deepStrictEqual(await bothWays(reader, to, { hidden: true, columns: ['id'], limit: 3 }), [{ id: 0 }, { id: 1 }, { id: 2 }]);
    await rejectsWith('ERR_CKPT_UNKNOWN_COLUMN', async () => reader.arrow({ columns: ['nothing'] }).next(), { column: 'nothing' });
    await rejectsWith('ERR_CKPT_UNKNOWN_COLUMN', () => reader.arrowStream({ columns: ['nothing'] }), { column: 'nothing' });
  });

  test('a stream is taken before its bytes are there, and waits for them; what does not come is told', async () => {
    await using reader = await openCheckpoint(url, { bucket });
    const streams = Array.from({ length: 3 }, () => reader.arrowStream({ limit: 10 }));
    for (const stream of streams) {
      await writeCheckpoint(to, stream);
      assert.deepStrictEqual(await readCheckpoint(to), rows.slice(0, 10));
    }
    const closing = await openCheckpoint(url, { bucket });
    const never = closing.arrowStream();
    await closing.close();
    await rejectsWith('ERR_CKPT_ARROW', () => writeCheckpoint(to, never), { message: /ERR_CKPT_CLOSED|closed/ });
    await using changed = await openCheckpoint(url, { bucket });
    const old = stub.objects.all.get('rows.parquet')?.bytes as Buffer;
    stub.objects.put('rows.parquet', Buffer.concat([old]));
    await rejectsWith('ERR_CKPT_ARROW', () => writeCheckpoint(to, changed.arrowStream()), { message: /did not come: .*replaced/ });
    assert.equal(((await failureOf(async () => changed.arrow().next())) as { code?: string }).code, 'ERR_CKPT_CHANGED');
  });

  test('JSON has none', async () => {
    const json = stubUrl(stub, 's3', 'rows.json');
    await writeCheckpoint(json, rows.slice(0, 3), { bucket });
    await using reader = await openCheckpoint(json, { bucket });
    await rejectsWith('ERR_CKPT_ARROW', () => reader.arrow(), { message: /json/ });
    await rejectsWith('ERR_CKPT_ARROW', () => reader.arrowStream(), { message: /json/ });
  });
});
