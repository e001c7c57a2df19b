import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import fsPromises from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { CheckpointManager, isCheckpointError, JsonlCheckpointManager, readCheckpoint, writeCheckpoint, type Row } from 'arrow-ckpt';
import { nextOf } from '../lib/base/commit/swap.ts';
import type { DiskModel, DiskState } from './support/disk/model.ts';
import { withFaults, type Fault } from './support/disk/faulty-fs.ts';
import { noBinding } from './support/readers.ts';
import { tempFolder } from './support/temp-folder.ts';

/** What a reader finds: by what it asks for, the rows as JSON, `null` for none, or the code of an error. */
type Found = Record<string, string>;

interface Scenario {
  prepare: (folder: string) => Promise<unknown>;
  act: (folder: string) => Promise<unknown>;
  look: (folder: string) => Promise<Found>;
  native: boolean;
  /**
   * What may stay as it was after success: an older file of the other format that could not be removed still holds the rows of its own
   * hash.
   */
  mayStay?: string;
}

/** Operations that change nothing: all that fails of them fails alike. */
const LOOKS: ReadonlySet<string> = new Set(['stat', 'readdir', 'readFile', 'read', 'close']);

function faultsAt(operation: string): Fault[] {
  if (LOOKS.has(operation)) return ['crash', 'EIO'];
  return ['crash', 'EIO', 'ENOSPC', 'EACCES', ...(operation === 'write' ? (['short'] as const) : [])];
}

const OLD: Row[] = [{ old: true }, { old: 'yes' }];
const NEW: Row[] = Array.from({ length: 6 }, (_, id) => ({ id, text: `new ${id}` }));
const OTHER: Row[] = [{ other: 1 }];

const managerOf = (folder: string, enableArrow: boolean) => new CheckpointManager(folder, { enableArrow, logger: false });

async function found(work: () => Promise<unknown>): Promise<string> {
  try {
    return JSON.stringify(await work());
  } catch (error) {
    return isCheckpointError(error) ? error.code : String(error);
  }
}

/** What is tried with a manager of DocETL's layout: two operations in one step, one in another, two batches. */
function scenario(enableArrow: boolean, act: (manager: CheckpointManager) => Promise<unknown>, saveOld = enableArrow): Scenario {
  return {
    native: enableArrow,
    async prepare(folder) {
      const manager = managerOf(folder, saveOld);
      await manager.saveCheckpoint('step', 'a', OLD, { hash: 'old' });
      await manager.saveCheckpoint('step', 'b', OTHER);
      await manager.saveCheckpoint('other', 'c', OTHER);
      for (const index of [0, 1]) await manager.saveBatchCheckpoint('map', index, OTHER);
    },
    act: (folder) => act(managerOf(folder, enableArrow)),
    async look(folder) {
      const manager = managerOf(folder, true);
      const seen: Found = {};
      for (const [step, operation] of [
        ['step', 'a'],
        ['step', 'b'],
        ['step', 'new'],
        ['other', 'c'],
        ['fresh', 'new'],
      ] as const) {
        seen[`${step}/${operation}`] = await found(() => manager.loadCheckpoint(step, operation));
        // The hash is the rows' own, whatever became of DocETL's file of hashes.
        if (operation === 'a')
          for (const hash of ['old', 'new'])
            seen[`${step}/${operation} of ${hash}`] = await found(() => manager.loadCheckpoint(step, operation, { hash }));
      }
      for (const index of [0, 1, 2])
        seen[`batch ${index}`] = await found(async () =>
          (await manager.listBatchCheckpoints('map')).includes(index) ? (await manager.loadBatchCheckpoints('map')).length > 0 : null,
        );
      return seen;
    },
  };
}

/** The same where the old checkpoint is a folder of parts. */
function folders(act: (manager: CheckpointManager) => Promise<unknown>): Scenario {
  const files = scenario(true, act);
  return {
    ...files,
    async prepare(folder) {
      await files.prepare(folder);
      await managerOf(folder, true).saveCheckpoint('step', 'a', OLD, { hash: 'old', parts: 1 });
    },
  };
}

/** A save that was killed: nothing has the name, and the new state waits for it. */
async function waiting(folder: string): Promise<void> {
  await folders(async () => {}).prepare(folder);
  const path = join(folder, 'step', 'a.parquet');
  renameSync(path, nextOf(path));
}

