import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import fsPromises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { CheckpointManager, readCheckpoint, writeCheckpoint, type Row } from 'arrow-ckpt';
import { temporaryBeside } from '../build/lib/base/commit/temporary-name.js';
import { sweepPool } from '../build/lib/directory/sweep-pool.js';
import { lockPool } from '../build/lib/formats/parquet/pool.js';
import { assertExact } from './support/exact.ts';
import { noBinding } from './support/readers.ts';
import { suite } from './support/suite.ts';
import { tempFolder } from './support/temp-folder.ts';
import { BASE, thinDirectory } from './support/thin-pipeline.ts';

suite('what stays in the pool', noBinding, () => {
  const home = tempFolder('deltas-pool');
  const holders = (directory: string): string[] => {
    const pool = join(directory, '.ckpt', 'pool');
    return existsSync(pool) ? readdirSync(pool) : [];
  };
  /** A sweep after the hour, twice: the first moves to the trash. */
  const sweep = async (directory: string): Promise<void> => {
    for (let turn = 0; turn < 2; turn++) await sweepPool(directory, { dryRun: false, logger: null, trashMs: -1 });
  };
  /** A directory whose only file is thin, at another place than a manager would have it. */
  const withOne = async (name: string, place: (directory: string) => string): Promise<{ directory: string; file: string; rows: Row[] }> => {
    const directory = join(home, name);
    const saved = await thinDirectory(directory);
    const file = place(directory);
    renameSync(join(directory, 'process/map.parquet'), file);
    for (const path of saved.keys()) rmSync(join(directory, path), { force: true });
    return { directory, file, rows: saved.get('process/map.parquet') as Row[] };
  };
  const PLACES: Record<string, (directory: string) => string> = {
    'of another extension': (directory) => join(directory, 'process', 'final.pq'),
    'with none, in the directory itself': (directory) => join(directory, 'final'),
    'deep below': (directory) => {
      mkdirSync(join(directory, 'a/b/c'), { recursive: true });
      return join(directory, 'a/b/c/final.parquet');
    },
    'in a folder that is a link': (directory) => {
      const elsewhere = join(home, 'elsewhere');
      mkdirSync(elsewhere);
      symlinkSync(elsewhere, join(directory, 'linked'), 'dir');
      // A circle.
      symlinkSync(directory, join(elsewhere, 'back'), 'dir');
      return join(directory, 'linked', 'final.pq');
    },
  };
  for (const [what, place] of Object.entries(PLACES)) {
    test(`of a file ${what}: sweeps and clearAll leave what it refers to`, async () => {
      const { directory, file, rows } = await withOne(what, place);
      await sweep(directory);
      assertExact(await readCheckpoint(file), rows);
      await new CheckpointManager(directory, { logger: false }).clearAll();
      assertExact(await readCheckpoint(file), rows);
      rmSync(file);
      await sweep(directory);
      assert.deepEqual(holders(directory), []);
    });
  }

  test('of a file that cannot be opened for now, whatever its name: a sweep leaves all of it', async () => {
    const { directory, file, rows } = await withOne('busy', PLACES['with none, in the directory itself']!);
    const { open } = fsPromises;
    let failed = 0;
    fsPromises.open = (async (...call: Parameters<typeof open>) => {
      if (call[0] !== file) return open(...call);
      failed++;
      throw Object.assign(new Error('EMFILE: too many open files'), { code: 'EMFILE' });
    }) as typeof open;
    syncBuiltinESMExports();
    try {
      await sweep(directory);
    } finally {
      fsPromises.open = open;
      syncBuiltinESMExports();
    }
    assert.ok(failed > 0);
    assert.equal(holders(directory).length, 1);
    assertExact(await readCheckpoint(file), rows);
    // A link that leads to itself is nothing that anybody could read.
    symlinkSync(join(directory, 'loop'), join(directory, 'loop'));
    rmSync(file);
    await sweep(directory);
    assert.deepEqual(holders(directory), []);
  });

  test('clearAll removes all of it at once where nothing refers to it', async () => {
    const directory = join(home, 'cleared');
    await thinDirectory(directory);
    await new CheckpointManager(directory, { logger: false }).clearAll();
    assert.ok(!existsSync(join(directory, '.ckpt')));
  });

  test('clearAll beside a save that may have pinned leaves it to a later sweep', async () => {
    const directory = join(home, 'beside');
    await thinDirectory(directory);
    const temporary = temporaryBeside(join(directory, 'process', 'map.parquet'));
    writeFileSync(temporary, '');
    await new CheckpointManager(directory, { logger: false }).clearAll();
    const trash = join(directory, '.ckpt', 'trash');
    assert.equal(readdirSync(trash).length, 1);
    rmSync(temporary);
    await sweep(directory);
    assert.deepEqual(readdirSync(trash), []);
  });

  test('the lock of the pool is had beside somebody who removes its folder', async () => {
    const directory = join(home, 'lock');
    let ended = false;
    const remove = async (): Promise<void> => {
      // At any moment, but not always: on a busy machine nobody could come between.
      for (; !ended; await setTimeout(Math.random() * 8)) {
        try {
          rmdirSync(join(directory, '.ckpt'));
        } catch {
          // Not there, or somebody has the lock.
        }
      }
    };
    const removing = remove();
    try {
      for (let turn = 0; turn < 200; turn++) await (await lockPool(directory)).release();
    } finally {
      ended = true;
      await removing;
    }
  });

  test('a pool in which no reader would look is refused', async () => {
    const directory = join(home, 'not above');
    const saved = await thinDirectory(directory);
    const rows = saved.get(BASE) as Row[];
    const base = join(directory, BASE);
    const deep = join(directory, '1/2/3/4/5/6/7/8/x.parquet');
    for (const [path, pool] of [
      [join(directory, 'x.parquet'), join(home, 'elsewhere')],
      [join(directory, 'x.parquet'), join(directory, 'load')],
      [deep, directory],
    ] as const)
      await assert.rejects(writeCheckpoint(path, rows, { base, pool }), { code: 'ERR_CKPT_INVALID_OPTION', message: /pool must be/ });
    const path = join(directory, '1/2/3/4/5/6/7/x.parquet');
    assert.ok((await writeCheckpoint(path, rows, { base, pool: directory })).delta);
    assertExact(await readCheckpoint(path), rows);
  });
});
