// Writes a JSON array of about so many MB beside 1,000 small ones, and migrates all: migrate-large.mjs <directory> <megabytes>. Prints the
// peak of resident memory in MB.
import { createWriteStream, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { migrateDirectory } from 'arrow-ckpt';

const [directory, megabytes] = process.argv.slice(2);
const step = join(directory, 'step');
mkdirSync(step, { recursive: true });
for (let small = 0; small < 1000; small++)
  writeFileSync(join(step, `small-${small}.json`), JSON.stringify([{ small }, { small, text: 'x' }]));
const path = join(step, 'large.json');
const out = createWriteStream(path);
let bytes = 0;
for (let id = 0; bytes < megabytes * 1e6; id++) {
  const text = `${id === 0 ? '[' : ', '}${JSON.stringify({ id, title: `title ${id % 977} of ${id}`, tags: [`t${id % 7}`, 'x'], score: id / 7, text: 'word '.repeat(id % 60) })}`;
  bytes += text.length;
  if (!out.write(text)) await once(out, 'drain');
}
out.end(']');
await once(out, 'close');

let large;
let small = 0;
for await (const outcome of migrateDirectory(directory, { keepJson: false })) {
  if (outcome.operation === 'large') large = outcome;
  else if (outcome.status === 'migrated') small++;
}
console.log(
  JSON.stringify({
    peak: Math.round(process.resourceUsage().maxRSS / 1024),
    megabytes: Math.round(large.jsonBytes / 1e6),
    arrowMegabytes: Math.round(statSync(large.target).size / 1e6),
    rows: large.rows,
    small,
    status: large.status,
  }),
);
