import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { withFaults } from './support/disk/faulty-fs.ts';
import { manager } from './support/map-rows.ts';
import { tempFolder } from './support/temp-folder.ts';

const folder = tempFolder('listing-calls');

/** A directory of so many operations in two steps, and of as many batches. */
async function directoryOf(count: number, enableArrow: boolean): Promise<string> {
  const directory = join(folder, `${count} ${enableArrow}`);
  const first = await manager(directory, enableArrow).saveCheckpoint('s', 'first', [{ id: 1 }], { hash: 'h' });
  const extension = first.slice(first.lastIndexOf('.'));
  for (const step of ['s', 't']) {
    mkdirSync(join(directory, step), { recursive: true });
    for (let index = 0; index < count / 2; index++) copyFileSync(first, join(directory, step, `op ${index}${extension}`));
  }
  mkdirSync(join(directory, 'b_batches'));
  for (let index = 0; index < count; index++) copyFileSync(first, join(directory, 'b_batches', `batch_${index}${extension}`));
  return directory;
}

/** How many calls of the file system something takes, by their names. */
async function callsOf(directory: string, work: () => Promise<unknown>): Promise<Record<string, number>> {
  const run = await withFaults(directory, work);
  assert.equal(run.error, undefined);
  const calls: Record<string, number> = { all: run.operations.length };
  for (const operation of run.operations) calls[operation] = (calls[operation] ?? 0) + 1;
  return calls;
}

for (const enableArrow of [true, false]) {
  test(`calls of the file system grow with the operations, and no faster: ${enableArrow ? 'Parquet' : 'JSON'}`, async () => {
    const counts: Record<string, Record<string, number>[]> = { list: [], size: [], steps: [] };
    for (const count of [20, 40]) {
      const directory = await directoryOf(count, enableArrow);
      const checkpoints = manager(directory, enableArrow);
      counts['list']!.push(await callsOf(directory, () => checkpoints.listCheckpoints()));
      counts['size']!.push(await callsOf(directory, () => checkpoints.getTotalCheckpointSize()));
      const steps = async (): Promise<void> => {
        for (let index = 0; index < count / 2; index++)
          await checkpoints.step('t', `op ${index}`, { hash: 'h' }, () => assert.fail('it is known'));
      };
      counts['steps']!.push(await callsOf(directory, steps));
    }
    for (const [what, [few, many]] of Object.entries(counts)) {
      assert.ok(many!['all']! <= few!['all']! * 2, `${what}: ${JSON.stringify([few, many])}`);
      // Folders are read as often, however much is in them; on Linux steps that are known read none.
      if (what !== 'steps') assert.equal(many!['readdir'], few!['readdir'], what);
    }
    const [size] = counts['size']!;
    assert.equal(size!['open'], undefined, 'sizes open no file');
    assert.equal(size!['readdir'], 6, 'the directory, two steps, one folder of batches; the steps again for results that are kept');
    assert.equal(counts['list']![0]!['readdir'], 3, 'the directory and two steps');
  });
}
