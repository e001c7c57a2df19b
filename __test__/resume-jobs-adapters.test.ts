// The adapters of examples/jobs against a provider on this machine, which has the interfaces of OpenAI and Anthropic.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import type { JobProvider, MapJobsOptions, Row } from 'arrow-ckpt';
import { anthropicBatches } from '../examples/jobs/anthropic-batches.ts';
import { openAiBatches } from '../examples/jobs/openai-batches.ts';
import { rejectsWith } from './support/codes.ts';
import { FakeProvider } from './support/fake-provider.ts';
import { articles, manager, type Article } from './support/map-rows.ts';
import { tempFolder } from './support/temp-folder.ts';

const folder = tempFolder('jobs-adapters');
const OPTIONS = { key: 'id', hash: 'h', jobSize: 10, maxJobs: 2, pollEvery: 2 } as const satisfies MapJobsOptions<Article>;
const fake = new FakeProvider();
let baseUrl = '';
before(async () => (baseUrl = await fake.start()));
after(() => fake.stop());
beforeEach(() => {
  fake.accepted.clear();
  fake.jobs.clear();
  fake.at = () => {};
  fake.fate = () => 'answer';
  fake.refuse = () => undefined;
  fake.looks = 2;
});

const ADAPTERS = {
  OpenAI: (): unknown =>
    openAiBatches<Article, Row, { choices: { message: { content: string } }[] }>({
      apiKey: 'x',
      baseUrl,
      body: ({ title }) => ({ model: 'small', messages: [{ role: 'user', content: title }] }),
      output: ({ choices }, { id }) => ({ id, text: choices[0]?.message.content }),
    }),
  Anthropic: (): unknown =>
    anthropicBatches<Article, Row, { content: { text: string }[] }>({
      apiKey: 'x',
      baseUrl,
      params: ({ title }) => ({ model: 'small', max_tokens: 100, messages: [{ role: 'user', content: title }] }),
      output: ({ content }, { id }) => ({ id, text: content[0]?.text }),
    }),
};
const expected = (rows: readonly Article[]): Row[] => rows.map(({ id, title }) => ({ id, text: `about ${title}` }));

for (const [name, adapter] of Object.entries(ADAPTERS as Record<string, () => JobProvider<Article, Row, never>>))
  describe(name, () => {
    const map = (operation: string, count: number, options: Partial<MapJobsOptions<Article>> = {}) =>
      manager(join(folder, name)).mapJobs('s', operation, articles(count), adapter(), { ...OPTIONS, ...options });

    test('hands in, waits and fetches', async () => {
      const { rows, calls } = await map('usual', 35);
      assert.deepStrictEqual([rows, calls, fake.jobs.size, fake.twice], [expected(articles(35)), 4, 4, []]);
    });

    test('errors and missing answers are those of rows; they are asked for again by the next run', async () => {
      fake.fate = (text) => (text === 'article 3' ? 'error' : text === 'article 14' ? 'missing' : 'answer');
      const { failed } = await map('failed', 20, { onError: 'collect' });
      assert.deepStrictEqual(failed.map(({ row }) => row).sort(), [14, 3]); // prettier-ignore
      assert.match(String(failed.find(({ row }) => row === 3)?.error.cause), /no article 3/);
      fake.fate = () => 'answer';
      assert.deepStrictEqual((await map('failed', 20)).rows, expected(articles(20)));
      assert.deepStrictEqual(fake.twice.sort(), ['article 14', 'article 3']);
    });

    test('a busy service is asked again; a request that it refuses fails its rows', async () => {
      let times = 0;
      fake.refuse = () => (++times <= 2 ? 429 : undefined);
      assert.deepStrictEqual((await map('busy', 5, { retries: { times: 3, minDelay: 1 } })).rows, expected(articles(5)));
      fake.refuse = () => 400;
      assert.equal((await map('refused', 5, { onError: 'collect' })).failed.length, 5);
    });

    test('a broken connection after the job was accepted', async () => {
      fake.at = (stage) => stage === 'accepted';
      const run = map('broken', 5);
      if (name === 'OpenAI') assert.deepStrictEqual((await run).rows, expected(articles(5)));
      else await rejectsWith('ERR_CKPT_JOB_UNKNOWN', () => run);
      assert.deepStrictEqual([fake.jobs.size, fake.twice], [1, []]);
    });

    test('broken connections while it is looked at and fetched', async () => {
      let times = 0;
      fake.at = (stage) => (stage === 'poll' || stage === 'half of the results') && ++times % 3 === 1;
      assert.deepStrictEqual((await map('flaky', 15)).rows, expected(articles(15)));
      assert.deepStrictEqual(fake.twice, []);
    });

    test('stop and cancel, and what the next run makes of it', async () => {
      fake.looks = 1_000_000;
      const stopped = map('cancel', 10, { cancel: true });
      while (fake.jobs.size === 0) await setTimeout(1);
      await setTimeout(20);
      stopped.stop();
      await rejectsWith('ERR_CKPT_STOPPED', () => stopped);
      assert.deepStrictEqual([...fake.jobs.values()].map(({ isCancelled }) => isCancelled), [true]); // prettier-ignore
      fake.looks = 1;
      assert.deepStrictEqual((await map('cancel', 10)).rows, expected(articles(10)));
      assert.equal(fake.twice.length, 5);
    });
  });
