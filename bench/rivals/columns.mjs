/** The columns of the flat suite: most rivals want a schema, written by hand. `kind` is int, double, bool or string. */
export const COLUMNS = [
  { name: 'id', kind: 'int' },
  { name: 'title', kind: 'string' },
  { name: 'text', kind: 'string' },
  { name: 'category', kind: 'string' },
  { name: 'score', kind: 'double' },
  { name: 'count', kind: 'int' },
  { name: 'active', kind: 'bool' },
  { name: 'note', kind: 'string', nullable: true },
];

/** The values of one column, rows `start` to `end`. */
export function column(rows, name, start = 0, end = rows.length) {
  const values = Array.from({ length: end - start });
  for (let i = start; i < end; i++) values[i - start] = rows[i][name];
  return values;
}

/** Row objects from arrays of column values. */
export function zip(count, columns) {
  const [id, title, text, category, score, number, active, note] = COLUMNS.map(({ name }) => columns[name]);
  const rows = [];
  for (let i = 0; i < count; i++) {
    rows.push({
      id: id[i],
      title: title[i],
      text: text[i],
      category: category[i],
      score: score[i],
      count: number[i],
      active: active[i],
      note: note[i],
    });
  }
  return rows;
}
