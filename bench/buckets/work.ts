// One way to save or load, once, in a process of its own: `bench/buckets.ts` starts it. Prints JSON of what it took.
import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { readCheckpoint, writeCheckpoint } from 'arrow-ckpt';
import { bucketOf } from '../../lib/bucket/bucket-of.js';
import type { BucketOptions } from '../../lib/options/bucket-options.js';
import { measure } from '../measure/sample.ts';
import { flatRows } from '../suites/flat.ts';
import { byPolars } from './by-polars.ts';

/** What a process is to do. */
export interface BucketTask {
  way: string;
  rows: number;
  /** Of local files. */
  folder: string;
  bucket: BucketOptions;
}

/** As much of the AWS SDK as is used here. */
interface Sdk {
  S3Client: new (options: object) => { send: (command: object) => Promise<{ Body?: { transformToString: () => Promise<string> } }> };
  PutObjectCommand: new (options: object) => object;
  GetObjectCommand: new (options: object) => object;
}

const { way, rows: count, folder, bucket } = JSON.parse(process.argv[2] as string) as BucketTask;
const [SMALL, LARGE] = [join(folder, 'small.parquet'), join(folder, 'large.parquet')];
const [SMALL_URL, LARGE_URL] = ['s3://bucket/small.parquet', 's3://bucket/large.parquet'];
const TWO = ['category', 'score'];
const told = { requests: 0, received: 0 };
// Requests, and the bytes of their answers; without a `fetch` of our own, which costs more than Node's client.
subscribe('http.client.response.finish', (message) => {
  const { response } = message as { response: IncomingMessage };
  told.requests++;
  told.received += Number(response.headers['content-length'] ?? 0);
});
const there = { bucket };

function upload(url: string, path: string): () => Promise<unknown> {
  const { bucket: driver, key } = bucketOf(url, bucket);
  return () => driver.put(key, path);
}

/** Rows as JSON in an object, by the SDK. */
function bySdk(): { save: (rows: readonly object[]) => Promise<unknown>; load: () => Promise<unknown> } {
  const { S3Client, PutObjectCommand, GetObjectCommand } = createRequire(new URL('../rivals/', import.meta.url))(
    '@aws-sdk/client-s3',
  ) as Sdk;
  const { endpoint, credentials } = bucket;
  const client = new S3Client({ endpoint, credentials, region: 'us-east-1', forcePathStyle: true });
  const object = { Bucket: 'bucket', Key: 'rows.json' };
  return {
    save: (rows) => client.send(new PutObjectCommand({ ...object, Body: JSON.stringify(rows) })),
    load: async () => JSON.parse((await (await client.send(new GetObjectCommand(object))).Body?.transformToString()) ?? '') as unknown,
  };
}

/** What is measured; what it needs is made before. */
async function prepared(): Promise<() => Promise<unknown>> {
  const rows = way.startsWith('save') ? flatRows(count) : [];
  switch (way) {
    case 'save local':
      return () => writeCheckpoint(SMALL, rows);
    case 'save bucket':
      return () => writeCheckpoint(SMALL_URL, rows, there);
    case 'upload alone':
      return upload('s3://bucket/alone.parquet', SMALL);
    case 'save SDK and JSON': {
      const { save } = bySdk();
      return () => save(rows);
    }
    case 'load local':
      return () => readCheckpoint(SMALL);
    case 'load bucket':
      return () => readCheckpoint(SMALL_URL, there);
    case 'load SDK and JSON':
      return bySdk().load;
    case 'save polars':
      return () => byPolars(bucket).save('s3://bucket/polars.parquet', rows);
    case 'load polars':
      return () => byPolars(bucket).load(SMALL_URL);
    case 'large: two columns, polars':
      return () => byPolars(bucket).load(LARGE_URL, TWO);
    case 'large: prepare': {
      const many = flatRows(count);
      await writeCheckpoint(LARGE, many, { compression: 'none' });
      return () => writeCheckpoint(LARGE_URL, many, { compression: 'none', ...there });
    }
    case 'large: two columns, local':
      return () => readCheckpoint(LARGE, { columns: TWO });
    case 'large: two columns, bucket':
      return () => readCheckpoint(LARGE_URL, { columns: TWO, ...there });
    default:
      throw new Error(`there is no way ${way}`);
  }
}

const { sample } = await measure(way.startsWith('large') ? LARGE : SMALL, await prepared(), { collects: true });
console.log(JSON.stringify({ ...sample, ...told }));
