// The step of cli-work.test.ts: it notes each call in the file WORK_CALLS, takes WORK_MS, and fails for the id WORK_FAILS.
import { appendFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

const { WORK_CALLS, WORK_MS = '0', WORK_FAILS = '-1', WORK_HASH, WORK_SIZE, WORK_OPTIONS = '{}' } = process.env;

export const options = {
  key: 'id',
  concurrency: 4,
  flushEvery: 0,
  batchSize: 8,
  ...(WORK_HASH !== undefined && { hash: WORK_HASH }),
  ...(WORK_SIZE !== undefined && { size: Number(WORK_SIZE) }),
  ...JSON.parse(WORK_OPTIONS),
};

async function one({ id, text }) {
  appendFileSync(WORK_CALLS, `${id}\n`);
  await setTimeout(Number(WORK_MS));
  if (id === Number(WORK_FAILS)) throw new Error(`no answer for ${id}`);
  return { id, upper: text.toUpperCase() };
}

export default WORK_SIZE === undefined ? one : (rows) => Promise.all(rows.map((row) => one(row)));
