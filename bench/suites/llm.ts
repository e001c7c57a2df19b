import { Random } from '../random.ts';
import type { Row, Suite } from './suite.ts';
import { phrase } from './words.ts';

// Rows as pipelines of model calls have them.

/** The same rows with the strings that a parser makes: flat, each of its own. */
function parsed(rows: Row[]): Row[] {
  return JSON.parse(JSON.stringify(rows)) as Row[];
}

function sentence(random: Random, words: number): string {
  const text = phrase(random, words);
  return `${text[0]?.toUpperCase()}${text.slice(1)}.`;
}

function prose(random: Random, sentences: number): string {
  return Array.from({ length: sentences }, () => sentence(random, random.between(6, 18))).join(' ');
}

function hex(random: Random, digits: number): string {
  let text = '';
  while (text.length < digits) text += random.below(0x1_0000).toString(16).padStart(4, '0');
  return text.slice(0, digits);
}

function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

const MODELS = ['small-2026-01', 'large-2026-03', 'large-2026-06'];

function suite(name: string, about: string, [defaultRows, quickRows]: [number, number], make: (random: Random, id: number) => Row): Suite {
  const seed = [...name].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7);
  return {
    name,
    about,
    defaultRows,
    quickRows,
    rows(count) {
      const random = new Random(seed);
      return parsed(times(count, (id) => make(random, id)));
    },
  };
}

export const completions = suite(
  'completions',
  'answers of a batch API: ids, a status, a body with choices, a message, token counts; deep and regular',
  [20_000, 2_000],
  (random, id) => {
    const [prompt, completion] = [random.between(200, 4000), random.between(50, 700)];
    const message = { role: 'assistant', content: prose(random, random.between(3, 14)), refusal: null };
    return {
      id: `batch_req_${hex(random, 24)}`,
      custom_id: `request-${id}`,
      response: {
        status_code: 200,
        request_id: hex(random, 32),
        body: {
          id: `cmpl-${hex(random, 29)}`,
          object: 'chat.completion',
          created: 1_770_000_000 + id,
          model: random.pick(MODELS),
          choices: [{ index: 0, message, logprobs: null, finish_reason: random.next() < 0.95 ? 'stop' : 'length' }],
          usage: {
            prompt_tokens: prompt,
            completion_tokens: completion,
            total_tokens: prompt + completion,
            details: { cached_tokens: random.below(3) === 0 ? random.below(prompt) : 0, reasoning_tokens: 0 },
          },
          system_fingerprint: `fp_${hex(random, 10)}`,
        },
      },
      error: null,
    };
  },
);

const TOOLS = ['search', 'open_page', 'run_query', 'send_mail'];

export const conversations = suite(
  'conversations',
  'lists of 2 to 12 messages; content is text or null, some have calls of tools, some answer one',
  [15_000, 1_500],
  (random, id) => {
    const messages: Row[] = [{ role: 'system', content: 'You are a helpful assistant.' }];
    for (let turn = random.between(1, 4); turn > 0; turn--) {
      messages.push({ role: 'user', content: prose(random, random.between(1, 4)) });
      if (random.next() < 0.4) {
        const call = `call_${hex(random, 24)}`;
        const body = JSON.stringify({ query: phrase(random, 4), limit: random.below(50) });
        messages.push({
          role: 'assistant',
          content: null,
          tool_calls: [{ id: call, type: 'function', function: { name: random.pick(TOOLS), arguments: body } }],
        });
        messages.push({ role: 'tool', tool_call_id: call, content: prose(random, random.between(1, 5)) });
      }
      messages.push({ role: 'assistant', content: prose(random, random.between(2, 6)) });
    }
    return { id, model: random.pick(MODELS), messages, score: random.below(1000) / 1000 };
  },
);

const META = ['source', 'author', 'lang', 'page', 'section', 'url', 'date', 'topic', 'license', 'sha', 'tokens', 'quality', 'domain'];
const META_KEYS = times(25, (index) => META[index] ?? `attribute_${index}`);

