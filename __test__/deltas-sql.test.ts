// oxlint-disable oxc/no-map-spread -- rows as steps make them
import assert from 'node:assert/strict';
import { appendFileSync, chmodSync, copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CheckpointManager, writeCheckpoint, type Row } from 'arrow-ckpt';
import { test } from 'node:test';
import { notation, visible } from './support/engines.ts';
import { noPython, runPython } from './support/python.ts';
import { noBinding } from './support/readers.ts';
import { cliJson, cliOk, noCli } from './support/run-cli.ts';
import { saveSteps, STEPS } from './support/shared-steps.ts';
import { suite } from './support/suite.ts';
import { sharingAny } from './support/sharing-any.ts';
import { tempFolder } from './support/temp-folder.ts';

/** The rows of every view. */
type Views = Record<string, Row[]>;

/** Runs the statements in DuckDB. */
async function viewsOf(directory: string, folder: string): Promise<Views> {
  const { stdout } = await cliOk(['sql', directory]);
  const path = join(folder, 'views.sql');
  writeFileSync(path, stdout);
  return JSON.parse(await runPython('duckdb_views.py', path)) as Views;
}

/** Rows as an engine shows them: each with all columns. */
function shown(rows: readonly Row[]): unknown {
  const keys = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return visible(notation(rows.map((row) => Object.fromEntries(keys.map((key) => [key, row[key] ?? null])))));
}

