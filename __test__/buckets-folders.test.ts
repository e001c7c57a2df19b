import assert from 'node:assert/strict';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { openCheckpoint, readCheckpoint, verifyCheckpoint, writeCheckpoint, type ReadOptions, type Row } from 'arrow-ckpt';
import { toBucket } from './buckets/copy-directory.ts';
import { stubBucket, stubEnvironment, stubOptions, stubUrl } from './buckets/stub-bucket.ts';
import { BucketStub } from './support/bucket-stub/stub.ts';
import { rejectsWith } from './support/codes.ts';
import { assertExact } from './support/exact.ts';
import { partsIn, sparkFolder } from './support/part-folders.ts';
import { noBinding } from './support/readers.ts';
import { cliHere } from './support/cli-here.ts';
import { cliOk, linesOf, noCli } from './support/run-cli.ts';
import { suite } from './support/suite.ts';
import { tempFolder } from './support/temp-folder.ts';

const rowsOf = (from: number, to: number): Row[] =>
  Array.from({ length: to - from }, (_, at) => ({ id: from + at, text: `row ${from + at}`, tags: [from + at], score: (from + at) / 7 }));

for (const dialect of ['s3', 'google', 'azure'] as const) {
  suite(`folders of parts in a bucket: ${dialect}`, noBinding, () => {
    const folder = tempFolder(`buckets-folders-${dialect}`);
    const stub = new BucketStub(dialect);
    let count = 0;
    before(() => stub.start());
    after(() => stub.stop());
    beforeEach(() => {
      stub.reset();
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder);
    });

    /** A local folder, the same in the bucket, and what reads that. */
    async function both(
      make: (path: string) => Promise<string>,
      name = 'rows.parquet',
    ): Promise<{ path: string; url: string; key: string }> {
      const key = `dir${count++}/${name}`;
      const path = await make(join(folder, name));
      await toBucket(path, stubBucket(stub, dialect), `${key}/`);
      return { path, url: stubUrl(stub, dialect, key), key };
    }
    const bucket = (): ReturnType<typeof stubOptions> => stubOptions(stub, dialect);
    const read = (url: string, options: ReadOptions = {}): Promise<Row[]> => readCheckpoint(url, { ...options, bucket: bucket() });

    test('every way to take a part of the rows gives what it gives of the same folder on disk', async () => {
      const all = rowsOf(0, 900).map((row, id) => Object.assign(row, id % 3 === 0 && { third: id }));
      const { path, url } = await both((at) =>
        sparkFolder(at, {
          'part-10.parquet': all.slice(600),
          'part-0.parquet': all.slice(0, 250),
          'part-1.parquet': [],
          'part-2.parquet': all.slice(250, 600),
        }),
      );
      const cases: ReadOptions[] = [
        {},
        { columns: ['id', 'third'] },
        { columns: [] },
        { offset: 249, limit: 3 },
        { offset: 5000 },
        { limit: 0 },
        { where: { id: { $gt: 240, $lt: 610 } } },
        { where: { third: { $exists: false } }, limit: 7, columns: ['text'] },
        { where: { id: -1 } },
        { schema: { columns: [{ name: 'id', type: 'number' }] }, offset: 300, limit: 10 },
      ];
      await using open = await openCheckpoint(url, { bucket: bucket() });
      for (const options of cases) {
        const expected = await readCheckpoint(path, options);
        assertExact(await read(url, options), expected);
        const rows: Row[] = [];
        for await (const row of open.rows(options)) rows.push(row);
        assertExact(rows, expected);
        if (options.where !== undefined && options.columns === undefined)
          assert.equal(await open.count({ where: options.where }), options.limit === undefined ? expected.length : 600);
      }
      await using local = await openCheckpoint(path);
      assert.deepStrictEqual({ ...open.info, path: '' }, { ...local.info, path: '' });
      assert.deepEqual([open.info.path, open.info.parts], [url, 4]);
      assertExact(await open.sample(5, { seed: 1 }), await local.sample(5, { seed: 1 }));
      const columns = await open.columns(['id']);
      assert.deepEqual([columns.rows, columns.column('id')?.at(899)], [900, 899]);
      assert.deepStrictEqual(await verifyCheckpoint(url, { bucket: bucket() }), { ...(await verifyCheckpoint(path)), path: url });
      assertExact(await read(`${url}/`, { limit: 2 }), all.slice(0, 2));
      await rejectsWith('ERR_CKPT_UNKNOWN_COLUMN', () => read(url, { columns: ['nope'] }), { path: url });
    });

    test('folders key=value give columns, columns are united by name, and what a condition rules out is not fetched', async () => {
      const noisy = Array.from({ length: 50_000 }, (_, id) => ({ id, noise: Math.sin(id), text: `${(id * 2654435761) % 4294967296}` }));
      const { path, url, key } = await both(
        (at) =>
          partsIn(at, {
            'year=2023/kind=a%20b/part-0.parquet': noisy,
            'year=2024/kind=__HIVE_DEFAULT_PARTITION__/part-0.parquet': [{ id: 2, more: true }, { id: 3 }],
          }),
        'rows',
      );
      assertExact(await read(url, { where: { id: { $lt: 5 } } }), await readCheckpoint(path, { where: { id: { $lt: 5 } } }));
      stub.requests.length = 0;
      stub.sentBytes = 0;
      assertExact(await read(url, { where: { year: 2024 } }), [
        { id: 2, more: true, year: 2024, kind: null },
        { id: 3, year: 2024, kind: null },
      ]);
      // There is no such object; a listing, and the end of each part (120 KiB), of which Azure must be asked the size first.
      assert.equal(stub.requests.length, dialect === 'azure' ? 6 : 4, stub.requests.join('\n'));
      const large = stub.objects.all.get(`${key}/year=2023/kind=a%20b/part-0.parquet`)?.bytes.length ?? 0;
      assert.ok(large > 400_000 && stub.sentBytes < 150_000, `${stub.sentBytes} of ${large} bytes`);
      // Of all parts the ranges of one column.
      stub.sentBytes = 0;
      assert.equal((await read(url, { columns: ['id'] })).length, 50_002);
      assert.ok(stub.sentBytes < 0.5 * large, `${stub.sentBytes} of ${large} bytes`);
    });

    test('marks of folders and what engines leave are no parts', async () => {
      const { url, key } = await both((at) => sparkFolder(at, { 'part-0.parquet': rowsOf(0, 3) }));
      const mark = Buffer.alloc(0);
      for (const name of ['', '/', '/_temporary/0/part-0.parquet', '/_temporary_$folder$', '/k=1', '/k=1_$folder$', '/.hidden/x'])
        stub.objects.put(key + name, name.includes('_temporary/') ? Buffer.from('half') : mark);
      assertExact(await read(url), rowsOf(0, 3));
      await using open = await openCheckpoint(url, { bucket: bucket() });
      assert.equal(open.info.parts, 1);
      // With bytes an object of the name counts before a folder.
      await writeCheckpoint(url, [{ own: 1 }], { bucket: bucket() });
      assertExact(await read(url), [{ own: 1 }]);
    });

    test('what is no folder of parts is refused, as on disk', async () => {
      const cases: [string, string, RegExp][] = [
        ['notes.txt', 'ERR_CKPT_NOT_A_FILE', /"notes\.txt" in it is no Parquet file/],
        ['sub/part-0.parquet', 'ERR_CKPT_NOT_A_FILE', /"sub" is a folder in it, and no key=value/],
        ['x//part-0.parquet', 'ERR_CKPT_NOT_A_FILE', /"x" is a folder in it/],
        ['_delta_log/0.json', 'ERR_CKPT_UNSUPPORTED_FILE', /is a Delta Lake table/],
        [`${Array.from({ length: 17 }, (_, at) => `k${at}=1/`).join('')}x.parquet`, 'ERR_CKPT_LIMIT', /folders in each other/],
      ];
      for (const [name, code, message] of cases) {
        const { url, key } = await both((at) => partsIn(at, { 'part-0.parquet': rowsOf(0, 3) }));
        stub.objects.put(`${key}/${name}`, Buffer.from('x'));
        await rejectsWith(code as 'ERR_CKPT_LIMIT', () => read(url), { path: url, message });
      }
      const { url } = await both((at) => partsIn(at, { 'a.parquet': rowsOf(0, 1), 'b.parquet': rowsOf(1, 2) }), 'files');
      await rejectsWith('ERR_CKPT_NOT_A_FILE', () => read(url), { message: /nothing says so/ });
      const two = await both((at) => partsIn(at, { 'a.parquet': rowsOf(0, 1), 'b.parquet': rowsOf(1, 2) }));
      await rejectsWith('ERR_CKPT_LIMIT', () => read(two.url, { limits: { parts: 1 } }), { message: /more parts than 1/ });
      await rejectsWith('ERR_CKPT_NOT_FOUND', () => read(stubUrl(stub, dialect, 'none.parquet')), { message: /there is no such object/ });
      await rejectsWith('ERR_CKPT_NOT_FOUND', () => openCheckpoint(stubUrl(stub, dialect, 'none'), { bucket: bucket() }));
    });

    test('a part that changes or goes', async () => {
      const { path, url, key } = await both((at) =>
        partsIn(at, { 'part-0.parquet': rowsOf(0, 2000), 'part-1.parquet': rowsOf(2000, 4000) }),
      );
      const part = `${key}/part-1.parquet`;
      const original = stub.objects.all.get(part)?.bytes as Buffer;
      await writeCheckpoint(join(path, 'part-1.parquet'), rowsOf(0, 7), {});
      const open = await openCheckpoint(url, { bucket: bucket(), limits: { parts: 9 } });
      // What was kept of the part is of the state that was listed: the new one is another folder.
      await stubBucket(stub, dialect).put(part, join(path, 'part-1.parquet'));
      const rows = async (options: ReadOptions): Promise<number> => {
        let seen = 0;
        for await (const _ of open.rows(options)) seen++;
        return seen;
      };
      assert.equal(await rows({ limit: 2000 }), 2000);
      const settled = await Promise.allSettled([rows({}), rows({ columns: ['score'] })]);
      for (const one of settled) {
        if (one.status === 'fulfilled') assert.equal(one.value, 4000);
        else assert.equal((one.reason as { code: string }).code, 'ERR_CKPT_CHANGED');
      }
      open.close();
      assert.equal((await read(url)).length, 2007);
      const again = await openCheckpoint(url, { bucket: bucket() });
      stub.objects.all.delete(part);
      await again.close();
      assert.equal((await read(url)).length, 2000);
      stub.objects.put(part, original.subarray(0, original.length - 9));
      await rejectsWith('ERR_CKPT_TRUNCATED', () => read(url), { path: `${url}/part-1.parquet` });
      stub.objects.put(part, Buffer.from(original).fill(7, 100, 2000));
      await rejectsWith('ERR_CKPT_CORRUPT', () => verifyCheckpoint(url, { bucket: bucket() }), { path: `${url}/part-1.parquet` });
    });

    test('faults of the store: the rows, or an error, and nothing in between', async () => {
      const { url } = await both((at) => partsIn(at, { 'part-0.parquet': rowsOf(0, 3000), 'part-1.parquet': rowsOf(3000, 6000) }));
      for (const fault of ['503', '429', 'unheard', 'reset', 'cut', 'no-ranges', 'html', 'replaced'] as const)
        for (const at of [1, 3]) {
          stub.fail(fault, { after: at });
          const settled = await readCheckpoint(url, { columns: ['id'], bucket: { ...bucket(), timeout: 2000, retries: 1 } }).then(
            (rows) => ({ rows }),
            (error: unknown) => ({ error }),
          );
          stub.mend();
          if ('rows' in settled)
            assertExact(
              settled.rows,
              rowsOf(0, 6000).map(({ id }) => ({ id })),
            );
          else
            assert.match(
              (settled.error as { code: string }).code,
              /^ERR_CKPT_(BUCKET_ANSWER|CHANGED|NETWORK|NOT_FOUND|NOT_A_CHECKPOINT|CORRUPT)$/,
            );
          if (fault === 'replaced') break;
        }
    });
  });
}

