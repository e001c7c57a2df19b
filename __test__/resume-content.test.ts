import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { ContentOption, MapOptions, Row } from 'arrow-ckpt';
import { rejectsWith } from './support/codes.ts';
import { assertExact } from './support/exact.ts';
import { manager } from './support/map-rows.ts';
import { tempFolder } from './support/temp-folder.ts';

const folder = tempFolder('content');
let count = 0;

interface Doc extends Row {
  id: number;
  text: string;
  seen?: number;
  meta?: Row;
}

const docs = (seen: number, meta: Row = {}): Doc[] => Array.from({ length: 50 }, (_, id) => ({ id, text: `text ${id}`, seen, meta }));

/** Maps of one operation; gives the number of calls. */
class Docs {
  readonly checkpoints;

  constructor(enableArrow = true) {
    this.checkpoints = manager(join(folder, `${count++}`), enableArrow);
  }

  async calls(rows: readonly Doc[], content?: ContentOption<Doc>, more: Partial<MapOptions<Doc>> = {}): Promise<number> {
    let calls = 0;
    const fn = ({ id, text }: Doc): Row => (calls++, { id, text });
    const options = { key: 'id', hash: 'h', ...(content !== undefined && { content }), ...more } as const;
    const { rows: results } = await this.checkpoints.map('s', 'op', rows, fn, options);
    if (more.onError === undefined)
      assertExact(
        results,
        rows.map(({ id, text }) => ({ id, text })),
      );
    return calls;
  }
}

