import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { CheckpointManager, createCheckpoint, readCheckpoint, writeCheckpoint, type MapOptions, type Row } from 'arrow-ckpt';
import { assertExact } from './support/exact.ts';
import { manager } from './support/map-rows.ts';
import { tempFolder } from './support/temp-folder.ts';

const folder = tempFolder('changed-rows');
const OPTIONS = { key: 'id', hash: 'h', concurrency: 4 } as const satisfies MapOptions;

interface Made extends Row {
  id: number;
  text: string;
  deep: { list: (number | { n: number })[] };
  vector: Float32Array;
  bytes: Uint8Array;
}

function made(id: number): Made {
  return {
    id,
    text: `text ${id}`,
    deep: { list: [id, { n: id }] },
    vector: Float32Array.of(id, 0.5),
    bytes: Uint8Array.of(id & 255, 7),
  };
}

function input(count: number): { id: number }[] {
  return Array.from({ length: count }, (_, id) => ({ id }));
}

function expected(count: number): Made[] {
  return input(count).map(({ id }) => made(id));
}

async function collected(rows: AsyncIterable<Row>): Promise<Row[]> {
  const all: Row[] = [];
  for await (const row of rows) all.push(row);
  return all;
}

/** Changes everything in a row that can be changed. */
function spoil(row: Made): void {
  row.deep.list[0] = -1;
  (row.deep.list[1] as { n: number }).n = -1;
  row.deep.list.push(9);
  row.vector.fill(-1);
  row.bytes.fill(0);
  row['more'] = true;
  delete (row as Partial<Made>).text;
}

