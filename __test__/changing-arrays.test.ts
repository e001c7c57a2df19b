import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import {
  CheckpointManager,
  createCheckpoint,
  JsonlCheckpointManager,
  MultiCheckpointManager,
  ParquetCheckpointManager,
  readCheckpoint,
  writeCheckpoint,
  type JobProvider,
  type JobRow,
  type Row,
} from 'arrow-ckpt';
import { tempFolder } from './support/temp-folder.js';

/** What others do to an array while a call that was given it runs. */
const CHANGES: Record<string, (rows: Row[]) => unknown> = {
  push: (rows) => rows.push({ id: 'late' }),
  'push what is no row': (rows) => rows.push(7 as never),
  pop: (rows) => rows.pop(),
  'empty it': (rows) => (rows.length = 0),
  'make holes': (rows) => delete rows[rows.length - 1],
  replace: (rows) => rows.splice(0, rows.length, ...rows.map(() => ({ id: 'other' }))),
  'put undefined in': (rows) => rows.fill(undefined as never),
  'turn it round': (rows) => rows.reverse(),
  'make it longer': (rows) => (rows.length += 10),
};
const SIZES = [3, 1500, 4000];
const make = (count: number): Row[] => Array.from({ length: count }, (_, id) => ({ id, text: `row ${id}` }));
const quiet = { logger: false } as const;

describe('an array that changes while it is saved: its rows at the call', () => {
  const folder = tempFolder('changing-arrays');
  let files = 0;

  type Save = (rows: Row[]) => [Promise<unknown>, () => Promise<Row[] | null>];
  const SAVES: Record<string, Save> = {};
  for (const extension of ['parquet', 'json', 'jsonl']) {
    const next = (): string => join(folder, `${files++}.${extension}`);
    SAVES[`writeCheckpoint, ${extension}`] = (rows) => {
      const path = next();
      return [writeCheckpoint(path, rows), () => readCheckpoint(path)];
    };
    SAVES[`append, ${extension}`] = (rows) => {
      const path = next();
      const save = createCheckpoint(path).then((writer) => {
        const appended = writer.append(copyNow);
        copyNow.push({ id: 'late' });
        copyNow.shift();
        return appended.then(() => writer.close());
      });
      const copyNow = rows.slice();
      return [save, () => readCheckpoint(path)];
    };
  }
  SAVES['compat docetl'] = (rows) => {
    const path = join(folder, `${files++}.parquet`);
    return [writeCheckpoint(path, rows, { compat: 'docetl' }), () => readCheckpoint(path)];
  };
  SAVES['saveCheckpoint of a manager'] = (rows) => {
    const manager = new CheckpointManager(join(folder, `m${files++}`), quiet);
    return [manager.saveCheckpoint('s', 'o', rows), () => manager.loadCheckpoint('s', 'o')];
  };
  SAVES['saveBatchCheckpoint'] = (rows) => {
    const manager = new CheckpointManager(join(folder, `m${files++}`), quiet);
    return [manager.saveBatchCheckpoint('o', 0, rows), async () => (await manager.loadBatchCheckpoints('o'))[0] ?? null];
  };
  SAVES['the input of map'] = (rows) => {
    const manager = new CheckpointManager(join(folder, `m${files++}`), quiet);
    return [manager.map('s', 'o', rows, async (row: Row) => ({ ...row }), { key: 'id' }), () => manager.loadCheckpoint('s', 'o')];
  };
  SAVES['the input of mapBatches'] = (rows) => {
    const manager = new CheckpointManager(join(folder, `m${files++}`), quiet);
    const fn = async (batch: readonly Row[]) => batch.map((row) => ({ ...row }));
    return [manager.mapBatches('s', 'o', rows, fn, { key: 'id', size: 100 }), () => manager.loadCheckpoint('s', 'o')];
  };
  SAVES['the input of mapJobs'] = (rows) => {
    const manager = new CheckpointManager(join(folder, `m${files++}`), quiet);
    const jobs: (readonly JobRow<Row>[])[] = [];
    const provider: JobProvider<Row, Row, Row> = {
      submit: async (job) => `${jobs.push(job) - 1}`,
      poll: () => 'done',
      fetch: async ({ id }) => jobs[Number(id)]!.map(({ customId, row }) => ({ customId, value: row })),
      output: (_, value) => value,
    };
    return [manager.mapJobs('s', 'o', rows, provider, { key: 'id', pollEvery: 1 }), () => manager.loadCheckpoint('s', 'o')];
  };
  for (const [name, of] of Object.entries({ JsonlCheckpointManager, ParquetCheckpointManager })) {
    SAVES[name] = (rows) => {
      const manager = new of(join(folder, `k${files++}`), quiet);
      return [manager.saveCheckpoint('o', rows), () => manager.loadCheckpoint('o')];
    };
  }
  SAVES['MultiCheckpointManager'] = (rows) => {
    const inner = [JsonlCheckpointManager, ParquetCheckpointManager].map((of) => new of(join(folder, `k${files++}`), quiet));
    const manager = new MultiCheckpointManager(inner, quiet);
    return [manager.saveCheckpoint('o', rows), () => inner[1]!.loadCheckpoint('o')];
  };

  for (const [name, save] of Object.entries(SAVES)) {
    test(name, async () => {
      for (const [what, change] of Object.entries(CHANGES)) {
        for (const count of SIZES) {
          const rows = make(count);
          const [saved, load] = save(rows);
          change(rows);
          await saved;
          assert.deepStrictEqual(await load(), make(count), `${what}, ${count}`);
        }
      }
    });
  }

  test('what a step gave and goes on changing: the rows that it resolved with', async () => {
    const manager = new CheckpointManager(join(folder, 'steps'), quiet);
    const rows = make(60_000);
    const step = manager.step('s', 'o', {}, () => {
      setImmediate(() => (rows.length = 5));
      return rows;
    });
    const given = await step;
    assert.equal(given.length, 60_000);
    assert.deepStrictEqual(await manager.loadCheckpoint('s', 'o'), given);
  });

  test('a row that removes itself and others from the array: a coded error, or the rows of the start', async () => {
    for (const extension of ['parquet', 'json', 'jsonl']) {
      const rows = make(2000);
      const get = () => ((rows.length = 3), 'x');
      Object.defineProperty(rows[1], 'text', { enumerable: true, get });
      const path = join(folder, `self.${extension}`);
      assert.equal((await writeCheckpoint(path, rows)).rows, 2000);
      assert.equal((await readCheckpoint(path)).length, 2000);
    }
  });

  test('holes and undefined at the call are refused with their row', async () => {
    for (const extension of ['parquet', 'json', 'jsonl']) {
      const path = join(folder, `holes.${extension}`);
      const holes = make(5);
      delete holes[2];
      const undefineds = make(5);
      undefineds[3] = undefined as never;
      await assert.rejects(writeCheckpoint(path, holes), { code: 'ERR_CKPT_ROW_NOT_OBJECT', row: 2 });
      await assert.rejects(writeCheckpoint(path, undefineds), { code: 'ERR_CKPT_ROW_NOT_OBJECT', row: 3 });
      await assert.rejects(writeCheckpoint(path, new Array(4_000_000_000) as Row[]), { code: 'ERR_CKPT_ROW_NOT_OBJECT', row: 0 });
    }
  });
});
