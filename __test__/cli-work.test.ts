import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, beforeEach, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readCheckpoint, writeCheckpoint } from 'arrow-ckpt';
import { CLI, ENV, cliOk, linesOf, noCli } from './support/run-cli.ts';
import { suite } from './support/suite.ts';
import { tempFolder } from './support/temp-folder.ts';

const STEP = fileURLToPath(new URL('programs/step.mjs', import.meta.url));
const PARTS = 6;
const ROWS = 40;
const folder = tempFolder('cli-work');
const calls = join(folder, 'calls');
const input = (part: number, edited = -1): { id: number; text: string }[] =>
  Array.from({ length: ROWS }, (_, row) => ({ id: part * ROWS + row, text: row === edited ? 'edited' : `text ${row}` }));
const results = (part: number, edited = -1): object[] => input(part, edited).map(({ id, text }) => ({ id, upper: text.toUpperCase() }));
const called = (): number[] => readFileSync(calls, 'utf8').split('\n').slice(0, -1).map(Number);

interface Outcome {
  part: string;
  status: string;
  path: string | null;
  computed?: number;
  resumed?: number;
  failed?: number;
  calls?: number;
  error?: { code: string };
}

suite('arrow-ckpt work', noCli, () => {
  const parts = join(folder, 'in.parquet');
  const names = Array.from({ length: PARTS }, (_, part) => `part-${part}.parquet`);
  let out: string;
  let count = 0;

  before(async () => {
    for (const [part, name] of names.entries()) await writeCheckpoint(join(parts, name), input(part));
    // What engines leave beside their parts.
    for (const name of ['_SUCCESS', '.part-0.parquet.crc', '_metadata.parquet']) writeFileSync(join(parts, name), '');
  });
  beforeEach(() => {
    out = join(folder, `run-${count++}`, 'out.parquet');
    writeFileSync(calls, '');
  });

  /** Gives a line a part. */
  const work = async (args: readonly string[], env: Record<string, string> = {}, code = 0): Promise<Outcome[]> => {
    const { stdout } = await cliOk(['work', STEP, '--out', out, ...args], code, { env: { WORK_CALLS: calls, ...env } });
    return linesOf(stdout) as Outcome[];
  };
  const path = (part: number): string => join(out, `part-${part}.parquet`);
  const claim = ['--in', parts, '--claim'];

  test('computes each part once; what changed is computed again', async () => {
    const some = [names[0]!, names[1]!];
    const args = ['--in', parts, ...some];
    const first = await work(args, { WORK_HASH: 'a' });
    const done = { status: 'done', computed: ROWS, resumed: 0, failed: 0, calls: ROWS };
    assert.deepStrictEqual(
      first,
      some.map((part, index) => ({ part, ...done, path: path(index) })),
    );
    assert.deepStrictEqual(await readCheckpoint(path(1)), results(1));
    writeFileSync(calls, '');
    const there = some.map((part, index) => ({ part, status: 'there', path: path(index) }));
    assert.deepStrictEqual(await work(args, { WORK_HASH: 'a' }), there);
    assert.deepStrictEqual(called(), []);
    // Another hash, and back: what was paid for is used.
    assert.deepStrictEqual(
      (await work(args, { WORK_HASH: 'b' })).map((each) => each.calls),
      [ROWS, ROWS],
    );
    assert.deepStrictEqual(
      (await work(args, { WORK_HASH: 'a' })).map((each) => each.calls),
      [0, 0],
    );
    // One row of one part is another.
    const edited = join(folder, 'edited', names[1]!);
    await writeCheckpoint(edited, input(1, 7));
    const [changed] = await work([edited], { WORK_HASH: 'a' });
    assert.deepStrictEqual([changed?.status, changed?.computed, changed?.resumed], ['done', 1, ROWS - 1]);
    assert.deepStrictEqual(await readCheckpoint(path(1)), results(1, 7));
  });

  test('names come from stdin, as an engine pipes them; a part that fails is told, and the others are done', async () => {
    const child = spawn(process.execPath, [CLI, 'work', STEP, '--in', parts, '--out', out], {
      env: { ...process.env, ...ENV, WORK_CALLS: calls, WORK_FAILS: String(ROWS + 3) },
    });
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stdin.end(`${names[0]}\r\n\n${names[1]}\nnone.parquet\n${names[2]}`);
    const [code] = await once(child, 'close');
    assert.equal(code, 1);
    const told = linesOf(stdout) as Outcome[];
    assert.deepStrictEqual(
      told.map(({ part, status, error }) => [part, status, error?.code]),
      [
        [names[0], 'done', undefined],
        [names[1], 'failed', 'ERR_CKPT_ROW_FAILED'],
        ['none.parquet', 'failed', 'ERR_CKPT_NOT_FOUND'],
        [names[2], 'done', undefined],
      ],
    );
    assert.deepStrictEqual(
      readdirSync(out).filter((name) => name.endsWith('.parquet')),
      [names[0], names[2]],
    );
    // What was finished of the part that failed is not computed again.
    const finished = called().filter((id) => id >= ROWS && id < 2 * ROWS).length - 1;
    writeFileSync(calls, '');
    const [again] = await work(['--in', parts, names[1]!]);
    assert.deepStrictEqual([again?.status, again?.computed, again?.resumed], ['done', ROWS - (again?.resumed ?? 0), again?.resumed]);
    assert.ok((again?.resumed ?? 0) > 0 && (again?.resumed ?? 0) <= finished);
    assert.equal(called().length, again?.computed);
  });

  test('rows that are left out are tried again; several rows a call; folders of an input are kept', async () => {
    const skip = { WORK_OPTIONS: '{"onError":"skip"}' };
    const [first] = await work(['--in', parts, names[0]!], { ...skip, WORK_FAILS: '5' });
    assert.deepStrictEqual([first?.status, first?.computed, first?.failed], ['done', ROWS - 1, 1]);
    const [second] = await work(['--in', parts, names[0]!], skip);
    assert.deepStrictEqual([second?.status, second?.computed, second?.resumed], ['done', 1, ROWS - 1]);
    const [collected] = await work(['--in', parts, names[1]!], { WORK_OPTIONS: '{"onError":"collect"}', WORK_FAILS: String(ROWS) }, 1);
    assert.deepStrictEqual([collected?.status, collected?.path, collected?.failed], ['failed', null, 1]);
    const [batches] = await work(['--in', parts, names[2]!], { WORK_SIZE: '10' });
    assert.deepStrictEqual([batches?.status, batches?.computed, batches?.calls], ['done', ROWS, 4]);
    assert.deepStrictEqual(await readCheckpoint(path(2)), results(2));
    const hive = join(folder, 'hive');
    await writeCheckpoint(join(hive, 'lang=de', 'part-0.jsonl'), input(3));
    await writeCheckpoint(join(hive, 'lang=en', 'part-0.json'), input(4));
    const told = await work(['--in', hive, '--claim']);
    assert.deepStrictEqual(told.map((each) => each.part).sort(), ['lang=de/part-0.jsonl', 'lang=en/part-0.json']);
    assert.deepStrictEqual(await readCheckpoint(join(out, 'lang=de', 'part-0.parquet')), results(3));
  });

  test('results never take the place of rows, nor of the results of another part', async () => {
    out = join(folder, `run-${count++}`, 'in.parquet');
    await writeCheckpoint(join(out, 'part-0.parquet'), input(0));
    await writeCheckpoint(join(out, 'part-1.json'), input(1));
    for (const told of [await work(['--in', out, '--claim'], {}, 1), await work([path(0), join(out, 'part-1.json')], {}, 1)])
      assert.deepStrictEqual(
        told.map((each) => [each.status, each.error?.code]),
        [1, 2].map(() => ['failed', 'ERR_CKPT_INVALID_ARGUMENT']),
      );
    assert.deepStrictEqual(await readCheckpoint(path(0)), input(0));
    assert.deepStrictEqual([readdirSync(out).sort(), called()], [['part-0.parquet', 'part-1.json'], []]);
    // Both would be `part-0.parquet`.
    const other = join(folder, 'other', 'part-0.parquet');
    await writeCheckpoint(other, input(7));
    out = join(folder, `run-${count++}`, 'out.parquet');
    const told = await work([join(parts, names[0]!), other], {}, 1);
    assert.deepStrictEqual(
      told.map((each) => [each.status, each.error?.code]),
      [
        ['done', undefined],
        ['failed', 'ERR_CKPT_INVALID_ARGUMENT'],
      ],
    );
    assert.deepStrictEqual(await readCheckpoint(path(0)), results(0));
  });

  test('all parts of a folder are taken, by the rules of folders of parts, and the results in it are none', async () => {
    const given = join(folder, 'given');
    await writeCheckpoint(join(given, '_year=2024', 'part-0.parquet'), input(0));
    await writeCheckpoint(join(given, '_temporary', 'part-1.parquet'), input(1));
    for (const [part, name] of ['part-2.pq', 'part-3.parq', 'part-4.PARQUET'].entries()) {
      await writeCheckpoint(join(given, `${part}.parquet`), input(part + 2));
      renameSync(join(given, `${part}.parquet`), join(given, name));
    }
    for (const name of ['results', 'results.parquet']) {
      out = join(given, name);
      for (const status of ['done', 'there']) {
        const told = await work(['--in', given, '--claim']);
        assert.deepStrictEqual(told.map((each) => [each.part, each.status]).sort(), [
          ['_year=2024/part-0.parquet', status],
          ['part-2.pq', status],
          ['part-3.parq', status],
          ['part-4.PARQUET', status],
        ]);
      }
      assert.deepStrictEqual(await readCheckpoint(path(3)), results(3));
      rmSync(out, { recursive: true });
    }
  });

  test('what cannot be is refused before anything is done', async () => {
    const module = (text: string): string => {
      const file = join(folder, `step-${count++}.mjs`);
      writeFileSync(file, text);
      return file;
    };
    const good = "export const options = { key: 'id' }; ";
    const steps: [string, RegExp][] = [
      [join(folder, 'none.mjs'), /is no step: Cannot find module/],
      [module('throw new Error("no such model")'), /is no step: no such model/],
      [module(good), /default export must be the function .* got undefined/],
      [module('export default () => null'), /must export options, those of map/],
      [module('export default () => null; export const options = { hash: "a" }'), /must export options/],
      [module('export default () => null; export const options = { key: "id", keys: 1 }'), /keys.*ERR_CKPT_UNKNOWN_OPTION/],
      [module('export default () => null; export const options = { key: "id", timeout: -1 }'), /timeout.*ERR_CKPT_INVALID_OPTION/],
      [module('export default () => null; export const options = { key: "id", size: 0 }'), /size.*ERR_CKPT_INVALID_OPTION/],
      ...['signal', 'workers', 'progressBar', 'onProgress'].map((name): [string, RegExp] => [
        module(`export default () => null; export const options = { key: "id", ${name}: undefined }`),
        new RegExp(`options\\.${name} is not for work`),
      ]),
    ];
    for (const [step, message] of steps)
      assert.match((await cliOk(['work', step, join(parts, names[0]!), '--out', out], 2)).stderr, message, step);
    for (const args of [['--claim'], ['--in', parts, '--claim', names[0]!]])
      assert.match((await cliOk(['work', STEP, '--out', out, ...args], 2)).stderr, /--claim takes the parts of --in DIR, and no names/);
    await cliOk(['work', STEP, '--out', out, '--in', join(folder, 'none'), '--claim'], 3);
    for (const name of ['../in.parquet/part-0.parquet', '/part-0.parquet', '..', '.']) {
      const [told] = await work(['--in', parts, name], {}, 1);
      assert.deepStrictEqual([told?.part, told?.error?.code], [name, 'ERR_CKPT_INVALID_ARGUMENT'], name);
    }
    const twins = join(folder, 'twins');
    mkdirSync(twins);
    for (const name of ['a.json', 'a.jsonl']) await writeCheckpoint(join(twins, name), input(0));
    const told = await work(['--in', twins, 'a.json', 'a.jsonl'], {}, 1);
    assert.deepStrictEqual(
      told.map((each) => each.status),
      ['done', 'failed'],
    );
    rmSync(twins, { recursive: true });
  });

  test('three processes share the parts; one is killed, and each part is there once', { timeout: 120_000 }, async () => {
    const env = { ...process.env, ...ENV, WORK_CALLS: calls, WORK_MS: '20', WORK_HASH: 'h' };
    const start = (): ReturnType<typeof spawn> => spawn(process.execPath, [CLI, 'work', STEP, '--out', out, ...claim], { env });
    const workers = [start(), start(), start()];
    const texts = workers.map((worker) => {
      const text = { stdout: '' };
      worker.stdout?.setEncoding('utf8').on('data', (more: string) => (text.stdout += more));
      return text;
    });
    const ends = workers.map((worker) => once(worker, 'close'));
    while (called().length < ROWS) await setTimeout(5);
    workers[0]!.kill('SIGKILL');
    const [killed, ...others] = await Promise.all(ends);
    assert.equal(killed![1], 'SIGKILL');
    assert.deepStrictEqual(others, [
      [0, null],
      [0, null],
    ]);
    for (const part of names.keys()) assert.deepStrictEqual(await readCheckpoint(path(part)), results(part));
    // Each of the others tells of each part, whoever did it.
    for (const { stdout } of texts.slice(1)) assert.deepStrictEqual((linesOf(stdout) as Outcome[]).map((each) => each.part).sort(), names);
    // A kill costs what was on its way and not yet durable.
    assert.ok(called().length <= PARTS * ROWS + 4 + 8, String(called().length));
    assert.deepStrictEqual(new Set(called()).size, PARTS * ROWS);
  });

  test('Ctrl+C ends it in order: calls on their way end, and nothing is paid twice', async () => {
    const env = { ...process.env, ...ENV, WORK_CALLS: calls, WORK_MS: '50', WORK_HASH: 'h' };
    const child = spawn(process.execPath, [CLI, 'work', STEP, '--out', out, ...claim], { env });
    while (called().length < 6) await setTimeout(5);
    child.kill('SIGINT');
    assert.deepStrictEqual(await once(child, 'close'), [130, null]);
    await work(claim, { WORK_HASH: 'h' });
    assert.deepStrictEqual(
      called().sort((a, b) => a - b),
      Array.from({ length: PARTS * ROWS }, (_, id) => id),
    );
  });
});
