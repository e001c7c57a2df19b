import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { ParquetCheckpointManager, readCheckpoint, writeCheckpoint, type Row } from 'arrow-ckpt';
import { parseLenient } from '../lib/base/value/lenient-json.ts';
import { rejectsWith } from './support/codes.ts';
import { assertExact } from './support/exact.ts';
import { noPython, runPython } from './support/python.ts';
import { noBinding, READERS } from './support/readers.ts';
import { tempFolder } from './support/temp-folder.ts';
import { dataFiles, dataPath } from './support/test-data.ts';

type Kind = 'conversations' | 'summaries' | 'clusters' | 'projected';

const SUMMARY = {
  summary: 's',
  request: 'r',
  topic: 't',
  languages: ['en', '日本語'],
  task: 'k',
  concerning_score: 1,
  user_frustration: 5,
  assistant_errors: [],
  chat_id: 'c1',
  metadata: { i: 1, f: 1.5, n: null, l: [], d: { a: { b: [Number.NaN, 2n ** 70n, -0, 1e300] } } },
  embedding: [0.5, 1, Number.NaN, -0, Number.NEGATIVE_INFINITY, 5e-324],
};
const NOTHING = {
  summary: '',
  request: null,
  topic: null,
  languages: null,
  task: null,
  concerning_score: null,
  user_frustration: null,
  assistant_errors: null,
  chat_id: 'c0',
  metadata: {},
  embedding: null,
};
const CONVERSATION = {
  chat_id: 'c1',
  created_at: '2024-01-02T03:04:05.123457+05:30',
  messages: [
    { created_at: '2024-02-29 23:59:59Z', role: 'user', content: 'line\r\nline\u2028é🚀\u0000' },
    { created_at: '0001-01-01T00:00:00', role: 'assistant', content: '' },
  ],
  metadata: { a: 'x', b: true, c: 7, d: [1.5, 2], e: ['a'], f: [], g: Number.NaN, h: 2n ** 64n },
};
const CLUSTER = { id: 'i1', name: 'n', description: 'd', slug: 'a_b_c', chat_ids: ['a', 'x"y'], parent_id: null };
const PROJECTED = { ...CLUSTER, x_coord: 0.1, y_coord: Number.NaN, level: 0 };

/** Rows that Kura's classes can tell apart from no others. */
const CASES: Record<string, [Kind, Row[]]> = {
  'no rows': ['summaries', []],
  conversations: ['conversations', [CONVERSATION, { ...CONVERSATION, messages: [], metadata: {} }]],
  summaries: ['summaries', [SUMMARY, NOTHING, { ...SUMMARY, request: null, embedding: [], languages: [] }]],
  'a summary of nulls': ['summaries', [NOTHING]],
  'summaries of nulls, then others': ['summaries', Array.from({ length: 3050 }, (_, index) => (index === 3000 ? SUMMARY : NOTHING))],
  'keys that may be missing': [
    'summaries',
    [{ chat_id: 'c', summary: '', metadata: {} }, SUMMARY, { metadata: {}, embedding: [1], summary: 'x', chat_id: 'd' }],
  ],
  'keys that are missing in all rows': ['summaries', [{ metadata: {}, chat_id: 'c', summary: '' }]],
  'no nulls': ['summaries', [SUMMARY, { ...SUMMARY, chat_id: 'c2' }]],
  clusters: [
    'clusters',
    [
      { ...CLUSTER, count: 2 },
      { ...CLUSTER, chat_ids: [], parent_id: '', count: 0 },
    ],
  ],
  'clusters of text and nulls only': ['clusters', [CLUSTER, { ...CLUSTER, parent_id: 'i1' }]],
  'clusters, some with a count': ['clusters', [CLUSTER, { ...CLUSTER, count: 2 }]],
  'projected clusters': ['projected', [PROJECTED, { ...PROJECTED, x_coord: 1, y_coord: -0, level: 2 ** 40, parent_id: 'i1', count: 2 }]],
};

