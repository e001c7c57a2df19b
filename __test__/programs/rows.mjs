// The rows that the programs for workers save.
export const rowsOf = (count, mark) =>
  Array.from({ length: count }, (_, id) => ({ id, mark, text: `row ${id} of ${mark}`, tags: ['a', `t${id % 9}`], score: id / 7 }));
