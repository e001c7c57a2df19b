// oxlint-disable oxc/no-map-spread -- rows as steps make them
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { verifyCheckpoint, writeCheckpoint, type Row } from 'arrow-ckpt';
import { arbitraryCase } from './support/arbitrary-rows.ts';
import { assertExact } from './support/exact.ts';
import { OPENERS } from './support/openers.ts';
import { noBinding, READERS } from './support/readers.ts';
import { fc, SEED } from './support/seeded.ts';
import { tempFolder } from './support/temp-folder.ts';

/** Pipelines; `ARROW_CKPT_CASES=2000` runs so many. */
const PIPELINES = Number(process.env['ARROW_CKPT_CASES'] ?? 150);

/** What the steps of pipelines do to their rows. */
const STEPS: Record<string, (rows: Row[], at: number) => Row[]> = {
  map: (rows) => rows.map((row, index) => ({ ...row, added: `new ${index}` })),
  filter: (rows, at) => rows.filter((_, index) => (index + at) % 3 !== 0),
  'keep few': (rows, at) => rows.filter((_, index) => (index + at) % 17 === 0),
  unnest: (rows) =>
    rows.flatMap((row) => [
      { ...row, part: 1 },
      { ...row, part: 2 },
      { ...row, part: 3 },
    ]),
  sort: (rows) => rows.toReversed(),
  shuffle: (rows, at) => rows.map((row, index) => ({ row, place: (index * 7919 + at) % 104729 })).toSorted((a, b) => a.place - b.place).map(({ row }) => row), // prettier-ignore
  concat: (rows) => [...rows, ...rows.slice(0, 100)],
  'run again': (rows, at) => rows.map((row, index) => ((index + at) % 100 === 0 ? { ...row, changed: index } : row)),
  drop: (rows) => rows.map((row) => Object.fromEntries(Object.entries(row).slice(1))),
  rename: (rows) =>
    rows.map((row) => Object.fromEntries(Object.entries(row).map(([key, value], index) => [index === 0 ? `${key}2` : key, value]))),
  'another type': (rows) =>
    rows.map((row) => Object.fromEntries(Object.entries(row).map(([key, value], index) => [key, index === 0 ? String(index) : value]))),
  nulls: (rows) => rows.map((row, index) => (index % 5 === 0 ? Object.fromEntries(Object.keys(row).map((key) => [key, null])) : row)),
  'hidden names': (rows) => rows.map((row, index) => ({ ...row, __ckpt_r_added: index, __ckpt_v_added: 'mine' })),
  same: (rows) => rows,
};

const pipeline = fc.record({
  first: arbitraryCase,
  steps: fc.array(fc.constantFrom(...Object.keys(STEPS)), { minLength: 1, maxLength: 6 }),
  group: fc.constantFrom(undefined, 64, 1000),
  bases: fc.integer({ min: 1, max: 3 }),
  lost: fc.nat({ max: 5 }),
});

describe('thin checkpoints load what whole ones do', { skip: noBinding }, () => {
  process.env['ARROW_CKPT_SHARE_ANY'] = '1';
  const folder = tempFolder('deltas-property');
  let thin = 0;

  for (const [part, seed] of [SEED, SEED + 1].entries()) {
    test(`pipelines, ${part + 1} of 2`, async () => {
      await fc.assert(
        fc.asyncProperty(pipeline, async ({ first, steps, group, bases, lost }) => {
          const home = join(folder, String(part));
          rmSync(home, { recursive: true, force: true });
          const saved: { path: string; rows: Row[] }[] = [];
          let rows = first.rows.map((row) => ({ ...row }));
          for (const [at, step] of ['same', ...steps].entries()) {
            rows = STEPS[step]!(rows, at);
            const path = join(home, `${at}.parquet`);
            const base = saved
              .slice(-bases)
              .map((file) => file.path)
              .toReversed();
            const options = {
              ...(base.length > 0 ? { base } : { base: 'auto' as const }),
              ...(group !== undefined && { rowGroupRows: group }),
            };
            const info = await writeCheckpoint(path, rows, options);
            if (info.delta !== null) thin++;
            for (const { read } of READERS) assertExact(await read(path), rows);
            saved.push({ path, rows });
          }
          // Whatever becomes of the names, the pool keeps the bytes.
          const gone = saved[lost % saved.length]!;
          rmSync(gone.path);
          for (const file of saved) {
            if (file === gone) continue;
            const { length } = file.rows;
            const part = { offset: length >> 1, limit: 50 };
            for (const { open } of OPENERS.filter(({ format }) => format === 'parquet')) {
              await using reader = await open(file.path);
              assertExact(await reader.read(), file.rows);
              assertExact(await reader.read(part), file.rows.slice(part.offset, part.offset + part.limit));
            }
            await verifyCheckpoint(file.path);
          }
        }),
        { numRuns: Math.ceil(PIPELINES / 2), seed, endOnFailure: true, includeErrorInReport: true },
      );
    });
  }

  test('most of them are thin', () => assert.ok(thin > PIPELINES, `${thin} thin files`));
});
