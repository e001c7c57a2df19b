import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import type { JobProvider, JobResult, JobRow, JobStatus, MapEvent, MapJobsOptions, Row } from 'arrow-ckpt';
import { rejectsWith } from './support/codes.ts';
import { allSummaries, articles, manager, summaries, type Article, type Summary } from './support/map-rows.ts';
import { tempFolder } from './support/temp-folder.ts';

const folder = tempFolder('map-jobs');
const OPTIONS = { key: 'id', hash: 'h', jobSize: 10, maxJobs: 2, pollEvery: 1 } as const satisfies MapJobsOptions<Article>;

interface Held {
  id: string;
  jobKey: string;
  rows: readonly JobRow<Article>[];
  looks: number;
}

/** A provider in this process: it counts how often each row was handed in. */
class Provider implements JobProvider<Article, Summary, Article> {
  readonly jobs: Held[] = [];
  readonly cancelled: string[] = [];
  most = 0;
  open = 0;
  /** What a look answers; a job is done after its second. */
  answer: (job: Held) => unknown = ({ looks }) => (looks > 1 ? 'done' : 'running');
  result: (row: JobRow<Article>, job: Held) => JobResult<Article> | undefined = ({ customId, row }) => ({ customId, value: row });
  onSubmit: (job: Held) => unknown = () => {};
  more: JobResult<Article>[] = [];

  async submit(rows: readonly JobRow<Article>[], { jobKey }: { jobKey: string }): Promise<string> {
    const job = { id: `job ${this.jobs.length}`, jobKey, rows, looks: 0 };
    await this.onSubmit(job);
    this.jobs.push(job);
    this.most = Math.max(this.most, ++this.open);
    return job.id;
  }

  async poll({ id }: { id: string }): Promise<JobStatus> {
    const job = this.#job(id);
    job.looks++;
    return this.answer(job) as JobStatus;
  }

  async *fetch({ id }: { id: string }): AsyncGenerator<JobResult<Article>> {
    const job = this.#job(id);
    this.open--;
    for (const row of [...job.rows].reverse()) {
      const result = this.result(row, job);
      if (result !== undefined) yield result;
    }
    yield* this.more;
  }

  output(_: Article, row: Article): Summary[] {
    return summaries(row);
  }

  async cancel({ id }: { id: string }): Promise<void> {
    this.cancelled.push(id);
  }

  get handedIn(): number[] {
    return this.jobs.flatMap(({ rows }) => rows.map(({ row }) => row.id));
  }

  #job(id: string): Held {
    return this.jobs.find((job) => job.id === id) as Held;
  }
}

const find = (provider: Provider): Provider['submit'] & ((jobKey: string) => string | null) =>
  ((jobKey: string) => provider.jobs.find((job) => job.jobKey === jobKey)?.id ?? null) as never;
const sorted = (numbers: readonly number[]): number[] => [...numbers].sort((a, b) => a - b);
const ids = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, at) => from + at);

