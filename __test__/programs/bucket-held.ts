// Ends while a load waits for bytes that never come: __test__/buckets-reads.test.ts.
import { readCheckpoint, writeCheckpoint, type BucketGetOptions, type BucketObject } from 'arrow-ckpt';
import { MemoryBucket } from '../buckets/memory-bucket.js';

class Silent extends MemoryBucket {
  override async get(key: string, options: BucketGetOptions = {}): Promise<BucketObject | null> {
    const found = await super.get(key, options);
    if (found === null || options.range === undefined || 'last' in options.range) return found;
    return { ...found, body: silence() };
  }
}

// oxlint-disable-next-line require-yield
async function* silence(): AsyncGenerator<Uint8Array, void, undefined> {
  await new Promise(() => {});
}

const bucket = new Silent();
const rows = Array.from({ length: 20_000 }, (_, id) => ({ id, text: `${Math.sin(id)} ${Math.cos(id)}` }));
await writeCheckpoint('memory://any/rows.parquet', rows, { bucket, compression: 'none' });
void readCheckpoint('memory://any/rows.parquet', { bucket });
setTimeout(() => {
  console.log('ends');
  process.exit(0);
}, 200);
