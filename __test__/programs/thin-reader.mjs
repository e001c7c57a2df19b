// Reads all checkpoints of a directory, again and again, until its input ends; prints how often, and what was wrong:
//   thin-reader.mjs <folder>
import { readAllBelow } from './thin-rows.mjs';

const [, , folder] = process.argv;
let ended = false;
process.stdin.resume().on('end', () => (ended = true));
let loads = 0;
const wrong = [];
while (!ended) {
  const read = await readAllBelow(folder);
  loads += read.loads;
  wrong.push(...read.wrong);
  await new Promise((resolve) => setTimeout(resolve, 10));
}
console.log(JSON.stringify({ loads, wrong: wrong.slice(0, 5), wrongs: wrong.length }));
