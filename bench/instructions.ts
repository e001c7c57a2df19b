// npm run bench:instructions: instructions of the core for each row, counted by valgrind's callgrind: the same on a noisy machine. Linux,
// valgrind.
import { countInstructions } from './count-instructions.ts';
import { writeResult } from './record.ts';
import { formatTable } from './table.ts';

/** A small checkpoint, and some row groups. */
const results = countInstructions([100, 10_000, 300_000]);
const file = writeResult('instructions', { about: 'the rows of crates/arrow-ckpt/benches/rows, 8 columns', results });
const lines = results.map((r) => [String(r.rows), r.encodePerRow.toFixed(0), r.decodePerRow.toFixed(0)]);
console.log(`\n${formatTable(['rows', 'encode, instructions a row', 'decode'], lines)}\n\nrecorded in ${file}`);
