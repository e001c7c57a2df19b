import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { CHECKS, corruptingFetch } from './buckets/checks.js';
import { stubBucket } from './buckets/stub-bucket.js';
import { BucketStub } from './support/bucket-stub/stub.js';
import { tempFolder } from './support/temp-folder.js';

// The same checks against real servers: npm run test:servers.
for (const dialect of ['s3', 'google', 'azure'] as const) {
  describe(`the interface of a bucket over ${dialect}`, () => {
    const stub = new BucketStub(dialect);
    before(() => stub.start());
    after(() => stub.stop());
    const folder = tempFolder('buckets');
    for (const { name, run } of CHECKS) {
      test(name, async () => {
        stub.reset();
        const bucket = stubBucket(stub, dialect);
        await run({ bucket, corrupting: stubBucket(stub, dialect, { fetch: corruptingFetch }), prefix: 'a/', folder });
        // Azure drops what is in no list by itself.
        if (dialect !== 'azure') assert.equal(stub.objects.uploads.size, 0, 'no upload is left');
      });
    }
  });
}
