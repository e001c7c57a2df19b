import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rename, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { suite, test } from 'node:test';
import { isCheckpointError, type CheckpointErrorCode, type Row, type WriteOptions } from 'arrow-ckpt';
import { fallbackStore } from '../lib/formats/parquet/fallback/fallback-store.ts';
import { parquetStore } from '../lib/formats/parquet/parquet-store.ts';
import { jsonStore } from '../lib/formats/text/json-store.ts';
import { jsonlStore } from '../lib/formats/text/jsonl-store.ts';
import type { CheckpointStore } from '../lib/store/store.ts';
import { assertExact } from './support/exact.ts';
import { noBinding } from './support/readers.ts';
import { tempFolder } from './support/temp-folder.ts';

// What lib/store/store.ts promises of every store, one test a promise. A new store joins by a line here.

interface Kept {
  name: string;
  writer: CheckpointStore;
  reader: CheckpointStore;
}

const ALL: readonly Kept[] = [
  { name: 'Parquet', writer: parquetStore, reader: parquetStore },
  { name: 'Parquet, read without the binary', writer: parquetStore, reader: fallbackStore },
  { name: 'JSON', writer: jsonStore, reader: jsonStore },
  { name: 'JSON lines', writer: jsonlStore, reader: jsonlStore },
];
const STORES = ALL.filter(({ writer }) => writer !== parquetStore || noBinding === false);

const folder = tempFolder('conformance');
let files = 0;

/** A name in a folder of its own. */
async function fresh({ writer }: Kept): Promise<string> {
  const own = join(folder, String(files++));
  await mkdir(own);
  return join(own, `rows${writer.extension}`);
}

/** Enough for several row groups of 2,000 and several batches. */
const MANY = Array.from({ length: 9000 }, (_, id): Row => ({ id, text: `row ${id} ${'x'.repeat(id % 90)}`, even: id % 2 === 0 }));
const ODD: Row[] = [
  { a: 1, b: 'x', when: new Date(5), big: 12n, bytes: Uint8Array.of(1, 2), nested: { list: [1, null, 'three'], nan: Number.NaN } },
  {},
  { b: null, a: undefined, minus: -0 },
  { '': 'no name', 'a.b': 1, a: [[], [{}]], $ckpt: { v: 1 } },
];
const HASHED: WriteOptions = { hash: 'abc', metadata: { by: 'conformance' } };

async function saved(kept: Kept, rows: Iterable<Row> = MANY, options: WriteOptions = {}): Promise<string> {
  const path = await fresh(kept);
  await kept.writer.write(path, rows, { rowGroupRows: 2000, ...options });
  return path;
}

async function gather(batches: AsyncIterable<Row[]>): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const batch of batches) rows.push(...batch);
  return rows;
}

async function codeOf(work: Promise<unknown>): Promise<CheckpointErrorCode> {
  try {
    await work;
  } catch (error) {
    assert.ok(isCheckpointError(error), String(error));
    return error.code;
  }
  return assert.fail('it did not fail');
}

/** Nothing beside the file: no temporary, no lock. */
async function assertAlone(path: string): Promise<void> {
  assert.deepEqual(await readdir(dirname(path)), existsSync(path) ? [path.slice(dirname(path).length + 1)] : []);
}

function* failing(after: number, error: unknown): Generator<Row> {
  yield* MANY.slice(0, after);
  throw error;
}

