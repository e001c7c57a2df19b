import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openCheckpoint, type Row } from 'arrow-ckpt';
import { assertExact } from './support/exact.ts';
import { manager } from './support/map-rows.ts';
import { noPython, runPython } from './support/python.ts';
import { noBinding } from './support/readers.ts';
import { suite } from './support/suite.ts';
import { tempFolder } from './support/temp-folder.ts';

/** Batches whose types differ, and what engines see where they do not see the values as they are. */
const CASES: Record<string, { batches: Row[][]; seen?: Row[] }> = {
  'integers then fractions': { batches: [[{ s: 1 }], [{ s: 2.5 }], [{ s: 3 }, { s: -0 }]] },
  'fractions then integers': { batches: [[{ s: 2.5 }], [{ s: 1 }]] },
  'nulls first': { batches: [[{ s: null }], [{ s: 'x' }], [{ s: null }]] },
  'nulls then fractions': { batches: [[{ s: null }], [{ s: 2.5 }], [{ s: 1 }]] },
  'fields of a struct': {
    batches: [[{ s: {} }], [{ s: { a: 1 } }], [{ s: { b: 2.5 } }], [{ s: { a: 7 } }]],
    seen: [{ s: { a: null, b: null } }, { s: { a: 1, b: null } }, { s: { a: null, b: 2.5 } }, { s: { a: 7, b: null } }],
  },
  lists: { batches: [[{ s: [1, 2] }], [{ s: [] }], [{ s: [0.5] }], [{ s: [null, 7] }]] },
  'short fractions': { batches: [[{ s: [0.5, 0.25] }], [{ s: [0.1] }], [{ s: [1] }]] },
  'lists of structs': {
    batches: [[{ s: [{ a: { b: 1 } }] }], [{ s: [{ a: { b: 0.5, c: 'x' } }] }]],
    seen: [{ s: [{ a: { b: 1, c: null } }] }, { s: [{ a: { b: 0.5, c: 'x' } }] }],
  },
  'integers then texts': { batches: [[{ s: 1 }], [{ s: 'a' }], [{ s: 5 }]], seen: [{ s: '1' }, { s: '"a"' }, { s: '5' }] },
  'bigints then numbers': { batches: [[{ s: 1n }], [{ s: 2 }]], seen: [{ s: '{"$ckpt":["bigint","1"]}' }, { s: '2' }] },
  'other keys': {
    batches: [[{ a: 1 }], [{ b: 2 }], [{ b: 1.5, a: 4 }]],
    seen: [
      { a: 1, b: null },
      { a: null, b: 2 },
      { a: 4, b: 1.5 },
    ],
  },
  'no rows first': { batches: [[], [{ a: 1 }], []] },
};

suite('types in a folder of batches', noBinding, () => {
  const folder = tempFolder('batch-types');

  test('values load as what they were, whatever came before and after', async () => {
    for (const [name, { batches }] of Object.entries(CASES)) {
      for (const [index, rows] of batches.entries())
        await manager(folder).saveBatchCheckpoint(name, index, rows, { hash: 'h', metadata: { of: name } });
      assertExact(await manager(folder).loadBatchCheckpoints(name), batches);
    }
    assert.deepStrictEqual(
      (readdirSync(folder, { recursive: true }) as string[]).filter((name) => name.endsWith('.tmp')),
      [],
    );
  });

  test('engines see the same values in a folder as in its files', { skip: noPython }, async () => {
    const engines = JSON.parse(await runPython('read_batches.py', folder)) as Record<string, Record<string, Row[]>>;
    for (const [name, { batches, seen = batches.flat() }] of Object.entries(CASES)) {
      const opened = engines[`${name}_batches`];
      if (opened === undefined) throw new Error(`no folder of ${name}`);
      for (const [engine, rows] of Object.entries(opened)) {
        if (name.startsWith('bigints')) assert.equal(rows.length, 2, `${name}, ${engine}`);
        else assert.deepEqual(rows, seen, `${name}, ${engine}`);
      }
    }
  });

  test('a batch that changes no type leaves the others alone; one that does rewrites them once', async () => {
    const where = join(folder, 'once');
    const stamp = (index: number) => statSync(join(where, 'op_batches', `batch_${index}.parquet`)).ino;
    const save = (index: number, score: unknown) => manager(where).saveBatchCheckpoint('op', index, [{ score }]);
    await save(0, 1);
    const first = stamp(0);
    await save(1, 2);
    assert.equal(stamp(0), first);
    await save(2, 2.5);
    const second = stamp(0);
    assert.notEqual(second, first);
    await save(3, 4);
    await save(4, null);
    assert.equal(stamp(0), second);
    assertExact(
      await manager(where).loadBatchCheckpoints('op'),
      [1, 2, 2.5, 4, null].map((score) => [{ score }]),
    );
  });

  test('batches of a map, merged and resumed, keep the widest types, and their records', async () => {
    const where = join(folder, 'map');
    const rows = Array.from({ length: 60 }, (_, id) => ({ id }));
    const score = (id: number) => (id < 20 ? id : id < 40 ? id + 0.5 : null);
    const options = { key: 'id', hash: 'h', batchSize: 2, flushEvery: 0, concurrency: 1 } as const;
    await assert.rejects(
      manager(where).map(
        's',
        'op',
        rows,
        ({ id }) => {
          if (id === 59) throw new Error('busy');
          return { id, score: score(id) };
        },
        options,
      ),
    );
    const batches = (readdirSync(where, { recursive: true }) as string[]).filter((name) => /batch_\d+\.parquet$/.test(name));
    const types = new Set<string>();
    for (const path of batches) {
      const file = await openCheckpoint(join(where, path));
      for (const { name, stored } of file.info.columns) if (name === 'score') types.add(stored);
      file.close();
    }
    assert.equal(types.size, 1, [...types].join());
    const done = await manager(where).map('s', 'op', rows, ({ id }) => ({ id, score: score(id) }), options);
    assert.ok(done.resumed >= 50);
    assertExact(
      done.rows,
      rows.map(({ id }) => ({ id, score: score(id) })),
    );
  });
});
