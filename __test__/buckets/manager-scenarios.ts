import { hashOperation, isCheckpointError, type CheckpointManager, type Row } from 'arrow-ckpt';

/** What a scenario works with: managers of one directory. */
export interface ScenarioContext {
  manager: CheckpointManager;
  /** Another, of JSON. */
  json: CheckpointManager;
}

/** Calls of a manager, and what they gave: the same for every kind of directory. */
export interface Scenario {
  name: string;
  /** With many requests: tried on one store. */
  isLong?: true;
  run: (context: ScenarioContext) => Promise<unknown>;
}

const ROWS: Row[] = [
  { id: 1, title: 'one', tags: ['a'], at: new Date(0) },
  { id: 2, title: null, big: 12345678901234567890n },
  { id: 3, title: 'three', deep: { a: [1, { b: undefined }] } },
];

/** Names that are odd somewhere: as keys, as files, in URLs. */
export const ODD_NAMES = [
  'plain',
  'Plain',
  'with space',
  ' leading',
  'trailing ',
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
  'half \ud800 of one',
  'sl/ash',
  'back\\slash',
  'CON',
  '.hidden',
  '..',
  'a.',
  'a.parquet',
  'a_batches',
  'a_input_hashes',
  '%+',
  '+',
  '<xml>&amp;</xml>',
  'x'.repeat(200),
  'é'.repeat(150),
];

async function codeOf(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
    return 'none';
  } catch (error) {
    return isCheckpointError(error) ? error.code : String(error);
  }
}

