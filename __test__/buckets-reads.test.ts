import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, mock, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import {
  openCheckpoint,
  readCheckpoint,
  writeCheckpoint,
  type BucketGetOptions,
  type BucketObject,
  type BucketOptions,
  type Progress,
  type Row,
} from 'arrow-ckpt';
import { ParquetFile } from '../lib/formats/parquet/fallback/parquet-file.js';
import { readRemote } from '../lib/formats/remote/remote-store.js';
import { bucketOf } from '../lib/bucket/bucket-of.js';
import { MemoryBucket } from './buckets/memory-bucket.js';
import { BucketStub } from './support/bucket-stub/stub.js';
import { noBinding } from './support/readers.js';
import { runProgram } from './support/run-program.js';

const URL_OF = 's3://bucket/rows.parquet';
let stub: BucketStub;
let bucket: BucketOptions;

/** 500 kB of text that does not compress between two small columns, in each row group. */
const GROUPS = 5;
const GROUP_ROWS = 5000;
function* rowsApart(): Generator<Row> {
  for (let id = 0; id < GROUPS * GROUP_ROWS; id++) {
    let text = '';
    for (let part = 0; part < 10; part++)
      text += Math.sin(id * 10 + part)
        .toString(36)
        .slice(2, 12);
    yield { id, text, last: Math.sin(id) };
  }
}

describe('how an object is read', { skip: noBinding }, () => {
  before(async () => {
    stub = await new BucketStub('s3').start();
    bucket = { endpoint: stub.origin, credentials: false };
    await writeCheckpoint(URL_OF, rowsApart(), { bucket, rowGroupRows: GROUP_ROWS, compression: 'none' });
  });
  after(() => stub.stop());
  beforeEach(() => {
    stub.requests.length = 0;
    stub.sentBytes = 0;
  });

  test('some columns take a request for each place where they are, and one for all that the reader looks at first', async () => {
    const rows = await readCheckpoint(URL_OF, { bucket, columns: ['id', 'last'] });
    assert.equal(rows.length, GROUPS * GROUP_ROWS);
    // The last column of a row group stands beside the first of the next; that of the last row group came with the footer.
    assert.ok(stub.requests.length <= 2 + GROUPS, stub.requests.join('\n'));
    const file = stub.objects.all.get('rows.parquet')!;
    const most = 1.1 * GROUPS * GROUP_ROWS * 16 + 128_000;
    assert.ok(stub.sentBytes <= most, `${stub.sentBytes} bytes, ${most} at most, of ${file.bytes.length}`);
  });

  test('a small object takes one request', async () => {
    await writeCheckpoint('s3://bucket/small.parquet', [...rowsApart()].slice(0, 500), { bucket });
    stub.requests.length = 0;
    assert.equal((await readCheckpoint('s3://bucket/small.parquet', { bucket, columns: ['id'] })).length, 500);
    assert.equal(stub.requests.length, 1);
  });

  test('its footer is read once by JavaScript, whatever the options', async () => {
    const place = bucketOf(URL_OF, bucket);
    for (const options of [{}, { columns: ['id'] }, { verify: false }, { limits: { columns: 100 } }, { limit: 3 }]) {
      const opened = mock.method(ParquetFile, 'open');
      try {
        await readRemote(place, options);
        assert.equal(opened.mock.callCount(), 1, JSON.stringify(options));
      } finally {
        opened.mock.restore();
      }
    }
  });

  test('an object that is open fetches nothing twice', async () => {
    await using reader = await openCheckpoint(URL_OF, { bucket });
    assert.equal((await reader.columns(['id'])).rows, GROUPS * GROUP_ROWS);
    const before = stub.requests.length;
    assert.equal((await reader.columns(['id'])).rows, GROUPS * GROUP_ROWS);
    assert.equal(stub.requests.length, before);
  });

  test('row groups of an object have 262,144 rows', async () => {
    const rows = Array.from({ length: 262_145 }, (_, id) => ({ id }));
    await writeCheckpoint('s3://bucket/many.parquet', rows, { bucket });
    let groups: number[] = [];
    const open = ParquetFile.open.bind(ParquetFile);
    const opened = mock.method(ParquetFile, 'open', async (...call: Parameters<typeof open>) => {
      const file = await open(...call);
      groups = file.metadata.row_groups.map((group) => Number(group.num_rows));
      return file;
    });
    try {
      assert.equal((await readRemote(bucketOf('s3://bucket/many.parquet', bucket), {})).length, rows.length);
      // They end with a block of rows.
      assert.ok(groups.length === 2 && (groups[0] ?? 0) > 255_000 && (groups[0] ?? 0) <= 262_144, groups.join());
    } finally {
      opened.mock.restore();
    }
  });
});

