import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import {
  type CheckpointError,
  type FailureRecord,
  type MapEvent,
  type MapOptions,
  type MapResult,
  type OnError,
  type Row,
  type RowFailure,
} from 'arrow-ckpt';
import { rejectsWith } from './support/codes.ts';
import { assertExact } from './support/exact.ts';
import { articles, manager, MAP, type Article } from './support/map-rows.ts';
import { cli, cliJson } from './support/run-cli.ts';
import { runProgram } from './support/run-program.ts';
import { tempFolder } from './support/temp-folder.ts';

const folder = tempFolder('failures');
const ROWS = articles(300);
/** Rows that fail, and what with. */
const BAD = [7, 107, 207];

class Refused extends RangeError {
  override readonly name = 'Refused';
  readonly code = 'content_filter';
}

/** Maps of one operation in which some rows fail. */
class Failing {
  readonly #checkpoints;
  bad: (id: number) => boolean = (id) => BAD.includes(id);
  calls = 0;

  constructor(
    readonly directory: string,
    enableArrow = true,
  ) {
    this.#checkpoints = manager(directory, enableArrow);
  }

  async run(options: Partial<MapOptions<Article>> = {}, rows: Iterable<Article> = ROWS): Promise<MapResult> {
    this.calls = 0;
    const fn = async ({ id }: Article): Promise<Row> => {
      this.calls++;
      await setTimeout(0);
      if (this.bad(id)) throw new Refused(`no answer to ${id}`);
      return { id, text: 'x'.repeat(4000) };
    };
    return this.#checkpoints.map('s', 'op', rows, fn, { ...MAP, flushEvery: 10, onError: 'skip', ...options });
  }

  /** The keys of the rows that are recorded as failed. */
  async failed(options?: { hash?: string }): Promise<unknown[]> {
    return (await this.records(options)).map(({ key }) => key);
  }

  async records(options?: { hash?: string }): Promise<FailureRecord[]> {
    return this.#checkpoints.failures('s', 'op', options);
  }

