import { Random } from '../random.ts';
import { flatRows } from '../suites/flat.ts';
import type { Row } from '../suites/suite.ts';
import { text } from '../suites/text.ts';
import { phrase } from '../suites/words.ts';

/** Rows of a base, and of what refers to it. */
export interface MemoryCase {
  about: string;
  rows: number;
  quickRows: number;
  /** The most MiB over a whole file's that a thin one may take to save, and to stream. */
  goals: { save: number; load: number };
  first(rows: number): Generator<Row>;
  second(rows: number): Generator<Row>;
}

/** Different rows; each comes again and again with another id. */
const POOL = 20_000;
const UNNESTED = 10;

/** Never all in memory, as they may be more than that holds. */
function* repeated(pool: Row[], count: number, rest: (id: number) => Row): Generator<Row> {
  for (let id = 0; id < count; id++) yield { ...pool[id % pool.length], id, ...rest(id) };
}

const documents = (rows: number): Row[] => text.rows(rows).map(({ id, document }) => ({ id, text: document }));
const answer = (id: number): Row => ({ answer: `answer ${id % 1000}` });

function* shortDocuments(count: number): Generator<Row> {
  const random = new Random(9);
  for (let id = 0; id < count; id++) yield { id, text: phrase(random, 200) };
}

export const MEMORY_CASES: Record<string, MemoryCase> = {
  documents: {
    about: 'a step that adds a column to documents of 2 to 20 KB',
    rows: 10_000,
    quickRows: 2_000,
    goals: { save: 60, load: 150 },
    first: (count) => repeated(documents(count), count, () => ({})),
    second: (count) => repeated(documents(count), count, answer),
  },
  flat: {
    about: 'a step that adds a column to flat rows',
    rows: 20_000_000,
    quickRows: 500_000,
    goals: { save: 60, load: 150 },
    first: (count) => repeated(flatRows(POOL), count, () => ({})),
    second: (count) => repeated(flatRows(POOL), count, (id) => ({ added: id % 100 })),
  },
  unnest: {
    about: `a step that makes ${UNNESTED} rows of each text of 1 KB`,
    rows: 2_000_000,
    quickRows: 100_000,
    goals: { save: 60, load: 150 },
    first: (count) => shortDocuments(Math.ceil(count / UNNESTED)),
    *second(count) {
      let id = 0;
      for (const row of shortDocuments(Math.ceil(count / UNNESTED)))
        for (let part = 0; part < UNNESTED && id < count; part++) yield { ...row, id: id++, part };
    },
  },
};
