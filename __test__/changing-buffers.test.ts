import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { hashOperation, isCheckpointError, readCheckpoint, writeCheckpoint, type Row, type WriteOptions } from 'arrow-ckpt';
import { STORE_MODES, type StoreMode } from './support/store-modes.js';
import { tempFolder } from './support/temp-folder.js';

/** `ArrayBuffer`s that can change their size came to TypeScript's library later than to Node. */
const resizable = (bytes: number, most: number): ArrayBuffer & { resize: (bytes: number) => void } =>
  Reflect.construct(ArrayBuffer, [bytes, { maxByteLength: most }]) as never;

function transferred<T extends ArrayBufferView>(view: T): T {
  structuredClone(view.buffer, { transfer: [view.buffer as ArrayBuffer] });
  return view;
}

function shrunk<T>(make: (buffer: ArrayBuffer) => T): T {
  const buffer = resizable(16, 32);
  const view = make(buffer);
  buffer.resize(4);
  return view;
}

const GONE: Record<string, () => unknown> = {
  'a transferred Uint8Array': () => transferred(new Uint8Array(8)),
  'a transferred Buffer': () => transferred(Buffer.from(new ArrayBuffer(8))),
  'a transferred Float32Array': () => transferred(new Float32Array(2)),
  'a transferred Float64Array': () => transferred(new Float64Array(2)),
  'a transferred empty Uint8Array': () => transferred(new Uint8Array(0)),
  'a transferred DataView': () => transferred(new DataView(new ArrayBuffer(8))),
  'a transferred Int32Array': () => transferred(new Int32Array(2)),
  'a transferred BigInt64Array': () => transferred(new BigInt64Array(2)),
  'a transferred ArrayBuffer': () => transferred(new Uint8Array(8)).buffer,
  'a Uint8Array out of bounds': () => shrunk((buffer) => new Uint8Array(buffer, 0, 8)),
  'a Buffer out of bounds': () => shrunk((buffer) => Buffer.from(buffer, 8, 8)),
  'a Float32Array out of bounds': () => shrunk((buffer) => new Float32Array(buffer, 0, 2)),
  'a Float64Array out of bounds': () => shrunk((buffer) => new Float64Array(buffer, 8)),
  'a DataView out of bounds': () => shrunk((buffer) => new DataView(buffer, 8, 8)),
};

const PLACES: Record<string, [string, (value: unknown) => unknown]> = {
  'a column': ['x', (value) => value],
  'a list': ['x[1]', (value) => [Uint8Array.of(1), value]],
  'a struct': ['x.y', (value) => ({ y: value })],
  'a list of structs': ['x[0].y[0]', (value) => [{ y: [value] }]],
};
const BEFORE: Record<string, (id: number) => unknown> = {
  nothing: () => null,
  bytes: () => Uint8Array.of(1, 2),
  floats: () => Float64Array.of(1, 2),
  texts: () => 'text',
  'a mixture': (id) => ['text', 1, { a: 1 }, Uint8Array.of(1)][(id * 7) % 4],
};

