// The pipeline that is killed: npx tsx examples/resume/worker.ts <folder> <url of the model> <file of rows> <column of the key>
import { CheckpointManager, hashOperation, readCheckpoint, stopOnSignal } from 'arrow-ckpt';
import { ask, RETRIES } from './ask.ts';

const [folder, url, input, key] = process.argv.slice(2) as [string, string, string, string];
const checkpoints = new CheckpointManager(folder, { logger: false });
const rows = await readCheckpoint(input);
// What results depend on beside the rows: a change of it computes all again.
const hash = await hashOperation({ config: { model: 'flaky-1', prompt: 'Summarise in one sentence.' } });

// What there is to do, and about what it costs: an earlier run may have done some of it.
const plan = await checkpoints.planIncremental('process', 'summarise', rows, { key, hash, cost: () => 0.0005 });
process.send?.({ resumed: plan.unchanged.length, estimate: plan.cost });

const run = checkpoints.map('process', 'summarise', rows, (row, context) => ask(url, row, context), {
  key,
  hash,
  // As many calls at a time as the model bears, and never more a second than it allows. When it says wait, all wait.
  concurrency: { initial: 16, max: 32 },
  rateLimit: { requests: 500, interval: 1000 },
  timeout: 500,
  retries: RETRIES,
  // A row that the model refuses is left out, and recorded.
  onError: 'skip',
  // All runs together.
  budget: { cost: 100 },
  // Answers are paid for: none waits to become durable.
  flushEvery: 0,
  onEvent: (event) => {
    if (event.type === 'flushed') process.send?.({ flushed: event.rows });
  },
  progressBar: true,
});
// The first Ctrl+C lets the calls that are on their way end, the second does not.
stopOnSignal(run);

// Results as they come; all of them in the order of the rows are what the run resolves with.
let fresh = 0;
for await (const { resumed } of run.unordered()) fresh += resumed ? 0 : 1;
const { path, usage } = await run;
const failures = await checkpoints.failures('process', 'summarise', { hash });
process.send?.({ done: { path, fresh, cost: usage.total.cost, failed: failures.map(({ key: of, message }) => `${of}: ${message}`) } });
process.disconnect?.();
