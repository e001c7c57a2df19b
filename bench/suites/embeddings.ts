import { Random } from '../random.ts';
import type { Row, Suite } from './suite.ts';
import { phrase } from './words.ts';

/** Numbers of one vector: what a widely used model for text returns. */
const DIMENSIONS = 1536;

function rowsOf(count: number, round: (value: number) => number): Row[] {
  const random = new Random(49);
  // A vector of length 1: its numbers are about normal, by the sum of 4 even ones.
  const spread = Math.sqrt(3 / DIMENSIONS);
  const rows: Row[] = [];
  for (let i = 0; i < count; i++) {
    const embedding: number[] = [];
    for (let d = 0; d < DIMENSIONS; d++) {
      embedding.push(round((random.next() + random.next() + random.next() + random.next() - 2) * spread));
    }
    rows.push({ id: i, text: phrase(random, 10), embedding });
  }
  return rows;
}

export const embeddings: Suite = {
  name: 'embeddings',
  defaultRows: 10_000,
  quickRows: 1_000,
  about: `id, a text, a list of ${DIMENSIONS} doubles with all their digits`,
  rows: (count) => rowsOf(count, (value) => value + Number.EPSILON),
};

export const embeddings32: Suite = {
  name: 'embeddings32',
  defaultRows: 10_000,
  quickRows: 1_000,
  about: `id, a text, a list of ${DIMENSIONS} numbers that float32 holds exactly, as models compute them`,
  rows: (count) => rowsOf(count, Math.fround),
};