suite('views for DuckDB', noBinding || noPython || noCli, () => {
  const folder = tempFolder('deltas-sql');

  test('have the rows of whole and thin files, in order', async () => {
    const directory = join(folder, "a [folder]'s *?");
    const manager = await saveSteps(directory, { base: 'auto' });
    const views = await viewsOf(directory, folder);
    assert.deepStrictEqual(Object.keys(views).sort(), STEPS.map(({ step, operation }) => `${step}/${operation}`).sort());
    for (const { step, operation, rows } of STEPS) assert.deepStrictEqual(views[`${step}/${operation}`], shown(rows), operation);
    // Whatever becomes of the names.
    await manager.deleteCheckpoint('read', 'load');
    assert.deepStrictEqual((await viewsOf(directory, folder))['work/again'], shown(STEPS[3]!.rows));
  });

  test('have every kind of value, from several holders, with own values, nulls, repeats and another order', async () => {
    const directory = join(folder, 'kinds');
    const manager = new CheckpointManager(directory, { logger: false });
    const kinds = (id: number): Row => ({
      'a "text"': id % 7 === 0 ? null : `text ${id} ${'long '.repeat(200)}`,
      number: id,
      double: id / 3,
      flag: id % 2 === 0,
      at: new Date(id * 1000),
      bytes: new Uint8Array([id % 256, 1]),
      list: [id, id + 1],
      struct: { a: id, b: { c: `c ${id}` } },
      odd: id % 500 === 499 ? { other: true } : `usual ${id}`,
    });
    const rows = Array.from({ length: 3000 }, (_, id) => kinds(id));
    const others = Array.from({ length: 2000 }, (_, id) => kinds(id + 10_000));
    const saved: Record<string, Row[]> = {
      one: rows,
      two: others,
      'of both': [...others.slice(500, 1500), ...rows.slice(1000), ...others.slice(0, 200).map((row) => ({ ...row, number: -1 }))],
      again: rows.flatMap((row) => [row, { ...row, number: 0 }]),
      reversed: rows
        .toReversed()
        .map((row, index) => (index % 3 === 0 ? { ...row, 'a "text"': `own ${index} ${'long '.repeat(200)}` } : row)),
    };
    await sharingAny(async () => {
      for (const [operation, each] of Object.entries(saved)) {
        const base = ['one', 'two'].includes(operation)
          ? 'auto'
          : [
              { step: 's', operation: 'one' },
              { step: 's', operation: 'two' },
            ];
        await manager.saveCheckpoint('s', operation, each, {
          base: operation === 'two' ? [{ step: 's', operation: 'one' }] : (base as 'auto'),
        });
      }
    });
    const deltas = await Promise.all(Object.keys(saved).map(async (operation) => (await manager.getCheckpointInfo('s', operation))?.delta));
    assert.deepStrictEqual(
      deltas.map((delta) => delta?.holders.length ?? 0),
      [0, 1, 2, 1, 1],
    );
    const views = await viewsOf(directory, folder);
    for (const [operation, each] of Object.entries(saved)) {
      // An exception is null to others.
      const usual = each.map((row) => (typeof row['odd'] === 'string' ? row : { ...row, odd: null }));
      assert.deepStrictEqual(views[`s/${operation}`], shown(usual), operation);
    }
  });

  test('a column of another type in its holder has the type of the file', async () => {
    const directory = join(folder, 'types');
    const manager = new CheckpointManager(directory, { logger: false });
    const rows = Array.from({ length: 4096 }, (_, id): Row => ({ id, n: id, s: { a: id } }));
    const more = [...rows, ...Array.from({ length: 4096 }, (_, id): Row => ({ id, n: id + 0.5, s: { a: id + 0.5, b: 'x' } }))];
    await sharingAny(async () => {
      await manager.saveCheckpoint('s', 'one', rows, { base: 'auto' });
      await manager.saveCheckpoint('s', 'two', more, { base: { step: 's', operation: 'one' }, rowGroupRows: 2048 });
    });
    const shared = Object.keys((await manager.getCheckpointInfo('s', 'two'))?.delta?.columns ?? {});
    assert.ok(
      ['n', 's'].every((column) => shared.includes(column)),
      shared.join(),
    );
    const views = await viewsOf(directory, folder);
    const whole = more.map(({ id, n, s }) => ({ id, n, s: { b: null, ...(s as object) } }));
    const sorted = (each: readonly Row[]): unknown => each.map(({ id, n, s }) => ({ id, n, s: Object.entries(s as object).sort() }));
    assert.deepStrictEqual(sorted(visible(views['s/two']) as Row[]), sorted(whole));
  });

  test('what has no view is told in a comment, names that are one for DuckDB are not', async () => {
    const directory = join(folder, 'odd');
    const manager = await saveSteps(directory, { base: 'auto' });
    await new CheckpointManager(directory, { logger: false, enableArrow: false }).saveCheckpoint('s', 'json', [{ a: 1 }]);
    await manager.saveCheckpoint('READ', 'Load', [{ a: 1 }]);
    await manager.saveCheckpoint(
      's',
      'named',
      STEPS[0]!.rows.map((row) => ({ ...row, file_row_number: 1 })),
      { base: 'auto' },
    );
    await manager.saveCheckpoint(
      's',
      'cased',
      STEPS[0]!.rows.map((row) => ({ ...row, Text: 1 })),
      { base: 'auto' },
    );
    await manager.saveCheckpoint('s', 'none', []);
    writeFileSync(join(directory, 's', 'cut.parquet'), 'PAR1');
    const { stdout, stderr } = await cliOk(['sql', directory], 1);
    assert.match(stderr, /cut\.parquet.*\[ERR_CKPT_NOT_A_CHECKPOINT\]/);
    assert.deepStrictEqual(stdout.match(/^-- .*/gm), [
      `-- "s/json" is left out: it is JSON`,
      `-- "s/named" is left out: its column 'file_row_number' has a name that DuckDB needs; materialize it`,
      `-- "s/none" is left out: it has no columns that DuckDB could show`,
    ]);
    rmSync(join(directory, 's', 'cut.parquet'));
    const views = await viewsOf(directory, folder);
    const cased = STEPS[0]!.rows.map((row) => ({ ...row, Text_2: 1 }));
    assert.deepStrictEqual(views['s/cased'], shown(cased));
    assert.deepStrictEqual(views['READ/Load'] ?? views['READ/Load (2)'], [{ a: 1 }]);
    const document = await cliJson<{ views: { view: string; sql?: string; problem?: string }[] }>(['sql', directory]);
    assert.equal(document.views.filter(({ sql }) => sql !== undefined).length, Object.keys(views).length);
    rmSync(join(directory, '.ckpt'), { recursive: true });
    await manager.deleteCheckpoint('read', 'load');
    assert.match(
      (await cliOk(['sql', directory])).stdout,
      /^-- "read\/clean" is left out: the file [0-9a-f]{32} that it refers to, once read\/load\.parquet, is not there$/m,
    );
  });

  test('a file that lies where another was is not shown for it', async () => {
    const directory = join(folder, 'replaced');
    const manager = await saveSteps(directory, { base: 'auto' });
    const [load] = STEPS;
    const others = load!.rows.toReversed();
    const isLeftOut = async (): Promise<void> => {
      const { stdout } = await cliOk(['sql', directory]);
      assert.match(
        stdout,
        /^-- "read\/clean" is left out: the file [0-9a-f]{32} that it refers to, once read\/load\.parquet, is not there$/m,
      );
      assert.deepStrictEqual((await viewsOf(directory, folder))['read/load'], shown(others));
    };
    const delta = (await manager.getCheckpointInfo('read', 'clean'))?.delta;
    const holder = join(directory, '.ckpt', 'pool', `${delta?.holders[0]?.id}.holder`);
    await manager.saveCheckpoint('read', 'load', others, { base: false });
    // In place, as another program would.
    chmodSync(holder, 0o644);
    copyFileSync(join(directory, 'read', 'load.parquet'), holder);
    await isLeftOut();
    rmSync(join(directory, '.ckpt'), { recursive: true });
    await isLeftOut();
  });

  test('a file of another program is shown as it is', async () => {
    const directory = join(folder, 'foreign');
    await writeCheckpoint(join(directory, 's', 'a.parquet'), [{ __ckpt_mine: 1, b: 2 }, { b: 3 }]);
    appendFileSync(join(directory, 'notes.txt'), 'no checkpoint');
    const views = await viewsOf(directory, folder);
    assert.equal((views['s/a'] as Row[]).length, 2);
    assert.deepStrictEqual(
      (views['s/a'] as Row[]).map(({ b }) => b),
      [2, 3],
    );
  });
});
