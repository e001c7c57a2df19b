import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CheckpointManager } from '../../lib/api/checkpoint-manager.js';
import type { CheckpointErrorCode } from '../../lib/base/errors.js';
import type { Bucket, BucketGetOptions } from '../../lib/options/bucket.js';
import { failureOf } from '../support/codes.js';

/** What a check of the interface gets: a bucket, and keys and files of its own. */
export interface CheckContext {
  bucket: Bucket;
  /** The same bucket over a `fetch` that changes a byte of every large body on its way. */
  corrupting: Bucket;
  /** What all keys of the check begin with. */
  prefix: string;
  /** Where it may write files. */
  folder: string;
}

/** One promise of the interface. `Context`: what it needs. */
export interface Check<Context = CheckContext> {
  name: string;
  run: (context: Context) => Promise<void>;
}

const LARGE = 9 << 20;
const WRITERS = 16;
const MANY = 2500;
/** Names that are odd somewhere: those that a manager may have, and keys that nobody expects. */
export const ODD_KEYS = [
  'plain',
  'with space',
  ' leading and trailing ',
  'a+b=c&d',
  'per%20cent',
  '100%',
  'question?mark',
  'hash#tag',
  'quote\'and"quotes',
  '(brackets)[more]{and}!*',
  'semi;colon:and,comma@at$dollar',
  'umläut-ß-é',
  '日本語',
  '😀',
  '~tilde^caret`backtick|pipe',
  'back\\slash',
  'CON.parquet',
  '-dash',
  '.hidden',
  'a.',
  '<xml>&amp;</xml>',
  'deep/er/still',
  'x'.repeat(200),
];

let files = 0;

/** A file with these bytes. */
export function fileOf(folder: string, bytes: Buffer | string): string {
  const file = join(folder, `file-${files++}`);
  writeFileSync(file, bytes);
  return file;
}

/** All bytes of an object, or of a part of it; null where it is not there. */
export async function bytesOf(bucket: Bucket, key: string, options?: BucketGetOptions): Promise<Buffer | null> {
  const found = await bucket.get(key, options);
  if (found === null) return null;
  const pieces: Uint8Array[] = [];
  for await (const piece of found.body) pieces.push(piece);
  return Buffer.concat(pieces);
}

async function textOf(bucket: Bucket, key: string, options?: BucketGetOptions): Promise<string | undefined> {
  return (await bytesOf(bucket, key, options))?.toString();
}

async function failsWith(code: CheckpointErrorCode, work: () => Promise<unknown>): Promise<void> {
  const error = (await failureOf(work)) as { code?: string; message: string };
  assert.equal(error.code, code, error.message);
}

async function race(count: number, write: (writer: number) => Promise<unknown>): Promise<number[]> {
  const outcomes = await Promise.allSettled(Array.from({ length: count }, (_, writer) => write(writer)));
  for (const one of outcomes)
    if (one.status === 'rejected') assert.equal((one.reason as { code?: string }).code, 'ERR_CKPT_CONDITION', String(one.reason));
  return outcomes.flatMap((one, writer) => (one.status === 'fulfilled' ? [writer] : []));
}

/** Some at a time. */
export async function each<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const left = [...items];
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      for (let item = left.pop(); item !== undefined; item = left.pop()) await work(item);
    }),
  );
}