describe('content: what of a row is compared', () => {
  for (const enableArrow of [true, false]) {
    test(`columns, paths, all but some, and a function: ${enableArrow ? 'Parquet' : 'JSON'}`, async () => {
      const edited = docs(2, { lang: 'de', tag: 2 }).map((row) =>
        row.id === 3 ? { id: 3, text: 'other', seen: 2, meta: row.meta! } : row,
      );
      const contents: [ContentOption<Doc>, number][] = [
        [['text'], 1],
        [['id', 'text', 'meta.lang'], 1],
        [{ ignore: ['seen', 'meta.tag'] }, 1],
        [{ ignore: ['seen', 'meta'] }, 1],
        [({ text }) => text, 1],
        [({ text, meta }) => [text, meta?.['lang']], 1],
        ['all', 50],
        [['seen'], 50],
        [{ ignore: ['text'] }, 50],
        [{ ignore: [] }, 50],
      ];
      for (const [content, changed] of contents) {
        const store = new Docs(enableArrow);
        assert.equal(await store.calls(docs(1, { lang: 'de', tag: 1 }), content), 50);
        const { new: added, changed: planned } = await store.checkpoints.planIncremental('s', 'op', edited, {
          key: 'id',
          hash: 'h',
          content,
        });
        assert.deepStrictEqual([added.length, planned.length], [0, changed], String(content));
        assert.equal(await store.calls(edited, content), changed, String(content));
        assert.equal(await store.calls(edited, content), 0, String(content));
      }
    });
  }

  test('a column that is ignored from now on costs no calls; another definition never takes results of other rows', async () => {
    const store = new Docs();
    const plain = docs(1).map(({ id, text }): Doc => ({ id, text }));
    assert.equal(await store.calls(plain), 50);
    assert.equal(await store.calls(docs(1), ['id', 'text']), 0);
    assert.equal(await store.calls(docs(2), { ignore: ['seen', 'meta'] }), 0);
    assert.equal(await store.calls(docs(2)), 50);
    // Two functions that give the same values of different columns.
    const same = docs(1).map((row): Doc => ({ id: row.id, text: `${row.id}`, seen: row.id }));
    const functions = new Docs();
    assert.equal(await functions.calls(same, ({ text }) => Number(text)), 50);
    assert.equal(await functions.calls(same, ({ seen }) => seen), 50);
    assert.equal(await functions.calls(same, ({ text }) => Number(text)), 0, 'the earlier ones were kept');
    assert.equal(await functions.calls(same, ['seen']), 50);
    assert.equal(await functions.calls(same, ['text']), 50);
  });

  test('values that cannot be compared: not looked at, compared by the function, or their row fails alone', async () => {
    class ObjectId {
      constructor(readonly hex: string) {}
    }
    const withIds = (hex: string): Doc[] => docs(1).map((row): Doc => Object.assign(row, { oid: new ObjectId(`${hex}${row.id}`) }));
    for (const content of [['id', 'text'], { ignore: ['oid'] }, (row: Doc) => [row.text, (row['oid'] as ObjectId).hex.length]] as const) {
      const store = new Docs();
      assert.equal(await store.calls(withIds('a'), content as ContentOption<Doc>), 50);
      assert.equal(await store.calls(withIds('b'), content as ContentOption<Doc>), 0);
    }
    const store = new Docs();
    await rejectsWith('ERR_CKPT_UNSUPPORTED_VALUE', () => store.calls(withIds('a')));
    const one = docs(1).map((row): Doc => (row.id === 7 ? Object.assign(row, { oid: new ObjectId('a') }) : row));
    for (const onError of ['collect', 'skip'] as const) {
      const result = await store.checkpoints.map('s', 'op', one, ({ id }) => ({ id }), { key: 'id', onError });
      assert.deepStrictEqual(
        result.failed.map(({ key, error }) => [key, (error.cause as { code?: string }).code]),
        [[7, 'ERR_CKPT_UNSUPPORTED_VALUE']],
      );
      assert.deepStrictEqual([result.rows.length, result.path !== null], [49, onError === 'skip']);
    }
  });

  test('a function that throws, or gives nothing, a promise or what cannot be compared, fails its row', async () => {
    const bad: [(row: Doc) => unknown, RegExp][] = [
      [() => undefined, /content returned undefined for row 7/],
      [() => Promise.reject(new Error('late')), /content returned a promise/],
      [() => new Map(), /Map/],
      [
        () => {
          throw new TypeError('of the user');
        },
        /of the user/,
      ],
    ];
    for (const [give, message] of bad) {
      const content = (row: Doc): unknown => (row.id === 7 ? give(row) : row.text);
      const result = await new Docs().checkpoints.map('s', 'op', docs(1), ({ id }) => ({ id }), { key: 'id', content, onError: 'collect' });
      assert.deepStrictEqual(
        result.failed.map(({ key }) => key),
        [7],
      );
      assert.match(result.failed[0]!.error.message, message);
      await assert.rejects(new Docs().calls(docs(1), content), message);
    }
  });

  test('a name that no row has is an error, before a call is made; an optional one is none', async () => {
    const store = new Docs();
    for (const content of [['txt'], ['id', 'meta.lang']]) {
      await rejectsWith('ERR_CKPT_UNKNOWN_COLUMN', () => store.calls(docs(1), content));
      await rejectsWith('ERR_CKPT_UNKNOWN_COLUMN', () => store.checkpoints.planIncremental('s', 'op', docs(1), { key: 'id', content }));
      const stream = store.checkpoints.mapStream('s', 'op', docs(1).values(), ({ id }) => ({ id }), { key: 'id', content });
      await rejectsWith('ERR_CKPT_UNKNOWN_COLUMN', async () => {
        for await (const _ of stream);
      });
      assert.equal(await store.checkpoints.loadCheckpoint('s', 'op'), null);
    }
    const some = docs(1).map((row): Doc => (row.id === 49 ? Object.assign(row, { note: 'x' }) : row));
    assert.equal(await store.calls(some, ['text', 'note']), 50);
    assert.equal(await store.calls([], ['text', 'note']), 0);
  });

  test('options that say nothing or contradict themselves', async () => {
    const wrong: unknown[] = [
      [],
      [''],
      [7],
      'some',
      7,
      null,
      {},
      { ignore: 'text' },
      { ignore: [7] },
      { ignore: ['a'], only: ['b'] },
      new Map(),
    ];
    for (const content of wrong) await rejectsWith('ERR_CKPT_INVALID_OPTION', () => new Docs().calls(docs(1), content as 'all'));
    await rejectsWith('ERR_CKPT_INVALID_OPTION', () =>
      new Docs().checkpoints.planIncremental('s', 'op', docs(1), { key: 'id', content: [] }),
    );
    await rejectsWith('ERR_CKPT_UNSUPPORTED_VALUE', () => new Docs().calls(docs(1), JSON.stringify.bind(JSON) as () => unknown));
  });
});

describe('key: a path', () => {
  test('into objects, unless the row has that very key', async () => {
    const { checkpoints } = new Docs();
    const rows = Array.from({ length: 9 }, (_, id) => ({ meta: { id }, text: 'x' }));
    let calls = 0;
    const run = (input: Row[]) =>
      checkpoints.map('s', 'op', input, (row) => (calls++, { keys: Object.keys(row) }), { key: 'meta.id', hash: 'h' });
    await run(rows);
    await run(rows.toReversed());
    assert.equal(calls, 9);
    const { unchanged } = await checkpoints.planIncremental('s', 'op', rows, { key: 'meta.id', hash: 'h' });
    assert.equal(unchanged.length, 9);
    // The key counts before the path, as in `columns`.
    await run(rows.map(({ meta, text }) => ({ 'meta.id': -1 - meta.id, meta, text })));
    assert.equal(calls, 18);
    await rejectsWith('ERR_CKPT_MISSING_KEY', () => run([{ meta: { other: 1 } }]));
    await rejectsWith('ERR_CKPT_MISSING_KEY', () => run([{ meta: null }]));
    await rejectsWith('ERR_CKPT_MISSING_KEY', () => run([{ meta: [{ id: 1 }] }]));
    await rejectsWith('ERR_CKPT_DUPLICATE_KEY', () => run([{ meta: { id: 1 } }, { meta: { id: 1 } }]));
  });
});
