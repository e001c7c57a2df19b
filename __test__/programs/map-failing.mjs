// A map in which one row in five fails, that kills itself by SIGKILL: map-failing.mjs <folder>
import { CheckpointManager } from 'arrow-ckpt';

const rows = Array.from({ length: 2000 }, (_, id) => ({ id, title: `article ${id}` }));
const checkpoints = new CheckpointManager(process.argv[2], { logger: false });
let flushes = 0;

await checkpoints.map(
  's',
  'op',
  rows,
  async ({ id }) => {
    await new Promise((resolve) => setTimeout(resolve, 1));
    if (id % 5 === 0) throw new Error(`no answer to ${id}`);
    return { id };
  },
  {
    key: 'id',
    hash: 'h',
    onError: 'skip',
    flushEvery: 5,
    onEvent: ({ type }) => {
      if (type === 'flushed' && ++flushes === 6) process.kill(process.pid, 'SIGKILL');
    },
  },
);