suite('folders of parts in a bucket and the command line', noCli, () => {
  const folder = tempFolder('cli-buckets-folders');
  const stub = new BucketStub('s3');
  const outside = { ...process.env };
  let env: Record<string, string>;
  const url = 's3://bucket/runs/sales.parquet';
  const rows = rowsOf(0, 30);
  before(async () => {
    await stub.start();
    env = { ...stubEnvironment(stub), NO_COLOR: '1' };
    Object.assign(process.env, env);
    const path = await sparkFolder(join(folder, 'sales.parquet'), {
      'year=2023/part-0.parquet': rows.slice(0, 10),
      'year=2024/part-0.parquet': rows.slice(10),
    });
    await toBucket(path, stubBucket(stub, 's3'), 'runs/sales.parquet/');
  });
  after(async () => {
    for (const name of Object.keys(env)) {
      if (outside[name] === undefined) delete process.env[name];
      else process.env[name] = outside[name];
    }
    await stub.stop();
  });

  test('a folder is looked at, verified, converted and compared', async () => {
    const all = rows.map((row, at) => Object.assign(structuredClone(row), { year: at < 10 ? 2023 : 2024 }));
    const inspected = await cliHere(['inspect', url]);
    assert.match(inspected.stdout, /^File {7}s3:\/\/bucket\/runs\/sales\.parquet\n.*\nParts {6}2\nRows {7}30\n/, inspected.stderr);
    assert.deepEqual(linesOf((await cliHere(['cat', url, '--where', 'year=2024'])).stdout), all.slice(10));
    assert.match((await cliHere(['verify', url])).stdout, /1 file, all are whole; 30 rows read/);
    const out = join(folder, 'one.parquet');
    assert.equal((await cliHere(['convert', url, out])).code, 0);
    assertExact(await readCheckpoint(out), all);
    assert.match((await cliHere(['diff', out, url])).stdout, /no row differs/);
    assert.match((await cliHere(['list', 's3://bucket/runs'])).stdout, /sales\.parquet {2}parquet {2,}30 /);
    const verified = await cliHere(['verify', 's3://bucket/runs']);
    assert.match(verified.stdout, /✓ {2}sales\.parquet {2}parquet {4}30 .*\n\n1 file, all are whole/, verified.stderr);
  });

  test('without the native binary', async () => {
    const { stdout } = await cliOk(['cat', url, '--where', 'id<12', '--columns', 'id,year'], 0, {
      env: { ...env, ARROW_CKPT_FORCE_JSON: '1' },
    });
    assert.deepEqual(
      linesOf(stdout),
      Array.from({ length: 12 }, (_, id) => ({ id, year: id < 10 ? 2023 : 2024 })),
    );
  });

  test('in SQL and in the viewer it is a table', async () => {
    const counted = await cliHere(['sql', url, 'select year, count(*) as n from sales group by year order by year', '--csv']);
    assert.equal(counted.stdout, 'year,n\n2023,10\n2024,20\n', counted.stderr);
  });
});
