// Rows that tell which save they are of, so that rows of two, or a part of one, are found out.

export function rowsOf(generation) {
  const count = 50 + ((generation * 37) % 900);
  return Array.from({ length: count }, (_, id) => ({ generation, id, count, text: `${generation}/${id}`, half: id / 2 }));
}

/** The generation of whole rows; throws for anything else. */
export function generationOf(rows) {
  const generation = rows[0]?.generation;
  const expected = Number.isInteger(generation) ? rowsOf(generation) : [];
  if (JSON.stringify(rows) !== JSON.stringify(expected))
    throw new Error(`${rows.length} rows that nobody saved, the first of generation ${generation}`);
  return generation;
}
