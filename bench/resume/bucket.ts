import { CheckpointManager } from 'arrow-ckpt';
import { STUB_KEYS } from '../../__test__/support/bucket-stub/s3-dialect.js';
import { BucketStub } from '../../__test__/support/bucket-stub/stub.js';

const ROWS = 10_000;
const FUNCTION_MS = 20;
const CONCURRENCY = 64;
const LATENCY_MS = 5;
const ROUNDS = 5;
const rows = Array.from({ length: ROWS }, (_, id) => ({ id, title: `article ${id}`, text: 'some words of the article '.repeat(8) }));

async function summarise({ id, title }: { id: number; title: string }): Promise<{ id: number; summary: string }> {
  await new Promise((resolve) => setTimeout(resolve, FUNCTION_MS));
  return { id, summary: `${title}, in short` };
}

async function bare(): Promise<void> {
  let next = 0;
  const results: object[] = [];
  const worker = async (): Promise<void> => {
    for (let index = next++; index < ROWS; index = next++) results[index] = await summarise(rows[index] as (typeof rows)[number]);
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
}

/** A map on a bucket whose store takes some milliseconds for each answer, against a bare loop and a map in a directory. */
export async function bucketOverhead(folder: string): Promise<object> {
  const stub = await new BucketStub('s3').start();
  stub.latency = LATENCY_MS;
  const bucket = { endpoint: stub.origin, credentials: STUB_KEYS };
  const options = { key: 'id', hash: 'h', concurrency: CONCURRENCY } as const;
  const samples = { bare: [] as number[], directory: [] as number[], bucket: [] as number[] };
  const requests: number[] = [];
  const timed = async (into: number[], work: () => Promise<unknown>): Promise<void> => {
    globalThis.gc?.();
    const from = performance.now();
    await work();
    into.push((performance.now() - from) / 1000);
  };
  try {
    for (let round = 0; round < ROUNDS; round++) {
      await timed(samples.bare, bare);
      const local = new CheckpointManager(`${folder}/${round}`, { logger: false });
      await timed(samples.directory, async () => local.map('s', 'op', rows, summarise, options));
      const before = stub.requests.length;
      const there = new CheckpointManager(`s3://bucket/${round}`, { logger: false, bucket });
      await timed(samples.bucket, async () => there.map('s', 'op', rows, summarise, options));
      requests.push(stub.requests.length - before);
    }
  } finally {
    await stub.stop();
  }
  const best = (values: readonly number[]): number => Math.min(...values);
  const percent = (values: readonly number[]): number => Math.round((best(values) / best(samples.bare) - 1) * 1000) / 10;
  const overheadPercent = { directory: percent(samples.directory), bucket: percent(samples.bucket) };
  return { rows: ROWS, functionMs: FUNCTION_MS, concurrency: CONCURRENCY, latencyMs: LATENCY_MS, ...samples, requests, overheadPercent };
}
