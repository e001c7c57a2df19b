// A map on a bucket is killed at random, and so are its requests. The recorded run is of 100 kills: `npm run bench:resume -- bucket-kills`.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bucketKills } from './support/bucket-kills.ts';
import { tempFolder } from './support/temp-folder.ts';

const folder = tempFolder('bucket-map-kill');
const KILLS = 4;

test(`a map on a bucket that is killed at random goes on, ${KILLS} times`, { timeout: 5 * 60_000 }, async (t) => {
  const plan = { folder, rows: 1_000, kills: KILLS, callMs: 4, lifeMs: 600, concurrency: 16, batchSize: 100, flushEvery: 20 };
  const report = await bucketKills(plan);
  t.diagnostic(JSON.stringify(report));
  assert.ok(report.calls <= report.most);
  assert.deepEqual(report.left, []);
});
