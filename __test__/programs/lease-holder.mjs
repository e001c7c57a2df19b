// Computes a step for so long, and says when it has begun: lease-holder.mjs <folder> <milliseconds> [worker]
import { writeSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { CheckpointManager } from 'arrow-ckpt';

const { folder, ms } = workerData ?? { folder: process.argv[2], ms: Number(process.argv[3]) };
await new CheckpointManager(folder, { logger: false }).step('s', 'op', { hash: 'h' }, async () => {
  if (parentPort === null) writeSync(1, 'begun\n');
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, no window
  else parentPort.postMessage('begun');
  await setTimeout(ms);
  return [{ by: 'holder' }];
});
