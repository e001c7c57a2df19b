import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, suite, test } from 'node:test';
import { CheckpointManager, type CheckpointManagerOptions } from 'arrow-ckpt';
import { MemoryBucket } from './buckets/memory-bucket.js';
import { SCENARIOS, type Scenario } from './buckets/manager-scenarios.js';
import { stubOptions, stubUrl } from './buckets/stub-bucket.js';
import { BucketStub } from './support/bucket-stub/stub.js';
import { tempFolder } from './support/temp-folder.js';

/** A fresh directory, its options, and what is left in it. */
interface Kind {
  directory: string;
  options: CheckpointManagerOptions;
}

/** What calls gave, without what differs: the directory, times, versions. */
function plain(value: unknown, directory: string): unknown {
  if (typeof value === 'string') return value.replaceAll('\\', '/').replaceAll(directory.replaceAll('\\', '/'), '<directory>');
  if (Array.isArray(value)) return value.map((each) => plain(each, directory));
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  const entries = Object.entries(value).filter(([key]) => !['etag', 'modified', 'bytes', 'keptBytes'].includes(key));
  return Object.fromEntries(entries.map(([key, each]) => [key, plain(each, directory)]));
}

async function run(scenario: Scenario, { directory, options }: Kind): Promise<unknown> {
  const manager = new CheckpointManager(directory, { logger: false, ...options });
  const json = new CheckpointManager(directory, { logger: false, enableArrow: false, ...options });
  return plain(await scenario.run({ manager, json }), directory.replace(/\/$/, ''));
}

suite('managers on buckets give what managers of local directories give', { concurrency: true }, () => {
  const root = tempFolder('buckets-manager');
  const stubs = (['s3', 'google', 'azure'] as const).map((dialect) => ({ dialect, stub: new BucketStub(dialect) }));
  before(() => Promise.all(stubs.map(({ stub }) => stub.start())));
  after(() => Promise.all(stubs.map(({ stub }) => stub.stop())));
  for (const [index, scenario] of SCENARIOS.entries()) {
    describe(scenario.name, { concurrency: true }, () => {
      let expected: unknown;
      before(async () => {
        expected = await run(scenario, { directory: mkdtempSync(join(root, 'd')), options: {} });
      });
      test('a driver of the user', async () => {
        const bucket = new MemoryBucket();
        bucket.objects.set('other/key', { bytes: Buffer.from('x'), etag: 'x', modified: new Date() });
        assert.deepEqual(await run(scenario, { directory: 'memory://bucket/dir', options: { bucket } }), expected);
        const left = [...bucket.objects.keys()].filter((key) => key.includes('.lock') || key.includes('probe'));
        assert.deepEqual(left, []);
        assert.ok(bucket.objects.has('other/key'));
      });
      // What a driver does is tried elsewhere: here each has half of them beside S3.
      for (const { dialect, stub } of stubs.filter((_, store) => store === 0 || (scenario.isLong !== true && store === 1 + (index % 2)))) {
        test(dialect, async () => {
          const options = { bucket: stubOptions(stub, dialect) };
          assert.deepEqual(await run(scenario, { directory: stubUrl(stub, dialect, `some/dir ${index}/`), options }), expected);
        });
      }
    });
  }
});
