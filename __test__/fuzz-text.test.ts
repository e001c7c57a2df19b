import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeValue } from '../lib/base/value/extended-json.ts';
import { rejectsWith } from './support/codes.ts';
import { resultOf } from './support/run-program.ts';

/** As of the fuzz test of the core: seconds, or a number of tries. */
const SECONDS = Number(process.env['ARROW_CKPT_FUZZ_SECONDS'] ?? 2);
const RUNS = Number(process.env['ARROW_CKPT_FUZZ_RUNS'] ?? 0);
const SEED = Number(process.env['ARROW_CKPT_FUZZ_SEED'] ?? 1);

test(
  'extended JSON: damaged escapes give a value that can be saved or a coded error, and change no prototype',
  { timeout: 3_600_000 },
  async (t) => {
    const start = { args: [String(SECONDS), String(RUNS), String(SEED)], timeout: 3_600_000 };
    const { tries, seconds, outcomes } = await resultOf<{ tries: number; seconds: number; outcomes: Record<string, number> }>(
      'fuzz-text.mjs',
      start,
    );
    const told = Object.entries(outcomes).map(([what, count]) => `${what} ${count}`);
    t.diagnostic(`fuzz extended JSON: ${tries} tries in ${seconds} s: ${told.join(', ')}`);
    assert.ok(outcomes['decoded']! > 0 && outcomes['ERR_CKPT_CORRUPT']! > 0 && outcomes['encoded and decoded again']! > 0);
  },
);

test('an integer of more digits than V8 holds is a coded error', async () => {
  await rejectsWith('ERR_CKPT_LIMIT', () => decodeValue(`{"$ckpt":"bigint","v":"${'9'.repeat(330_000_000)}"}`), {
    message: /330000000 digits/,
  });
});
