// Writes rows from a generator as JSONL of about so many MB, and reads them batch by batch: jsonl-large.ts <path> <megabytes>. Prints the
// peak of resident memory in MB, and how long the event loop was blocked at most, in ms.
import { statSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Row } from 'arrow-ckpt';
import { jsonlStore } from '../../lib/formats/text/jsonl-store.js';

const [path, megabytes] = process.argv.slice(2) as [string, string];
const count = Number(megabytes) * 4000;

function* rows(): Generator<Row> {
  for (let id = 0; id < count; id++)
    yield { id, title: `title ${id % 977}`, tags: [`t${id % 7}`], score: id / 7, text: `word ${id} `.repeat(16) };
}

const delay = monitorEventLoopDelay({ resolution: 1 });
const before = process.memoryUsage().rss;
delay.enable();
await jsonlStore.write(path, rows(), {});
const saving = delay.max / 1e6;
delay.reset();
let read = 0;
let sum = 0;
for await (const batch of jsonlStore.batches(path, {})) {
  read += batch.length;
  for (const row of batch) sum += row['id'] as number;
}
delay.disable();
const peak = process.resourceUsage().maxRSS / 1024 - before / 2 ** 20;
console.log(
  JSON.stringify({
    megabytes: Math.round(statSync(path).size / 1e6),
    rows: count,
    read,
    right: sum === (count * (count - 1)) / 2,
    peak: Math.round(peak),
    saving: Math.round(saving),
    loading: Math.round(delay.max / 1e6),
  }),
);
