import { Random } from '../random.ts';
import type { Row, Suite } from './suite.ts';
import { phrase, WORDS } from './words.ts';

const SOURCES = ['web', 'email', 'upload', 'api'];
const LANGUAGES = ['en', 'de', 'fr', 'es', 'pt', 'zh'];

function list<T>(length: number, make: () => T): T[] {
  const items: T[] = [];
  for (let i = 0; i < length; i++) items.push(make());
  return items;
}

export const nested: Suite = {
  name: 'nested',
  defaultRows: 200_000,
  quickRows: 20_000,
  about: 'id, title, a list of 0 to 6 tags, a struct of 6 fields, a list of 2 to 8 doubles; ASCII',
  rows(count) {
    const random = new Random(43);
    const tags = WORDS.slice(200, 500);
    const rows: Row[] = [];
    for (let i = 0; i < count; i++) {
      rows.push({
        id: i,
        title: phrase(random, random.between(3, 6)),
        tags: list(random.below(7), () => random.pickCommon(tags)),
        metadata: {
          source: random.pick(SOURCES),
          author: phrase(random, 2),
          language: random.pick(LANGUAGES),
          year: random.between(1995, 2025),
          rating: random.next() < 0.2 ? null : random.below(500) / 100,
          verified: random.next() < 0.5,
        },
        scores: list(random.between(2, 8), () => random.below(1_000_000) / 1_000_000),
      });
    }
    return rows;
  },
};
