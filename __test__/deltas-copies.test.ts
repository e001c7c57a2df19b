import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { CheckpointManager, isCheckpointError, readCheckpoint, writeCheckpoint, type Row } from 'arrow-ckpt';
import { assertExact } from './support/exact.ts';
import { noPython, runPython } from './support/python.ts';
import { noBinding } from './support/readers.ts';
import { suite } from './support/suite.ts';
import { tempFolder } from './support/temp-folder.ts';
import { assertLoads, BASE, bytesOf, otherRows, thinDirectory } from './support/thin-pipeline.ts';

const noShell = process.platform === 'win32' ? 'no cp, mv and tar' : false;
const isRoot = process.getuid?.() === 0;
const NOBODY = 65_534;
const withMore = (row: Row): Row => ({ ...row, more: true });

suite('copies of directories with thin files, and what other programs do there', noBinding || noShell, () => {
  const home = tempFolder('deltas-copies');
  const fresh = async (name: string): Promise<{ directory: string; saved: Map<string, Row[]>; base: string; thin: string[] }> => {
    const directory = join(home, name);
    const saved = await thinDirectory(directory);
    return { directory, saved, base: join(directory, BASE), thin: [...saved.keys()].filter((path) => path !== BASE) };
  };
  const run = (command: string, ...args: string[]): void => void execFileSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  /** The rows as they were saved, or an error of this code. Gives how many errors there were. */
  const rowsOrError = async (directory: string, saved: ReadonlyMap<string, Row[]>, thin: readonly string[]): Promise<number> => {
    let errors = 0;
    for (const path of thin) {
      try {
        assertExact(await readCheckpoint(join(directory, path)), saved.get(path));
      } catch (error) {
        if (!isCheckpointError(error)) throw error;
        assert.equal(error.code, 'ERR_CKPT_BASE', error.message);
        errors++;
      }
    }
    return errors;
  };

  const COPIES: Record<string, { copy: (from: string, to: string) => void; links: boolean }> = {
    'cp -a': { copy: (from, to) => run('cp', '-a', from, to), links: true },
    'cp -r': { copy: (from, to) => run('cp', '-r', from, to), links: false },
    tar: {
      copy: (from, to) => {
        mkdirSync(to);
        run('tar', '-C', from, '-cf', `${to}.tar`, '.');
        run('tar', '-C', to, '-xf', `${to}.tar`);
      },
      links: true,
    },
    mv: { copy: renameSync, links: true },
  };
  for (const [name, { copy, links }] of Object.entries(COPIES)) {
    test(`${name}: all load, also without the base's name; more is saved and swept there`, async () => {
      const { directory, saved } = await fresh(name);
      const [bytes, holders] = [bytesOf(directory), bytesOf(directory, /\.holder$/)];
      const to = join(home, `${name} to`);
      copy(directory, to);
      await assertLoads(to, saved);
      assert.equal(bytesOf(to), bytes + (links ? 0 : holders), 'the files that others refer to are twice there, or once');
      assert.ok(bytes - holders < holders / 4, 'the others are small');
      const manager = new CheckpointManager(to, { logger: false });
      const rows = (saved.get(BASE) as Row[]).map(withMore);
      await manager.saveCheckpoint('process', 'more', rows, { base: { step: 'load', operation: 'docs' } });
      assert.ok((await manager.getCheckpointInfo('process', 'more'))?.delta);
      saved.set('process/more.parquet', rows);
      await manager.sweep();
      rmSync(join(to, BASE));
      await manager.sweep();
      await assertLoads(to, saved, [BASE]);
    });
  }

  const HARMLESS: Record<string, (base: string) => void | Promise<void>> = {
    'is removed': (base) => rmSync(base),
    'gets another name': (base) => renameSync(base, join(dirname(base), 'other.parquet')),
    'is replaced by mv': async (base) => {
      await writeCheckpoint(`${base}.new`, otherRows());
      run('mv', `${base}.new`, base);
    },
    'is replaced by a save': async (base) => void (await writeCheckpoint(base, otherRows())),
    'is taken away with its folder': (base) => rmSync(dirname(base), { recursive: true }),
    'is replaced by tar': async (base) => {
      const other = join(dirname(base), '..', '..', 'archived');
      await writeCheckpoint(join(other, 'docs.parquet'), otherRows());
      run('tar', '-C', other, '-cf', `${other}.tar`, 'docs.parquet');
      run('tar', '-C', dirname(base), '-xf', `${other}.tar`);
    },
  };
  for (const [what, change] of Object.entries(HARMLESS)) {
    test(`a base that ${what}: nothing is lost`, async () => {
      const { directory, saved, base } = await fresh(what);
      await change(base);
      await assertLoads(directory, saved, [BASE]);
      await new CheckpointManager(directory, { logger: false }).sweep();
      await assertLoads(directory, saved, [BASE]);
    });
  }

  test('a base that cp writes over in place: whole rows or ERR_CKPT_BASE, and a user without rights is refused', async () => {
    const { directory, saved, base, thin } = await fresh('cp over');
    const other = join(home, 'over.parquet');
    await writeCheckpoint(other, otherRows());
    chmodSync(home, 0o755);
    if (isRoot) {
      run('chown', '-R', String(NOBODY), directory);
      const { status } = spawnSync('cp', [other, base], { uid: NOBODY, stdio: 'ignore' });
      assert.notEqual(status, 0, 'the file is read-only');
      await assertLoads(directory, saved);
    }
    copyFileOver(other, base);
    const errors = await rowsOrError(directory, saved, thin);
    assert.equal(errors, isRoot ? thin.length : 0);
    if (isRoot) assertExact(await readCheckpoint(base), otherRows());
    // What needs no other file loads.
    assert.equal((await readCheckpoint(join(directory, 'process/map.parquet'), { columns: ['id', 'size'] })).length, 1000);
    // A save goes on with what is there now.
    const rows = (await readCheckpoint(base)).map(withMore);
    await new CheckpointManager(directory, { logger: false, base: 'auto' }).saveCheckpoint('process', 'more', rows);
    assertExact(await readCheckpoint(join(directory, 'process/more.parquet')), rows);
    assert.equal(await rowsOrError(directory, saved, thin), errors);
  });

  function copyFileOver(from: string, to: string): void {
    const { status } = spawnSync('cp', [from, to], { stdio: 'ignore' });
    assert.equal(status === 0, isRoot);
  }

  test('a base that pyarrow writes over in place, with the id it had: never other rows', { skip: noPython }, async () => {
    for (const writable of [false, true]) {
      const { directory, saved, base, thin } = await fresh(`pyarrow ${writable}`);
      if (writable) chmodSync(base, 0o644);
      const overwritten = await runPython('overwrite.py', base).then(
        () => true,
        () => false,
      );
      assert.equal(overwritten, isRoot || writable);
      assert.equal(await rowsOrError(directory, saved, thin), overwritten ? thin.length : 0);
      if (!overwritten) continue;
      const now = await readCheckpoint(base, { columns: ['id', 'text'] });
      assert.notDeepEqual(now[0], saved.get(BASE)?.[0]);
      const rows = now.map(withMore);
      const manager = new CheckpointManager(directory, { logger: false });
      await manager.saveCheckpoint('process', 'more', rows, { base: { step: 'load', operation: 'docs' } });
      assertExact(await manager.loadCheckpoint('process', 'more'), rows);
      await rowsOrError(directory, saved, thin);
    }
  });

  test('without .ckpt the base is found where it was; without that, the other columns load', async () => {
    const { directory, saved, base, thin } = await fresh('no own folder');
    rmSync(join(directory, '.ckpt'), { recursive: true });
    await assertLoads(directory, saved);
    renameSync(base, `${base}.away`);
    assert.equal(await rowsOrError(directory, saved, thin), thin.length);
    const sizes = await readCheckpoint(join(directory, 'process/map.parquet'), { columns: ['id', 'size'] });
    assert.equal(sizes.length, 1000);
    // Another file under the name is not taken for it.
    await writeCheckpoint(base, otherRows());
    assert.equal(await rowsOrError(directory, saved, thin), thin.length);
    renameSync(`${base}.away`, base);
    await assertLoads(directory, saved);
  });

  test('one thin file that is copied elsewhere alone: ERR_CKPT_BASE that says what to do', async () => {
    const { directory } = await fresh('alone');
    mkdirSync(join(home, 'elsewhere'));
    const alone = join(home, 'elsewhere', 'map.parquet');
    copyFileSync(join(directory, 'process/map.parquet'), alone);
    await assert.rejects(readCheckpoint(alone), { code: 'ERR_CKPT_BASE', message: /copy the whole directory/ });
  });
});
