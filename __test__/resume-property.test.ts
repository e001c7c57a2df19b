import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { assertExact } from './support/exact.ts';
import { allSummaries, manager, MAP, Model, type Article } from './support/map-rows.ts';
import { fc } from './support/seeded.ts';
import { tempFolder } from './support/temp-folder.ts';

const folder = tempFolder('map-property');

/** One life of a pipeline: the rows that it is given, and after how many calls it is stopped. */
const life = fc.record(
  {
    rows: fc.uniqueArray(fc.record({ id: fc.nat(40), title: fc.constantFrom('a', 'b') }, { noNullPrototype: true }), {
      selector: ({ id }) => id,
      maxLength: 40,
    }),
    calls: fc.option(fc.nat(30)),
    streams: fc.boolean(),
    batchSize: fc.constantFrom(1, 4, 1000),
  },
  { noNullPrototype: true },
);

test('whatever the rows become and wherever it is stopped: the results of the rows, and no call for what the last checkpoint had', async () => {
  let directories = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(life, { maxLength: 8 }), fc.boolean(), async (lives, enableArrow) => {
      const directory = join(folder, String(directories++));
      const checkpoints = manager(directory, enableArrow);
      /** The content of the rows of the final checkpoint. */
      let done = new Map<number, string>();
      for (const { rows, calls, streams, batchSize } of [
        ...lives,
        { rows: [{ id: 1, title: 'a' }], calls: null, streams: false, batchSize: 1 },
      ]) {
        const stop = new AbortController();
        const model = new Model(
          () => (Math.random() < 0.1 ? 1 : 0),
          () => {
            if (model.calls.length === calls) stop.abort(new Error('stopped'));
            return false;
          },
        );
        const options = { ...MAP, signal: stop.signal, batchSize, flushEvery: 0 };
        let results: unknown[] | undefined;
        try {
          if (streams) {
            const all: unknown[] = [];
            for await (const row of checkpoints.mapStream('s', 'op', rows as Article[], model.summarise, options)) all.push(row);
            results = all;
          } else results = (await checkpoints.map('s', 'op', rows as Article[], model.summarise, options)).rows;
        } catch (error) {
          assert.match(String(error), /stopped/);
        }
        for (const id of model.calls) assert.notEqual(done.get(id), rows.find((row) => row.id === id)!.title, `row ${id} was known`);
        assert.equal(new Set(model.calls).size, model.calls.length, 'no row twice in a life');
        if (results === undefined) continue;
        assertExact(results, allSummaries(rows as Article[]));
        assertExact(await checkpoints.loadCheckpoint('s', 'op', { hash: 'h' }), allSummaries(rows as Article[]));
        assert.ok(!readdirSync(join(directory, 's')).includes('op_batches'));
        done = new Map(rows.map(({ id, title }) => [id, title]));
      }
    }),
    { numRuns: 20 },
  );
});
