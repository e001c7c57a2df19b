import assert from 'node:assert/strict';
import { freemem } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { FORMATS } from './support/codes.ts';
import { resultOf } from './support/run-program.ts';
import { tempFolder } from './support/temp-folder.ts';

interface Large {
  same: boolean;
  saved: { rows: number; megabytes: number; ms: number; peak: number };
  ms: number;
  peak: number;
}

const skip =
  process.env['ARROW_CKPT_EXTREMES'] !== '1'
    ? 'minutes and gigabytes: ARROW_CKPT_EXTREMES=1 runs it'
    : freemem() < 8e9
      ? 'less than 8 GB of memory are free'
      : false;

/** Larger than any string of Node, and more rows than an array of small objects should have. */
describe('very large checkpoints', { skip }, () => {
  const folder = tempFolder('extremes-large');
  for (const format of FORMATS) {
    const cases = { column: 'a column of 600 MB', text: 'a text of 200 MB', rows: '10,000,000 rows', list: 'a list of 600 MB in one row' };
    for (const [which, what] of Object.entries(cases)) {
      // A row of a file of text must fit a string: row-size.test.ts.
      if (which === 'list' && format !== 'parquet') continue;
      test(`${what}, ${format}`, async (t) => {
        const start = { args: [which, join(folder, `${which}.${format}`)], nodeArgs: ['--max-old-space-size=6000'], timeout: 300_000 };
        const { same, ...took } = await resultOf<Large>('extremes.mjs', start);
        t.diagnostic(JSON.stringify(took));
        assert.ok(same);
        // A generator's rows are not held.
        if (which === 'rows') assert.ok(took.saved.peak < 700, `${took.saved.peak} MB`);
      });
    }
  }
});
