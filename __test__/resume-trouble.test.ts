import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { CheckpointManager, type MapEvent, type MapOptions } from 'arrow-ckpt';
import { LedgerReader } from '../lib/resume/ledger.ts';
import { rejectsWith } from './support/codes.ts';
import { assertExact } from './support/exact.ts';
import { allSummaries, articles, manager, MAP, Model, type Article } from './support/map-rows.ts';
import { mounting, noMounts } from './support/no-mounts.ts';
import { resultOf } from './support/run-program.ts';
import { tempFolder } from './support/temp-folder.ts';

const folder = tempFolder('map-trouble');
const ROWS = articles(300);

/** A map that ends in the middle, with its batches on disk. */
async function interrupted(checkpoints: CheckpointManager, options: Partial<MapOptions<Article>> = {}, rows = ROWS): Promise<Model> {
  const model = new Model(
    () => 1,
    ({ id }) => id === 200,
  );
  const run = checkpoints.map('s', 'op', rows, model.summarise, { ...MAP, batchSize: 40, flushEvery: 10, ...options });
  await rejectsWith('ERR_CKPT_ROW_FAILED', () => run);
  return model;
}

function batches(directory: string): string[] {
  const path = join(directory, 's', 'op_batches');
  return readdirSync(path)
    .filter((name) => /^batch_\d+\.(parquet|json)$/.test(name))
    .map((name) => join(path, name));
}

/** Turns one byte. */
function spoil(path: string, at: (size: number) => number): void {
  const bytes = readFileSync(path);
  const place = at(bytes.length);
  bytes[place] = bytes[place]! ^ 0x55;
  writeFileSync(path, bytes);
}

