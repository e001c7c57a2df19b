import { Random } from '../random.ts';
import type { Row, Suite } from './suite.ts';
import { phrase } from './words.ts';

/** Documents of 2 to 20 KB in paragraphs, with what a pipeline knows of them. */
export const text: Suite = {
  name: 'text',
  defaultRows: 20_000,
  quickRows: 2_000,
  about: 'documents of 2 to 20 KB of text in paragraphs, with id, title and a summary; ASCII',
  rows(count) {
    const random = new Random(48);
    const rows: Row[] = [];
    for (let i = 0; i < count; i++) {
      const size = random.between(2_000, 20_000);
      const paragraphs: string[] = [];
      for (let length = 0; length < size;) {
        const paragraph = `${phrase(random, random.between(40, 120))}.`;
        paragraphs.push(paragraph);
        length += paragraph.length + 2;
      }
      rows.push({
        id: i,
        title: phrase(random, random.between(3, 8)),
        document: paragraphs.join('\n\n'),
        summary: phrase(random, random.between(20, 40)),
      });
    }
    return rows;
  },
};
