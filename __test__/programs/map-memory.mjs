// Growth of memory while rows stream through a map, in MB of the highest resident size: map-memory.mjs <folder> <rows>
import { CheckpointManager } from 'arrow-ckpt';

const [, , folder, count] = process.argv;
const checkpoints = new CheckpointManager(folder, { logger: false });
async function* source(rows) {
  for (let id = 0; id < rows; id++) yield { id, title: `article ${id}`, score: id / 7 };
}
const fn = async ({ id, title }) => ({ id, summary: `${title}, in short` });

async function run(operation, rows) {
  let results = 0;
  for await (const _ of checkpoints.mapStream('s', operation, source(rows), fn, { key: 'id', hash: 'h', concurrency: 16 })) results++;
  return results;
}

const megabytes = () => process.resourceUsage().maxRSS / 1024;
// Code, arenas and buffers that any run needs.
await run('warm', 20_000);
const before = megabytes();
const results = await run('op', Number(count));
const fresh = megabytes() - before;
await run('op', Number(count));
const resumed = megabytes() - before;
process.stdout.write(JSON.stringify({ rows: Number(count), results, fresh: Math.round(fresh), resumed: Math.round(resumed) }));
