import { flatRows } from './flat.ts';
import type { Suite } from './suite.ts';

/** The flat rows with 5% of the words in other scripts: what most real text looks like to a string encoder. Not run by default. */
export const unicode: Suite = {
  name: 'unicode',
  defaultRows: 1_000_000,
  quickRows: 100_000,
  about: 'the columns of flat with 5% of the words not ASCII (accents, Cyrillic, CJK, Arabic, emoji)',
  rows: (count) => flatRows(count, 0.05),
};

/** The flat rows with half of the words in other scripts: text of one of them, in which most strings are of two bytes a character. */
export const scripts: Suite = {
  name: 'scripts',
  defaultRows: 500_000,
  quickRows: 50_000,
  about: 'the columns of flat with half of the words not ASCII',
  rows: (count) => flatRows(count, 0.5),
};
