// One run of the demo pipeline, in a process of its own so that it can be killed. Started by scripts/demo.mjs:
//   pipeline.mjs <checkpoint folder> <rows> <data folder> [step to die in]
// After each step it sends { step, rows, loaded, digest }; half-way through the step to die in it sends { halfway } and waits for
// the end that comes from outside.
import { createHash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { CheckpointManager } from 'arrow-ckpt';
import { documents } from './documents.mjs';
import { STEPS } from './steps.mjs';

/** Name of the pipeline: the folder of its checkpoints. */
const PIPELINE = 'demo';
/** Rows between two looks at the event loop. */
const CHUNK_ROWS = 2000;

const [folder, count, data, dieIn] = process.argv.slice(2);
const manager = new CheckpointManager(folder, {
  // What a step takes over from the one before is not stored again.
  base: 'auto',
  logger: { info: (line) => console.log(line), warn: (line) => console.log(line) },
});

/** The SHA-256 of the rows as lines of JSON: equal for equal rows only. */
function digest(rows) {
  const hash = createHash('sha256');
  for (const row of rows) hash.update(`${JSON.stringify(row)}\n`);
  return hash.digest('hex');
}

async function compute(step, input) {
  const apply = step.prepare(input);
  const output = [];
  for (let start = 0; start < input.length; start += CHUNK_ROWS) {
    for (const row of input.slice(start, start + CHUNK_ROWS)) {
      output.push(apply(row));
      if (step.name === dieIn && output.length === Math.ceil(input.length / 2)) {
        process.send({ halfway: step.name, rows: output.length });
        await new Promise(() => {}); // until the kill
      }
    }
    await turn();
  }
  return output;
}

let rows;
for (const step of STEPS) {
  const kept = await manager.loadCheckpoint(PIPELINE, step.name);
  // The documents are only made when a step needs them: a resumed pipeline starts at the last checkpoint.
  const made = kept ?? (await compute(step, rows ?? documents(Number(count), data)));
  if (kept === null) await manager.saveCheckpoint(PIPELINE, step.name, made);
  rows = made;
  process.send({ step: step.name, rows: rows.length, loaded: kept !== null, digest: digest(rows) });
}
process.disconnect();
