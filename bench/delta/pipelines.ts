// oxlint-disable oxc/no-map-spread -- rows as steps make them
import { Random } from '../random.ts';
import { flatRows } from '../suites/flat.ts';
import type { Row } from '../suites/suite.ts';
import { text } from '../suites/text.ts';
import { phrase } from '../suites/words.ts';

/** A pipeline: what each of its steps saves. */
export interface Pipeline {
  name: string;
  about: string;
  rows: number;
  quickRows: number;
  /** The most bytes that the thin directory may have of the whole one. */
  goal: number;
  /** Name and rows of each save; a name that comes again is saved over. */
  steps(rows: number): Generator<[name: string, rows: Row[]], void, undefined>;
}

const documents = (rows: number): Row[] => text.rows(rows).map(({ id, title, document }) => ({ id, title, document }));

/** A step that adds a column, as a model's answer is. */
function added(rows: readonly Row[], column: string, seed: number): Row[] {
  const random = new Random(seed);
  return rows.map((row) => ({ ...row, [column]: phrase(random, random.between(10, 30)) }));
}

function changed(rows: readonly Row[], seed: number): Row[] {
  const random = new Random(seed);
  return rows.map((row) => (random.next() < 0.01 ? { ...row, document: phrase(random, 1000) } : row));
}

/** A first save, and others of rows made of those before. */
function* grown(
  name: string,
  first: Row[],
  count: number,
  next: (rows: Row[], step: number) => Row[],
): Generator<[string, Row[]], void, undefined> {
  let rows = first;
  yield [name, rows];
  for (let step = 1; step < count; step++) yield [`map ${step}`, (rows = next(rows, step))];
}

const answered = (rows: Row[], step: number): Row[] => added(rows, `answer ${step}`, step);

function vectorOf(random: Random): number[] {
  return Array.from({ length: 768 }, () => Math.fround(random.next() - 0.5));
}

export const PIPELINES: readonly Pipeline[] = [
  {
    name: 'maps',
    about: 'ten maps over documents of 2 to 20 KB, each adds a column',
    rows: 10_000,
    quickRows: 1_000,
    goal: 0.13,
    steps: (count) => grown('load', documents(count), 10, answered),
  },
  {
    name: 'mixed',
    about: 'load, clean, map, filter half, map, unnest, reduce, map, run again with 1% changed, sort',
    rows: 10_000,
    quickRows: 1_000,
    goal: 0.2,
    *steps(count) {
      const first = documents(count);
      yield ['load', first];
      const clean = first.map((row) => ({ ...row, title: String(row['title']).toUpperCase() }));
      yield ['clean', clean];
      const judged = added(clean, 'verdict', 2);
      yield ['judge', judged];
      const half = judged.filter((_, index) => index % 2 === 0);
      yield ['filter', half];
      const answered = added(half, 'answer', 3);
      yield ['answer', answered];
      const parts = answered.flatMap((row): Row[] => [1, 2, 3].map((part) => ({ ...row, part })));
      yield ['unnest', parts];
      yield ['reduce', parts.filter((_, index) => index % 30 === 0).map((row) => ({ id: row['id'], answer: row['answer'] }))];
      const scored = added(answered, 'score', 4);
      yield ['score', scored];
      yield ['again', changed(scored, 5)];
      yield ['sort', scored.toSorted((a, b) => (String(a['score']) < String(b['score']) ? -1 : 1))];
    },
  },
  {
    name: 're-runs',
    about: 'one step over documents, run 20 times, each time 1% of the rows changed',
    rows: 10_000,
    quickRows: 1_000,
    goal: 0.07,
    *steps(count) {
      let rows = documents(count);
      for (let run = 0; run < 20; run++) yield [`run ${run}`, (rows = changed(rows, run))];
    },
  },
  {
    name: 'vectors',
    about: 'five steps over texts with a vector of 768 floats',
    rows: 10_000,
    quickRows: 1_000,
    goal: 0.27,
    steps(count) {
      const random = new Random(6);
      const rows = Array.from({ length: count }, (_, id) => ({ id, text: phrase(random, 60), vector: vectorOf(random) }));
      return grown('embed', rows, 5, answered);
    },
  },
  {
    name: 'flat',
    about: 'ten steps over flat rows of 8 short columns, each adds a number',
    rows: 300_000,
    quickRows: 30_000,
    goal: 0.42,
    steps: (count) =>
      grown('load', flatRows(count), 10, (rows, step) => {
        const random = new Random(step);
        return rows.map((row) => ({ ...row, [`score ${step}`]: random.below(100) }));
      }),
  },
];