async function all<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const row of rows) found.push(row);
  return found;
}

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'nothing is there',
    run: async ({ manager }) => [
      await manager.loadCheckpoint('s', 'o'),
      await manager.loadCheckpoint('s', 'o', { hash: 'h' }),
      await manager.getCheckpointInfo('s', 'o'),
      await manager.getCheckpointSize('s', 'o'),
      await manager.getTotalCheckpointSize(),
      await manager.listCheckpoints(),
      await manager.listMaps(),
      await manager.loadBatchCheckpoints('o'),
      await manager.loadBatchCheckpoints('o', { step: 's' }),
      await manager.listBatchCheckpoints('o'),
      await manager.deleteBatchCheckpoints('o'),
      await manager.loadPartialResults('s', 'o'),
      await manager.failures('s', 'o'),
      await manager.deleteCheckpoint('s', 'o'),
      await manager.clearStep('s'),
      await manager.clearAll(),
      await manager.sweep(),
      await codeOf(() => all(manager.scanCheckpoint('s', 'o'))),
    ],
  },
  {
    name: 'rows are saved and loaded',
    run: async ({ manager }) => {
      const path = await manager.saveCheckpoint('process', 'extract', ROWS, { hash: 'v1', metadata: { a: 'b' } });
      return [
        path,
        await manager.loadCheckpoint('process', 'extract'),
        await manager.loadCheckpoint('process', 'extract', { hash: 'v1' }),
        await manager.loadCheckpoint('process', 'extract', { hash: 'v2' }),
        await manager.loadCheckpoint('process', 'extract', { columns: ['id'], where: { id: { $gte: 2 } } }),
        await manager.loadCheckpoint('process', 'extract', { offset: 1, limit: 1 }),
        await all(manager.scanCheckpoint('process', 'extract', { columns: ['title'] })),
        await codeOf(() => manager.loadCheckpoint('process', 'extract', { columns: ['none'] })),
        await manager.getCheckpointInfo('process', 'extract'),
        await manager.getCheckpointSize('process', 'extract'),
      ];
    },
  },
  {
    name: 'empty rows, many rows, an iterable',
    run: async ({ manager }) => {
      await manager.saveCheckpoint('s', 'empty', []);
      await manager.saveCheckpoint(
        's',
        'many',
        (async function* () {
          for (let id = 0; id < 2000; id++) yield { id, text: `text of ${id} ${'x'.repeat(id % 50)}` };
        })(),
        { rowGroupRows: 500 },
      );
      const many = await manager.loadCheckpoint('s', 'many');
      return [
        await manager.loadCheckpoint('s', 'empty'),
        many?.length,
        many?.[1999],
        await manager.loadCheckpoint('s', 'many', { offset: 1990 }),
      ];
    },
  },
  {
    name: 'a save replaces what was there, its hash, and the other format',
    run: async ({ manager, json }) => {
      const seen: unknown[] = [];
      await json.saveCheckpoint('s', 'o', [{ a: 1 }], { hash: 'one' });
      seen.push(await manager.loadCheckpoint('s', 'o', { hash: 'one' }), (await manager.getCheckpointInfo('s', 'o'))?.format);
      await manager.saveCheckpoint('s', 'o', [{ a: 2 }]);
      seen.push(await manager.loadCheckpoint('s', 'o', { hash: 'one' }), await json.loadCheckpoint('s', 'o'));
      seen.push((await manager.getCheckpointInfo('s', 'o'))?.files.length);
      await json.saveCheckpoint('s', 'o', [{ a: 3 }], { hash: 'two' });
      seen.push(await manager.listCheckpoints());
      return seen;
    },
  },
  {
    name: "DocETL's form, and its file of hashes",
    run: async ({ manager, json }) => {
      const seen: unknown[] = [];
      for (const each of [manager, json]) {
        await each.saveCheckpoint('s', 'o', [{ a: 1 }], { hash: 'one', compat: 'docetl' });
        seen.push(await each.loadCheckpoint('s', 'o', { hash: 'one' }), (await each.getCheckpointInfo('s', 'o'))?.hash);
        await each.saveCheckpoint('s', 'o', [{ a: 2 }], { compat: 'docetl' });
        seen.push(await each.loadCheckpoint('s', 'o', { hash: 'one' }), await each.loadCheckpoint('s', 'o'));
        await each.deleteCheckpoint('s', 'o');
        seen.push(await each.getCheckpointInfo('s', 'o'));
      }
      return seen;
    },
  },
  {
    name: 'names',
    isLong: true,
    run: async ({ manager }) => {
      const paths: string[] = [];
      for (const name of ODD_NAMES) {
        paths.push(await manager.saveCheckpoint(name, 'o', [{ name }]));
        paths.push(await manager.saveCheckpoint('s', name, [{ name }]));
      }
      const loaded: unknown[] = [];
      for (const name of ODD_NAMES) {
        loaded.push(await manager.loadCheckpoint(name, 'o'), await manager.loadCheckpoint('s', name));
        loaded.push(await manager.deleteCheckpoint(name, 'o'));
      }
      const listed = (await manager.listCheckpoints()).map(({ step, operation, rows }) => [step, operation, rows].join());
      const removed = await manager.clearStep('s');
      const bad = [
        await codeOf(() => manager.saveCheckpoint('', 'o', [])),
        await codeOf(() => manager.loadCheckpoint('s', 'x'.repeat(3000))),
      ];
      return [paths.length, loaded, listed.sort(), removed, await manager.listCheckpoints(), bad];
    },
  },
  {
    name: 'batches',
    run: async ({ manager, json }) => {
      const seen: unknown[] = [];
      for (const index of [2, 0, 10]) seen.push(await manager.saveBatchCheckpoint('o', index, [{ index }]));
      await manager.saveBatchCheckpoint('o', 1, [{ index: 1.5 }], { step: 's' });
      await json.saveBatchCheckpoint('o', 1, [{ index: 'of JSON' }], { step: 't' });
      await json.saveBatchCheckpoint('o', 1, [{ index: 'again' }], { step: 't' });
      await manager.saveBatchCheckpoint('other/one', 0, [{ a: 1 }]);
      seen.push(await manager.loadBatchCheckpoints('o'), await manager.loadBatchCheckpoints('o', { step: 't' }));
      seen.push(await manager.listBatchCheckpoints('o'), await manager.listBatchCheckpoints('other/one'));
      seen.push(await codeOf(() => manager.saveBatchCheckpoint('o', -1, [])));
      seen.push(await manager.deleteBatchCheckpoints('o', { step: 's' }), await manager.loadBatchCheckpoints('o'));
      seen.push(await manager.deleteBatchCheckpoints('o'), await manager.loadBatchCheckpoints('o'));
      return [seen, await manager.loadBatchCheckpoints('other/one'), await manager.clearAll()];
    },
  },
  {
    name: 'a step computes once',
    run: async ({ manager }) => {
      let calls = 0;
      const hash = await hashOperation({ config: { a: 1 } });
      const step = (options = {}): Promise<Row[]> =>
        manager.step<Row>('s', 'o', { hash, ...options }, async () => {
          calls++;
          return [{ a: 1 }];
        });
      const together = await Promise.all([step(), step(), step()]);
      const inner = await codeOf(() => manager.step('s', 'outer', {}, async () => manager.step('s', 'outer', {}, () => [])));
      const failed = await codeOf(() =>
        manager.step('s', 'failing', {}, () => {
          throw new Error('of the user');
        }),
      );
      return [together, await step(), await step({ hash: 'other' }), calls, inner, failed, await manager.loadCheckpoint('s', 'failing')];
    },
  },
  {
    name: 'clearing leaves what is not its own',
    run: async ({ manager }) => {
      await manager.saveCheckpoint('s', 'a', [{ a: 1 }], { hash: 'h' });
      await manager.saveCheckpoint('s', 'b', [{ a: 1 }]);
      await manager.saveCheckpoint('t', 'a', [{ a: 1 }], { hash: 'h', compat: 'docetl' });
      await manager.saveBatchCheckpoint('a', 0, [{ a: 1 }], { step: 's' });
      await manager.saveBatchCheckpoint('a', 0, [{ a: 1 }]);
      const total = await manager.getTotalCheckpointSize();
      return [
        total > 0,
        await manager.clearStep('s'),
        (await manager.listCheckpoints()).map(({ step, operation }) => [step, operation]),
        await manager.clearAll(),
        await manager.getTotalCheckpointSize(),
      ];
    },
  },
  {
    name: 'what a map kept goes with its checkpoint',
    run: async ({ manager }) => {
      const options = { key: 'id', hash: 'h', retries: 0 } as const;
      const map = (ids: readonly number[]): Promise<unknown> =>
        manager.map(
          's',
          'mapped',
          ids.map((id) => ({ id })),
          (row) => ({ ...row, done: true }),
          options,
        );
      await map([1, 2, 3]);
      // The results of rows that are not there any more are kept beside the checkpoint.
      await map([1]);
      const removed = await manager.deleteCheckpoint('s', 'mapped');
      const plan = await manager.planIncremental('s', 'mapped', [{ id: 2 }], { key: 'id', hash: 'h' });
      return [removed, await manager.getTotalCheckpointSize(), plan];
    },
  },
  {
    name: 'a sweep',
    run: async ({ manager }) => {
      await manager.saveCheckpoint('s', 'a', [{ a: 1 }], { hash: 'old' });
      await manager.saveCheckpoint('s', 'b', [{ a: 1 }], { hash: 'new' });
      await manager.saveCheckpoint('t', 'c', [{ a: 1 }]);
      await manager.saveBatchCheckpoint('a', 0, [{ a: 1 }], { hash: 'old' });
      const seen: unknown[] = [await manager.sweep({ dryRun: true }), await manager.sweep({ keepHashes: ['new'], dryRun: true })];
      seen.push(await manager.sweep({ keepHashes: ['new'], keep: [['t', 'c']] }));
      seen.push((await manager.listCheckpoints()).map(({ operation }) => operation));
      seen.push(await manager.sweep({ maxBytes: 0, keepHashes: ['new'] }));
      seen.push((await manager.listCheckpoints()).map(({ operation }) => operation));
      return seen;
    },
  },
  {
    name: 'what an array of rows cannot be',
    run: async ({ manager }) => [
      await codeOf(() => manager.saveCheckpoint('s', 'o', 5 as never)),
      await codeOf(() => manager.saveCheckpoint('s', 'o', [{ f: () => {} }])),
      await codeOf(() => manager.saveCheckpoint('s', 'o', [{ a: 1 }], { compression: 'none' as never })),
      await codeOf(() => manager.loadCheckpoint('s', 'o', { columms: [] } as never)),
      await codeOf(() => manager.saveCheckpoint('s', 'o', [{ a: 1 }], { signal: AbortSignal.abort(new Error('enough')) })),
      await manager.loadCheckpoint('s', 'o'),
    ],
  },
];
