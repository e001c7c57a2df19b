import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import {
  CheckpointManager,
  createCheckpoint,
  ParquetCheckpointManager,
  readCheckpoint,
  writeCheckpoint,
  type Base,
  type Row,
} from 'arrow-ckpt';
import { rejectsWith } from './support/codes.ts';
import { assertExact } from './support/exact.ts';
import { noBinding } from './support/readers.ts';
import { tempFolder } from './support/temp-folder.ts';

const folder = tempFolder('deltas');
const fresh = (name: string): string => join(folder, `${name}`);

/** A text that no codec makes small. */
function textOf(seed: number, length: number): string {
  let [state, text] = [seed * 2654435761, ''];
  while (text.length < length) {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9;
    text += (state >>> 0).toString(36);
  }
  return Buffer.from(text).toString('latin1', 0, length);
}

/** Rows of 2 MB. */
const DOCUMENTS = Array.from({ length: 2000 }, (_, id) => ({ id, title: `document ${id}`, text: textOf(id + 1, 1000) }));
const ANSWERED = DOCUMENTS.map(({ id, title, text }) => ({ id, title, text, answer: `answer ${id}` }));

const pool = (directory: string): string[] => readdirSync(join(directory, '.ckpt', 'pool')).sort();

function manager(directory: string, base: Base = 'auto'): CheckpointManager {
  return new CheckpointManager(directory, { base, logger: false });
}

