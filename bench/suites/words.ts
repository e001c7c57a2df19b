import { Random } from '../random.ts';

const ONSETS = ['b', 'c', 'd', 'f', 'g', 'h', 'l', 'm', 'n', 'p', 'r', 's', 't', 'v', 'st', 'tr', 'pl', 'ch', 'br', 'sh'];
const VOWELS = ['a', 'e', 'i', 'o', 'u', 'ea', 'ou', 'ai'];
const CODAS = ['', '', '', 'n', 'r', 's', 't', 'l', 'nd', 'ng'];

/**
 * How many words the generators know. Chosen so that the flat rows have the density of those the goals were set on: 215 bytes of
 * JSON a row, 67 to 70 in DuckDB's Parquet with snappy, about 41 with zstd.
 */
const VOCABULARY = 600;

function makeWords(): string[] {
  const random = new Random(7);
  const words = new Set<string>();
  while (words.size < VOCABULARY) {
    let word = '';
    // Common words (early ones) are short, rare ones long, as in natural text.
    const syllables = words.size < 60 ? 1 : random.between(1, words.size < 250 ? 2 : 3);
    for (let i = 0; i < syllables; i++) word += random.pick(ONSETS) + random.pick(VOWELS) + random.pick(CODAS);
    words.add(word);
  }
  return [...words];
}

/** Made-up lower-case ASCII words, the common ones first. */
export const WORDS: readonly string[] = makeWords();

/** Words in scripts that do not fit in one byte a character, for the `unicode` suite. */
export const FOREIGN_WORDS: readonly string[] = [
  'café',
  'größe',
  'naïve',
  'señor',
  'Ångström',
  'данные',
  'проверка',
  'σύνοψη',
  '数据',
  '檢查點',
  '要約',
  'データ',
  '요약',
  'ข้อมูล',
  'बिंदु',
  'ကမ္ဘာ',
  'שלום',
  'مرحبا',
  '—',
  '“quoted”',
  '🙂',
  '👩‍👩‍👧',
  'e\u0301te\u0301',
  '𝛼𝛽',
];

/**
 * `count` words with a space between them. The strings are flat: `join` makes them in one piece, as `JSON.parse` and a
 * network reader do. Concatenation would leave ropes that the first library to touch them pays to flatten.
 */
export function phrase(random: Random, count: number, foreign = 0): string {
  const parts: string[] = [];
  for (let i = 0; i < count; i++) {
    parts.push(foreign > 0 && random.next() < foreign ? random.pick(FOREIGN_WORDS) : random.pickCommon(WORDS));
  }
  return parts.join(' ');
}
