import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { CheckpointManager } from 'arrow-ckpt';
import { loadBinding } from '../build/lib/base/addon/binding.js';
import { startViewer } from '../build/lib/cli/view/start-viewer.js';
import type { Listing, Opened, Rows } from '../build/lib/cli/view/wire.js';
import { stubEnvironment } from './buckets/stub-bucket.js';
import { BucketStub } from './support/bucket-stub/stub.js';
import { cliOk, noCli } from './support/run-cli.js';
import { suite } from './support/suite.js';
import { tempFolder } from './support/temp-folder.js';

const missing = noCli === false && loadBinding() === null ? 'no native binary' : noCli;
const ASSETS = fileURLToPath(new URL('../dist/viewer/', import.meta.url));

suite('view and URLs', missing, () => {
  const folder = tempFolder('view-buckets');
  const stub = new BucketStub('s3');
  const outside = { ...process.env };
  let env: Record<string, string>;

  before(async () => {
    await stub.start();
    env = { ...stubEnvironment(stub), AWS_SESSION_TOKEN: 'canary-session' };
    Object.assign(process.env, env);
    const directory = join(folder, 'checkpoints');
    const rows = Array.from({ length: 5000 }, (_, id) => ({ id, text: `row ${id}` }));
    await new CheckpointManager(directory, { logger: false }).saveCheckpoint('process', 'extract', rows, { hash: 'h' });
    await cliOk(['copy', directory, 's3://bucket/dir'], 0, { env });
  });

  after(async () => {
    for (const name of Object.keys(env)) {
      if (outside[name] === undefined) delete process.env[name];
      else process.env[name] = outside[name];
    }
    await stub.stop();
  });

  for (const [what, url] of [
    ['a directory', 's3://bucket/dir'],
    ['a file', 's3://bucket/dir/process/extract.parquet'],
  ] as const) {
    test(`${what} in a bucket is a place, and its checkpoint a table; nothing is written there`, async () => {
      const viewer = await startViewer({ paths: [url], port: 0, assets: ASSETS });
      try {
        const get = async <T>(question: string): Promise<T> => (await fetch(`${viewer.url}api/${question}`)).json() as Promise<T>;
        const [entry] = (await get<Listing>('list')).places[0]?.entries ?? [];
        assert.deepEqual([entry?.rows, entry?.error, entry?.path], [5000, null, 's3://bucket/dir/process/extract.parquet']);
        const { state } = await get<Opened>(`open?id=${entry?.id}`);
        const rows = await get<Rows>(`rows?id=${entry?.id}&state=${state}&offset=4998&limit=9&column=text`);
        assert.deepEqual(rows.cells, [[['string', 'row 4998']], [['string', 'row 4999']]]);
        assert.equal((await get<Rows>(`rows?id=${entry?.id}&where=id%3C10&column=id`)).total, 10);
      } finally {
        await viewer.close();
      }
    });
  }
});
