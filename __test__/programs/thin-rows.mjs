// Rows of a base, and those that are made of them, which tell what they are: rows of two files, or of another one, are found out.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readCheckpoint } from 'arrow-ckpt';

/** Values of this length are looked for one by one, so that rows that are left out are no hindrance. */
const TEXT = 'text '.repeat(110);

/** A base of a generation. */
export function baseRows(generation) {
  const count = 60 + (generation % 7) * 20;
  return Array.from({ length: count }, (_, id) => ({ generation, id, text: `${generation}/${id} ${TEXT}` }));
}

/** What a step makes of them: most rows, with a column more. */
export function thinRows(generation, turn) {
  return baseRows(generation)
    .filter(({ id }) => (id + turn) % 5 !== 0)
    .map(({ generation: of, id, text }) => ({ generation: of, id, text, turn }));
}

/** The generation of rows that are whole; throws for anything else. */
export function generationOf(rows) {
  const { generation, turn } = rows[0] ?? {};
  const expected = Number.isInteger(generation) ? (turn === undefined ? baseRows(generation) : thinRows(generation, turn)) : [];
  if (JSON.stringify(rows) !== JSON.stringify(expected)) throw new Error(`rows that nobody saved, the first ${JSON.stringify(rows[0])}`);
  return generation;
}

/** Reads all checkpoints below a folder; gives how many there were, and what is wrong. One that is removed meanwhile is none. */
export async function readAllBelow(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && /\.(parquet|pq)$/.test(entry.name) && !entry.name.startsWith('.'),
  );
  const wrong = [];
  let loads = 0;
  for (const { parentPath, path = parentPath, name } of files) {
    const file = join(path, name);
    try {
      generationOf(await readCheckpoint(file));
      loads++;
    } catch (error) {
      if (error.code !== 'ERR_CKPT_NOT_FOUND') wrong.push(`${file}: ${error.code ?? ''} ${error.message}`);
    }
  }
  return { loads, wrong };
}
