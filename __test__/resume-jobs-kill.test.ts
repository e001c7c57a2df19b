// A run of batch jobs is killed at every stage of a job, on both sides of the wire, and goes on: no request is accepted twice.
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { CheckpointManager, readCheckpoint } from 'arrow-ckpt';
import { FakeProvider, type Stage } from './support/fake-provider.ts';
import { tempFolder } from './support/temp-folder.ts';

const PROGRAM = fileURLToPath(new URL('programs/map-jobs.ts', import.meta.url));
const ROWS = 100;
/** Kills of each stage by itself; 0 leaves them to the test of all stages. */
const TIMES = Number(process.env.ARROW_CKPT_JOB_KILLS ?? 0);
const STAGES: Stage[] = ['upload', 'before accepting', 'accepted', 'answered', 'poll', 'half of the results', 'results'];
const folder = tempFolder('jobs-kill');

/** Runs the program to its end, or until `kill` is called. */
class Run {
  readonly child: ChildProcess;
  readonly ended: Promise<string>;
  isKilled = false;

  constructor(directory: string, url: string, options: object) {
    const args = ['--import', 'tsx', PROGRAM, directory, url, String(ROWS), JSON.stringify(options)];
    this.child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text));
    this.ended = new Promise((resolve) => this.child.on('close', () => resolve(output)));
  }

  kill(): void {
    this.isKilled = true;
    this.child.kill('SIGKILL');
  }
}

describe('killed', () => {
  const provider = new FakeProvider();
  let url = '';
  before(async () => (url = await provider.start()));
  after(() => provider.stop());

  async function rounds(directory: string, stages: readonly (Stage | 'any')[], options: object): Promise<number> {
    provider.accepted.clear();
    provider.jobs.clear();
    let kills = 0;
    for (const [index, stage] of stages.entries()) {
      const run = new Run(directory, url, options);
      // The first job of a stage, the second, and so on: another moment each time.
      let seen = 0;
      provider.at = (now) => {
        if (now !== stage || run.isKilled || seen++ < index % 2) return false;
        run.kill();
        return stage !== 'answered' && stage !== 'results';
      };
      if (stage === 'any') setTimeout(() => run.kill(), 250 + Math.random() * 500);
      await run.ended;
      if (run.isKilled) kills++;
      assert.deepStrictEqual(provider.twice, [], `after a kill at '${stage}'`);
    }
    provider.at = () => {};
    const output = await new Run(directory, url, options).ended;
    assert.match(output, /"results":100/, output);
    return kills;
  }

  /** Ends when the provider has accepted a job, before the run knows that. */
  async function killedAtFirstJob(directory: string, options: object): Promise<void> {
    const run = new Run(directory, url, options);
    provider.at = (now) => {
      if (now !== 'accepted' || run.isKilled) return false;
      run.kill();
      return true;
    };
    await run.ended;
    assert.ok(run.isKilled);
    provider.at = () => {};
  }

  async function isWhole(directory: string): Promise<void> {
    assert.deepStrictEqual(provider.twice, []);
    assert.equal(provider.accepted.size, ROWS);
    const expected = Array.from({ length: ROWS }, (_, id) => ({ id, summary: `about article ${id}` }));
    assert.deepStrictEqual(await readCheckpoint(join(directory, 's', 'op.parquet')), expected);
    assert.deepStrictEqual(await new CheckpointManager(directory, { logger: false }).jobs('s', 'op'), []);
  }

  for (const stage of TIMES > 0 ? STAGES : [])
    test(`at '${stage}'`, { timeout: 300_000 }, async (t) => {
      const directory = join(folder, stage.replaceAll(' ', '-'));
      const kills = await rounds(directory, Array.from({ length: TIMES }, () => stage), {}); // prettier-ignore
      t.diagnostic(`${kills} kills`);
      assert.ok(kills >= 1);
      await isWhole(directory);
    });

  test('at any moment, and at all stages one after the other', { timeout: 600_000 }, async (t) => {
    const directory = join(folder, 'any');
    const stages = Array.from({ length: Math.max(1, TIMES / 2) }, () => ['any', ...STAGES, 'any'] as const).flat();
    const kills = await rounds(directory, stages, { jobSize: 15, maxJobs: 3 });
    t.diagnostic(`${kills} kills`);
    assert.ok(kills >= 5);
    await isWhole(directory);
  });

  test('without find: the window ends in a question, and only resubmit pays twice', { timeout: 120_000 }, async () => {
    const directory = join(folder, 'question');
    provider.accepted.clear();
    provider.jobs.clear();
    await killedAtFirstJob(directory, { withoutFind: true, maxJobs: 1 });
    const [job] = await new CheckpointManager(directory, { logger: false }).jobs('s', 'op');
    assert.deepStrictEqual([job?.state, job?.id, job?.rows], ['intent', null, 40]);
    for (let time = 0; time < 2; time++)
      assert.match(await new Run(directory, url, { withoutFind: true }).ended, /"error":"ERR_CKPT_JOB_UNKNOWN"/);
    assert.deepStrictEqual(provider.twice, []);
    // With find it is found.
    assert.match(await new Run(directory, url, {}).ended, /"results":100/);
    await isWhole(directory);
  });

  test('uncertain: resubmit hands in again', { timeout: 120_000 }, async () => {
    const directory = join(folder, 'resubmit');
    provider.accepted.clear();
    const options = { withoutFind: true, maxJobs: 1, uncertain: 'resubmit' };
    await killedAtFirstJob(directory, options);
    assert.match(await new Run(directory, url, options).ended, /"results":100/);
    assert.equal(provider.twice.length, 40);
  });
});
