import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { writeCheckpoint } from 'arrow-ckpt';
import { openSql } from 'arrow-ckpt/sql';
import { stubEnvironment } from './buckets/stub-bucket.ts';
import { BucketStub } from './support/bucket-stub/stub.ts';
import { noBinding } from './support/readers.ts';
import { suite } from './support/suite.ts';

suite('what a question over a URL fetches', noBinding, () => {
  const stub = new BucketStub('s3');
  const environment = { ...process.env };
  const url = 's3://bucket/wide.parquet';
  const rows = Array.from({ length: 20_000 }, (_, id) => ({
    id,
    noise: `${Math.sin(id)}`.repeat(5),
    score: id / 7,
    meta: { source: id % 2 ? 'web' : 'mail' },
    odd: id === 19_999 ? 'late' : id,
    'x.y': id % 3,
    x: { y: 'other' },
  }));
  before(async () => {
    await stub.start();
    Object.assign(process.env, stubEnvironment(stub));
    await writeCheckpoint(url, rows, { compression: 'none' });
  });
  after(async () => {
    for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
    Object.assign(process.env, environment);
    await stub.stop();
  });

  test('is the columns that it names, all for those that name none, and nothing twice', async () => {
    await using db = await openSql(url);
    const whole = stub.objects.all.get('wide.parquet')?.bytes.length ?? 0;
    /** Bytes that come for a question. */
    const cost = async (sql: string, expected: unknown): Promise<number> => {
      const before = stub.sentBytes;
      assert.deepStrictEqual(await db.query(sql), expected, sql);
      return stub.sentBytes - before;
    };
    assert.equal(await cost('select count(*) as n from wide', [{ n: 20_000 }]), 0);
    const scores = await cost('select sum(SCORE) as noises from wide w where w.meta.source = $$mail$$ order by noises', [
      { noises: rows.reduce((sum, { score, meta }) => sum + (meta.source === 'mail' ? score : 0), 0) },
    ]);
    assert.ok(scores > 0 && scores < whole / 3, `${scores} of ${whole} bytes`);
    assert.equal(await cost('select max(score) as most from wide where score < 1', [{ most: 6 / 7 }]), 0);
    // What lies between two columns that are asked for comes with them, so these may be there.
    await cost('select odd, "odd?" as beside from wide where "odd?" is not null', [{ odd: null, beside: 'late' }]);
    await cost('select "x.y" as n from wide where id = 4', [{ n: 1 }]);
    assert.deepStrictEqual(await db.query('select t.x.y as n from wide t where id = 4'), [{ n: 'other' }]);
    for (const all of ['select t from wide t limit 1', 'from wide limit 1', 'describe wide']) {
      await using fresh = await openSql(url);
      const before = stub.sentBytes;
      await fresh.query(all);
      assert.ok(stub.sentBytes - before > 0.9 * (whole - 70_000), all);
    }
    await using renamed = await openSql(url);
    assert.deepStrictEqual(await renamed.query('select max(b) as b from wide as w(a, b)'), [
      { b: rows.map(({ noise }) => noise).reduce((a, b) => (a > b ? a : b)) },
    ]);
  });
});