describe('a save with a base', { skip: noBinding }, () => {
  test('of a manager stores what is new, and tells what it shares', async () => {
    const directory = fresh('manager');
    const lines: string[] = [];
    const checkpoints = new CheckpointManager(directory, { base: 'auto', logger: { info: (line) => lines.push(line), warn: assert.fail } });
    await checkpoints.saveCheckpoint('load', 'documents', DOCUMENTS);
    await checkpoints.saveCheckpoint('process', 'answer', ANSWERED);
    assertExact(await checkpoints.loadCheckpoint('process', 'answer'), ANSWERED);
    const info = await checkpoints.getCheckpointInfo('process', 'answer');
    assert.deepEqual(info?.delta?.columns, { text: { shared: 2000, own: 0 } });
    const [holder, ...others] = info.delta.holders;
    assert.equal(others.length, 0);
    assert.deepEqual(
      [holder?.step, holder?.operation, holder?.path, holder?.present],
      ['load', 'documents', 'load/documents.parquet', true],
    );
    assert.ok(info.bytes < 100_000 && info.delta.sharedBytes > 1_000_000, `${info.bytes} bytes, ${info.delta.sharedBytes} shared`);
    assert.deepEqual(
      info.columns.map(({ name }) => name),
      ['id', 'title', 'text', 'answer'],
    );
    assert.match(lines[1] ?? '', /KB, 1\.\dMB shared with load\/documents\)$/);
    assert.equal((await checkpoints.getCheckpointInfo('load', 'documents'))?.delta, null);
  });

  test('named by step and operation, one or several', async () => {
    const directory = fresh('named');
    await manager(directory, false).saveCheckpoint('load', 'a', DOCUMENTS, { base: 'auto' });
    await manager(directory, false).saveCheckpoint(
      'load',
      'b',
      ANSWERED.map(({ text }) => ({ other: `${text}!` })),
      { base: 'auto' },
    );
    const base = [
      { step: 'load', operation: 'b' },
      { step: 'load', operation: 'a' },
    ];
    await manager(directory, false).saveCheckpoint('s', 'o', ANSWERED, { base });
    assert.equal((await manager(directory).getCheckpointInfo('s', 'o'))?.delta?.rows.shared, 2000);
    await rejectsWith('ERR_CKPT_NOT_FOUND', () =>
      manager(directory).saveCheckpoint('s', 'o', ANSWERED, { base: { step: 'load', operation: 'c' } }),
    );
    await rejectsWith('ERR_CKPT_INVALID_OPTION', () => manager(directory).saveCheckpoint('s', 'o', ANSWERED, { base: 'load/a' }));
  });

  test('of a path: paths, and the version before', async () => {
    const [first, second] = [join(fresh('paths'), 'first.parquet'), join(fresh('paths'), 'second.parquet')];
    await writeCheckpoint(first, DOCUMENTS, { base: 'auto' });
    assert.equal((await writeCheckpoint(second, ANSWERED, { base: first })).delta?.rows.shared, 2000);
    assert.equal((await writeCheckpoint(second, ANSWERED.toReversed(), { base: 'auto' })).delta?.rows.shared, 2000);
    assertExact(await readCheckpoint(second), ANSWERED.toReversed());
    await rejectsWith('ERR_CKPT_NOT_FOUND', () => writeCheckpoint(second, ANSWERED, { base: [first, `${first}.gone`] }));
    for (const base of [7, '', [], {}, { step: 's' }, [[]], Array.from({ length: 9 }, () => first)])
      await rejectsWith('ERR_CKPT_INVALID_OPTION', () => writeCheckpoint(second, ANSWERED, { base: base as Base }));
    assertExact(await readCheckpoint(second), ANSWERED.toReversed());
  });

  test('in a folder above, which `pool` names', async () => {
    const home = fresh('pool');
    const [first, second] = [join(home, 'a', 'first.parquet'), join(home, 'b', 'second.parquet')];
    await writeCheckpoint(first, DOCUMENTS, { base: 'auto', pool: home });
    await writeCheckpoint(second, ANSWERED, { base: first, pool: home });
    rmSync(first);
    assertExact(await readCheckpoint(second), ANSWERED);
    assert.equal(pool(home).length, 1);
  });

  test('beside a pool of a folder below: each file finds its own', async () => {
    const directory = fresh('two pools');
    const checkpoints = manager(directory);
    await checkpoints.saveCheckpoint('load', 'documents', DOCUMENTS);
    await checkpoints.saveCheckpoint('process', 'answer', ANSWERED);
    const [first, second] = [join(directory, 'process', 'first.parquet'), join(directory, 'process', 'second.parquet')];
    await writeCheckpoint(first, DOCUMENTS, { base: 'auto' });
    await writeCheckpoint(second, ANSWERED, { base: first });
    assert.ok(existsSync(join(directory, 'process', '.ckpt')));
    await checkpoints.deleteCheckpoint('load', 'documents');
    for (const path of [join(directory, 'process', 'answer.parquet'), second]) assertExact(await readCheckpoint(path), ANSWERED);
    assert.equal((await checkpoints.getCheckpointInfo('process', 'answer'))?.delta?.holders[0]?.present, true);
  });

  test('of a writer that gets its rows bit by bit', async () => {
    const [first, second] = [join(fresh('writer'), 'first.parquet'), join(fresh('writer'), 'second.parquet')];
    await writeCheckpoint(first, DOCUMENTS, { base: 'auto' });
    const writer = await createCheckpoint(second, { base: first });
    for (let from = 0; from < ANSWERED.length; from += 77) await writer.append(ANSWERED.slice(from, from + 77));
    assert.equal((await writer.close()).delta?.rows.shared, 2000);
    assertExact(await readCheckpoint(second), ANSWERED);
  });

  test('of a Kura manager: names, and the version before', async () => {
    const kura = new ParquetCheckpointManager(fresh('kura'), { logger: false });
    await kura.saveCheckpoint('documents', DOCUMENTS, { base: 'auto' });
    await kura.saveCheckpoint('answers', ANSWERED, { base: 'documents' });
    await kura.saveCheckpoint('answers', ANSWERED.toReversed(), { base: 'auto' });
    assert.equal((await kura.getCheckpointInfo('answers'))?.delta?.rows.shared, 2000);
    assertExact(await kura.loadCheckpoint('answers'), ANSWERED.toReversed());
    await rejectsWith('ERR_CKPT_NOT_FOUND', () => kura.saveCheckpoint('answers', ANSWERED, { base: 'none' }));
    await rejectsWith('ERR_CKPT_INVALID_OPTION', () => kura.saveCheckpoint('answers', ANSWERED, { base: { step: 's', operation: 'o' } }));
  });

  test('in row groups of any size', async () => {
    for (const rowGroupRows of [100, 256, 800, 1000, 1024, 5000]) {
      const directory = fresh(`groups of ${rowGroupRows}`);
      const [first, second, third] = ['first', 'second', 'third'].map((name) => join(directory, `${name}.parquet`)) as [
        string,
        string,
        string,
      ];
      await writeCheckpoint(first, DOCUMENTS, { base: 'auto', rowGroupRows });
      const shared = (await writeCheckpoint(second, ANSWERED, { base: first, rowGroupRows })).delta?.rows.shared ?? 0;
      // A row group at an end may be too small.
      assert.ok(shared >= 1900, `${shared} rows with ${rowGroupRows} in a row group`);
      assertExact(await readCheckpoint(second), ANSWERED);
      // Below 1 MiB in several row groups.
      const small = await writeCheckpoint(third, ANSWERED.slice(0, 500), { base: first, rowGroupRows });
      assert.deepEqual([small.delta, await readCheckpoint(third)], [null, ANSWERED.slice(0, 500)]);
    }
  });

  test('a new process looks at the newest files of the directory', async () => {
    const directory = fresh('new process');
    await manager(directory).saveCheckpoint('load', 'documents', DOCUMENTS);
    await manager(directory).saveCheckpoint('process', 'answer', ANSWERED);
    assert.notEqual((await manager(directory).getCheckpointInfo('process', 'answer'))?.delta, null);
  });

  test('a step and a map store what they add; a run again with 1% changed stores that', async () => {
    const directory = fresh('map');
    const checkpoints = manager(directory);
    const rows = await checkpoints.step('load', 'documents', {}, () => DOCUMENTS);
    const answer = (row: Row): Row => ({ ...row, answer: `answer ${row['id']}` });
    const first = await checkpoints.map('process', 'answer', rows, answer, { key: 'id' });
    assertExact(first.rows, ANSWERED);
    const changed = DOCUMENTS.map((row) => (row.id % 100 === 0 ? { ...row, text: textOf(row.id + 9999, 1000) } : row));
    const again = await checkpoints.map('process', 'answer', changed, answer, { key: 'id' });
    assert.deepEqual([again.resumed, again.computed], [1980, 20]);
    const info = await checkpoints.getCheckpointInfo('process', 'answer');
    assert.deepEqual(info?.delta?.columns['text'], { shared: 1980, own: 20 });
    assertExact(await checkpoints.loadCheckpoint('process', 'answer'), changed.map(answer));
    // The record of rows is there, too: nothing is computed again.
    assert.equal((await checkpoints.map('process', 'answer', changed, answer, { key: 'id' })).computed, 0);
  });
});