  async saved(): Promise<{ ids: unknown[] | undefined; skipped: unknown }> {
    const { metadata = {} } = (await this.#checkpoints.getCheckpointInfo('s', 'op')) ?? {};
    const rows = await this.#checkpoints.loadCheckpoint('s', 'op');
    return { ids: rows?.map(({ id }) => id), skipped: JSON.parse(metadata['arrow-ckpt.skipped'] ?? 'null') };
  }
}

const idsBut = (ids: readonly number[]): number[] => ROWS.map(({ id }) => id).filter((id) => !ids.includes(id));

for (const enableArrow of [true, false]) {
  const newFailing = (name: string): Failing => new Failing(join(folder, `${name} ${enableArrow}`), enableArrow);

  describe(`failures, ${enableArrow ? 'Parquet' : 'JSON'}`, () => {
    test('skip makes the checkpoint without them; they are recorded, and called again', async () => {
      const failing = newFailing('skip');
      const before = Date.now();
      const result = await failing.run({ retries: { times: 1, minDelay: 0 } });
      assert.deepStrictEqual([failing.calls, result.failed.length, result.rows.length], [303, 3, 297]);
      assert.ok(result.path !== null);
      assertExact(await failing.saved(), { ids: idsBut(BAD), skipped: { rows: 3, keys: ['7', '107', '207'] } });
      const records = await failing.records({ hash: 'h' });
      assert.deepStrictEqual(
        records.map(({ key, hash, name, message, code, attempts }) => [key, hash, name, message, code, attempts]),
        BAD.map((key) => [key, 'h', 'Refused', `no answer to ${key}`, 'content_filter', 2]),
      );
      for (const { time } of records) assert.ok(time.getTime() >= before && time.getTime() <= Date.now());
      await failing.run();
      assert.equal(failing.calls, 3);
      failing.bad = (id) => id === 107;
      await failing.run();
      assert.equal(failing.calls, 3);
      assertExact(await failing.saved(), { ids: idsBut([107]), skipped: { rows: 1, keys: ['107'] } });
      failing.bad = () => false;
      const { failed } = await failing.run();
      assert.deepStrictEqual([failing.calls, failed], [1, []]);
      assertExact(await failing.saved(), { ids: idsBut([]), skipped: null });
      assert.deepStrictEqual(await failing.failed(), []);
    });

    test('collect records them and makes no checkpoint; a row that succeeds loses its record', async () => {
      const failing = newFailing('collect');
      const { path, failed } = await failing.run({ onError: 'collect' });
      assert.deepStrictEqual([path, failed.map(({ key }) => key)], [null, BAD]);
      assert.deepStrictEqual(await failing.failed(), BAD);
      failing.bad = (id) => id === 207;
      await failing.run({ onError: 'collect' });
      assert.deepStrictEqual([failing.calls, await failing.failed()], [3, [207]]);
      const checkpoints = manager(failing.directory, enableArrow);
      assert.equal((await checkpoints.loadPartialResults('s', 'op'))?.inputRows, 299);
      assert.deepStrictEqual((await checkpoints.planIncremental('s', 'op', ROWS, { key: 'id', hash: 'h' })).new, [ROWS[207]]);
      // Merges keep records: sixteen batches of a row each, and more.
      for (let round = 0; round < 20; round++) await failing.run({ onError: 'collect', flushEvery: 0 });
      assert.deepStrictEqual(await failing.failed(), [207]);
      await checkpoints.sweep();
      assert.deepStrictEqual(await failing.failed(), [207], 'a sweep keeps them');
      const indexes = await checkpoints.listBatchCheckpoints('op');
      assert.equal((await checkpoints.loadBatchCheckpoints('op')).length, indexes.length);
      failing.bad = () => false;
      await failing.run({ onError: 'collect' });
      assert.deepStrictEqual([failing.calls, await failing.failed()], [1, []]);
    });

    test('retryFailed: false fails again without a call; content and hash count', async () => {
      const failing = newFailing('retry');
      await failing.run();
      const { modified } = (await manager(failing.directory, enableArrow).getCheckpointInfo('s', 'op'))!;
      const { failed } = await failing.run({ retryFailed: false });
      assert.equal(failing.calls, 0);
      assert.deepStrictEqual(
        failed.map(({ key, resumed, error }) => [key, resumed, error.code, (error.cause as Refused).name, (error.cause as Refused).code]),
        BAD.map((key) => [key, true, 'ERR_CKPT_ROW_FAILED', 'Refused', 'content_filter']),
      );
      assert.match(failed[0]!.error.message, /^row 7 \(key 7\) failed in a run before, at .*: no answer to 7$/);
      const after = (await manager(failing.directory, enableArrow).getCheckpointInfo('s', 'op'))!;
      assert.deepStrictEqual(after.modified, modified, 'nothing was written');
      await rejectsWith('ERR_CKPT_ROW_FAILED', () => failing.run({ retryFailed: false, onError: 'throw' }));
      assert.equal(failing.calls, 0);
      const edited = ROWS.map((row) => (row.id === 107 ? { id: 107, title: 'other' } : row));
      await failing.run({ retryFailed: false }, edited);
      assert.equal(failing.calls, 1);
      await failing.run({ retryFailed: ({ key, code }) => key === 7 && code === 'content_filter' }, edited);
      assert.equal(failing.calls, 1);
      await failing.run({ retryFailed: false, hash: 'other' });
      assert.equal(failing.calls, 300);
      assert.deepStrictEqual(await failing.failed({ hash: 'h' }), []);
    });

    test('a function decides for each row', async () => {
      const failing = newFailing('function');
      const seen: unknown[] = [];
      const decide =
        (answers: Record<number, OnError>): ((failure: RowFailure) => OnError) =>
        ({ key, error, resumed }) => {
          seen.push([key, (error as CheckpointError).code, resumed]);
          return answers[key as number] ?? 'skip';
        };
      assert.equal((await failing.run({ onError: decide({ 107: 'collect' }) })).path, null);
      assert.deepStrictEqual(seen.sort(), BAD.map((key) => [key, 'ERR_CKPT_ROW_FAILED', false]).sort());
      assert.ok((await failing.run({ onError: decide({}) })).path !== null);
      await rejectsWith('ERR_CKPT_ROW_FAILED', () => failing.run({ onError: decide({ 7: 'throw' }) }));
      for (const answer of [() => 'ignore', () => undefined, async () => 'skip', () => Promise.reject(new Error('late'))])
        await rejectsWith('ERR_CKPT_INVALID_OPTION', () => failing.run({ onError: answer as () => OnError }));
      await assert.rejects(
        failing.run({
          onError: () => {
            throw new TypeError('of the user');
          },
        }),
        /of the user/,
      );
      for (const answer of [() => 'yes', () => 1, () => undefined, async () => true])
        await rejectsWith('ERR_CKPT_INVALID_OPTION', () => failing.run({ retryFailed: answer as () => never }));
      assert.deepStrictEqual(await failing.failed(), BAD);
    });

    test('a stream skips and records as well; rows that cannot be compared fail alone', async () => {
      const checkpoints = manager(join(folder, `stream ${enableArrow}`), enableArrow);
      const rows = ROWS.map((row) => (row.id === 9 ? { id: 9, title: '', odd: new URL('http://localhost') } : row)) as Article[];
      for (const retryFailed of [true, false]) {
        let calls = 0;
        const fn = ({ id }: Article): Row => {
          calls++;
          if (BAD.includes(id)) throw new Refused('');
          return { id };
        };
        const ids: unknown[] = [];
        const run = checkpoints.mapStream('s', 'op', rows, fn, { ...MAP, onError: 'skip', retryFailed });
        for (;;) {
          const next = await run.next();
          if (next.done === true) {
            assert.deepStrictEqual(next.value.failed.map(({ key }) => key).sort(), [107, 207, 7, 9]);
            break;
          }
          ids.push((next.value as Row)['id']);
        }
        assert.deepStrictEqual(ids, idsBut([...BAD, 9]));
        assert.equal(calls, retryFailed ? 299 : 0);
        const records = await checkpoints.failures('s', 'op');
        assert.deepStrictEqual(records.map(({ key, name, attempts }) => `${String(key)} ${name} ${attempts}`).sort(), [
          '107 Refused 1',
          '207 Refused 1',
          '7 Refused 1',
          '9 CheckpointError 0',
        ]);
      }
    });

    test('list counts them, in checkpoints and in maps that did not come to one', async () => {
      const failing = newFailing('list');
      await failing.run({ onError: 'collect' });
      const { maps } = await cliJson<{ maps: { failed: number; rows: number }[] }>(['list', failing.directory]);
      assert.deepStrictEqual(
        maps.map(({ failed, rows }) => [failed, rows]),
        [[3, 297]],
      );
      assert.match((await cli(['list', failing.directory])).stdout, /Rows done  Failed .*\n.* 297 +3 /);
      await failing.run();
      const { checkpoints } = await cliJson<{ checkpoints: { failed: number }[] }>(['list', failing.directory]);
      assert.deepStrictEqual(
        checkpoints.map(({ failed }) => failed),
        [3],
      );
      assert.match((await cli(['list', failing.directory])).stdout, /Rows  Failed .*\n.* 297 +3 /);
    });
  });
}

describe('records of failures', () => {
  test('hold whatever was thrown, cut where it is long', async () => {
    const checkpoints = manager(join(folder, 'odd'));
    const odd: unknown[] = [
      'a text',
      undefined,
      null,
      42,
      Symbol('s'),
      { plain: 'object' },
      new Error('x'.repeat(5000)),
      Object.assign(new Error('\u{1f600}'.repeat(600)), { code: 7 }),
      Object.assign(new Error('line\nend'), { name: '', code: { an: 'object' } }),
    ];
    await checkpoints.map('s', 'op', articles(odd.length), ({ id }: Article) => Promise.reject(odd[id]), { ...MAP, onError: 'skip' });
    const records = (await checkpoints.failures('s', 'op')).sort((a, b) => Number(a.key) - Number(b.key));
    assert.equal(records.length, odd.length);
    for (const { message, name } of records) {
      assert.ok(message.length <= 1000 && name.length <= 100);
      assert.ok(message.isWellFormed());
    }
    assert.deepStrictEqual(
      records.slice(0, 4).map(({ name, message, code }) => [name, message, code]),
      [
        ['string', 'a text', null],
        ['undefined', 'undefined', null],
        ['object', 'null', null],
        ['number', '42', null],
      ],
    );
    assert.equal(records[7]!.code, '7');
    assert.deepStrictEqual([records[8]!.name, records[8]!.message, records[8]!.code], ['', 'line\nend', null]);
  });

  test('survive a kill, with the flush that they came with', async () => {
    const directory = join(folder, 'killed');
    const { signal, stdout, stderr } = await runProgram('map-failing.mjs', { args: [directory] });
    assert.equal(signal, 'SIGKILL', stdout + stderr);
    const checkpoints = manager(directory);
    const records = await checkpoints.failures('s', 'op', { hash: 'h' });
    assert.ok(records.length >= 10, `${records.length} records`);
    const done = new Set((await checkpoints.loadPartialResults('s', 'op'))?.rows.map(({ id }) => id));
    for (const { key } of records) assert.ok(!done.has(key));
    const events: MapEvent[] = [];
    const called: number[] = [];
    const fn = ({ id }: Article): Row => (called.push(id), { id });
    const options = { ...MAP, onError: 'skip', retryFailed: false, onEvent: (event: MapEvent) => void events.push(event) } as const;
    const { failed } = await checkpoints.map('s', 'op', articles(2000), fn, options);
    assert.deepStrictEqual(failed.map(({ key }) => key).sort(), records.map(({ key }) => key).sort());
    for (const { key } of records) assert.ok(!called.includes(key as number), `row ${String(key)} was called again`);
    assert.equal(events.filter((event) => event.type === 'failed' && event.resumed).length, records.length);
  });

  test('options that are wrong or contradict each other', async () => {
    const failing = new Failing(join(folder, 'wrong'));
    for (const onError of ['ignore', null, 1])
      await rejectsWith('ERR_CKPT_INVALID_OPTION', () => failing.run({ onError: onError as never }));
    for (const retryFailed of ['no', null, 1])
      await rejectsWith('ERR_CKPT_INVALID_OPTION', () => failing.run({ retryFailed: retryFailed as never }));
    await rejectsWith('ERR_CKPT_INVALID_OPTION', () => failing.run({ metadata: { 'arrow-ckpt.skipped': '{}' } }));
    const checkpoints = manager(failing.directory);
    await rejectsWith('ERR_CKPT_UNKNOWN_OPTION', () => checkpoints.failures('s', 'op', { hashes: [] } as object));
    await rejectsWith('ERR_CKPT_INVALID_OPTION', () => checkpoints.failures('s', 'op', { hash: 7 } as object));
    assert.deepStrictEqual(await checkpoints.failures('no', 'such'), []);
    assert.deepStrictEqual(await manager(null as never).failures('s', 'op'), []);
  });
});