const SCENARIOS: Record<string, Scenario> = {
  'JSON: a save over an old one': scenario(false, (manager) => manager.saveCheckpoint('step', 'a', NEW, { hash: 'new' })),
  'JSON: a first save': scenario(false, (manager) => manager.saveCheckpoint('fresh', 'new', NEW)),
  'JSON: rows that need a header late': scenario(false, (manager) => manager.saveCheckpoint('step', 'a', [...NEW, { v: undefined }])),
  'JSON: a batch': scenario(false, (manager) => manager.saveBatchCheckpoint('map', 2, NEW)),
  'JSON: a deletion': scenario(false, (manager) => manager.deleteCheckpoint('step', 'a')),
  'JSON: a step is cleared': scenario(false, (manager) => manager.clearStep('step')),
  'JSON: all is cleared': scenario(false, (manager) => manager.clearAll()),
  'Parquet: a save over an old one': scenario(true, (manager) => manager.saveCheckpoint('step', 'a', NEW, { hash: 'new' })),
  'Parquet: a save over one of JSON': {
    ...scenario(true, (manager) => manager.saveCheckpoint('step', 'a', NEW, { hash: 'new' }), false),
    mayStay: 'step/a of old',
  },
  'Parquet: a batch': scenario(true, (manager) => manager.saveBatchCheckpoint('map', 2, NEW)),
  'Parquet: a deletion': scenario(true, (manager) => manager.deleteCheckpoint('step', 'a')),
  'Parquet: a step is cleared': scenario(true, (manager) => manager.clearStep('step')),
  'Parquet: all is cleared': scenario(true, (manager) => manager.clearAll()),
  'folders: a first save': scenario(true, (manager) => manager.saveCheckpoint('fresh', 'new', NEW, { parts: 2 })),
  'folders: a save over an old one': folders((manager) => manager.saveCheckpoint('step', 'a', NEW, { hash: 'new', parts: 2 })),
  'folders: a save over a file': scenario(true, (manager) => manager.saveCheckpoint('step', 'a', NEW, { hash: 'new', parts: 2 })),
  'folders: a file over one': folders((manager) => manager.saveCheckpoint('step', 'a', NEW, { hash: 'new' })),
  'folders: JSON over one': {
    ...folders((manager) => managerOf(manager.directory as string, false).saveCheckpoint('step', 'a', NEW, { hash: 'new' })),
    mayStay: 'step/a of old',
  },
  'folders: a save after one that was killed before its last rename': {
    ...folders((manager) => manager.saveCheckpoint('step', 'a', NEW, { hash: 'new', parts: 2 })),
    prepare: waiting,
  },
  'folders: a deletion after a save that was killed before its last rename': {
    ...folders((manager) => manager.deleteCheckpoint('step', 'a')),
    prepare: waiting,
  },
  'folders: a deletion': folders((manager) => manager.deleteCheckpoint('step', 'a')),
  'folders: a step is cleared': folders((manager) => manager.clearStep('step')),
  'migration, JSON kept': scenario(true, (manager) => manager.migrateJsonToArrow('step', 'a'), false),
  'migration, JSON removed': scenario(true, (manager) => manager.migrateJsonToArrow('step', 'a', { keepJson: false }), false),
  'JSONL: a save over an old one': {
    native: false,
    prepare: (folder) => new JsonlCheckpointManager(folder).saveCheckpoint('a', OLD),
    act: (folder) => new JsonlCheckpointManager(folder).saveCheckpoint('a', NEW),
    look: async (folder) => ({ a: await found(() => new JsonlCheckpointManager(folder).loadCheckpoint('a')) }),
  },
};

