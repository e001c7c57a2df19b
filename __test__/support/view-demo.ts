import { truncateSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { CheckpointManager, type Row } from 'arrow-ckpt';

const WORDS = 'solar wind grid heat tariff storage nuclear battery transmission peak demand load forecast outage price'.split(' ');
const CATEGORIES = ['energy', 'climate', 'markets', 'policy'];

/** The runs of a small pipeline, on Monday and on Tuesday: shared values, a damaged checkpoint, pictures, conversations, a map at work. */
export async function makeDemo(folder: string): Promise<{ monday: string; tuesday: string }> {
  const [monday, tuesday] = [join(folder, 'monday'), join(folder, 'tuesday')];
  await makeRun(monday, 0);
  await makeRun(tuesday, 1);
  return { monday, tuesday };
}

async function makeRun(directory: string, day: number): Promise<void> {
  const manager = new CheckpointManager(directory, { logger: false, base: 'auto' });
  const random = randomOf(7);
  const articles = Array.from({ length: 1200 }, (_, id) => articleOf(id, random));
  const changed = articles.map((row, id) => (day === 1 && id % 97 === 3 ? { ...row, title: `${String(row['title'])}, revised` } : row));
  const own = day === 1 ? changed.filter((_, id) => id !== 5) : changed;
  await manager.saveCheckpoint('1-load', 'articles', own, { hash: '5f2b8a1c90d3e4', metadata: { source: 'feeds/energy', model: 'none' } });
  const cleaned = own.map((row): Row => Object.assign({}, row, { words: String(row['text']).split(' ').length }));
  await manager.saveCheckpoint('2-clean', 'articles', cleaned, { hash: '81c0a7e2b4d9f3' });
  const summaries = cleaned.map((row): Row => {
    const id = Number(row['id']);
    return Object.assign({}, row, { summary: summaryOf(id, day), messages: chatOf(id, row) });
  });
  await manager.saveCheckpoint('3-summarise', 'articles', summaries, {
    hash: 'c33d41f0aa5b7e',
    metadata: { model: 'small-3', prompt: 'v4' },
  });
  const themes = summaries
    .filter(({ id }) => Number(id) % 6 === 0)
    .map(({ id, category, summary }): Row => ({ id, theme: category, summary }));
  await manager.saveCheckpoint('4-report', 'themes', themes);
  await manager.saveCheckpoint(
    '4-report',
    'figures',
    Array.from({ length: 12 }, (_, id) => figureOf(id)),
  );
  const torn = await manager.saveCheckpoint('4-report', 'sources', articles.slice(0, 300));
  truncateSync(torn, 900);
}

/** A map that is interrupted when it has done some of its rows. */
export async function interruptMap(directory: string): Promise<void> {
  const manager = new CheckpointManager(directory, { logger: false });
  const stop = new AbortController();
  let done = 0;
  const run = manager.map(
    '3-summarise',
    'translate',
    Array.from({ length: 400 }, (_, id) => ({ id })),
    async (row: Row, { addUsage }) => {
      addUsage({ inputTokens: 900, outputTokens: 120, cost: 0.004 });
      if (++done === 260) stop.abort(new Error('the demo is over'));
      return { ...row, text: `übersetzt ${String(row['id'])}` };
    },
    { key: 'id', hash: '9e8d7c6b5a4f', concurrency: 4, batchSize: 50, flushEvery: 0, signal: stop.signal, retries: 0 },
  );
  await run.catch(() => {});
}

function articleOf(id: number, random: () => number): Row {
  const word = (): string => WORDS[Math.floor(random() * WORDS.length)] as string;
  const text = Array.from({ length: 260 + Math.floor(random() * 200) }, word).join(' ');
  return {
    id,
    title: `Report ${id} on ${word()} and ${word()}`,
    category: CATEGORIES[Math.floor(random() ** 2 * CATEGORIES.length)],
    score: Math.round((random() + random()) * 500) / 1000,
    published: new Date(Date.UTC(2026, 9, 1) + Math.floor(random() * 60) * 86_400_000),
    tags: [word(), word()],
    meta: { source: random() < 0.7 ? 'web' : 'mail', page: Math.floor(random() * 40) },
    reviewer: random() < 0.3 ? null : `reviewer ${Math.floor(random() * 9)}`,
    text,
  };
}

function summaryOf(id: number, day: number): string {
  const verb = day === 1 && id % 11 === 0 ? 'fell sharply' : 'rose slowly';
  const month = day === 1 && id % 11 === 0 ? 'October' : 'September';
  return `Demand ${verb} in ${month}, while prices of ${WORDS[id % WORDS.length]} stayed where they were. Storage is the open question.`;
}

function chatOf(id: number, { title }: Row): Row[] {
  return [
    { role: 'system', content: 'You summarise reports on energy in two sentences.' },
    { role: 'user', content: `Summarise: ${String(title)}` },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: `call_${id}`, type: 'function', function: { name: 'lookup', arguments: `{"report":${id}}` } }],
    },
    { role: 'tool', name: 'lookup', content: `{"report":${id},"pages":${(id % 40) + 1}}` },
    { role: 'assistant', content: summaryOf(id, 0) },
  ];
}

function figureOf(id: number): Row {
  return { id, name: `figure ${id}`, image: pngOf(96, 48, id), caption: `Load by hour, week ${id + 1}` };
}

/** The same numbers from 0 to 1 each time: Park and Miller's. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

/** A picture of bars. */
function pngOf(width: number, height: number, seed: number): Uint8Array {
  const lines: number[] = [];
  for (let y = 0; y < height; y++) {
    lines.push(0);
    for (let x = 0; x < width; x++) {
      const bar = Math.floor(x / 8);
      const top = height - 6 - ((bar * 13 + seed * 7) % (height - 12));
      const isBar = x % 8 < 6 && y >= top;
      lines.push(...(isBar ? [47, 111, 235 - bar * 8] : [244, 247, 252]));
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const parts = [chunk('IHDR', header), chunk('IDAT', deflateSync(Buffer.from(lines))), chunk('IEND', Buffer.alloc(0))];
  return new Uint8Array(Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), ...parts]));
}

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}

/** The sum of PNG: Node 20 has none. */
function crc32(bytes: Uint8Array): number {
  let sum = -1;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (0xedb88320 & -(sum & 1));
  }
  return ~sum >>> 0;
}
