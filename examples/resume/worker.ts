// The pipeline that is killed: npx tsx examples/resume/worker.ts <folder> <url of the model> <file of rows> <column of the key>
import { CheckpointManager, hashOperation, readCheckpoint } from 'arrow-ckpt';
import { ask, RETRIES } from './ask.ts';

const [folder, url, input, key] = process.argv.slice(2) as [string, string, string, string];
const checkpoints = new CheckpointManager(folder, { logger: false });
const rows = await readCheckpoint(input);
// What results depend on beside the rows: a change of it computes all again.
const hash = await hashOperation({ config: { model: 'flaky-1', prompt: 'Summarise in one sentence.' } });

// What there is to do: an earlier run may have done some of it.
const plan = await checkpoints.planIncremental('process', 'summarise', rows, { key, hash });
process.send?.({ resumed: plan.unchanged.length });

const { path } = await checkpoints.map('process', 'summarise', rows, (row, context) => ask(url, row, context), {
  key,
  hash,
  concurrency: 16,
  timeout: 500,
  retries: RETRIES,
  // Answers are paid for: none waits to become durable.
  flushEvery: 0,
  onEvent: (event) => {
    if (event.type === 'flushed') process.send?.({ flushed: event.rows });
  },
  progressBar: true,
});
process.send?.({ done: { path } });
process.disconnect?.();