describe('jobs of a provider', () => {
  test('are full but for the last; results are those of a map; nothing is left of them', async () => {
    const provider = new Provider();
    const events: string[] = [];
    const onEvent = (event: MapEvent): void => void (event.type === 'job' && events.push(event.state));
    const checkpoints = manager(join(folder, 'usual'));
    const result = await checkpoints.mapJobs('s', 'op', articles(35), provider, { ...OPTIONS, onEvent });
    assert.deepStrictEqual(result.rows, allSummaries(articles(35)));
    assert.deepStrictEqual([result.calls, result.computed, provider.most], [4, 35, 2]);
    assert.deepStrictEqual(sorted(provider.jobs.map(({ rows }) => rows.length)), [5, 10, 10, 10]); // prettier-ignore
    assert.deepStrictEqual(events.filter((state) => state === 'submitted').length, 4);
    assert.deepStrictEqual(events.filter((state) => state === 'done').length, 4);
    const { jobKey, rows } = provider.jobs.find((job) => job.rows[0]?.key === 0)!;
    assert.match(jobKey, /^[0-9a-f]{32}$/);
    assert.deepStrictEqual([rows[3]?.customId, rows[3]?.key], [`${jobKey.slice(0, 12)}-3`, 3]);
    assert.match(rows[3]!.customId, /^[\w-]{1,64}$/);
    assert.deepStrictEqual(await checkpoints.jobs('s', 'op'), []);
    assert.deepStrictEqual(readdirSync(join(folder, 'usual', 's')).filter((name) => name.includes('batches')), []); // prettier-ignore
    assert.deepStrictEqual((await checkpoints.mapJobs('s', 'op', articles(35), provider, OPTIONS)).calls, 0);
    // A changed row and a new one are a job of two.
    const changed = articles(36);
    changed[4]!.title = 'another';
    await checkpoints.mapJobs('s', 'op', changed, provider, OPTIONS);
    assert.deepStrictEqual(provider.jobs[4]?.rows.map(({ key }) => key), [4, 35]); // prettier-ignore
  });

  test('fail by row: errors, missing results, outputs that throw; the others are kept', async () => {
    const provider = new Provider();
    provider.result = ({ customId, row }) =>
      row.id === 3 ? { customId, error: new Error('too long') } : row.id === 4 ? undefined : { customId, value: row };
    provider.output = (_, row) => {
      if (row.id === 5) throw new Error('no summary in it');
      return summaries(row);
    };
    const checkpoints = manager(join(folder, 'failed'));
    const { failed, computed } = await checkpoints.mapJobs('s', 'op', articles(20), provider, { ...OPTIONS, onError: 'collect' });
    assert.equal(computed, 17);
    assert.deepStrictEqual(
      failed.map(({ row, error }) => [row, (error.cause as Error).message.replace(/job \d/, 'x')]).sort(),
      [[3, 'too long'], [4, 'job x has no result for it'], [5, 'no summary in it']], // prettier-ignore
    );
    await rejectsWith('ERR_CKPT_JOB_FAILED', () => Promise.reject(failed.find(({ row }) => row === 4)?.error.cause as Error));
    assert.deepStrictEqual(await checkpoints.jobs('s', 'op'), []);
    const next = new Provider();
    const { rows } = await checkpoints.mapJobs('s', 'op', articles(20), next, OPTIONS);
    assert.deepStrictEqual([sorted(next.handedIn), rows], [[3, 4, 5], allSummaries(articles(20))]);
  });

  test('throw: the first failure ends the run; other jobs go on and are found', async () => {
    const provider = new Provider();
    provider.result = ({ customId, row }) => (row.id === 3 ? { customId, error: 'too long' } : { customId, value: row });
    provider.answer = ({ rows, looks }) => (rows[0]?.key === 0 && looks > 1 ? 'done' : 'running');
    const checkpoints = manager(join(folder, 'throw'));
    await rejectsWith('ERR_CKPT_ROW_FAILED', () => checkpoints.mapJobs('s', 'op', articles(20), provider, OPTIONS), { row: 3 });
    const other = provider.jobs.find(({ rows }) => rows[0]?.key === 10)?.id;
    const left = (await checkpoints.jobs('s', 'op')).filter(({ id }) => id === other);
    assert.deepStrictEqual(left.map(({ state, rows }) => [state, rows]), [['submitted', 10]]); // prettier-ignore
    provider.answer = () => 'done';
    provider.result = ({ customId, row }) => ({ customId, value: row });
    const { resumed, rows } = await checkpoints.mapJobs('s', 'op', articles(20), provider, OPTIONS);
    assert.deepStrictEqual([resumed, rows], [9, allSummaries(articles(20))]);
    assert.deepStrictEqual(sorted(provider.handedIn), sorted([...ids(0, 20), 3]));
    assert.deepStrictEqual(await checkpoints.jobs('s', 'op'), []);
  });

  test('retries: failed rows go into a further job', async () => {
    const provider = new Provider();
    provider.result = ({ customId, row }, { id }) =>
      row.id % 7 === 3 && id < 'job 2' ? { customId, error: new Error('busy') } : { customId, value: row };
    const { rows } = await manager(join(folder, 'retries')).mapJobs('s', 'op', articles(20), provider, { ...OPTIONS, retries: 2 });
    assert.deepStrictEqual(rows, allSummaries(articles(20)));
    assert.deepStrictEqual(sorted(provider.handedIn), sorted([...ids(0, 20), 3, 10, 17]));
  });

  for (const state of ['failed', 'expired', 'cancelled'] as const)
    test(`that are ${state} have the results that there are`, async () => {
      const provider = new Provider();
      provider.answer = () => ({ state, error: 'the reason' });
      provider.result = ({ customId, row }) => (row.id < 6 ? { customId, value: row } : undefined);
      const options = { ...OPTIONS, onError: 'collect' } as const;
      const { failed, computed } = await manager(join(folder, state)).mapJobs('s', 'op', articles(10), provider, options);
      assert.equal(computed, state === 'failed' ? 0 : 6);
      for (const { error } of failed) {
        assert.match((error.cause as Error).message, new RegExp(state));
        assert.equal((error.cause as Error).cause, 'the reason');
      }
    });
});

