import { createServer, type AddressInfo } from 'node:net';
import { after, before, beforeEach, describe, test } from 'node:test';
import { CheckpointManager, migrateDirectory, readCheckpoint, verifyCheckpoint, writeCheckpoint, type BucketOptions } from 'arrow-ckpt';
import { stubOptions } from '../buckets/stub-bucket.js';
import { BucketStub } from '../support/bucket-stub/stub.js';
import { rejectsWith } from '../support/codes.js';

const ROWS = [{ a: 1 }];

/** Registers the tests of what goes wrong with buckets. */
export function bucketErrors(): void {
  describe('buckets', () => {
    const stub = new BucketStub('s3');
    let bucket: BucketOptions;
    before(async () => {
      await stub.start();
      bucket = stubOptions(stub, 's3');
    });
    after(() => stub.stop());
    beforeEach(() => stub.reset());
    const url = 's3://bucket/k.parquet';

    test('a store that cannot be reached', async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as AddressInfo;
      await new Promise((resolve) => server.close(resolve));
      const away = { ...bucket, endpoint: `http://127.0.0.1:${port}`, retries: 1 };
      const told = { message: /tried 2 times: ECONNREFUSED; check the network/ };
      await rejectsWith('ERR_CKPT_NETWORK', () => readCheckpoint(url, { bucket: away }), told);
      await rejectsWith('ERR_CKPT_NETWORK', () => writeCheckpoint(url, ROWS, { bucket: away }), told);
    });

    test('a store that does not say whether it made the object', async () => {
      stub.fail('lost', { times: Infinity });
      const told = { message: /did not say whether it made the object, .* ask again, it is safe/ };
      await rejectsWith('ERR_CKPT_UNKNOWN_OUTCOME', () => writeCheckpoint(url, ROWS, { bucket: { ...bucket, retries: 0 } }), told);
      stub.mend();
      // Asked again, also with a condition, it does no harm.
      await writeCheckpoint(url, ROWS, { bucket });
    });

    test('an object that is there already', async () => {
      await writeCheckpoint(url, ROWS, { bucket });
      await rejectsWith('ERR_CKPT_CONDITION', () => writeCheckpoint(url, ROWS, { bucket, ifAbsent: true }), {
        message: /it is there already/,
      });
    });

    test('credentials that are wrong, and none', async () => {
      const wrong = { ...bucket, credentials: { accessKeyId: 'OTHER', secretAccessKey: 'x' } };
      await rejectsWith('ERR_CKPT_CREDENTIALS', () => readCheckpoint(url, { bucket: wrong }), { message: /InvalidAccessKeyId/ });
      const none = { ...bucket, credentials: () => undefined };
      await rejectsWith('ERR_CKPT_CREDENTIALS', () => readCheckpoint(url, { bucket: none }), {
        message: /accessKeyId and secretAccessKey/,
      });
    });

    test('clocks that differ', async () => {
      stub.fail('skew', { times: Infinity });
      await rejectsWith('ERR_CKPT_CLOCK', () => readCheckpoint(url, { bucket }), { message: /differ by 30 minutes/ });
    });

    test('a bucket that is not there', async () => {
      await rejectsWith('ERR_CKPT_NO_BUCKET', () => readCheckpoint('s3://none/k', { bucket }), { message: /NoSuchBucket/ });
      await rejectsWith('ERR_CKPT_NO_BUCKET', () => writeCheckpoint('s3://none/k', ROWS, { bucket }));
    });

    test('no permission', async () => {
      const forbidden = 's3://bucket/forbidden/k.parquet';
      await rejectsWith('ERR_CKPT_PERMISSION', () => writeCheckpoint(forbidden, ROWS, { bucket }), { message: /AccessDenied/ });
    });

    test('keys that no store takes', async () => {
      for (const key of ['', 'x'.repeat(1025), 'a/../b', './a', '\ud800']) {
        await rejectsWith('ERR_CKPT_KEY', () => writeCheckpoint(`s3://bucket/${key}`, ROWS, { bucket }));
        // All of a bucket may be a folder of parts, and this one is empty.
        const code = key === '' ? 'ERR_CKPT_NOT_FOUND' : 'ERR_CKPT_KEY';
        await rejectsWith(code, () => readCheckpoint(`s3://bucket/${key}`, { bucket }));
      }
    });

    test('a redirect, which is not followed', async () => {
      stub.fail('redirect', { times: Infinity });
      const told = { message: /points to the host elsewhere\.invalid, and redirects are not followed/ };
      await rejectsWith('ERR_CKPT_REDIRECT', () => readCheckpoint(url, { bucket }), told);
    });

    test('a page in place of an answer', async () => {
      stub.fail('html', { times: Infinity });
      await rejectsWith('ERR_CKPT_BUCKET_ANSWER', () => writeCheckpoint(url, ROWS, { bucket }), {
        message: /a page, and no answer of a store/,
      });
    });

    test('a store that ignores conditions', async () => {
      // Another endpoint than that of the other tests: what was found out of a store is known for the life of the process.
      const own = await new BucketStub('s3').start();
      const careless: typeof fetch = (input, init) => {
        const headers = new Headers(init?.headers);
        headers.delete('if-none-match');
        return fetch(input, { ...init, headers });
      };
      const options = { ...stubOptions(own, 's3'), fetch: careless };
      const told = { message: /does not obey conditions \(an object that was there was created again\)/ };
      await rejectsWith('ERR_CKPT_NOT_CONDITIONAL', () => writeCheckpoint(url, ROWS, { bucket: options, ifAbsent: true }), told);
      await writeCheckpoint(url, ROWS, { bucket: options });
      await own.stop();
    });

    test('calls that take no URLs', async () => {
      const manager = new CheckpointManager(null);
      for (const work of [
        () => migrateDirectory('s3://bucket/prefix').next(),
        () => manager.materialize('s', 'o', { to: 's3://bucket/k.parquet' }),
      ]) {
        await rejectsWith('ERR_CKPT_NOT_FOR_BUCKETS', work, { message: /not for URLs yet/ });
      }
      for (const call of [
        () => new CheckpointManager('s3://bucket/prefix').dedupe(),
        () => new CheckpointManager('gs://bucket/prefix').compact(),
      ]) {
        await rejectsWith('ERR_CKPT_NOT_FOR_BUCKETS', call, { message: /works on local directories/ });
      }
      await rejectsWith('ERR_CKPT_READ_ONLY', () => writeCheckpoint('https://127.0.0.1/k', ROWS));
      await rejectsWith('ERR_CKPT_NOT_FOUND', () => verifyCheckpoint(url, { bucket }));
    });
  });
}
