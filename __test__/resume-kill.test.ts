import assert from 'node:assert/strict';
import { test } from 'node:test';
import { killRuns } from './support/kill-runs.ts';
import { tempFolder } from './support/temp-folder.ts';

const folder = tempFolder('kill');
/** The recorded run is of 200 kills of 10,000 rows: `npm run bench:resume`. */
const KILLS = Number(process.env.ARROW_CKPT_KILLS ?? 12);
const ROWS = KILLS > 12 ? 10_000 : 2_000;
const COMMON = { folder, rows: ROWS, kills: KILLS, lifeMs: 300, batchSize: 100, flushEvery: 20 };

test(`a map of ${ROWS} rows that is killed at random goes on, ${KILLS} times`, { timeout: 20 * 60_000 }, async (t) => {
  const report = await killRuns({ ...COMMON, callMs: 2, concurrency: 16 });
  t.diagnostic(JSON.stringify(report));
  assert.ok(report.calls <= report.most);
});

test(`calls of several rows that are killed at random go on, ${KILLS} times`, { timeout: 20 * 60_000 }, async (t) => {
  const report = await killRuns({ ...COMMON, callMs: 20, concurrency: 4, size: 25 });
  t.diagnostic(JSON.stringify(report));
  assert.ok(report.calls <= report.most);
});