describe('buffers that are gone are refused with row and column', () => {
  const folder = tempFolder('gone');
  for (const [mode, store] of Object.entries(STORE_MODES)) {
    test(mode, async () => {
      for (const [what, gone] of Object.entries(GONE)) {
        for (const [place, [column, put]] of Object.entries(PLACES)) {
          for (const [before, other] of Object.entries(BEFORE)) {
            const rows: Row[] = Array.from({ length: 300 }, (_, id) => ({ id, x: other(id) }));
            rows[270] = { id: 270, x: put(gone()) };
            const expected = { code: 'ERR_CKPT_UNSUPPORTED_VALUE', row: 270, column };
            await assert.rejects(store.save(join(folder, mode), rows, {}), expected, `${what} in ${place} after ${before}`);
          }
        }
      }
    });
  }

  for (const extension of ['parquet', 'json', 'jsonl']) {
    test(`in metadata, options and other programs' forms: ${extension}`, async () => {
      for (const gone of Object.values(GONE)) {
        const path = join(folder, `options.${extension}`);
        for (const options of [
          { metadata: { a: gone() } },
          { metadata: gone() },
          { hash: gone() },
          { bloomFilter: gone() },
          { schema: gone() },
        ])
          await assert.rejects(writeCheckpoint(path, [{ id: 1 }], options as WriteOptions), isCheckpointError);
        if (extension !== 'jsonl')
          await assert.rejects(writeCheckpoint(path, [{ id: 1, x: gone() }], { compat: 'docetl' } as WriteOptions), isCheckpointError);
        await assert.rejects(hashOperation({ config: { x: gone() } }), isCheckpointError);
      }
    });
  }

  test('the message says what to do', async () => {
    const message = /^x of row 0 is an object of class Uint8Array without memory: .*transferred or shrunk; store a copy/;
    for (const path of ['a.parquet', 'a.json'])
      await assert.rejects(writeCheckpoint(join(folder, path), [{ x: transferred(new Uint8Array(8)) }]), { message });
  });

  test('one that is transferred or shrunk while the save waits is refused, and never saved as empty', async () => {
    const buffers = Array.from({ length: 64 }, () => resizable(1 << 20, 1 << 21));
    const rows = buffers.map((buffer, id) => ({ id, x: new Uint8Array(buffer, 0, 1 << 20) }));
    const save = writeCheckpoint(join(folder, 'while.parquet'), rows);
    await new Promise((resolve) => setImmediate(resolve));
    for (const [index, buffer] of buffers.entries()) {
      if (index % 2 === 0) buffer.resize(10);
      else structuredClone(buffer, { transfer: [buffer] });
    }
    const failure: unknown = await save.then(
      () => undefined,
      (error: unknown) => error,
    );
    // All may have been read before.
    if (failure !== undefined) assert.ok(isCheckpointError(failure) && failure.column === 'x', String(failure));
    else {
      for (const row of await readCheckpoint(join(folder, 'while.parquet'))) assert.equal((row['x'] as Uint8Array).length, 1 << 20);
    }
  });
});

describe('views of buffers that can change are saved with what they have', () => {
  const folder = tempFolder('views');
  const fill = <T extends ArrayBufferLike>(buffer: T): T => {
    new Uint8Array(buffer).forEach((_, at, bytes) => (bytes[at] = at + 1));
    return buffer;
  };
  const views = (buffer: ArrayBufferLike): Row => ({
    bytes: new Uint8Array(buffer),
    part: new Uint8Array(buffer, 2, 3),
    buffer: Buffer.from(buffer as ArrayBuffer),
    f32: new Float32Array(buffer),
    f64: new Float64Array(buffer, 8),
    list: [new Uint8Array(buffer), { f: new Float64Array(buffer) }],
  });
  const copies = (bytes: number): Row => {
    const row = views(fill(new ArrayBuffer(bytes)));
    return { ...row, buffer: new Uint8Array(row['buffer'] as Uint8Array) };
  };
  const SHARED: Record<string, () => [ArrayBufferLike, number]> = {
    'a resizable buffer that grew': () => {
      const buffer = resizable(8, 32);
      buffer.resize(16);
      return [fill(buffer), 16];
    },
    'a resizable buffer that shrank': () => {
      const buffer = resizable(32, 32);
      buffer.resize(16);
      return [fill(buffer), 16];
    },
    'a shared buffer': () => [fill(new SharedArrayBuffer(16)), 16],
    'a shared buffer that grew': () => {
      const buffer = Reflect.construct(SharedArrayBuffer, [8, { maxByteLength: 32 }]) as SharedArrayBuffer & { grow: (to: number) => void };
      buffer.grow(24);
      return [fill(buffer), 24];
    },
  };
  for (const [mode, store] of Object.entries(STORE_MODES) as [string, StoreMode][]) {
    test(mode, async () => {
      for (const [what, make] of Object.entries(SHARED)) {
        const [buffer, bytes] = make();
        await store.save(join(folder, mode), [views(buffer), views(buffer)], {});
        assert.deepStrictEqual(await store.load(join(folder, mode)), [copies(bytes), copies(bytes)], what);
      }
    });
  }

  test('views that follow their buffer are read once the save comes to them', async () => {
    const buffer = resizable(16, 32);
    const row = views(fill(buffer));
    buffer.resize(24);
    for (const [mode, store] of Object.entries(STORE_MODES)) {
      await store.save(join(folder, mode), [row], {});
      const [loaded] = await store.load(join(folder, mode));
      assert.equal((loaded?.['bytes'] as Uint8Array | undefined)?.length, 24, mode);
    }
  });
});