describe('a run that ends early', () => {
  const started = async (provider: Provider, jobs: number): Promise<void> => {
    while (provider.jobs.length < jobs) await setTimeout(1);
    await setTimeout(5);
  };

  test('leaves its jobs after an abort or a stop, and the same call finds them; those that are not done wait', async () => {
    for (const how of ['abort', 'stop'] as const) {
      const provider = new Provider();
      provider.answer = () => 'running';
      const told: string[] = [];
      const checkpoints = manager(join(folder, how));
      const ending = new AbortController();
      const onEvent = (event: MapEvent): void => void (event.type === 'job' && told.push(event.state));
      const run = checkpoints.mapJobs('s', 'op', articles(40), provider, { ...OPTIONS, onEvent, signal: ending.signal });
      await started(provider, 2);
      if (how === 'abort') ending.abort(new Error('enough'));
      else run.stop();
      await assert.rejects(run, how === 'abort' ? /enough/ : /call it again to go on/);
      assert.deepStrictEqual(told.filter((state) => state === 'left').length, 2);
      assert.deepStrictEqual((await checkpoints.jobs('s', 'op')).map(({ state }) => state), ['submitted', 'submitted']); // prettier-ignore
      provider.answer = () => 'done';
      const { rows, calls } = await checkpoints.mapJobs('s', 'op', articles(40), provider, OPTIONS);
      assert.deepStrictEqual([rows, calls], [allSummaries(articles(40)), 2]);
      assert.deepStrictEqual(sorted(provider.handedIn), ids(0, 40));
      assert.deepStrictEqual(provider.cancelled, []);
    }
  });

  test('cancel: cancels them; what they have done counts, the rest is handed in again', async () => {
    const provider = new Provider();
    provider.answer = () => 'running';
    const checkpoints = manager(join(folder, 'cancel'));
    const ending = new AbortController();
    const run = checkpoints.mapJobs('s', 'op', articles(10), provider, { ...OPTIONS, cancel: true, signal: ending.signal });
    await started(provider, 1);
    ending.abort(new Error('enough'));
    await assert.rejects(run, /enough/);
    assert.deepStrictEqual(provider.cancelled, ['job 0']);
    assert.deepStrictEqual((await checkpoints.jobs('s', 'op')).map(({ state }) => state), ['cancelled']); // prettier-ignore
    provider.answer = ({ id }) => (id === 'job 0' ? 'cancelled' : 'done');
    provider.result = ({ customId, row }, { id }) => (id === 'job 0' && row.id > 3 ? undefined : { customId, value: row });
    const { rows } = await checkpoints.mapJobs('s', 'op', articles(10), provider, OPTIONS);
    assert.deepStrictEqual(rows, allSummaries(articles(10)));
    assert.deepStrictEqual(sorted(provider.handedIn), sorted([...ids(0, 10), ...ids(4, 10)]));
  });

  test('waits for the id of a job that is being handed in', async () => {
    const provider = new Provider();
    provider.onSubmit = () => setTimeout(100);
    const checkpoints = manager(join(folder, 'handing-in'));
    const run = checkpoints.mapJobs('s', 'op', articles(5), provider, OPTIONS);
    await setTimeout(50);
    run.stop();
    await rejectsWith('ERR_CKPT_STOPPED', () => run);
    assert.deepStrictEqual((await checkpoints.jobs('s', 'op')).map(({ id }) => id), ['job 0']); // prettier-ignore
    await checkpoints.mapJobs('s', 'op', articles(5), provider, OPTIONS);
    assert.equal(provider.jobs.length, 1);
  });
});

