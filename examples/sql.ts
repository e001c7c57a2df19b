// npx tsx examples/sql.ts, in a built clone with DuckDB (npm install @duckdb/node-api): what changed between two runs, and what each costs.
import { CheckpointManager } from 'arrow-ckpt';
import { openSql } from 'arrow-ckpt/sql';

const [before = 'out/runs/before', after = 'out/runs/after'] = process.argv.slice(2);

for (const [run, directory] of [before, after].entries()) {
  const rows = Array.from({ length: 1000 }, (_, id) => ({
    id,
    model: `model-${id % 3}`,
    score: run === 1 && id % 100 === 0 ? null : (id % 10) / 10,
    usage: { tokens: 100 + (id % 7), cost: 0.001 * (1 + run) },
  }));
  await new CheckpointManager(directory, { logger: false }).saveCheckpoint('process', 'score', rows);
}

const db = await openSql({ before, after });
try {
  for (const { name, rows, problem } of db.tables()) console.log(`${name}: ${problem?.message ?? `${rows} rows`}`);

  const changed = await db.query<{ id: number; was: number; is: number | null }>(`
    select id, b.score as was, a.score as is
    from before.process.score b join after.process.score a using (id)
    where a.score is distinct from b.score order by id`);
  console.log(`${changed.length} rows changed, the first is`, changed[0]);

  const most = 0.5;
  const costs = await db.query`
    select model, count(*) as n, round(sum(usage.cost), 3) as cost
    from after.process.score where score <= ${most} group by model order by model`;
  console.table(costs);

  const path = await db.save('report', 'changed', 'select id from after.process.score where score is null', { directory: 'after' });
  console.log(`saved as ${path}`);
} finally {
  await db.close();
}
