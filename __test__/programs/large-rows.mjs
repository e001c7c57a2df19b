// Saves 60 rows of 8 MB and prints how much memory that took at most.
import { readCheckpoint, writeCheckpoint } from 'arrow-ckpt';

const [, , path, source] = process.argv;
const ROWS = 60;
const before = process.memoryUsage().rss;
let peak = 0;
const look = () => (peak = Math.max(peak, process.memoryUsage().rss));
const text = (index) => Buffer.alloc(8 << 20, `row ${index} `).toString('latin1');

function* rows() {
  for (let index = 0; index < ROWS; index++) {
    look();
    yield { index, text: text(index) };
  }
}
async function* later() {
  for (const row of rows()) yield await Promise.resolve(row);
}

await writeCheckpoint(path, source === 'async' ? later() : rows());
look();
const loaded = await readCheckpoint(path);
const same = loaded.every((row, index) => row.index === index && row.text === text(index));
console.log(JSON.stringify({ peak: Math.round((peak - before) / 1e6), rows: loaded.length, same }));
