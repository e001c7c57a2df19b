import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tempFolder } from './support/temp-folder.ts';
import { killWorkers } from './support/worker-kills.ts';

const folder = tempFolder('workers-kill');
/** The recorded run is of 200 kills of 10,000 rows: `ARROW_CKPT_KILLS=200`. */
const KILLS = Number(process.env.ARROW_CKPT_KILLS ?? 8);
const ROWS = KILLS > 8 ? 10_000 : 2_000;

for (const [name, environment] of Object.entries({ native: {}, 'without the binary': { ARROW_CKPT_FORCE_JSON: '1' } })) {
  const kills = name === 'native' ? KILLS : Math.ceil(KILLS / 4);
  test(`${name}: four workers of a map of ${ROWS} rows, ${kills} of them killed at random`, { timeout: 20 * 60_000 }, async (t) => {
    const report = await killWorkers(
      {
        folder: `${folder}/${name}`,
        rows: ROWS,
        callMs: 10,
        workers: 4,
        kills,
        everyMs: 700,
        concurrency: 8,
        batchSize: 100,
        flushEvery: 20,
        environment,
      },
      (text) => t.diagnostic(text),
    );
    t.diagnostic(JSON.stringify(report));
    assert.ok(report.calls <= report.most);
  });
}
