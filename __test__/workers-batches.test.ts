// Workers that share the rows of a mapBatches.
import assert from 'node:assert/strict';
import { readdirSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import type { BatchContext, MapBatchesOptions, MapEvent } from 'arrow-ckpt';
import { rejectsWith } from './support/codes.ts';
import { assertExact } from './support/exact.ts';
import { allSummaries, articles, manager, MAP, summaries, type Article, type Summary } from './support/map-rows.ts';
import { tempFolder } from './support/temp-folder.ts';

const folder = tempFolder('workers-batches');
const ROWS = articles(300);
const SHARED = { ...MAP, workers: 'shared', flushEvery: 20, size: 7, concurrency: 4 } as const satisfies MapBatchesOptions<Article>;

let count = 0;
const fresh = (): string => join(folder, `d${count++}`);

/** A model that takes several articles; those of `wrong` fail alone, one of `poison` fails its call. */
class Model {
  calls: number[][] = [];
  constructor(
    readonly ms: number,
    readonly wrong: (id: number) => boolean = () => false,
    readonly poison: (id: number) => boolean = () => false,
  ) {}

  readonly summarise = async (rows: Article[], { indexes }: BatchContext): Promise<(Summary[] | Error)[]> => {
    const ids = rows.map(({ id }) => id);
    assert.deepEqual(indexes, ids);
    this.calls.push(ids);
    await setTimeout(this.ms);
    if (ids.some(this.poison)) throw new Error('poison');
    return rows.map((row) => (this.wrong(row.id) ? new Error(`no summary of ${row.id}`) : summaries(row)));
  };
}

function worker(directory: string, options: Partial<MapBatchesOptions<Article>> = {}, model = new Model(10), enableArrow = true) {
  return { model, run: manager(directory, enableArrow).mapBatches('s', 'op', ROWS, model.summarise, { ...SHARED, ...options }) };
}

function idsOf(models: readonly Model[]): number[] {
  return models.flatMap(({ calls }) => calls.flat()).sort((a, b) => a - b);
}

for (const enableArrow of [true, false]) {
  test(`each row is called once, calls are full, each worker has the whole result: ${enableArrow ? 'Parquet' : 'JSON'}`, async () => {
    const directory = fresh();
    // Nobody waits for rows that would fill a call: the input is there.
    const all = [1, 2, 3, 4].map(() => worker(directory, { linger: 600_000 }, new Model(10), enableArrow));
    for (const { rows, input, failed } of await Promise.all(all.map(({ run }) => run))) {
      assertExact(rows, allSummaries(ROWS));
      assert.deepEqual([input, failed], [300, []]);
    }
    assert.deepEqual(
      idsOf(all.map(({ model }) => model)),
      ROWS.map(({ id }) => id),
    );
    const calls = all.flatMap(({ model }) => model.calls);
    assert.ok(calls.every((ids) => ids.length <= 7));
    assert.ok(calls.length <= Math.ceil(300 / 7) + 2 * 4, `${calls.length} calls`);
  });
}

test('rows that fail: alone, by their call, in all workers; the next run calls them again', async () => {
  const directory = fresh();
  const wrong = (id: number): boolean => id % 100 === 42;
  const poison = (id: number): boolean => id === 250;
  const events: MapEvent[] = [];
  const options = { onError: 'skip', onEvent: (event: MapEvent) => void events.push(event) } as const;
  const all = [1, 2].map(() => worker(directory, options, new Model(5, wrong, poison)));
  for (const { rows, failed, path } of await Promise.all(all.map(({ run }) => run))) {
    assert.deepEqual(
      failed.map(({ key, error }) => [key, (error.cause as Error).message]),
      [
        [42, 'no summary of 42'],
        [142, 'no summary of 142'],
        [242, 'no summary of 242'],
        [250, 'poison'],
      ],
    );
    assertExact(rows, allSummaries(ROWS.filter(({ id }) => !wrong(id) && !poison(id))));
    assert.ok(path !== null);
  }
  assert.ok(events.some(({ type }) => type === 'halved'));
  // A row of the call that was halved is called once more for each half that it is in.
  assert.equal(new Set(idsOf(all.map(({ model }) => model))).size, 300);
  assert.equal((await manager(directory).failures('s', 'op', { hash: 'h' })).length, 4);
  const again = [worker(directory), worker(directory)];
  for (const { rows } of await Promise.all(again.map(({ run }) => run))) assertExact(rows, allSummaries(ROWS));
  assert.deepEqual(idsOf(again.map(({ model }) => model)), [42, 142, 242, 250]);
});

test('collect: no checkpoint, and no row that has failed comes into a call again', async () => {
  const directory = fresh();
  const all = [1, 2].map(() => worker(directory, { onError: 'collect' }, new Model(5, (id) => id === 9)));
  for (const { failed, path } of await Promise.all(all.map(({ run }) => run))) assert.deepEqual([failed.length, path], [1, null]);
  assert.equal(idsOf(all.map(({ model }) => model)).filter((id) => id === 9).length, 1);
});

test('rows whose batch is damaged are called again, several at a time', async () => {
  const directory = fresh();
  const first = worker(directory, { onError: 'collect', batchSize: 40 }, new Model(1, (id) => id === 299));
  assert.equal((await first.run).failed.length, 1);
  const batches = join(directory, 's', 'op_batches');
  const name = readdirSync(batches).find((each) => each.endsWith('.parquet'));
  truncateSync(join(batches, name as string), 100);
  const all = [worker(directory), worker(directory)];
  for (const { rows } of await Promise.all(all.map(({ run }) => run))) assertExact(rows, allSummaries(ROWS));
  const calls = all.flatMap(({ model }) => model.calls);
  assert.ok(
    calls.some((ids) => ids.length > 1),
    JSON.stringify(calls),
  );
  const ids = idsOf(all.map(({ model }) => model));
  assert.equal(new Set(ids).size, ids.length);
});

test('one that is stopped leaves its rows to the others', async () => {
  const directory = fresh();
  const all = [1, 2].map(() => worker(directory, {}, new Model(15)));
  while (all.some(({ model }) => model.calls.length < 2)) await setTimeout(2);
  all[0]?.run.stop();
  await rejectsWith('ERR_CKPT_STOPPED', () => all[0]!.run);
  assertExact((await all[1]!.run).rows, allSummaries(ROWS));
  assert.equal(idsOf(all.map(({ model }) => model)).length, 300);
});