describe('every operation of TypeScript on the file system, times every fault', () => {
  const folder = tempFolder('commit-faults');
  const counts = { operations: 0, runs: 0, states: 0, looked: 0 };

  for (const [name, { native, prepare, act, look, mayStay }] of Object.entries(SCENARIOS)) {
    test(name, { skip: native && noBinding }, async (t) => {
      const template = join(folder, 'template');
      const live = join(folder, 'live');
      const fresh = () => {
        rmSync(live, { recursive: true, force: true });
        cpSync(template, live, { recursive: true, preserveTimestamps: true });
      };
      rmSync(template, { recursive: true, force: true });
      mkdirSync(template);
      await prepare(template);
      const before = await look(template);
      fresh();
      const whole = await withFaults(live, () => act(live));
      assert.equal(whole.failed, false, String(whole.error));
      const after = await look(live);
      assert.notDeepStrictEqual(name.startsWith('migration') ? {} : after, before);

      /** Reads each state once. */
      const known = new Map<string, Found>();
      const lookAt = async (state: DiskState): Promise<Found> => {
        counts.states++;
        let seen = known.get(state.signature);
        if (seen === undefined) {
          counts.looked++;
          const where = join(folder, 'state');
          rmSync(where, { recursive: true, force: true });
          state.writeTo(where);
          known.set(state.signature, (seen = await look(where)));
        }
        return seen;
      };
      /** What is neither as after the action nor, where it failed, as before. */
      const wrong = (seen: Found, mayBeOld: boolean) =>
        Object.keys(seen)
          .filter((key) => seen[key] !== after[key] && !((mayBeOld || key === mayStay) && seen[key] === before[key]))
          .map((key) => `${key} is ${seen[key]}, not ${after[key]}${mayBeOld ? ` or ${before[key]}` : ''}`)
          .join('; ');

      counts.operations += whole.operations.length;
      for (let at = 0; at < whole.operations.length; at++) {
        for (const fault of faultsAt(whole.operations[at] as string)) {
          fresh();
          const run = await withFaults(live, () => act(live), at, fault);
          counts.runs++;
          const what = `${fault} at ${at}, ${run.operations[at] ?? 'none'} of ${run.operations.length}: ${run.failed ? String(run.error) : 'it went on'}`;
          if (run.failed) assert.ok(isCheckpointError(run.error), what);
          for (const state of run.model.states()) {
            // A save that has said that it is done is done, whatever the fault was.
            assert.equal(wrong(await lookAt(state), run.failed), '', `${what}: after a crash`);
          }
          if (fault === 'crash') continue;
          assert.equal(wrong(await look(live), run.failed), '', `${what}: without a crash`);
          // A temporary that cannot be removed stays, and an unlink that fails is the only reason.
          const left = readdirSync(live, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.tmp'));
          assert.ok(left.length === 0 || ['unlink', 'rm'].includes(run.operations[at] ?? ''), `${what}: it left ${left.join()}`);
        }
      }
      assert.ok(existsSync(template));
      t.diagnostic(`${whole.operations.length} operations: ${[...new Set(whole.operations)].join(', ')}`);
    });
  }

  test('a file system that cannot flush a folder is no error', async () => {
    const where = join(folder, 'no-flush');
    mkdirSync(where);
    const act = () => writeCheckpoint(join(where, 'a.json'), NEW);
    const { operations } = await withFaults(where, act);
    const run = await withFaults(where, act, operations.lastIndexOf('sync'), 'EINVAL');
    assert.equal(run.failed, false, String(run.error));
    assert.deepStrictEqual(await readCheckpoint(join(where, 'a.json')), NEW);
    // Of the file itself it is one.
    const file = await withFaults(where, act, operations.indexOf('sync'), 'EINVAL');
    assert.ok(file.failed && isCheckpointError(file.error));
  });

  test('saves that do not flush are found out: the checks above can fail', async () => {
    const where = join(folder, 'naive');
    mkdirSync(where);
    const path = join(where, 'a.json');
    const texts = ['old', 'new'].map((word) => JSON.stringify([{ word }]));
    /** What is under the name in all states that a crash now may leave. */
    const left = (model: DiskModel) =>
      new Set(
        [...model.states()].map((state) => {
          const copy = join(folder, 'naive-state');
          rmSync(copy, { recursive: true, force: true });
          state.writeTo(copy);
          return existsSync(join(copy, 'a.json')) ? readFileSync(join(copy, 'a.json'), 'utf8') : null;
        }),
      );
    const save = async (flushes: boolean) => {
      const handle = await fsPromises.open(join(where, 'b.tmp'), 'wx');
      await handle.write(Buffer.from(texts[1]!), 0, texts[1]!.length, 0);
      if (flushes) await handle.sync();
      await handle.close();
      await fsPromises.rename(join(where, 'b.tmp'), path);
    };
    writeFileSync(path, texts[0]!);
    // Without an fsync of the file: the new name, and nothing or a part under it.
    assert.ok([...left((await withFaults(where, () => save(false))).model)].some((text) => !texts.includes(String(text))));
    writeFileSync(path, texts[0]!);
    // Without one of the folder: whole, but after success the old one may be there again.
    assert.deepStrictEqual([...left((await withFaults(where, () => save(true))).model)].sort(), [...texts].sort());
  });

  test('counts', (t) => {
    t.diagnostic(
      `faults of the package: ${counts.operations} operations of ${Object.keys(SCENARIOS).length} actions x 2 to 5 faults = ${counts.runs} runs, ` +
        `${counts.states} states after a crash, ${counts.looked} of them different, all old or new`,
    );
    assert.ok(counts.runs > 500, `${counts.runs} runs`);
  });
});
