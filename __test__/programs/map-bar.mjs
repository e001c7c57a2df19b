// A map of slow calls with a progress bar: map-bar.mjs <folder>
import { CheckpointManager } from 'arrow-ckpt';

const checkpoints = new CheckpointManager(process.argv[2], { logger: false });
const rows = Array.from({ length: 60 }, (_, id) => ({ id }));
const slow = async (row) => {
  await new Promise((resolve) => setTimeout(resolve, 40));
  if (row.id === 7) throw new Error('no');
  return row;
};
const { failed } = await checkpoints.map('s', 'summarise\u001b[2J', rows, slow, {
  key: 'id',
  concurrency: 4,
  onError: 'collect',
  progressBar: true,
});
console.log(`${failed.length} failed in the end`);