describe('a file stays whole', { skip: noBinding }, () => {
  test('without the option: bit for bit as it was', async () => {
    const [plain, off] = [join(fresh('off'), 'plain.parquet'), join(fresh('off'), 'off.parquet')];
    await writeCheckpoint(plain, DOCUMENTS);
    await writeCheckpoint(off, DOCUMENTS, { base: false });
    assert.ok(readFileSync(plain).equals(readFileSync(off)));
    assert.ok(!existsSync(join(fresh('off'), '.ckpt')));
    assert.ok(!readFileSync(plain).includes('arrow-ckpt.id'));
  });

  test('below 1 MiB, as JSON, with compat', async () => {
    const directory = fresh('whole');
    mkdirSync(directory);
    const first = join(directory, 'first.parquet');
    await writeCheckpoint(first, DOCUMENTS, { base: 'auto' });
    const cases: [string, Row[], object][] = [
      ['small.parquet', ANSWERED.slice(0, 500), {}],
      ['rows.json', ANSWERED, {}],
      ['rows.jsonl', ANSWERED, {}],
      ['compat.parquet', ANSWERED, { compat: 'docetl' }],
    ];
    for (const [name, rows, options] of cases) {
      const info = await writeCheckpoint(join(directory, name), rows, { base: first, ...options });
      assert.equal(info.delta, null, name);
      assertExact(await readCheckpoint(join(directory, name)), rows);
    }
    assert.ok(!existsSync(join(directory, '.ckpt')));
  });

  test('where nothing is shared; it costs less than a hundredth more', async () => {
    const directory = fresh('nothing');
    const [first, second] = [join(directory, 'first.parquet'), join(directory, 'second.parquet')];
    await writeCheckpoint(first, DOCUMENTS, { base: 'auto' });
    const others = DOCUMENTS.map(({ id }) => ({ id, text: textOf(id + 50_000, 4000) }));
    assert.equal((await writeCheckpoint(second, others, { base: first })).delta, null);
    await writeCheckpoint(first, others);
    assert.ok(statSync(second).size < statSync(first).size * 1.01);
  });

  test('with one warning where no file can be kept for others', async () => {
    const directory = fresh('no pool');
    const first = join(directory, 'first.parquet');
    await writeCheckpoint(first, DOCUMENTS, { base: 'auto' });
    mkdirSync(join(directory, '.ckpt'));
    writeFileSync(join(directory, '.ckpt', 'pool'), 'a file, not a folder');
    const warnings: string[] = [];
    const note = ({ message }: Error): number => warnings.push(message);
    process.on('warning', note);
    for (const name of ['second', 'third']) {
      const path = join(directory, `${name}.parquet`);
      const info = await writeCheckpoint(path, ANSWERED, { base: first });
      assert.equal(info.delta, null);
      assertExact(await readCheckpoint(path), ANSWERED);
      assert.deepEqual(
        info.columns.map((column) => column.name),
        ['id', 'title', 'text', 'answer'],
      );
    }
    await new Promise((done) => setImmediate(done));
    process.off('warning', note);
    assert.equal(warnings.length, 1, warnings.join('\n'));
    assert.match(warnings[0] ?? '', /no pool is whole, although it shares values with others: /);
  });
});