export const metadata = suite(
  'metadata',
  'an id, a text of 20 to 60 words, and a map of 0 to 9 of 25 keys in any order; texts and numbers',
  [80_000, 8_000],
  (random, id) => {
    const meta: Row = {};
    for (let keys = random.below(10); keys > 0; keys--) {
      const key = random.below(META_KEYS.length);
      meta[META_KEYS[key] as string] = key % 3 === 0 ? random.below(10_000) : phrase(random, random.between(1, 3));
    }
    return { id: `doc-${id}`, text: phrase(random, random.between(20, 60)), metadata: meta };
  },
);

export const extraction = suite(
  'extraction',
  'what a model finds in a document: each of 10 keys is there or not, one is of mixed type, some are lists of objects',
  [80_000, 8_000],
  (random, id) => {
    const row: Row = { id };
    const maybe = (key: string, make: () => unknown): void => {
      if (random.next() < 0.6) row[key] = make();
    };
    maybe('name', () => phrase(random, 2));
    maybe('date', () => `20${random.between(10, 26)}-0${random.between(1, 9)}-1${random.below(10)}`);
    maybe('amount', () => (random.next() < 0.7 ? random.below(1_000_000) / 100 : `${random.below(1000)} EUR`));
    maybe('currency', () => random.pick(['EUR', 'USD', 'GBP']));
    maybe('parties', () => times(random.between(1, 4), () => ({ name: phrase(random, 2), role: random.pick(['buyer', 'seller']) })));
    maybe('address', () => ({ street: phrase(random, 2), city: phrase(random, 1), zip: `${random.between(10_000, 99_999)}` }));
    maybe('items', () => times(random.below(5), (n) => ({ n, text: phrase(random, 4), price: random.below(10_000) / 100 })));
    maybe('confidence', () => random.next());
    maybe('signed', () => random.next() < 0.5);
    maybe('notes', () => phrase(random, random.between(3, 12)));
    return row;
  },
);

/** Text of so many letters, of words of 1 to `longest` letters between `first` and `last`. */
function lettersOf(random: Random, letters: number, [first, last]: [number, number], longest: number, between: readonly string[]): string {
  let text = '';
  while (text.length < letters) {
    for (let left = random.between(1, longest); left > 0; left--) text += String.fromCharCode(random.between(first, last));
    text += random.pick(between);
  }
  return text;
}

function documents(name: string, about: string, text: (random: Random) => string): Suite {
  return suite(name, about, [10_000, 1_000], (random, id) => ({
    id,
    title: text(random).slice(0, 30),
    text: text(random),
    tokens: random.between(300, 2500),
    lang: name,
  }));
}

export const chinese = documents('chinese', 'documents of 0.3 to 2 thousand Chinese characters, 1 to 6 KB of UTF-8', (random) =>
  lettersOf(random, random.between(300, 2000), [0x4e00, 0x9fa5], 14, ['，', '。', '、', '的', '了']),
);

export const cyrillic = documents('cyrillic', 'Russian documents of 1 to 4 thousand letters', (random) =>
  lettersOf(random, random.between(1000, 4000), [0x430, 0x44f], 11, [' ', ' ', ' ', ', ', '. ']),
);

export const english = documents('english', 'English documents of 1 to 5 KB, one in three with typographic quotes and dashes', (random) => {
  const text = prose(random, random.between(12, 60));
  return random.next() < 0.33 ? text.replaceAll(/(\w+) (\w+)\./g, '“$1” — $2.') : text;
});

export const clusters = suite(
  'clusters',
  'clusters of a topic model: id, name, description, 1 to 40 ids of members, coordinates',
  [60_000, 6_000],
  (random, id) => ({
    id: hex(random, 32),
    name: phrase(random, random.between(2, 5)),
    description: sentence(random, random.between(10, 25)),
    chat_ids: times(random.between(1, 40), () => hex(random, 16)),
    parent_id: random.next() < 0.2 ? null : hex(random, 32),
    x: random.next() * 20 - 10,
    y: random.next() * 20 - 10,
    level: id % 3,
  }),
);

export const LLM_SUITES: readonly Suite[] = [completions, conversations, metadata, extraction, chinese, cyrillic, english, clusters];