for (const enableArrow of [true, false]) {
  describe(`what becomes of rows after they were made does not reach the checkpoint: ${enableArrow ? 'Parquet' : 'JSON'}`, () => {
    const directory = (name: string) => join(folder, `${name} ${enableArrow}`);

    for (const count of [20, 3000]) {
      test(`a reader of mapStream that changes ${count} rows`, async () => {
        const checkpoints = manager(directory(`stream ${count}`), enableArrow);
        for await (const row of checkpoints.mapStream('s', 'op', input(count), async ({ id }) => made(id), OPTIONS)) spoil(row);
        assertExact(await checkpoints.loadCheckpoint('s', 'op'), expected(count));
        // The same of known rows, which a run in another order writes again.
        const calls: number[] = [];
        const again = checkpoints.mapStream('s', 'op', input(count).reverse(), ({ id }) => (calls.push(id), made(id)), OPTIONS);
        for await (const row of again) spoil(row);
        assert.deepStrictEqual(calls, []);
        assertExact(await checkpoints.loadCheckpoint('s', 'op'), expected(count).reverse());
      });
    }

    test('a reader that changes rows and stops: the batches hold what was made', async () => {
      const checkpoints = manager(directory('stopped'), enableArrow);
      let taken = 0;
      const run = checkpoints.mapStream('s', 'op', input(400), async ({ id }) => made(id), {
        ...OPTIONS,
        batchSize: 1000,
        flushEvery: 60_000,
      });
      for await (const row of run) {
        spoil(row);
        if (++taken === 200) break;
      }
      const { rows, resumed } = await checkpoints.map('s', 'op', input(400), ({ id }) => made(id), OPTIONS);
      assert.ok(resumed >= 200, `${resumed} resumed`);
      assertExact(rows, expected(400));
      assertExact(await checkpoints.loadCheckpoint('s', 'op'), expected(400));
    });

    test('a function that keeps its results and changes them, one object for several rows among them', async () => {
      const checkpoints = manager(directory('kept'), enableArrow);
      const shared: Row = { nested: { list: [0] } };
      const list: Row[] = [];
      const fn = (row: Row): Row | Row[] => {
        const id = row['id'] as number;
        shared['id'] = id;
        (shared['nested'] as { list: number[] }).list[0] = id;
        if (id % 3 !== 0) return shared;
        list.length = 0;
        list.push(shared, { id, other: true });
        return list;
      };
      const right = input(300).flatMap(({ id }): Row[] => {
        const one = { nested: { list: [id] }, id };
        return id % 3 === 0 ? [one, { id, other: true }] : [one];
      });
      const { rows } = await checkpoints.map('s', 'op', input(300), fn, OPTIONS);
      shared['id'] = 'later';
      assertExact(rows, right);
      assertExact(await checkpoints.loadCheckpoint('s', 'op'), right);
      assertExact((await checkpoints.map('s', 'op', input(300), fn, OPTIONS)).rows, right);
    });

    test('a function that changes the row that it is given, with a retry: rows of the caller stay, and are known the next time', async () => {
      const checkpoints = manager(directory('input'), enableArrow);
      const rows = input(40).map(({ id }) => ({ id, tags: ['a'] }));
      let calls = 0;
      const fn = async (row: Row, { attempt }: { attempt: number }): Promise<Row> => {
        calls++;
        (row['tags'] as string[]).push('b');
        row['summary'] = `summary ${attempt}`;
        if (attempt === 1 && row['id'] === 7) throw new Error('once');
        return row;
      };
      const options = { ...OPTIONS, retries: { times: 1, minDelay: 0 } };
      const first = await checkpoints.map('s', 'op', rows, fn, options);
      assert.deepStrictEqual(rows[7], { id: 7, tags: ['a'] });
      const right = rows.map(({ id }) => ({ id, tags: ['a', 'b'], summary: `summary ${id === 7 ? 2 : 1}` }));
      assertExact(first.rows, right);
      const again = await checkpoints.map('s', 'op', rows, fn, options);
      assertExact(again.rows, right);
      assert.equal(calls, 41);
    });

    test('an iterator that gives one object again and again', async () => {
      const reused = { id: -1, deep: { list: [0] }, vector: new Float64Array(2) };
      function* rows(): Generator<Row> {
        for (let id = 0; id < 1500; id++) {
          reused.id = reused.deep.list[0] = reused.vector[1] = id;
          yield reused;
        }
      }
      async function* later(): AsyncGenerator<Row> {
        for (const row of rows()) yield row;
      }
      const right = input(1500).map(({ id }) => ({ id, deep: { list: [id] }, vector: Float64Array.of(0, id) }));
      const path = join(directory('iterators'), enableArrow ? 'x.parquet' : 'x.json');
      for (const source of [rows, later]) {
        await writeCheckpoint(path, source());
        assertExact(await readCheckpoint(path), right);
        const checkpoints = manager(join(directory('iterators'), source.name), enableArrow);
        await checkpoints.saveCheckpoint('s', 'saved', source());
        assertExact(await checkpoints.loadCheckpoint('s', 'saved'), right);
        assertExact(await checkpoints.step('s', 'step', {}, source), right);
        assertExact(await checkpoints.step('s', 'step', {}, source), right);
        const mapped = await checkpoints.map('s', 'map', source(), async (row) => (await setTimeout(0), row), {
          ...OPTIONS,
          concurrency: 100,
        });
        assertExact(mapped.rows, right);
        const plan = await checkpoints.planIncremental('s', 'map', source(), { key: 'id', hash: 'h' });
        assert.equal(plan.unchanged.length, 1500);
        assertExact(plan.unchanged, right);
      }
      const writer = await createCheckpoint(path);
      for (const row of rows()) await writer.append(row);
      await writer.close();
      assertExact(await readCheckpoint(path), right);
    });

    test('the first run gives what every later one gives: bytes are Uint8Arrays, symbol keys are gone', async () => {
      const checkpoints = manager(directory('equal'), enableArrow);
      const odd = (id: number): Row =>
        Object.assign(Object.create(null) as Row, {
          id,
          bytes: Buffer.from([id]),
          list: [Buffer.from('x')],
          at: new Date(id),
          [Symbol('s')]: 1,
        });
      for (const run of [
        async () => (await checkpoints.map('s', 'map', input(5), ({ id }) => odd(id), OPTIONS)).rows,
        async () => collected(checkpoints.mapStream('s', 'stream', input(5), ({ id }) => [odd(id)], OPTIONS)),
        async () => checkpoints.step('s', 'step', {}, () => input(5).map(({ id }) => odd(id))),
        async () => new CheckpointManager(null).step('s', 'step', {}, () => input(5).map(({ id }) => odd(id))),
      ]) {
        const first = await run();
        assert.equal((first[0] as Row)['bytes']!.constructor, Uint8Array);
        assert.deepStrictEqual(await run(), first);
      }
      // What computed the rows may go on with them.
      const rows = input(3).map(({ id }) => made(id));
      const given = await checkpoints.step('s', 'own', {}, () => rows);
      rows.forEach(spoil);
      assertExact(given, expected(3));
    });
  });
}
