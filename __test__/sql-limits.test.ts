import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { CheckpointManager } from 'arrow-ckpt';
import { openSql } from 'arrow-ckpt/sql';
import { failureOf, rejectsWith } from './support/codes.ts';
import { noBinding } from './support/readers.ts';
import { runProgram } from './support/run-program.ts';
import { suite } from './support/suite.ts';
import { tempFolder } from './support/temp-folder.ts';

/** Questions that would run for hours. */
const ENDLESS = 'select sum(a.range * b.range) as sum from range(10000000) a, range(10000000) b';

suite('limits of SQL', noBinding, () => {
  const directory = join(tempFolder('sql-limits'), 'checkpoints');

  before(async () => {
    const rows = Array.from({ length: 50_000 }, (_, id) => ({ id, text: `row ${id}` }));
    await new CheckpointManager(directory, { logger: false }).saveCheckpoint('process', 'extract', rows);
  });

  test('time: a question that runs away is ended, and the next one is answered', async () => {
    await using db = await openSql(directory, { threads: 2, timeout: 100 });
    const from = performance.now();
    await rejectsWith('ERR_CKPT_SQL_LIMIT', () => db.query(ENDLESS), { message: /longer than 100 ms/ });
    await rejectsWith('ERR_CKPT_SQL_LIMIT', () => db.query(ENDLESS, [], { timeout: 20 }), { message: /longer than 20 ms/ });
    await rejectsWith('ERR_CKPT_SQL_LIMIT', () => db.explain(ENDLESS, [], { analyze: true, timeout: 20 }));
    await rejectsWith('ERR_CKPT_SQL_LIMIT', () => db.save('a', 'b', ENDLESS, { timeout: 20 }));
    assert.ok(performance.now() - from < 20_000);
    assert.deepStrictEqual(await db.query('select count(*) as n from process.extract', [], { timeout: 60_000 }), [{ n: 50_000 }]);
  });

  test('time: what the reader of a stream does between two rows is not counted', async () => {
    await using db = await openSql(directory, { threads: 1 });
    let rows = 0;
    for await (const _ of db.stream('select * from process.extract', [], { timeout: 1000 })) {
      if (rows++ % 20_000 === 0) await new Promise((resolve) => setTimeout(resolve, 400));
    }
    assert.equal(rows, 50_000);
  });

  test('memory: a question that needs more is ended', async () => {
    await using db = await openSql(directory, { threads: 1, memory: '32MB' });
    await rejectsWith('ERR_CKPT_SQL_LIMIT', () => db.query("select count(distinct 'text number ' || range) as n from range(5000000)"), {
      message: /needs more memory/,
    });
    assert.deepStrictEqual(await db.query('select count(*) as n from process.extract'), [{ n: 50_000 }]);
  });

  test('an abort ends a question with its reason, before and while it runs', async () => {
    await using db = await openSql(directory, { threads: 1 });
    const reason = new Error('enough');
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), 50);
    assert.equal(await failureOf(() => db.query(ENDLESS, [], { signal: controller.signal })), reason);
    assert.equal(await failureOf(() => db.query('select 1', [], { signal: controller.signal })), reason);
  });

  test('close ends what runs, and what nobody reads', async () => {
    const db = await openSql(directory, { threads: 1 });
    const running = failureOf(() => db.query(ENDLESS));
    const unread = await db.ask('select * from process.extract');
    const begun = db.stream('select * from process.extract');
    await begun.next();
    await new Promise((resolve) => setTimeout(resolve, 50));
    await db.close();
    assert.equal(((await running) as { code?: string }).code, 'ERR_CKPT_CLOSED');
    await rejectsWith('ERR_CKPT_CLOSED', () => unread.batches.next());
    await rejectsWith('ERR_CKPT_CLOSED', async () => {
      for await (const _ of begun);
    });
  });

  test('the first questions over many tables may come at a time', async () => {
    const many = join(tempFolder('sql-many'), 'checkpoints');
    const manager = new CheckpointManager(many, { logger: false });
    for (let at = 0; at < 12; at++) await manager.saveCheckpoint(`s${at % 2}`, `o${at}`, [{ at }]);
    for (let times = 0; times < 3; times++) {
      await using db = await openSql(many, { threads: 2 });
      const all = await Promise.all(Array.from({ length: 36 }, (_, n) => db.query(`select "at" from s${n % 2}.o${n % 12}`)));
      assert.deepStrictEqual(
        all.flat(),
        Array.from({ length: 36 }, (_, n) => ({ at: n % 12 })),
      );
    }
  });

  test('who leaves while a step is under way gets the end, and no error', async () => {
    await using db = await openSql(directory, { threads: 1 });
    const { batches } = await db.ask(`select * from process.extract order by hash(text) || (select max(range) from range(3000000))`);
    const step = batches.next();
    const left = batches.return();
    assert.deepStrictEqual(await step, { value: undefined, done: true });
    assert.deepStrictEqual(await left, { value: undefined, done: true });
    assert.deepStrictEqual(await batches.next(), { value: undefined, done: true });
  });

  test('an answer that is ended and not read does not keep the process', async () => {
    const { code, signal, stdout } = await runProgram('sql-unread.mjs', { args: [directory], timeout: 20_000 });
    assert.deepStrictEqual([code, signal, stdout], [0, null, 'ended\n']);
  });

  test('leaving a stream early frees it, and many questions run at a time', async () => {
    await using db = await openSql(directory, { threads: 2 });
    for (let at = 0; at < 20; at++) for await (const row of db.stream('select id from process.extract')) if (row['id'] === 3) break;
    const all = await Promise.all(Array.from({ length: 30 }, (_, n) => db.query('select max(id) + $1 as n from process.extract', [n])));
    assert.deepStrictEqual(
      all.flat(),
      Array.from({ length: 30 }, (_, n) => ({ n: 49_999 + n })),
    );
  });
});