/** Every file of real rows. */
function realCases(): [string, [Kind, Row[]]][] {
  const kinds: [RegExp, Kind][] = [
    [/conversations/, 'conversations'],
    [/summaries/, 'summaries'],
    [/clusters/, 'clusters'],
    [/dimensionality/, 'projected'],
  ];
  return dataFiles(/\.jsonl$/, 'kura').map((name) => {
    const rows = readFileSync(dataPath(name), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Row);
    return [name.slice(5, -6).replaceAll('/', '-'), [kinds.find(([pattern]) => pattern.test(name))![1], rows]];
  });
}

/** A row as Kura's class prints it: all fields, and times in one form. */
function asKura(kind: Kind, row: Row): Row {
  const time = (text: unknown) => String(text).replace(' ', 'T').replace('Z', '+00:00');
  if (kind === 'conversations') {
    const messages = (row['messages'] as Row[]).map(({ created_at: at, role, content }) => ({ created_at: time(at), role, content }));
    return { ...row, created_at: time(row['created_at']), messages };
  }
  const { count: _, ...kept } = row;
  return kind === 'summaries' ? Object.fromEntries(Object.keys(NOTHING).map((key) => [key, kept[key] ?? null])) : kept;
}

/** Python's -0.0, 1.0 and NaN are numbers like others here; an integer of Python's that is a float there is the same number. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (Object.is(value, -0)) return 0;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plain(member)]));
}

describe('compat kura', { skip: noBinding }, () => {
  const folder = tempFolder('compat-kura');
  const cases = [...Object.entries(CASES), ...realCases()];
  const pathOf = (kind: Kind, name: string, extension: string) => join(folder, `${kind}.${name}.${extension}`);

  test('our own load gives exactly the rows', async () => {
    for (const [name, [kind, rows]] of cases) {
      const parquet = pathOf(kind, name, 'parquet');
      const { rows: saved } = await writeCheckpoint(parquet, rows, { compat: 'kura', hash: 'h' });
      assert.equal(saved, rows.length);
      for (const { read } of READERS) {
        assertExact(await read(parquet), rows);
        // A manager asks for Kura's own form, too.
        assertExact(await read(parquet, { compat: 'kura' }), rows);
        for (const column of rows.length === 0 ? [] : ['languages', 'chat_ids', 'parent_id', 'metadata'].filter((key) => key in rows[0]!)) {
          const picked = rows.map((row) => (column in row ? { [column]: row[column] } : {}));
          assertExact(await read(parquet, { columns: [column] }), picked);
        }
      }
      const jsonl = pathOf(kind, name, 'jsonl');
      await writeCheckpoint(jsonl, rows, { compat: 'kura' });
      assertExact(await readCheckpoint(jsonl), rows);
    }
  });

  test("Kura's loader gives equal rows", { skip: noPython }, async () => {
    const loaded = parseLenient(await runPython('kura_loader.py', folder)) as Record<string, Row[] | string>;
    for (const [name, [kind, rows]] of cases) {
      for (const extension of ['parquet', 'jsonl']) {
        const theirs = loaded[`${kind}.${name}.${extension}`];
        assert.ok(Array.isArray(theirs), `${name}.${extension}: ${String(theirs)}`);
        assertExact(plain(theirs), plain(rows.map((row) => asKura(kind, row))));
      }
    }
  });

  test("real rows in JSONL are byte for byte as Kura wrote them, where JavaScript's numbers are", async () => {
    let same = 0;
    for (const [name, [kind]] of realCases()) {
      const original = dataFiles(/\.jsonl$/, 'kura').find((file) => file.slice(5, -6).replaceAll('/', '-') === name)!;
      await writeCheckpoint(pathOf(kind, name, 'jsonl'), await readCheckpoint(dataPath(original)), { compat: 'kura' });
      if (readFileSync(pathOf(kind, name, 'jsonl')).equals(readFileSync(dataPath(original)))) same++;
    }
    assert.ok(realCases().length === 0 || same >= 8, `${same} files`);
  });

  test('rows of our own that look like those are never taken for them', async () => {
    const rows = [{ id: '1', name: 'n', description: 'd', slug: 's', chat_ids: '["a"]', parent_id: 'null' }];
    const manager = new ParquetCheckpointManager(folder, { logger: false });
    const path = (await manager.saveCheckpoint('own', rows))!;
    for (const { read } of READERS) assertExact(await read(path, { compat: 'kura' }), rows);
    assertExact(await manager.loadCheckpoint('own'), rows);
  });
});

/** Rows that Kura's loader would refuse, or give back otherwise. */
const REFUSED: { rows: unknown[]; row?: number; column?: string; message: RegExp; only?: 'parquet' | 'jsonl' }[] = [
  { rows: [{ a: 1 }], message: /row 0 is none of its conversations, summaries, projected clusters, clusters/, only: 'parquet' },
  { rows: [{}], message: /row 0 is none of its/, only: 'parquet' },
  { rows: [SUMMARY, { ...SUMMARY, extra: 1 }], row: 1, column: 'extra', message: /a key that its summaries do not have/, only: 'parquet' },
  { rows: [CLUSTER, PROJECTED], row: 1, column: 'x_coord', message: /a key that its clusters do not have/, only: 'parquet' },
  { rows: [PROJECTED, CLUSTER], row: 1, column: 'x_coord', message: /missing/ },
  { rows: [SUMMARY, CLUSTER], row: 1, column: 'summary', message: /missing/ },
  { rows: [{ ...CLUSTER, parent_id: undefined }], column: 'parent_id', message: /undefined/ },
  { rows: [{ id: 'i', name: 'n', description: 'd', slug: 's', chat_ids: [] }], column: 'parent_id', message: /missing/, only: 'parquet' },
  { rows: [{ ...SUMMARY, embedding: undefined }], column: 'embedding', message: /undefined/ },
  { rows: [{ ...SUMMARY, concerning_score: 6 }], column: 'concerning_score', message: /6 \(expected: .*at most 5/ },
  { rows: [{ ...SUMMARY, concerning_score: 1.5 }], column: 'concerning_score', message: /1.5 \(expected: integer/ },
  { rows: [{ ...SUMMARY, languages: 'en' }], column: 'languages', message: /"en" \(expected: list/ },
  { rows: [{ ...SUMMARY, languages: ['en', null] }], column: 'languages[1]', message: /null \(expected: string/ },
  { rows: [{ ...SUMMARY, metadata: null }], column: 'metadata', message: /null \(expected: plain object/ },
  { rows: [{ ...SUMMARY, metadata: { a: [new Date(0)] } }], column: 'metadata.a[0]', message: /a Date/ },
  { rows: [{ ...SUMMARY, metadata: { a: new Uint8Array(1) } }], column: 'metadata.a', message: /bytes/ },
  { rows: [{ ...SUMMARY, metadata: { a: 5n } }], column: 'metadata.a', message: /bigint that a number holds/ },
  { rows: [{ ...SUMMARY, metadata: { a: { b: undefined } } }], column: 'metadata.a.b', message: /undefined/ },
  { rows: [{ ...SUMMARY, embedding: new Float64Array(2) }], column: 'embedding', message: /Float64Array \(expected: list/ },
  { rows: [{ ...SUMMARY, embedding: [1, null] }], column: 'embedding[1]', message: /null \(expected: number/ },
  { rows: [{ ...SUMMARY, summary: 'x\ud800' }], column: 'summary', message: /lone surrogate/ },
  { rows: [{ ...SUMMARY, metadata: { a: '\udc00' } }], column: 'metadata.a', message: /lone surrogate/, only: 'jsonl' },
  { rows: [{ ...CONVERSATION, created_at: 'yesterday' }], column: 'created_at', message: /"yesterday", no time in ISO 8601/ },
  { rows: [{ ...CONVERSATION, created_at: '2023-02-29T00:00:00' }], column: 'created_at', message: /no time/ },
  { rows: [{ ...CONVERSATION, created_at: '2024-01-02T03:04:05.1234567' }], column: 'created_at', message: /no time/ },
  { rows: [{ ...CONVERSATION, created_at: new Date(0) }], column: 'created_at', message: /expected: string/ },
  {
    rows: [{ ...CONVERSATION, messages: [{ ...CONVERSATION.messages[0], role: 'system' }] }],
    column: 'messages[0].role',
    message: /"system" \(expected: "user" \| "assistant"/,
  },
  {
    rows: [{ ...CONVERSATION, messages: [{ ...CONVERSATION.messages[0], created_at: '24:00' }] }],
    column: 'messages[0].created_at',
    message: /no time/,
  },
  { rows: [{ ...CONVERSATION, messages: [{ ...CONVERSATION.messages[0], x: 1 }] }], column: 'messages[0].x', message: /a key that its/ },
  { rows: [{ ...CONVERSATION, metadata: { 'a b': null } }], column: 'metadata["a b"]', message: /no text, number, boolean/ },
  { rows: [{ ...CONVERSATION, metadata: { a: { b: 1 } } }], column: 'metadata.a', message: /no text/ },
  { rows: [{ ...CONVERSATION, metadata: { a: [1, 'b'] } }], column: 'metadata.a', message: /no text/ },
  { rows: [{ ...CLUSTER, count: 3 }], column: 'count', message: /3, not the 2 of chat_ids/ },
  { rows: [{ ...PROJECTED, level: 0.5 }], column: 'level', message: /0.5 \(expected: integer/ },
  { rows: [{ 'arrow-ckpt-lines': 1 }], column: 'arrow-ckpt-lines', message: /marks a header/, only: 'jsonl' },
  { rows: [{ own: undefined }], column: 'own', message: /undefined/, only: 'jsonl' },
  {
    rows: [
      { own: Array.from({ length: 200 }).reduce((inner) => [inner], 1) },
      { own: Array.from({ length: 201 }).reduce((inner) => [inner], 1) },
    ],
    row: 1,
    message: /nested more than 200/,
    only: 'jsonl',
  },
];

for (const format of ['parquet', 'jsonl'] as const) {
  test(`rows that Kura could not read back, in ${format}`, { skip: format === 'parquet' && noBinding }, async () => {
    const path = join(tempFolder('kura-refused'), `rows.${format}`);
    for (const { rows, row = 0, column, message, only } of REFUSED) {
      if (only !== undefined && only !== format) continue;
      const fields = { row, message, ...(column !== undefined && { column }) };
      await rejectsWith('ERR_CKPT_NOT_COMPATIBLE', () => writeCheckpoint(path, rows as Row[], { compat: 'kura' }), fields);
      await rejectsWith('ERR_CKPT_NOT_FOUND', () => readCheckpoint(path));
    }
    await rejectsWith('ERR_CKPT_ROW_NOT_OBJECT', () => writeCheckpoint(path, [SUMMARY, [] as never], { compat: 'kura' }), { row: 1 });
    await rejectsWith(
      'ERR_CKPT_UNSUPPORTED_VALUE',
      () => {
        return writeCheckpoint(path, [{ ...SUMMARY, metadata: { a: new Map() } }], { compat: 'kura' });
      },
      { row: 0, column: 'metadata.a' },
    );
  });
}

test('JSONL takes rows of other classes, and of those that are made from the four', async () => {
  const path = join(tempFolder('kura-other'), 'rows.jsonl');
  for (const rows of [
    [{ own: 1, x: [null, Number.NaN] }, { other: {} }],
    [{ ...SUMMARY, extra: { a: 1 } }],
    [{ ...CLUSTER, count: 2, extra: 1 }],
  ]) {
    await writeCheckpoint(path, rows as Row[], { compat: 'kura' });
    assertExact(await readCheckpoint(path), rows);
  }
});