describe('results of rows that are not in the input', () => {
  const interrupted = async (name: string, provider: Provider): Promise<ReturnType<typeof manager>> => {
    const checkpoints = manager(join(folder, name));
    provider.answer = () => 'running';
    const run = checkpoints.mapJobs('s', 'op', articles(10), provider, OPTIONS);
    while (provider.jobs.length < 1) await setTimeout(1);
    await setTimeout(10);
    run.stop();
    await rejectsWith('ERR_CKPT_STOPPED', () => run);
    provider.answer = () => 'done';
    return checkpoints;
  };

  test('are kept until the rows come back, though the provider has forgotten them', async () => {
    const provider = new Provider();
    const checkpoints = await interrupted('aside', provider);
    const few = await checkpoints.mapJobs('s', 'op', articles(4), provider, OPTIONS);
    assert.deepStrictEqual([few.rows, few.calls], [allSummaries(articles(4)), 0]);
    const [kept] = await checkpoints.jobs('s', 'op');
    assert.deepStrictEqual([kept?.state, kept?.rows], ['fetched', 6]);
    provider.answer = () => assert.fail('it is not asked');
    const all = await checkpoints.mapJobs('s', 'op', articles(10), provider, OPTIONS);
    assert.deepStrictEqual([all.rows, all.calls, provider.jobs.length], [allSummaries(articles(10)), 0, 1]);
    assert.deepStrictEqual(await checkpoints.jobs('s', 'op'), []);
  });

  test('are not asked for if no row wants any, and the record stays; another hash has jobs of its own', async () => {
    const provider = new Provider();
    const checkpoints = await interrupted('others', provider);
    const others = articles(20).slice(10);
    await checkpoints.mapJobs('s', 'op', others, provider, OPTIONS);
    await checkpoints.mapJobs('s', 'op', articles(10), provider, { ...OPTIONS, hash: 'other' });
    assert.equal(provider.jobs.length, 3);
    assert.deepStrictEqual((await checkpoints.jobs('s', 'op')).map(({ id, rows }) => [id, rows]), [['job 0', 10]]); // prettier-ignore
    await checkpoints.mapJobs('s', 'op', articles(10), provider, OPTIONS);
    assert.equal(provider.jobs.length, 3);
    assert.deepStrictEqual(await checkpoints.jobs('s', 'op'), []);
  });

  test('forgetJob lets them be handed in again', async () => {
    const provider = new Provider();
    const checkpoints = await interrupted('forget', provider);
    const [job] = await checkpoints.jobs('s', 'op');
    assert.equal(await checkpoints.forgetJob('s', 'op', job!.jobKey), true);
    assert.equal(await checkpoints.forgetJob('s', 'op', job!.jobKey), false);
    assert.equal(await checkpoints.forgetJob('s', 'op', '../../escape'), false);
    await checkpoints.mapJobs('s', 'op', articles(10), provider, OPTIONS);
    assert.equal(provider.jobs.length, 2);
  });
});

describe('a job that is not accepted', () => {
  const refusing = (status: number | undefined, times: number): { provider: Provider; asked: () => number } => {
    const provider = new Provider();
    let asked = 0;
    provider.onSubmit = () => {
      if (++asked <= times) throw Object.assign(new Error('not now'), status === undefined ? {} : { status });
    };
    return { provider, asked: () => asked };
  };

  test('refused for certain: retried, else its rows fail, and no record stays', async () => {
    const { provider, asked } = refusing(429, 2);
    const checkpoints = manager(join(folder, 'refused'));
    const retries = { times: 2, minDelay: 1 };
    await checkpoints.mapJobs('s', 'op', articles(5), provider, { ...OPTIONS, retries });
    assert.equal(asked(), 3);
    const never = refusing(400, 99);
    const options = { ...OPTIONS, hash: 'never', onError: 'collect' } as const;
    const { failed } = await checkpoints.mapJobs('s', 'op', articles(5), never.provider, options);
    assert.deepStrictEqual([failed.length, String(failed[0]?.error.cause)], [5, 'Error: not now']);
    assert.deepStrictEqual(await checkpoints.jobs('s', 'op'), []);
  });

  test('nobody knows: an error that asks, until there is a find, or resubmit', async () => {
    for (const status of [undefined, 500, 408]) {
      const { provider } = refusing(status, 1);
      const checkpoints = manager(join(folder, `unknown-${status}`));
      const run = (options = {}): Promise<unknown> => checkpoints.mapJobs('s', 'op', articles(5), provider, { ...OPTIONS, ...options });
      const error = await rejectsWith('ERR_CKPT_JOB_UNKNOWN', run, { message: /of 5 rows.*forgetJob/ });
      assert.equal((error.cause as Error).message, 'not now');
      await rejectsWith('ERR_CKPT_JOB_UNKNOWN', run);
      assert.equal(provider.jobs.length, 0);
      if (status === 500) await run({ uncertain: 'resubmit' });
      else {
        Object.assign(provider, { find: find(provider) });
        await run();
      }
      assert.equal(provider.jobs.length, 1);
    }
  });

  test('accepted, but the answer is lost: found at once', async () => {
    const provider = new Provider();
    const submit = provider.submit.bind(provider);
    const lossy = Object.assign(provider, {
      find: find(provider),
      submit: async (rows: readonly JobRow<Article>[], context: { jobKey: string }) => {
        await submit(rows, context);
        throw new Error('connection reset');
      },
    });
    const { rows } = await manager(join(folder, 'lost')).mapJobs('s', 'op', articles(15), lossy, OPTIONS);
    assert.deepStrictEqual([rows, sorted(provider.handedIn)], [allSummaries(articles(15)), ids(0, 15)]);
  });
});

