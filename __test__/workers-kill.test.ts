import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LimitedServer } from './support/limited-server.ts';
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

test(
  `four workers, calls of several rows, a service with a limit, rows that are left out: ${KILLS} kills`,
  { timeout: 20 * 60_000 },
  async (t) => {
    const service = await LimitedServer.start();
    try {
      await service.set({ limit: 80, interval: 200, after: '0.1' });
      const report = await killWorkers(
        {
          folder: `${folder}/limited`,
          rows: ROWS,
          callMs: 20,
          workers: 4,
          kills: KILLS,
          everyMs: 700,
          concurrency: 8,
          size: 5,
          batchSize: 100,
          flushEvery: 20,
          fails: 97,
          service,
          options: {
            // Those that take the place of killed ones do not know of their calls, which is when the service refuses.
            rateLimit: { requests: 20, interval: 200 },
            retries: { times: 50, minDelay: 10, maxDelay: 100 },
          },
        },
        (text) => t.diagnostic(text),
      );
      t.diagnostic(JSON.stringify(report));
      assert.ok(report.calls <= report.most);
    } finally {
      service.close();
    }
  },
);
