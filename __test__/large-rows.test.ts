import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { noBinding } from './support/readers.ts';
import { resultOf } from './support/run-program.ts';
import { suite } from './support/suite.ts';
import { tempFolder } from './support/temp-folder.ts';

interface Saved {
  /** MB of resident memory over those before the save. */
  peak: number;
  rows: number;
  same: boolean;
}

/** 480 MB of text in rows of 8 MB; unbounded, a save holds all of it at least twice. */
suite('rows far larger than a slab are saved in bounded memory', noBinding, () => {
  const folder = tempFolder('large-rows');
  for (const source of ['generator', 'async']) {
    for (const format of ['parquet', 'json']) {
      test(`from a ${source} to ${format}`, async () => {
        const { peak, rows, same } = await resultOf<Saved>('large-rows.mjs', { args: [join(folder, `${source}.${format}`), source] });
        assert.deepStrictEqual({ rows, same }, { rows: 60, same: true });
        assert.ok(peak < 600, `${peak} MB`);
      });
    }
  }
});
