// Calls after changes to an input of 100,000 rows: changes.mjs <folder>
import { CheckpointManager } from 'arrow-ckpt';

const [, , folder] = process.argv;
const rows = Array.from({ length: 100_000 }, (_, id) => ({ id, title: `article ${id}` }));
const checkpoints = new CheckpointManager(folder, { logger: false });
const summary = ({ id, title }) => ({ id, summary: `${title}, in short` });

async function calls(input) {
  const result = await checkpoints.map('s', 'op', input, async (row) => summary(row), { key: 'id', hash: 'h' });
  if (JSON.stringify(result.rows) !== JSON.stringify(input.map(summary))) throw new Error('the rows are not those of an uninterrupted run');
  return result.calls;
}

// A shuffle that is the same each time.
let state = 7;
const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
const shuffled = [...rows];
for (let i = shuffled.length - 1; i > 0; i--) {
  const j = Math.floor(random() * (i + 1));
  [shuffled[i], shuffled[j]] = [shuffled[j], shuffled[i]];
}

const result = { rows: rows.length, first: await calls(rows) };
result.unchanged = await calls(rows);
result.reordered = await calls(shuffled);
result.insertedAtHead = await calls([{ id: -1, title: 'the first' }, ...rows]);
result.edited = await calls(rows.with?.(50_000, { id: 50_000, title: 'edited' }) ?? rows);
result.removed = await calls(rows.filter(({ id }) => id !== 50_000));
process.stdout.write(JSON.stringify(result));
