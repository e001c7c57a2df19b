// The three steps of the demo pipeline: pure functions, no network, as stand-ins for calls of a language model.

const COMMON = new Set(
  (
    'about after again also been before being between both could does each even every from have here into just like made make many more ' +
    'most much must only other over same should some such than that their them then there these they this those through under very want ' +
    'were what when where which while will with would your you and the for are was not but can all has had our its his her she him who why ' +
    'how may any one two out use new get got let'
  ).split(' '),
);
const KEYWORDS = 6;

function tokens(text) {
  return text.toLowerCase().match(/\p{L}[\p{L}\p{N}'’-]*/gu) ?? [];
}

/** The most frequent words of four or more letters; ties by first appearance. */
function keywordsOf(words) {
  const counts = new Map();
  for (const word of words) if (word.length > 3 && !COMMON.has(word)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]).slice(0, KEYWORDS);
}

/** Document -> what is in it. */
export function extract(document) {
  const words = tokens(document.text);
  const keywords = keywordsOf(words);
  return {
    id: document.id,
    source: document.source,
    createdAt: document.createdAt,
    text: document.text,
    words: words.length,
    keywords: keywords.map(([word]) => word),
    counts: {
      characters: document.text.length,
      distinct: new Set(words).size,
      questions: document.text.split('?').length - 1,
      top: keywords[0]?.[1] ?? 0,
    },
    attributes: document.attributes,
  };
}

const LANGUAGE_WORDS = {
  en: new Set(['the', 'and', 'of', 'is', 'for', 'to', 'with']),
  de: new Set(['der', 'die', 'das', 'und', 'ist', 'mit', 'nicht']),
  es: new Set(['el', 'los', 'las', 'que', 'una', 'por', 'con']),
  fr: new Set(['le', 'les', 'des', 'une', 'est', 'pour', 'dans']),
};

/** The languages whose commonest words make up a part of the text, the likeliest first. */
function languagesOf(words) {
  const shares = Object.entries(LANGUAGE_WORDS).map(([language, common]) => [language, words.filter((word) => common.has(word)).length]);
  return shares
    .filter(([, hits]) => hits * 25 >= words.length && hits > 0)
    .sort((a, b) => b[1] - a[1])
    .map(([language]) => language);
}

/** Row of `extract` -> its leading sentences, languages and scores. */
export function summarise(row) {
  const sentences = row.text.split(/(?<=[.!?])\s+/u);
  const words = tokens(row.text);
  const languages = languagesOf(words);
  return {
    id: row.id,
    source: row.source,
    summary: sentences.slice(0, 2).join(' ').slice(0, 240),
    sentences: sentences.length,
    language: languages[0] ?? null,
    languages,
    scores: {
      variety: words.length === 0 ? 0 : row.counts.distinct / words.length,
      sentenceLength: words.length / sentences.length,
      focus: words.length === 0 ? 0 : row.counts.top / words.length,
    },
    keywords: row.keywords,
  };
}

/** FNV-1a of a text as a number in [0, 1). */
function hashed(text, seed) {
  let hash = 2166136261 ^ seed;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 16777619);
  return (hash >>> 0) / 4294967296;
}

/** Rows of `summarise` -> a function that puts a row beside those with the same first keyword. */
export function clusterer(rows) {
  const sizes = new Map();
  for (const row of rows) sizes.set(row.keywords[0] ?? '', (sizes.get(row.keywords[0] ?? '') ?? 0) + 1);
  return (row) => {
    const name = row.keywords[0] ?? '';
    const point = [hashed(name, 1) + hashed(row.id, 3) / 20, hashed(name, 2) + hashed(row.id, 4) / 20];
    return { id: row.id, cluster: name, size: sizes.get(name), language: row.language, point, title: row.summary.slice(0, 60) };
  };
}

/** The pipeline in order: each step makes, from all the rows before it, the function of one row. */
export const STEPS = [
  { name: 'extract', prepare: () => extract },
  { name: 'summarise', prepare: () => summarise },
  { name: 'cluster', prepare: clusterer },
];