for (const kept of STORES) {
  const { writer, reader } = kept;
  suite(kept.name, () => {
    for (const [name, rows] of Object.entries({ 'of many rows': MANY, 'of odd values': ODD, 'of no row': [], 'of empty rows': [{}, {}] })) {
      test(`a file ${name} comes back, at once, in batches and open`, async () => {
        const path = await saved(kept, rows, HASHED);
        assertExact(await reader.read(path, {}), rows);
        assertExact(await gather(reader.batches(path, {})), rows);
        const file = await reader.open(path, {});
        assertExact(await gather(file.batches({})), rows);
        assert.equal((await file.columns({})).rows, rows.length);
        assert.equal(await file.count({}), rows.length);
        file.close();
        await assertAlone(path);
      });
    }

    test('a save tells what the file says afterwards', async () => {
      const path = await fresh(kept);
      const info = await writer.write(path, MANY, HASHED);
      assert.deepEqual({ ...(await reader.info(path)), columns: info.columns }, info);
      assert.equal(info.bytes, (await readFile(path)).length);
      const { hash, metadata } = await reader.head(path);
      assert.deepEqual({ hash, metadata }, HASHED);
    });

    test('rows of an iterable, of an async one and of an array are the same', async () => {
      async function* later(): AsyncGenerator<Row> {
        for (const row of MANY) {
          if ((row['id'] as number) % 1000 === 1) await new Promise((resolve) => setImmediate(resolve));
          yield row;
        }
      }
      const path = await saved(kept, new Set(MANY));
      assertExact(await reader.read(path, {}), MANY);
      await writer.write(path, later(), {});
      assertExact(await reader.read(path, {}), MANY);
    });

    test('a part of the rows is that part in every call', async () => {
      const path = await saved(kept);
      const options = { where: { even: true, id: { $gte: 100 } }, offset: 7, limit: 2500, columns: ['id', 'text'] };
      const wanted = MANY.filter(({ id, even }) => even === true && (id as number) >= 100)
        .slice(7, 2507)
        .map(({ id, text }) => ({ id, text }));
      assertExact(await reader.read(path, options), wanted);
      assertExact(await gather(reader.batches(path, options)), wanted);
      const file = await reader.open(path, {});
      assertExact(await gather(file.batches(options)), wanted);
      assert.equal(await file.count({ where: options.where }), 4450);
      const columns = await file.columns(options);
      assert.deepEqual([columns.rows, columns.columns.map(({ name }) => name)], [2500, ['id', 'text']]);
      file.close();
    });

    test('what is picked is given in order', async () => {
      const path = await saved(kept);
      const file = await reader.open(path, {});
      const picked = [0, 1, 4095, 4096, 8999];
      assertExact(
        await gather(file.batches({}, picked)),
        picked.map((index) => MANY[index]),
      );
      file.close();
    });

    test('a save that fails leaves the old file, and nothing beside it', async () => {
      const path = await saved(kept, ODD);
      const before = await readFile(path);
      const mine = new RangeError('of the source');
      for (const after of [0, 1, 5000]) {
        await assert.rejects(writer.write(path, failing(after, mine), {}), (error) => error === mine);
        const wrong = [...MANY.slice(0, after), 7 as unknown as Row];
        assert.equal(await codeOf(writer.write(path, wrong, {})), 'ERR_CKPT_ROW_NOT_OBJECT');
        const unsupported = [...MANY.slice(0, after), { a: () => {} }];
        assert.equal(await codeOf(writer.write(path, unsupported, {})), 'ERR_CKPT_UNSUPPORTED_VALUE');
        assert.deepEqual(await readFile(path), before);
        await assertAlone(path);
      }
      const nowhere = await fresh(kept);
      await assert.rejects(writer.write(nowhere, failing(5000, mine), {}), (error) => error === mine);
      await assertAlone(nowhere);
    });

    test('an abort of a save rejects with its reason and leaves the old file', async () => {
      const path = await saved(kept, ODD);
      const before = await readFile(path);
      const reason = new Error('enough');
      const controller = new AbortController();
      function* rows(): Generator<Row> {
        for (const row of MANY) {
          if (row['id'] === 6000) controller.abort(reason);
          yield row;
        }
      }
      await assert.rejects(writer.write(path, rows(), { signal: controller.signal }), (error) => error === reason);
      assert.deepEqual(await readFile(path), before);
      await assertAlone(path);
    });

    test('an abort of a reading rejects with its reason, in every call', async () => {
      const path = await saved(kept);
      const reason = new Error('enough');
      const signal = AbortSignal.abort(reason);
      const isReason = (error: unknown): boolean => error === reason;
      await assert.rejects(reader.read(path, { signal }), isReason);
      await assert.rejects(gather(reader.batches(path, { signal })), isReason);
      const file = await reader.open(path, {});
      await assert.rejects(gather(file.batches({ signal })), isReason);
      await assert.rejects(file.columns({ signal }), isReason);
      await assert.rejects(file.count({ where: { even: true }, signal }), isReason);
      assert.equal(await file.count({}), MANY.length);
      file.close();
    });

    test('a reading that is left early ends, and others of the same file go on', async () => {
      const path = await saved(kept);
      const file = await reader.open(path, {});
      const other = file.batches({});
      const begun = (await other.next()).value as Row[];
      for await (const batch of file.batches({})) {
        assert.ok(batch.length > 0);
        break;
      }
      assertExact([...begun, ...(await gather(other))], MANY);
      file.close();
    });

    test('after close every call is refused', async () => {
      const path = await saved(kept);
      const file = await reader.open(path, {});
      const running = file.batches({});
      await running.next();
      file.close();
      file.close();
      assert.equal(await codeOf(gather(running)), 'ERR_CKPT_CLOSED');
      assert.equal(await codeOf(gather(file.batches({}))), 'ERR_CKPT_CLOSED');
      assert.equal(await codeOf(file.columns({})), 'ERR_CKPT_CLOSED');
    });

    test('an open file is read as it was opened, or said to have changed', async () => {
      const path = await saved(kept);
      const file = await reader.open(path, {});
      await writer.write(`${path}.new`, ODD, {});
      await rename(`${path}.new`, path);
      try {
        assertExact(await gather(file.batches({})), MANY);
      } catch (error) {
        assert.equal(isCheckpointError(error) && error.code, 'ERR_CKPT_CHANGED');
      }
      file.close();
    });

    test('an unknown column is named, in every call', async () => {
      const path = await saved(kept);
      for (const options of [{ columns: ['nope'] }, { where: { nope: 1 }, unknownColumns: 'error' as const }]) {
        assert.equal(await codeOf(reader.read(path, options)), 'ERR_CKPT_UNKNOWN_COLUMN');
        assert.equal(await codeOf(gather(reader.batches(path, options))), 'ERR_CKPT_UNKNOWN_COLUMN');
        const file = await reader.open(path, {});
        assert.equal(await codeOf(file.columns(options)), 'ERR_CKPT_UNKNOWN_COLUMN');
        file.close();
      }
    });

    test('what is no file of the store has a coded error, in every call', async () => {
      const path = await saved(kept);
      const calls = (name: string): (() => Promise<unknown>)[] => [
        () => reader.read(name, {}),
        () => gather(reader.batches(name, {})),
        () => reader.open(name, {}),
        () => reader.info(name),
        () => reader.head(name),
      ];
      for (const call of calls(`${path}.none`)) assert.equal(await codeOf(call()), 'ERR_CKPT_NOT_FOUND');
      for (const call of calls(dirname(path))) assert.equal(await codeOf(call()), 'ERR_CKPT_NOT_A_FILE');
      await writeFile(`${path}.other`, 'neither rows nor a checkpoint');
      for (const call of calls(`${path}.other`).slice(0, 4)) assert.equal(await codeOf(call()), 'ERR_CKPT_NOT_A_CHECKPOINT');
    });

    test('a file that was cut is refused', async () => {
      const path = await saved(kept, MANY, HASHED);
      const { length } = await readFile(path);
      await truncate(path, Math.floor(length * 0.7));
      const codes = new Set(['ERR_CKPT_TRUNCATED', 'ERR_CKPT_CORRUPT']);
      assert.ok(codes.has(await codeOf(reader.read(path, {}))));
      assert.ok(codes.has(await codeOf(gather(reader.batches(path, {})))));
    });

    test('a folder in the place of the file is refused before a row is asked for', async () => {
      const path = await fresh(kept);
      await mkdir(path);
      assert.equal(await codeOf(writer.write(path, MANY, {})), 'ERR_CKPT_NOT_A_FILE');
      assert.deepEqual(await readdir(path), []);
    });

    test('saving and reading leave the event loop its turns', async () => {
      const rows = Array.from({ length: 60_000 }, (_, id): Row => ({ id, text: 'x'.repeat(100), list: [id, id + 1] }));
      const path = await fresh(kept);
      let turns = 0;
      const timer = setInterval(() => (turns += 1), 1);
      await writer.write(path, rows, {});
      const ofSave = turns;
      await reader.read(path, {});
      clearInterval(timer);
      assert.ok(ofSave >= 1 && turns > ofSave, `${ofSave} turns in the save, ${turns - ofSave} in the load`);
    });
  });
}