describe('damaged files of earlier runs are passed over with a warning, and their rows computed again', () => {
  const spoils: Record<string, (path: string) => void> = {
    'cut off': (path) => truncateSync(path, 100),
    empty: (path) => truncateSync(path, 0),
    'its rows': (path) => spoil(path, () => 6),
    'its footer': (path) => spoil(path, (size) => size - 40),
    'its record of rows': (path) => spoil(path, () => ledgerPlace(path)),
  };
  for (const [name, damage] of Object.entries(spoils)) {
    test(name, async () => {
      const directory = join(folder, `damaged ${name}`);
      const warnings: string[] = [];
      const checkpoints = new CheckpointManager(directory, { logger: { info: () => {}, warn: (text) => warnings.push(text) } });
      await interrupted(checkpoints);
      const [first, ...others] = batches(directory);
      assert.ok(others.length >= 2);
      damage(first!);
      const events: MapEvent[] = [];
      const model = new Model();
      const result = await checkpoints.map('s', 'op', ROWS, model.summarise, { ...MAP, onEvent: (event) => events.push(event) });
      assertExact(result.rows, allSummaries(ROWS));
      assertExact(await checkpoints.loadCheckpoint('s', 'op'), allSummaries(ROWS));
      assert.ok(result.resumed > 0 && result.computed > 100, `${result.resumed} resumed, ${result.computed} computed`);
      assert.equal(result.resumed + result.computed, 300);
      const damaged = events.filter((event) => event.type === 'damaged');
      assert.deepStrictEqual(
        damaged.map(({ path }) => path),
        [first],
      );
      assert.equal(warnings.length, 1);
      assert.match(warnings[0]!, /computed again: .*batch_\d+\.parquet.*\(ERR_CKPT_/);
      assert.deepStrictEqual(readdirSync(directory).sort(), ['.docetl_intermediate_config.json', 's']);
    });
  }

  test('the final checkpoint', async () => {
    const directory = join(folder, 'damaged final');
    const checkpoints = manager(directory);
    const { path } = await checkpoints.map('s', 'op', ROWS, new Model().summarise, MAP);
    for (const at of [() => 6, ledgerPlace(path!), -40]) {
      spoil(path!, typeof at === 'number' ? (size) => (at < 0 ? size + at : at) : at);
      const model = new Model();
      const { rows, computed } = await checkpoints.map('s', 'op', ROWS, model.summarise, { ...MAP, concurrency: 4 });
      assertExact(rows, allSummaries(ROWS));
      assert.equal(computed, 300);
      assert.equal(model.mostRunning, 4, 'rows that are lost are computed as many at a time as others');
      assertExact(await checkpoints.loadCheckpoint('s', 'op'), allSummaries(ROWS));
    }
  });

  test('a checkpoint that another program saved has no record of rows: all is computed', async () => {
    const directory = join(folder, 'foreign final');
    const checkpoints = manager(directory);
    await checkpoints.saveCheckpoint('s', 'op', allSummaries(ROWS), { hash: 'h' });
    await checkpoints.saveBatchCheckpoint('op', 0, [{ mine: true }]);
    const { computed, rows } = await checkpoints.map('s', 'op', ROWS, new Model().summarise, MAP);
    assert.equal(computed, 300);
    assertExact(rows, allSummaries(ROWS));
    assert.deepStrictEqual(await checkpoints.loadBatchCheckpoints('op'), [[{ mine: true }]], 'batches of the user’s own stay');
  });
});

/** A byte in the middle of the attachment. */
function ledgerPlace(path: string): number {
  const text = readFileSync(path, 'latin1');
  return text.indexOf('{"version":1,"step"') + 90;
}

test('an operation of the same name in another step has batches of its own', async () => {
  const directory = join(folder, 'two steps');
  const checkpoints = manager(directory);
  await interrupted(checkpoints);
  const other = new Model();
  const { rows } = await checkpoints.map('t', 'op', ROWS, other.summarise, { ...MAP, batchSize: 10 });
  assertExact(rows, allSummaries(ROWS));
  assert.equal(other.calls.length, 300);
  const mine = new Model();
  assert.ok((await checkpoints.map('s', 'op', ROWS, mine.summarise, MAP)).resumed > 100);
  // At the same time, too.
  const [a, b] = await Promise.all(
    ['u', 'v'].map((step) => checkpoints.map(step, 'op', ROWS, new Model(() => 1).summarise, { ...MAP, batchSize: 4, flushEvery: 0 })),
  );
  assertExact(a!.rows, allSummaries(ROWS));
  assertExact(b!.rows, a!.rows);
});

test('batches under another hash are not used, and go with the final checkpoint', async () => {
  const directory = join(folder, 'stale batches');
  const checkpoints = manager(directory);
  await interrupted(checkpoints);
  const model = new Model();
  await checkpoints.map('s', 'op', ROWS, model.summarise, { ...MAP, hash: 'new' });
  assert.equal(model.calls.length, 300);
  assert.deepStrictEqual(readdirSync(directory).sort(), ['.docetl_intermediate_config.json', 's']);
});

test('rows that changed between the interruption and the next call are computed again, the others are not', async () => {
  const checkpoints = manager(join(folder, 'changed between'));
  await interrupted(checkpoints);
  const rows = ROWS.map((row) => (row.id < 10 ? { ...row, title: 'other' } : row));
  const model = new Model();
  const result = await checkpoints.map('s', 'op', rows, model.summarise, MAP);
  assertExact(result.rows, allSummaries(rows));
  assert.deepStrictEqual(
    model.calls.filter((id) => id < 100),
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
  );
});

describe('two at once', () => {
  const start = (directory: string, options: object) => {
    const program = fileURLToPath(new URL('./programs/map-rows.mjs', import.meta.url));
    const child = spawn(process.execPath, [program, directory, '300', join(folder, 'calls'), '20', JSON.stringify(options)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    const started = new Promise<void>((resolve) => child.stdout.once('data', () => resolve()));
    const ended = new Promise<string>((resolve) => child.once('close', () => resolve(output)));
    return { started, ended };
  };

  test('the second fails, or waits and finds all done', async () => {
    const directory = join(folder, 'two at once');
    const checkpoints = manager(directory);
    const { started, ended } = start(directory, {});
    await started;
    while (!isLocked(directory)) await new Promise((resolve) => setTimeout(resolve, 5));
    const model = new Model();
    const error = await rejectsWith('ERR_CKPT_LOCKED', () => checkpoints.map('s', 'op', ROWS, model.summarise, MAP));
    assert.match(error.message, /operation 'op' of step 's' is in use by process \d+/);
    await rejectsWith('ERR_CKPT_LOCKED', () => checkpoints.step('s', 'op', { hash: 'x' }, () => []));
    const { rows, resumed } = await checkpoints.map('s', 'op', ROWS, model.summarise, { ...MAP, lockWait: Number.POSITIVE_INFINITY });
    assertExact(rows, allSummaries(ROWS));
    assert.equal(resumed, 300);
    assert.deepStrictEqual(model.calls, []);
    assert.match(await ended, /"computed":300/);
  });

  test('in one process, too; an abort ends the wait', async () => {
    const directory = join(folder, 'one process');
    const checkpoints = manager(directory);
    const running = checkpoints.map('s', 'op', ROWS, new Model(() => 5).summarise, MAP);
    while (!isLocked(directory)) await new Promise((resolve) => setTimeout(resolve, 1));
    const wait = { lockWait: 60_000, signal: AbortSignal.timeout(30) };
    await assert.rejects(
      checkpoints.map('s', 'op', ROWS, () => null, { ...MAP, ...wait }),
      { name: 'TimeoutError' },
    );
    await running;
  });
});

function isLocked(directory: string): boolean {
  try {
    return readdirSync(directory).some((name) => name.startsWith('.lease-') && name.endsWith('.lock'));
  } catch {
    return false;
  }
}

test('a disk that fills up in the middle: what was flushed is kept, and the next call goes on', { skip: noMounts() }, async (t) => {
  const where = join(folder, 'full');
  mkdirSync(where);
  const ballast = join(where, 'ballast');
  const through = mounting(where, 'mount -t tmpfs -o size=4m none "$0"', `head -c 2800000 /dev/zero > ${JSON.stringify(ballast)}`);
  const report = await resultOf<{
    failure: { code: string; message: string };
    first: number;
    resumed: number;
    second: number;
    isEqual: boolean;
  }>('map-small-disk.mjs', { args: [where, ballast], through });
  t.diagnostic(JSON.stringify(report));
  assert.equal(report.failure.code, 'ERR_CKPT_NO_SPACE');
  assert.match(report.failure.message, /no space left on the disk/);
  assert.ok(report.resumed > 200);
  assert.ok(report.first + report.second <= 4000 + 16 + 200, 'what was lost is at most the rows on their way and one batch');
  assert.ok(report.isEqual);
});

test('a record of rows of a later version is refused, and one of another shape damaged', async () => {
  async function* pieces(text: string): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < text.length; at += 7) yield Buffer.from(text.slice(at, at + 7));
  }
  const read = async (text: string): Promise<void> => {
    const opened = await LedgerReader.open('x.parquet', pieces(text));
    assert.ok(opened !== null);
    await opened.ledger.rows(opened.head, () => {});
  };
  const head = { version: 1, step: 's', operation: 'op', rows: 1 };
  await rejectsWith('ERR_CKPT_FORMAT_VERSION', () => read(`${JSON.stringify({ ...head, version: 3 })}\n`), { path: 'x.parquet' });
  for (const text of [
    '{"version":1',
    'no JSON\n',
    `${JSON.stringify({ ...head, rows: 0.5 })}\n`,
    `${JSON.stringify({ ...head, step: 1 })}\n`,
    `${JSON.stringify(head)}\n123`,
  ])
    await rejectsWith('ERR_CKPT_CORRUPT', () => read(text), { path: 'x.parquet' });
  assert.equal(await LedgerReader.open('x.parquet', pieces('')), null);
});