describe('what providers must not answer', () => {
  const customId = (job: Held, at: number): string => job.rows[at]!.customId;
  for (const [name, change] of Object.entries<(provider: Provider) => void>({
    'a state that is none': (provider) => (provider.answer = () => 'finished'),
    'no state': (provider) => (provider.answer = () => undefined),
    'a number': (provider) => (provider.answer = () => 7),
    'an object without a state': (provider) => (provider.answer = () => ({ status: 'done' })),
    'an unknown id': (provider) => (provider.more = [{ customId: 'x-1', value: {} as Article }]),
    'the id of another job': (provider) => (provider.more = [{ customId: '0123456789ab-1', value: {} as Article }]),
    'a number beyond the rows': (provider) =>
      (provider.answer = (job) => ((provider.more = [{ customId: `${job.jobKey.slice(0, 12)}-10`, value: {} as Article }]), 'done')),
    'two results of a row': (provider) =>
      (provider.answer = (job) => ((provider.more = [{ customId: customId(job, 2), value: {} as Article }]), 'done')),
    'a result without a value or an error': (provider) => (provider.result = ({ customId: id }) => ({ customId: id }) as never),
    'a result that is none': (provider) => (provider.more = [7 as never]),
    'no results': (provider) => (provider.fetch = (() => undefined) as never),
    'a text for results': (provider) => (provider.fetch = (() => 'all') as never),
    'no id': (provider) => (provider.submit = async () => undefined as never),
    'an empty id': (provider) => (provider.submit = async () => ''),
    'an id that is a number': (provider) => Object.assign(provider, { submit: () => assert.fail('lost'), find: () => 5 }),
  }))
    test(`${name}: a coded error, and the record stays`, async () => {
      const provider = new Provider();
      change(provider);
      const checkpoints = manager(join(folder, name.replaceAll(' ', '-')));
      await rejectsWith('ERR_CKPT_JOB_ANSWER', () => checkpoints.mapJobs('s', 'op', articles(10), provider, OPTIONS));
      assert.equal((await checkpoints.jobs('s', 'op')).length, 1);
    });

  test('looks that fail now and then are made again; one that hangs has its time', async () => {
    const provider = new Provider();
    let looks = 0;
    const poll = provider.poll.bind(provider);
    provider.poll = async (job) => {
      if (++looks % 3 === 1) throw new Error('busy');
      if (looks % 3 === 2) await setTimeout(60_000, undefined, { ref: false });
      return poll(job);
    };
    const { rows } = await manager(join(folder, 'looks')).mapJobs('s', 'op', articles(5), provider, { ...OPTIONS, timeout: 20 });
    assert.deepStrictEqual(rows, allSummaries(articles(5)));
    provider.poll = () => Promise.reject(new Error('gone for good'));
    await assert.rejects(manager(join(folder, 'gone')).mapJobs('s', 'op', articles(5), provider, OPTIONS), /gone for good/);
  });
});

