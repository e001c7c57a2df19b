import { STUB_KEYS } from './bucket-stub/s3-dialect.js';
import { BucketStub } from './bucket-stub/stub.js';
import { killRuns, type KillPlan, type KillReport } from './kill-runs.ts';

/** What came of kills on a bucket. */
export interface BucketKillReport extends KillReport {
  /** Objects that are there at the end and should not be. */
  left: string[];
}

/** Kills maps on a bucket at random moments. The store takes 5 ms for each answer, and fails one request in 40. */
export async function bucketKills(plan: Omit<KillPlan, 'place'>, tell?: (text: string) => void): Promise<BucketKillReport> {
  const stub = await new BucketStub('s3').start();
  try {
    stub.latency = 5;
    let asked = 0;
    for (const fault of ['503', 'lost', 'unheard'] as const)
      stub.fail(fault, { when: ({ url }) => !url.pathname.includes('probe') && ++asked % 40 === 0, times: Infinity });
    const env = {
      AWS_ENDPOINT_URL_S3: stub.origin,
      AWS_ACCESS_KEY_ID: STUB_KEYS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: STUB_KEYS.secretAccessKey,
      AWS_REGION: 'us-east-1',
    };
    const bucket = { endpoint: stub.origin, credentials: STUB_KEYS };
    const report = await killRuns({ ...plan, place: { directory: (run) => `s3://bucket/run-${run}`, env, bucket } }, tell);
    // A checkpoint for each run, and nothing else: not a lease, not a batch. A kill in the moment of the probe leaves that.
    const left = [...stub.objects.all.keys()].filter((key) => !/^run-\d+\/(?:s\/op\.parquet|\.arrow-ckpt-probe-\w+)$/.test(key));
    return { ...report, left };
  } finally {
    await stub.stop();
  }
}
