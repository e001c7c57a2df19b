// What the programs share that map rows of long texts on a disk that is too small for their results.
let state = 1;
const random = () => (state = (state * 48271) % 2147483647).toString(36);

export const rows = Array.from({ length: 4000 }, (_, id) => ({ id, text: Array.from({ length: 60 }, random).join('') }));

export const options = { key: 'id', hash: 'h', concurrency: 16, batchSize: 200, flushEvery: 5 };

/** Calls of {@link answer} so far. */
export let calls = 0;

export async function answer(row) {
  calls++;
  await new Promise((resolve) => setImmediate(resolve));
  return { ...row, answer: `answer ${row.id}` };
}

const expected = JSON.stringify(rows.map(({ id, text }) => ({ id, text, answer: `answer ${id}` })));

/** Whether these are the results of all rows. */
export const areAll = (results) => JSON.stringify(results) === expected;