describe('records of jobs', () => {
  test('that are damaged, or of a later version, are coded errors', async () => {
    const directory = join(folder, 'records');
    const batches = join(directory, 's', 'op_batches');
    mkdirSync(batches, { recursive: true });
    const path = join(batches, `.job-${'a'.repeat(32)}.json`);
    for (const [text, code] of [
      ['{"version":1', 'ERR_CKPT_CORRUPT'],
      ['{"version":1,"rows":[[]]}', 'ERR_CKPT_CORRUPT'],
      ['{"version":2}', 'ERR_CKPT_FORMAT_VERSION'],
    ] as const) {
      // prettier-ignore
      writeFileSync(path, text);
      const run = (): Promise<unknown> => manager(directory).mapJobs('s', 'op', articles(5), new Provider(), OPTIONS);
      await rejectsWith(code, run, { path });
      await rejectsWith(code, () => manager(directory).jobs('s', 'op'), { path });
      assert.equal(readFileSync(path, 'utf8'), text);
    }
  });

  test('are there before the job is handed in', async () => {
    const provider = new Provider();
    const directory = join(folder, 'before');
    const states: unknown[] = [];
    provider.onSubmit = async ({ jobKey }) => {
      const [job] = await manager(directory).jobs('s', 'op');
      states.push(job?.state, job?.jobKey === jobKey, existsSync(join(directory, 's', 'op_batches', `.job-${jobKey}.json`)));
    };
    await manager(directory).mapJobs('s', 'op', articles(5), provider, OPTIONS);
    assert.deepStrictEqual(states, ['intent', true, true]);
  });
});

describe('wrong calls', () => {
  for (const [name, wrong] of Object.entries<Record<string, unknown>>({
    'jobSize 0': { jobSize: 0 },
    'jobSize NaN': { jobSize: NaN },
    'maxJobs 0': { maxJobs: 0 },
    'maxJobs 1.5': { maxJobs: 1.5 },
    'pollEvery 0': { pollEvery: 0 },
    'pollEvery NaN': { pollEvery: NaN },
    'pollEvery upside down': { pollEvery: { min: 9, max: 2 } },
    'uncertain of no name': { uncertain: 'perhaps' },
    'cancel of another kind': { cancel: 'yes' },
  }))
    test(name, async () => {
      const options = { ...OPTIONS, ...wrong } as never;
      await rejectsWith('ERR_CKPT_INVALID_OPTION', () =>
        manager(join(folder, 'wrong')).mapJobs('s', 'op', articles(3), new Provider(), options),
      );
    });

  test('providers without their functions, options that are not known, no directory', async () => {
    const call = (provider: unknown, options: object = {}, directory: string | null = join(folder, 'wrong')): Promise<unknown> =>
      manager(directory).mapJobs('s', 'op', articles(3), provider as Provider, { ...OPTIONS, ...options });
    const { submit, poll, fetch } = Provider.prototype;
    const whole = { submit, poll, fetch };
    for (const name of ['submit', 'poll', 'fetch'] as const)
      await rejectsWith('ERR_CKPT_INVALID_OPTION', () => call({ ...whole, [name]: undefined }), { message: new RegExp(name) });
    for (const name of ['find', 'output', 'cancel']) await rejectsWith('ERR_CKPT_INVALID_OPTION', () => call({ ...whole, [name]: 5 }));
    await rejectsWith('ERR_CKPT_INVALID_OPTION', () => call(undefined));
    await rejectsWith('ERR_CKPT_INVALID_OPTION', () => call(whole, { cancel: true }), { message: /cancel/ });
    await rejectsWith('ERR_CKPT_UNKNOWN_OPTION', () => call({ ...whole, request: () => 1 }));
    await rejectsWith('ERR_CKPT_UNKNOWN_OPTION', () => call(whole, { concurrency: 4 }));
    await rejectsWith('ERR_CKPT_UNKNOWN_OPTION', () => call(whole, { workers: 'shared' }));
    await rejectsWith('ERR_CKPT_UNKNOWN_OPTION', () => call(whole, { budget: { calls: 1 } }));
    await rejectsWith('ERR_CKPT_INVALID_ARGUMENT', () => call(new Provider(), {}, null));
    await rejectsWith('ERR_CKPT_INVALID_ARGUMENT', () => manager(null).forgetJob('s', 'op', 'x'));
    assert.deepStrictEqual(await manager(null).jobs('s', 'op'), []);
  });
});

test('without the binary, and with JSON', async () => {
  const provider = new Provider();
  const { rows } = await manager(join(folder, 'json'), false).mapJobs('s', 'op', articles(15), provider, OPTIONS);
  assert.deepStrictEqual(rows as Row[], allSummaries(articles(15)));
});
