import { describe, test } from 'node:test';
import { bucketOf } from '../lib/bucket/bucket-of.ts';
import { STUB_KEYS } from './support/bucket-stub/s3-dialect.ts';
import { BucketStub } from './support/bucket-stub/stub.ts';
import { checkPythonOn } from './support/python-urls.ts';
import { noPython } from './support/python.ts';
import { noBinding } from './support/readers.ts';
import { tempFolder } from './support/temp-folder.ts';

describe('the package for Python on a bucket', { skip: noPython || noBinding }, () => {
  test('reads what is there as what is here', async () => {
    const stub = await new BucketStub('s3').start();
    try {
      const place = bucketOf('s3://bucket/', { endpoint: stub.origin, credentials: STUB_KEYS });
      await checkPythonOn(place, 's3://bucket/a b/checkpoints', tempFolder('python-buckets'), {
        AWS_ENDPOINT_URL_S3: stub.origin,
        AWS_ACCESS_KEY_ID: STUB_KEYS.accessKeyId,
        AWS_SECRET_ACCESS_KEY: STUB_KEYS.secretAccessKey,
      });
    } finally {
      await stub.stop();
    }
  });
});