describe('the pool', { skip: noBinding }, () => {
  test('keeps what is needed, whatever becomes of the names; what nobody needs goes after an hour', async () => {
    const directory = fresh('sweep');
    const { sweepPool } = await import('../build/lib/directory/sweep-pool.js');
    const sweep = (trashMs: number): Promise<{ path: string; bytes: number }[]> =>
      sweepPool(directory, { dryRun: false, logger: null, trashMs });
    const checkpoints = manager(directory);
    await checkpoints.saveCheckpoint('load', 'documents', DOCUMENTS);
    await checkpoints.saveCheckpoint('process', 'answer', ANSWERED);
    await checkpoints.deleteCheckpoint('load', 'documents');
    assert.deepEqual(await sweep(0), []);
    assertExact(await checkpoints.loadCheckpoint('process', 'answer'), ANSWERED);
    await checkpoints.deleteCheckpoint('process', 'answer');
    // To the trash first; from there a save that pins it takes it back.
    assert.deepEqual(await sweep(3_600_000), []);
    assert.deepEqual(pool(directory), []);
    assert.equal(readdirSync(join(directory, '.ckpt', 'trash')).length, 1);
    assert.deepEqual(await sweep(3_600_000), []);
    await new Promise((done) => setTimeout(done, 5));
    const [gone, ...others] = await sweep(0);
    assert.ok(gone !== undefined && gone.bytes > 1_000_000 && others.length === 0);
    assert.deepEqual(readdirSync(join(directory, '.ckpt', 'trash')), []);
  });

  test('stays as it is while a checkpoint cannot be read: it may refer to anything', async () => {
    const directory = fresh('unreadable');
    const { sweepPool } = await import('../build/lib/directory/sweep-pool.js');
    const checkpoints = manager(directory);
    await checkpoints.saveCheckpoint('load', 'documents', DOCUMENTS);
    await checkpoints.saveCheckpoint('process', 'answer', ANSWERED);
    await checkpoints.clearStep('load');
    await checkpoints.clearStep('process');
    mkdirSync(join(directory, 'process'), { recursive: true });
    writeFileSync(join(directory, 'process', 'damaged.parquet'), 'PAR1 and no end');
    const warned: string[] = [];
    const logger = { info: assert.fail, warn: (line: string) => void warned.push(line) };
    assert.deepEqual(await sweepPool(directory, { dryRun: false, logger, trashMs: 0 }), []);
    assert.equal(pool(directory).length, 1);
    assert.equal(warned.length, 1);
  });

  test('goes with all checkpoints', async () => {
    const directory = fresh('clear');
    const checkpoints = manager(directory);
    await checkpoints.saveCheckpoint('load', 'documents', DOCUMENTS);
    await checkpoints.saveCheckpoint('process', 'answer', ANSWERED);
    await checkpoints.clearAll();
    assert.ok(!existsSync(join(directory, '.ckpt', 'pool')));
    assert.deepEqual(await checkpoints.listCheckpoints(), []);
  });

  test('is no checkpoint and no step', async () => {
    const directory = fresh('listed');
    const checkpoints = manager(directory);
    await checkpoints.saveCheckpoint('load', 'documents', DOCUMENTS);
    await checkpoints.saveCheckpoint('process', 'answer', ANSWERED);
    const listed = await checkpoints.listCheckpoints();
    assert.deepEqual(
      listed.map(({ step, operation }) => [step, operation]),
      [
        ['load', 'documents'],
        ['process', 'answer'],
      ],
    );
    assert.equal(listed[1]?.delta?.rows.shared, 2000);
  });
});
