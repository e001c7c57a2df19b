import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fc } from './support/seeded.ts';
import { isCheckpointError } from '../lib/base/errors.js';
import { Pace } from '../lib/base/pace.js';
import { chunksOf, rowsSource, type RowsSource, type SourceFailure } from '../lib/base/rows-source.js';
import { firstError } from '../lib/formats/text/json/first-error.js';
import { jsonBatches } from '../lib/formats/text/json/read.js';
import type { Row } from '../lib/base/rows.js';

const folder = await mkdtemp(join(tmpdir(), 'json-reader-'));
after(() => rm(folder, { recursive: true, force: true }));

const jsonRow = fc.dictionary(fc.string({ maxLength: 4 }), fc.jsonValue({ maxDepth: 2, depthSize: 'small' }), { maxKeys: 4 });

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

test('property: the first error is there exactly when JSON.parse throws', () => {
  const edit = fc.record({
    at: fc.nat(),
    remove: fc.nat(2),
    insert: fc.constantFrom('', '"', '{', '}', ']', ',', ':', '\\', '1', '.', 'e', '-', 'n', ' ', '\n'),
  });
  fc.assert(
    fc.property(fc.json({ depthSize: 'small' }), edit, (text, { at, remove, insert }) => {
      const start = at % (text.length + 1);
      const bytes = Buffer.from(text.slice(0, start) + insert + text.slice(start + remove));
      const value = parsed(bytes.toString());
      const error = firstError(bytes);
      assert.equal(error === undefined, value !== undefined, bytes.toString());
      // What is before the error is right: a value, or the beginning of one.
      const before = error === undefined ? undefined : firstError(bytes.subarray(0, error.at));
      assert.equal(before?.at ?? error?.at, error?.at, bytes.toString());
    }),
    { numRuns: 3000 },
  );
});

test('property: files of any form, whole or damaged, give what JSON.parse gives or a coded error', async () => {
  const path = join(folder, 'a.json');
  const form = fc.constantFrom(
    (rows: Row[]) => JSON.stringify(rows),
    (rows: Row[]) => JSON.stringify(rows, null, 1),
    (rows: Row[]) => `[\n${rows.map((row) => JSON.stringify(row)).join(',\n')}\n]\n`,
    (rows: Row[]) => `[${rows.map((row) => JSON.stringify(row)).join(', ')}]`,
  );
  const edit = fc.option(
    fc.record({ at: fc.nat(), remove: fc.nat(3), insert: fc.constantFrom('', '"', '{', '}', '[', ']', ',', ',\n{', '}, {', '\\', '1,') }),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(jsonRow, { maxLength: 8 }),
      form,
      edit,
      fc.integer({ min: 1, max: 50 }),
      async (rows, form, edit, chunkBytes) => {
        let text = form(rows as Row[]);
        if (edit !== null) {
          const start = edit.at % (text.length + 1);
          text = text.slice(0, start) + edit.insert + text.slice(start + edit.remove);
        }
        await writeFile(path, text);
        const value = parsed(text);
        const good = Array.isArray(value) && value.every((row) => typeof row === 'object' && row !== null && !Array.isArray(row));
        for (const size of [chunkBytes, undefined]) {
          const got: Row[] = [];
          try {
            for await (const batch of jsonBatches(path, {}, size)) got.push(...batch);
          } catch (error) {
            assert.ok(isCheckpointError(error), String(error));
            assert.ok(!good, `${error.message}: ${text}`);
            continue;
          }
          assert.ok(good, text);
          assert.equal(JSON.stringify(got), JSON.stringify(value));
        }
      },
    ),
    { numRuns: 500 },
  );
});

async function chunked(rows: RowsSource, size: number): Promise<number[]> {
  const sizes: number[] = [];
  for await (const chunk of chunksOf(rows, size)) sizes.push(chunk.length);
  return sizes;
}

test('chunks of arrays, iterables and async iterables', async () => {
  const rows: Row[] = Array.from({ length: 7 }, (_, i) => ({ i }));
  async function* later(): AsyncGenerator<Row> {
    yield* rows;
  }
  for (const make of [() => rows, () => new Set(rows), () => rows.values(), later]) {
    assert.deepStrictEqual(await chunked(make(), 3), [3, 3, 1]);
    assert.deepStrictEqual(await chunked(make(), 7), [7]);
  }
  assert.deepStrictEqual(await chunked([], 3), []);
  assert.deepStrictEqual(await chunked(new Set<Row>(), 3), []);
  for (const wrong of [
    'rows',
    '',
    1,
    null,
    undefined,
    {},
    new Uint8Array(),
    new Float64Array(1),
    Object('s'),
    () => [],
    Promise.resolve([]),
  ]) {
    assert.throws(() => rowsSource(wrong), { code: 'ERR_CKPT_ROWS_NOT_ITERABLE' });
  }
});

test('stopping early closes the source, and its own failure is noted', async () => {
  let closed = 0;
  async function* endless(): AsyncGenerator<Row> {
    try {
      for (let i = 0; ; i++) yield { i };
    } finally {
      closed++;
    }
  }
  function* endlessSync(): Generator<Row> {
    try {
      for (let i = 0; ; i++) yield { i };
    } finally {
      closed++;
    }
  }
  const { signal } = new AbortController();
  for (const chunks of [chunksOf(endless(), 2), chunksOf(endlessSync(), 2), chunksOf(endless(), 2, { signal })]) {
    for await (const chunk of chunks) if (chunk.length === 2) break;
  }
  assert.equal(closed, 3);

  const boom = new Error('boom');
  function* failing(): Generator<Row> {
    yield {};
    throw boom;
  }
  const failure: SourceFailure = { happened: false, error: undefined };
  await assert.rejects(async () => {
    for await (const _ of chunksOf(failing(), 5, { failure }));
  }, boom);
  assert.deepStrictEqual(failure, { happened: true, error: boom });
});

test('a pace yields, throws the reason, and tells the end', async () => {
  const told: number[] = [];
  const controller = new AbortController();
  const pace = new Pace({ signal: controller.signal, onProgress: ({ rows }) => told.push(rows) }, 10);
  let turned = false;
  setImmediate(() => (turned = true));
  await pace.turn();
  assert.equal(turned, false);
  assert.equal(pace.due, false);
  for (const end = performance.now() + 60; performance.now() < end;);
  assert.equal(pace.due, true);
  pace.advance(4);
  await pace.turn();
  assert.equal(turned, true);
  pace.advance(6);
  await pace.turn();
  pace.finish();
  assert.deepStrictEqual(told, [4, 10]);
  controller.abort('why');
  assert.equal(pace.due, true);
  await assert.rejects(pace.turn(), (reason) => reason === 'why');
});
