// Saves and loads something very large and prints what it took. Arguments: which, the path.
import { isDeepStrictEqual } from 'node:util';
import { readCheckpoint, writeCheckpoint } from 'arrow-ckpt';

const [, , which, path] = process.argv;
const before = process.memoryUsage().rss;
let peak = 0;
const look = () => (peak = Math.max(peak, process.memoryUsage().rss - before));
setInterval(look, 20).unref();

/** 60,000 texts of 10 KB: 600 MB in one column, more than a string of Node can hold. */
const manyTexts = () => Array.from({ length: 60_000 }, (_, id) => ({ id, text: `${id}:`.padEnd(10_000, 'abc ') }));
const oneText = () => [
  { id: 1, text: 'x'.repeat(200_000_000) },
  { id: 2, text: 'short' },
];
/** A list in one row with more text than a string can hold. */
const oneList = () => {
  const text = Buffer.alloc(300_000_000, 'abc ').toString('latin1');
  return [{ id: 1 }, { id: 2, texts: [text, 'short', null, '', text] }, { id: 3, texts: [] }];
};
function* manyRows() {
  for (let id = 0; id < 10_000_000; id++) yield { id };
}

const started = performance.now();
const rows = { rows: manyRows, column: manyTexts, text: oneText, list: oneList }[which]();
const info = await writeCheckpoint(path, rows);
look();
const saved = {
  rows: info.rows,
  megabytes: Math.round(info.bytes / 1e6),
  ms: Math.round(performance.now() - started),
  peak: Math.round(peak / 1e6),
};
const loaded = await readCheckpoint(path);
look();
const expected = which === 'rows' ? undefined : rows;
const same =
  which === 'rows'
    ? loaded.length === 10_000_000 && loaded.every(({ id }, index) => id === index)
    : loaded.length === expected.length && loaded.every((row, index) => isDeepStrictEqual(row, expected[index]));
console.log(JSON.stringify({ same, saved, ms: Math.round(performance.now() - started), peak: Math.round(peak / 1e6) }));