/** Every promise of `Bucket`, as something to try. */
export const CHECKS: readonly Check[] = [
  {
    name: 'what is not there',
    run: async ({ bucket, prefix }) => {
      assert.equal(await bucket.get(`${prefix}none`), null);
      assert.equal(await bucket.get(`${prefix}none`, { range: { last: 10 } }), null);
      await bucket.delete(`${prefix}none`);
    },
  },
  {
    name: 'create once',
    run: async ({ bucket, prefix, folder }) => {
      const key = `${prefix}once`;
      await bucket.put(key, fileOf(folder, 'first'), { ifAbsent: true });
      await failsWith('ERR_CKPT_CONDITION', () => bucket.put(key, fileOf(folder, 'second'), { ifAbsent: true }));
      assert.equal(await textOf(bucket, key), 'first');
      await bucket.put(key, fileOf(folder, 'third'));
      assert.equal(await textOf(bucket, key), 'third');
      // Of the same hour, where the store tells.
      const times = [(await bucket.get(key))?.modified];
      for await (const { modified } of bucket.list(key)) times.push(modified);
      for (const time of times) assert.ok(Math.abs((time?.getTime() ?? Date.now()) - Date.now()) < 3_600_000, String(time));
    },
  },
  {
    name: 'swap',
    run: async ({ bucket, prefix, folder }) => {
      const key = `${prefix}swap`;
      const { etag } = await bucket.put(key, fileOf(folder, 'one'));
      assert.equal((await bucket.get(key))?.etag, etag);
      const next = await bucket.put(key, fileOf(folder, 'two'), { ifMatch: etag });
      assert.notEqual(next.etag, etag);
      await failsWith('ERR_CKPT_CONDITION', () => bucket.put(key, fileOf(folder, 'three'), { ifMatch: etag }));
      assert.equal(await textOf(bucket, key), 'two');
      await bucket.delete(key);
      await failsWith('ERR_CKPT_CONDITION', () => bucket.put(key, fileOf(folder, 'four'), { ifMatch: next.etag }));
      assert.equal(await bucket.get(key), null);
    },
  },
  {
    name: '16 writers, one winner',
    run: async ({ bucket, prefix, folder }) => {
      const key = `${prefix}race`;
      const won = await race(WRITERS, (writer) => bucket.put(key, fileOf(folder, `writer ${writer}`), { ifAbsent: true }));
      assert.equal(won.length, 1, `${won.length} created it`);
      assert.equal(await textOf(bucket, key), `writer ${won[0]}`);
      const etag = (await bucket.get(key))?.etag as string;
      const swapped = await race(WRITERS, (writer) => bucket.put(key, fileOf(folder, `swapper ${writer}`), { ifMatch: etag }));
      assert.equal(swapped.length, 1, `${swapped.length} swapped it`);
      assert.equal(await textOf(bucket, key), `swapper ${swapped[0]}`);
    },
  },
  {
    name: 'an object in parts',
    run: async ({ bucket, prefix, folder }) => {
      const bytes = randomBytes(LARGE);
      const counts: number[] = [];
      const { etag } = await bucket.put(`${prefix}parts`, fileOf(folder, bytes), { onBytes: (count) => counts.push(count) });
      assert.ok((await bytesOf(bucket, `${prefix}parts`))?.equals(bytes));
      assert.equal((await bucket.get(`${prefix}parts`, { range: { last: 1 } }))?.etag, etag);
      assert.equal(counts.at(-1), LARGE);
      const middle = await bytesOf(bucket, `${prefix}parts`, { range: { start: (8 << 20) - 5, end: (8 << 20) + 5 } });
      assert.ok(middle?.equals(bytes.subarray((8 << 20) - 5, (8 << 20) + 5)));
    },
  },
  {
    name: 'conditions on an object in parts',
    run: async ({ bucket, prefix, folder }) => {
      const key = `${prefix}parts`;
      const file = fileOf(folder, randomBytes(LARGE));
      const { etag } = await bucket.put(key, file, { ifAbsent: true });
      await failsWith('ERR_CKPT_CONDITION', () => bucket.put(key, file, { ifAbsent: true }));
      const other = fileOf(folder, randomBytes(LARGE));
      await bucket.put(key, other, { ifMatch: etag });
      await failsWith('ERR_CKPT_CONDITION', () => bucket.put(key, file, { ifMatch: etag }));
    },
  },
  {
    name: 'racing objects in parts',
    run: async ({ bucket, prefix, folder }) => {
      const contents = [randomBytes(LARGE), randomBytes(LARGE), randomBytes(LARGE)];
      const won = await race(3, (writer) => bucket.put(`${prefix}race`, fileOf(folder, contents[writer] as Buffer), { ifAbsent: true }));
      assert.equal(won.length, 1, `${won.length} created it`);
      assert.ok((await bytesOf(bucket, `${prefix}race`))?.equals(contents[won[0] as number] as Buffer));
    },
  },
  {
    name: 'ranges and suffixes',
    run: async ({ bucket, prefix, folder }) => {
      const key = `${prefix}ranges`;
      const text = 'abcdefghijklmnopqrstuvwxyz';
      await bucket.put(key, fileOf(folder, text));
      const part = async (range: BucketGetOptions['range']): Promise<[string, number, number]> => {
        const found = await bucket.get(key, range && { range });
        assert.ok(found);
        const pieces: Uint8Array[] = [];
        for await (const piece of found.body) pieces.push(piece);
        return [Buffer.concat(pieces).toString(), found.offset, found.size];
      };
      assert.deepEqual(await part(undefined), [text, 0, 26]);
      assert.deepEqual(await part({ start: 0, end: 1 }), ['a', 0, 26]);
      assert.deepEqual(await part({ start: 3, end: 6 }), ['def', 3, 26]);
      assert.deepEqual(await part({ start: 20 }), ['uvwxyz', 20, 26]);
      assert.deepEqual(await part({ start: 20, end: 100 }), ['uvwxyz', 20, 26]);
      assert.deepEqual(await part({ last: 4 }), ['wxyz', 22, 26]);
      assert.deepEqual(await part({ last: 100 }), [text, 0, 26]);
    },
  },
  {
    name: 'an empty object',
    run: async ({ bucket, prefix, folder }) => {
      const key = `${prefix}empty`;
      await bucket.put(key, fileOf(folder, ''), { ifAbsent: true });
      assert.equal(await textOf(bucket, key), '');
      assert.equal(await textOf(bucket, key, { range: { last: 10 } }), '');
      assert.equal((await bucket.get(key))?.size, 0);
    },
  },
  {
    name: 'one state of an object',
    run: async ({ bucket, prefix, folder }) => {
      const key = `${prefix}state`;
      const { etag } = await bucket.put(key, fileOf(folder, 'before'));
      assert.equal(await textOf(bucket, key, { ifMatch: etag, range: { start: 1, end: 3 } }), 'ef');
      await bucket.put(key, fileOf(folder, 'after'));
      await failsWith('ERR_CKPT_CHANGED', () => bytesOf(bucket, key, { ifMatch: etag, range: { start: 1, end: 3 } }));
      await failsWith('ERR_CKPT_CHANGED', () => bytesOf(bucket, key, { ifMatch: etag, range: { last: 3 } }));
    },
  },
  {
    name: 'odd names',
    run: async ({ bucket, prefix, folder }) => {
      for (const name of ODD_KEYS) await bucket.put(`${prefix}odd/${name}`, fileOf(folder, name), { ifAbsent: true });
      const wrong: string[] = [];
      for (const name of ODD_KEYS) if ((await textOf(bucket, `${prefix}odd/${name}`)) !== name) wrong.push(name);
      assert.deepEqual(wrong, []);
      const listed: string[] = [];
      for await (const { key } of bucket.list(`${prefix}odd/`)) listed.push(key.slice(prefix.length + 4));
      assert.deepEqual(listed.sort(), [...ODD_KEYS].sort());
      for (const name of ODD_KEYS) await bucket.delete(`${prefix}odd/${name}`);
      for await (const { key } of bucket.list(`${prefix}odd/`)) assert.fail(`${key} is still there`);
    },
  },
  {
    name: `a listing of ${MANY.toLocaleString('en')}`,
    run: async ({ bucket, prefix, folder }) => {
      const file = fileOf(folder, 'x');
      const keys = Array.from({ length: MANY }, (_, index) => `${prefix}many/${String(index).padStart(5, '0')}`);
      await each([...keys, `${prefix}many.not`], (key) => bucket.put(key, file));
      const found: string[] = [];
      for await (const { key, size, etag } of bucket.list(`${prefix}many/`)) {
        assert.equal(size, 1);
        assert.notEqual(etag, '');
        found.push(key);
      }
      assert.deepEqual(found, keys);
    },
  },
  {
    name: 'bytes that change on their way',
    run: async ({ bucket, corrupting, prefix, folder }) => {
      const key = `${prefix}damaged`;
      await bucket.put(key, fileOf(folder, 'x'.repeat(5000)));
      await failsWith('ERR_CKPT_IO', () => corrupting.put(key, fileOf(folder, 'y'.repeat(5000))));
      await failsWith('ERR_CKPT_IO', () => corrupting.put(key, fileOf(folder, randomBytes(LARGE))));
      assert.equal(await textOf(bucket, key), 'x'.repeat(5000));
    },
  },
  {
    name: 'delete',
    run: async ({ bucket, prefix, folder }) => {
      const key = `${prefix}delete`;
      await bucket.put(key, fileOf(folder, 'x'));
      await bucket.delete(key);
      assert.equal(await bucket.get(key), null);
    },
  },
  {
    name: 'delete one state',
    run: async ({ bucket, prefix, folder }) => {
      const key = `${prefix}delete`;
      const { etag } = await bucket.put(key, fileOf(folder, 'one'));
      const next = await bucket.put(key, fileOf(folder, 'two'));
      await failsWith('ERR_CKPT_CONDITION', () => bucket.delete(key, { ifMatch: etag }));
      assert.equal(await textOf(bucket, key), 'two');
      await bucket.delete(key, { ifMatch: next.etag });
      assert.equal(await bucket.get(key), null);
    },
  },
  {
    name: 'an abort leaves nothing',
    run: async ({ bucket, prefix, folder }) => {
      const stop = new AbortController();
      const reason = new Error('enough');
      const onBytes = (): void => stop.abort(reason);
      const file = fileOf(folder, randomBytes(4 * LARGE));
      const error = await failureOf(() => bucket.put(`${prefix}aborted`, file, { signal: stop.signal, onBytes }));
      assert.equal(error, reason);
      assert.equal(await bucket.get(`${prefix}aborted`), null);
    },
  },
  {
    name: 'a map that is interrupted goes on',
    run: async ({ bucket, prefix }) => {
      const checkpoints = new CheckpointManager(`own://any/${prefix}map`, { bucket, logger: false });
      const rows = Array.from({ length: 40 }, (_, id) => ({ id }));
      const options = { key: 'id', hash: 'h', concurrency: 1, batchSize: 2 } as const;
      let calls = 0;
      const once = ({ id }: { id: number }): object => {
        if (++calls === 31) throw new Error('enough');
        return { id, twice: 2 * id };
      };
      await failsWith('ERR_CKPT_ROW_FAILED', () => checkpoints.map('s', 'op', rows, once, options));
      const { rows: results, resumed } = await checkpoints.map('s', 'op', rows, once, options);
      assert.deepEqual([results, resumed, calls], [rows.map(({ id }) => ({ id, twice: 2 * id })), 30, 41]);
      const left: string[] = [];
      for await (const { key } of bucket.list(`${prefix}map/`)) left.push(key);
      assert.deepEqual(left, [`${prefix}map/s/op.parquet`]);
    },
  },
];

/** A `fetch` that changes a byte of every large body on its way. */
export const corruptingFetch: typeof fetch = (input, init) => {
  const body = init?.body;
  if (!(body instanceof Uint8Array) || body.length < 4000) return fetch(input, init);
  const changed = Buffer.from(body);
  changed[2500]! ^= 1;
  return fetch(input, { ...init, body: changed });
};
