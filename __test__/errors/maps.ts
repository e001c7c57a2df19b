import { join } from 'node:path';
import { describe, test } from 'node:test';
import { CheckpointManager, type Row } from 'arrow-ckpt';
import { rejectsWith } from '../support/codes.js';
import { tempFolder } from '../support/temp-folder.js';

/** Registers the tests of what is wrong with the rows of a map. More of them: resume-map.test.ts. */
export function mapErrors(): void {
  describe('maps', () => {
    const checkpoints = new CheckpointManager(join(tempFolder('errors-maps'), 'checkpoints'), { logger: false });
    let maps = 0;
    const map = (rows: Row[], fn: (row: Row) => Row | Promise<Row>, timeout?: number) =>
      // Each an operation of its own: what one has finished the next would not call again.
      checkpoints.map('s', `op ${maps++}`, rows, fn, { key: 'id', ...(timeout !== undefined && { timeout }) });

    test('keys', async () => {
      await rejectsWith('ERR_CKPT_MISSING_KEY', () => map([{ a: 1 }], (row) => row), { row: 0, column: 'id' });
      await rejectsWith('ERR_CKPT_DUPLICATE_KEY', () => map([{ id: 1 }, { id: 1 }], (row) => row), { row: 1 });
    });

    test('a map whose budget is spent', async () => {
      const options = { key: 'id', concurrency: 1, budget: { calls: 1 } } as const;
      await rejectsWith('ERR_CKPT_BUDGET', () => checkpoints.map('s', 'budget', [{ id: 1 }, { id: 2 }], (row) => row, options));
    });

    test('a map that is stopped', async () => {
      const run = map([{ id: 1 }, { id: 2 }], async (row) => (run.stop({ drain: 0 }), row));
      await rejectsWith('ERR_CKPT_STOPPED', () => run, { done: 1, left: 1 });
    });

    test('a function that throws, and one that does not come back', async () => {
      const throws = (): never => {
        throw new Error('no');
      };
      await rejectsWith('ERR_CKPT_ROW_FAILED', () => map([{ id: 1 }], throws), { row: 0, message: /row 0 \(key 1\) failed: no/ });
      const hangs = () => map([{ id: 1 }], () => new Promise(() => {}), 5);
      const failed = await rejectsWith('ERR_CKPT_ROW_FAILED', hangs, { row: 0, message: /took longer than 5 ms/ });
      await rejectsWith('ERR_CKPT_TIMEOUT', () => Promise.reject(failed.cause as Error), { row: 0 });
    });

    test('jobs that answer nonsense, fail, or are lost', async () => {
      const provider = { submit: async () => 'id', poll: async (): Promise<'done' | 'failed'> => 'failed', fetch: () => [] };
      const run = (change: object) =>
        checkpoints.mapJobs('s', `jobs ${maps++}`, [{ id: 1 }], { ...provider, ...change }, { key: 'id', pollEvery: 1 });
      const failed = await rejectsWith('ERR_CKPT_ROW_FAILED', () => run({}), { row: 0 });
      await rejectsWith('ERR_CKPT_JOB_FAILED', () => Promise.reject(failed.cause as Error));
      await rejectsWith('ERR_CKPT_JOB_ANSWER', () => run({ poll: () => 'over' }));
      await rejectsWith('ERR_CKPT_JOB_UNKNOWN', () => run({ submit: () => Promise.reject(new Error('connection reset')) }));
    });

    test('a function of several rows that returns another number of them', async () => {
      const rows = [{ id: 1 }, { id: 2 }];
      const options = { key: 'id', size: 2, onBatchError: 'fail' } as const;
      const call = () => checkpoints.mapBatches('s', 'batches', rows, (given) => given.slice(1), options);
      const failed = await rejectsWith('ERR_CKPT_ROW_FAILED', call, { row: 0, message: /an array of 2, an entry for each row/ });
      await rejectsWith('ERR_CKPT_BATCH_RESULT', () => Promise.reject(failed.cause as Error), { row: 0 });
    });

    test('a worker with other rows than the others', async () => {
      const shared = (rows: Row[], fn: (row: Row) => Promise<Row>) =>
        checkpoints.map('s', 'shared', rows, fn, { key: 'id', workers: 'shared' });
      let end: (row: Row) => void = () => {};
      let begin: () => void = () => {};
      const begun = new Promise<void>((resolve) => (begin = resolve));
      const first = shared([{ id: 1 }], async () => {
        begin();
        return new Promise((resolve) => (end = resolve));
      });
      await begun;
      const other = () => shared([{ id: 2 }], async (row) => row);
      await rejectsWith('ERR_CKPT_WORKERS_DIFFER', other, { message: /digest of the rows in their order: theirs/ });
      end({ id: 1 });
      await first;
    });
  });
}
