// Maps rows in a folder that cannot be written to: map-read-only.mjs <folder>. Tells what became of rows that are all known, and of one
// that is new.
import { CheckpointManager } from 'arrow-ckpt';

const [, , folder] = process.argv;
const checkpoints = new CheckpointManager(folder, { logger: false });
const rows = Array.from({ length: 50 }, (_, id) => ({ id }));
let calls = 0;
const fn = (row) => (calls++, row);
const options = { key: 'id', hash: 'h' };
const known = await checkpoints.map('s', 'op', rows, fn, options);
let streamed = 0;
for await (const _ of checkpoints.mapStream('s', 'op', rows, fn, options)) streamed++;
const code = await checkpoints.map('s', 'op', [...rows, { id: 50 }], fn, options).catch((error) => error.code);
process.stdout.write(JSON.stringify({ resumed: known.resumed, rows: known.rows.length, streamed, calls, code }));