/** Objects whose ranges from `from` on wait until they may come. */
class HeldBucket extends MemoryBucket {
  from = Infinity;
  free: Promise<void> = Promise.resolve();

  override async get(key: string, options: BucketGetOptions = {}): Promise<BucketObject | null> {
    const found = await super.get(key, options);
    const { range } = options;
    if (found === null || range === undefined || 'last' in range || range.start < this.from) return found;
    return { ...found, body: this.#held(found.body, options.signal) };
  }

  async *#held(body: AsyncIterable<Uint8Array>, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array, void, undefined> {
    const stopped = new Promise<never>((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
    stopped.catch(() => {});
    await Promise.race([this.free, stopped]);
    yield* body;
  }
}

/** Fails a test that would hang. */
async function within<T>(work: Promise<T>, ms = 20_000): Promise<T> {
  const stop = new AbortController();
  const late = delay(ms, undefined, { signal: stop.signal }).then(() => Promise.reject(new Error(`nothing came for ${ms} ms`)));
  late.catch(() => {});
  try {
    return await Promise.race([work, late as Promise<never>]);
  } finally {
    stop.abort();
  }
}

describe('rows are decoded while others come', { skip: noBinding }, () => {
  const URL_HELD = 'memory://any/rows.parquet';
  let held: HeldBucket;

  before(async () => {
    held = new HeldBucket();
    await writeCheckpoint(URL_HELD, rowsApart(), { bucket: held, rowGroupRows: GROUP_ROWS, compression: 'none' });
  });
  beforeEach(() => {
    // The last row groups are far from the first.
    held.from = held.objects.get('rows.parquet')!.bytes.length / 2;
  });

  test('the first rows are there before the last bytes are', async () => {
    let release = (): void => {};
    held.free = new Promise((resolve) => (release = resolve));
    let first = 0;
    // Called for each row as it is made.
    const id = z.number().refine(() => {
      if (first++ === 0) release();
      return true;
    });
    const schema = z.object({ id, last: z.number() });
    const told: Progress[] = [];
    const onProgress = (progress: Progress): void => void told.push(progress);
    const rows = await within(readCheckpoint(URL_HELD, { bucket: held, schema, onProgress }));
    const atRows = told.findIndex((progress) => progress.rows > 0);
    assert.ok(told.slice(atRows).every((progress) => progress.rows > 0 && progress.bytes === undefined));
    assert.deepEqual(
      rows,
      Array.from(rowsApart(), ({ id, last }) => ({ id, last })),
    );
  });

  test('what fails on its way fails the load, and ends what waits', async () => {
    held.free = delay(50).then(() => Promise.reject(new Error('the driver gave up')));
    held.free.catch(() => {});
    await assert.rejects(within(readCheckpoint(URL_HELD, { bucket: held, columns: ['id', 'last'] })), /the driver gave up/);
  });

  test('an abort ends a load that waits', async () => {
    held.free = new Promise(() => {});
    const stop = new AbortController();
    const loading = readCheckpoint(URL_HELD, { bucket: held, columns: ['id', 'last'], signal: stop.signal });
    setTimeout(() => stop.abort(new Error('enough')), 50);
    await assert.rejects(within(loading), /enough/);
  });

  test('bytes that are wrong fail the load while others are awaited', async () => {
    held.free = new Promise(() => {});
    const object = held.objects.get('rows.parquet')!;
    const before = Buffer.from(object.bytes);
    object.bytes.fill(0xaa, 1000, 3000);
    try {
      await assert.rejects(within(readCheckpoint(URL_HELD, { bucket: held, columns: ['id', 'text'] })), { code: 'ERR_CKPT_CORRUPT' });
    } finally {
      object.bytes = before;
    }
  });

  test('a process that ends does not wait for bytes', async () => {
    const { code, stdout, stderr } = await runProgram('bucket-held.ts', { timeout: 30_000 });
    assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: 'ends\n', stderr: '' });
  });
});
