import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { isCheckpointError } from '../lib/base/errors.ts';
import { CheckpointManager } from '../lib/api/checkpoint-manager.ts';
import { loadBinding } from '../lib/base/addon/binding.ts';

const ROWS = [
  { id: 1, title: 'one', tags: ['a'] },
  { id: 2, title: null },
];
let root: string;
let directory: string;
let count = 0;

before(async () => {
  root = await mkdtemp(join(tmpdir(), 'arrow-ckpt-manager-'));
});
after(() => rm(root, { recursive: true, force: true }));
beforeEach(() => {
  directory = join(root, `d${count++}`);
});

function hasCode(code: string): (error: unknown) => boolean {
  return (error) => isCheckpointError(error) && error.code === code;
}

for (const enableArrow of [true, false]) {
  const skip = enableArrow && loadBinding() === null ? 'no native binary' : false;
  const extension = enableArrow ? '.parquet' : '.json';
  const manager = (options: object = {}) => new CheckpointManager(directory, { enableArrow, logger: false, ...options });

  describe(`CheckpointManager, ${enableArrow ? 'Parquet' : 'JSON'}`, { skip }, () => {
    it('says what is in force', () => assert.equal(manager().enableArrow, enableArrow));

    it("saves and loads in DocETL's layout", async () => {
      const path = await manager().saveCheckpoint('process', 'extract', ROWS);
      assert.equal(path, join(directory, 'process', `extract${extension}`));
      assert.deepStrictEqual(await manager().loadCheckpoint('process', 'extract'), ROWS);
    });

    it('loads null where there is nothing, and makes no folder for it', async () => {
      assert.equal(await manager().loadCheckpoint('process', 'extract'), null);
      assert.equal(await manager().getCheckpointInfo('process', 'extract'), null);
      assert.deepStrictEqual(await manager().listCheckpoints(), []);
      assert.deepStrictEqual(await manager().loadBatchCheckpoints('extract'), []);
      await assert.rejects(readdir(directory), { code: 'ENOENT' });
    });

    it('keeps no rows at all apart from no checkpoint', async () => {
      await manager().saveCheckpoint('process', 'extract', []);
      assert.deepStrictEqual(await manager().loadCheckpoint('process', 'extract'), []);
    });

    it('loads only what was saved with the hash that is asked for', async () => {
      const checkpoints = manager();
      await checkpoints.saveCheckpoint('s', 'hashed', ROWS, { hash: 'abc' });
      await checkpoints.saveCheckpoint('s', 'bare', ROWS);
      assert.deepStrictEqual(await checkpoints.loadCheckpoint('s', 'hashed', { hash: 'abc' }), ROWS);
      assert.deepStrictEqual(await checkpoints.loadCheckpoint('s', 'hashed'), ROWS);
      assert.equal(await checkpoints.loadCheckpoint('s', 'hashed', { hash: 'abd' }), null);
      assert.equal(await checkpoints.loadCheckpoint('s', 'bare', { hash: 'abc' }), null);
    });

    it('saves and loads batches in the order of their indexes', async () => {
      const checkpoints = manager();
      for (const index of [10, 0, 2]) {
        const path = await checkpoints.saveBatchCheckpoint('extract', index, [{ index }]);
        assert.equal(path, join(directory, 'extract_batches', `batch_${index}${extension}`));
      }
      assert.deepStrictEqual(await checkpoints.listBatchCheckpoints('extract'), [0, 2, 10]);
      assert.deepStrictEqual(await checkpoints.loadBatchCheckpoints('extract'), [[{ index: 0 }], [{ index: 2 }], [{ index: 10 }]]);
      assert.deepStrictEqual(await checkpoints.listCheckpoints(), []);
    });

    it('informs of one checkpoint and of all', async () => {
      const checkpoints = manager();
      const path = await checkpoints.saveCheckpoint('process', 'extract', ROWS, { hash: 'h', metadata: { model: 'm' } });
      await checkpoints.saveCheckpoint('process', 'summarise', ROWS);
      await checkpoints.saveCheckpoint('a step', 'x/y', ROWS);
      const info = await checkpoints.getCheckpointInfo('process', 'extract');
      assert.ok(info !== null && info.bytes > 0 && Date.now() - info.modified.getTime() < 60_000);
      const { step, operation, format, rows, hash, metadata } = info;
      assert.deepStrictEqual(
        { step, operation, format, rows, hash, metadata, path: info.path },
        { step: 'process', operation: 'extract', format: extension.slice(1), rows: 2, hash: 'h', metadata: { model: 'm' }, path },
      );
      const listing = await checkpoints.listCheckpoints();
      assert.deepStrictEqual(
        listing.map((entry) => `${entry.step}/${entry.operation}`),
        ['a step/x/y', 'process/extract', 'process/summarise'],
      );
      assert.deepStrictEqual(listing[1], info);
    });

    it('tells what it did', async () => {
      const lines: string[] = [];
      const logger = { info: (line: string) => lines.push(line), warn: (line: string) => lines.push(`warning: ${line}`) };
      const checkpoints = manager({ logger });
      const path = await checkpoints.saveCheckpoint('process', 'extract', ROWS);
      await checkpoints.loadCheckpoint('process', 'extract');
      const batch = await checkpoints.saveBatchCheckpoint('extract', 3, ROWS);
      assert.match(
        lines[0]!,
        /^✓ Intermediate saved for operation 'extract' in step 'process' at .+ \((Arrow\/Parquet|JSON) \d+(B|\.\dKB)\)$/,
      );
      assert.ok(lines[0]!.includes(` at ${path} (${enableArrow ? 'Arrow/Parquet' : 'JSON'} `));
      assert.deepStrictEqual(lines.slice(1), [
        `✓ Loaded checkpoint for operation 'extract' in step 'process' from ${path}`,
        `✓ Partial checkpoint saved for 'extract', batch 3 at '${batch}'`,
      ]);
    });

    it('keeps a failed save away from the checkpoint before it', async () => {
      const checkpoints = manager();
      await checkpoints.saveCheckpoint('s', 'o', ROWS);
      await assert.rejects(checkpoints.saveCheckpoint('s', 'o', [{ f: () => 1 }]), hasCode('ERR_CKPT_UNSUPPORTED_VALUE'));
      assert.deepStrictEqual(await checkpoints.loadCheckpoint('s', 'o'), ROWS);
      assert.deepStrictEqual(await readdir(join(directory, 's')), [`o${extension}`]);
    });

    it('keeps every name inside the directory, and lists what it saved', async () => {
      const checkpoints = manager();
      const names = [
        '../out',
        '/abs',
        '..',
        'a\0b',
        'CON',
        'x_batches',
        '.hidden',
        'trailing.',
        'Extract',
        'extract',
        '100%',
        '\ud800',
        'é',
        'e\u0301',
      ];
      for (const name of names) {
        const path = await checkpoints.saveCheckpoint(name, name, [{ name }]);
        assert.ok(path.startsWith(directory + '/') || path.startsWith(directory + '\\'));
      }
      for (const name of names) assert.deepStrictEqual(await checkpoints.loadCheckpoint(name, name), [{ name }], name);
      const listed = (await checkpoints.listCheckpoints()).map((entry) => [entry.step, entry.operation]);
      assert.deepStrictEqual(new Set(listed.map(String)), new Set(names.map((name) => String([name, name]))));
      assert.deepStrictEqual(await readdir(root).then((entries) => entries.filter((entry) => !entry.startsWith('d'))), []);
    });
  });
}

describe('CheckpointManager over both formats', { skip: loadBinding() === null ? 'no native binary' : false }, () => {
  it('loads the newer file, and a save removes the other', async () => {
    const arrow = new CheckpointManager(directory, { logger: false });
    const json = new CheckpointManager(directory, { logger: false, enableArrow: false });
    const parquetPath = await arrow.saveCheckpoint('s', 'o', [{ from: 'arrow' }]);
    const jsonPath = await json.saveCheckpoint('s', 'o', [{ from: 'json' }]);
    assert.deepStrictEqual(await readdir(join(directory, 's')), ['o.json']);
    for (const manager of [arrow, json]) assert.deepStrictEqual(await manager.loadCheckpoint('s', 'o'), [{ from: 'json' }]);
    await arrow.saveCheckpoint('s', 'o', [{ from: 'arrow' }]);
    assert.deepStrictEqual(await readdir(join(directory, 's')), ['o.parquet']);
    await writeFile(jsonPath, JSON.stringify([{ from: 'another tool' }]));
    await utimes(parquetPath, 1, 1);
    assert.deepStrictEqual(await arrow.loadCheckpoint('s', 'o'), [{ from: 'another tool' }]);
    await utimes(jsonPath, 0, 0);
    assert.deepStrictEqual(await arrow.loadCheckpoint('s', 'o'), [{ from: 'arrow' }]);
    assert.equal((await arrow.listCheckpoints()).length, 1);
  });
});

describe('a directory of another tool', () => {
  it('is read with its names as they are, batches and hidden files left out', async () => {
    const files = {
      'process/extract.json': '[{"a": 1}]',
      'process/100%.json': '[{"a": 2}]',
      'process/a%20b.json': '[{"a": 3}]',
      'process/extract_input_hashes.json': '{}',
      'process/.extract.json.tmp': '[',
      'process/notes.txt': 'x',
      'map_batches/batch_0.json': '[{"b": 0}]',
      'map_batches/batch_1.json': '[{"b": 1}]',
      '.docetl_intermediate_config.json': '{}',
      '.git/config.json': '{}',
      'summary.json': '[]',
    };
    for (const [name, text] of Object.entries(files)) {
      await mkdir(join(directory, name, '..'), { recursive: true });
      await writeFile(join(directory, name), text);
    }
    const manager = new CheckpointManager(directory, { enableArrow: false, logger: false });
    const listing = await manager.listCheckpoints();
    assert.deepStrictEqual(
      listing.map(({ step, operation, error }) => [step, operation, error]),
      [
        ['process', '100%', undefined],
        ['process', 'a%20b', undefined],
        ['process', 'extract', undefined],
      ],
    );
    assert.deepStrictEqual(await manager.loadCheckpoint('process', '100%'), [{ a: 2 }]);
    assert.deepStrictEqual(await manager.loadCheckpoint('process', 'a%20b'), [{ a: 3 }]);
    assert.equal(await manager.loadCheckpoint('process', 'a b'), null);
    assert.deepStrictEqual(await manager.loadBatchCheckpoints('map'), [[{ b: 0 }], [{ b: 1 }]]);
  });

  it('may have links to folders, which are steps, and to files and nowhere, which are none', async (t) => {
    if (process.platform === 'win32') return t.skip('links to files need a privilege there');
    await mkdir(join(directory, 'real'), { recursive: true });
    await writeFile(join(directory, 'real', 'a.json'), '[]');
    await writeFile(join(directory, 'notes.txt'), 'x');
    await symlink(join(directory, 'real'), join(directory, 'linked'), 'junction');
    await symlink(join(directory, 'notes.txt'), join(directory, 'to-file'));
    await symlink(join(directory, 'none'), join(directory, 'to-nowhere'));
    const listing = await new CheckpointManager(directory, { logger: false }).listCheckpoints();
    assert.deepStrictEqual(
      listing.map(({ step, operation }) => [step, operation]),
      [
        ['linked', 'a'],
        ['real', 'a'],
      ],
    );
  });

  it('with a damaged file lists it as damaged, and a load of it throws', async () => {
    const manager = new CheckpointManager(directory, { enableArrow: false, logger: false });
    await manager.saveCheckpoint('s', 'good', ROWS);
    await writeFile(join(directory, 's', 'bad.parquet'), 'PAR1 and no more');
    const [bad, good] = await manager.listCheckpoints();
    assert.ok(isCheckpointError(bad?.error));
    assert.equal(good?.error, undefined);
    await assert.rejects(manager.loadCheckpoint('s', 'bad'), hasCode('ERR_CKPT_TRUNCATED'));
  });
});

describe('arguments of CheckpointManager', () => {
  const bad: [string, () => unknown, string][] = [
    ['no directory', () => new CheckpointManager(''), 'ERR_CKPT_INVALID_ARGUMENT'],
    ['an unknown option', () => new CheckpointManager('d', { compresion: 'zstd' } as object), 'ERR_CKPT_UNKNOWN_OPTION'],
    ['an unknown codec', () => new CheckpointManager('d', { compression: 'zip' as 'gzip' }), 'ERR_CKPT_UNKNOWN_CODEC'],
    ['a logger without methods', () => new CheckpointManager('d', { logger: {} as Console }), 'ERR_CKPT_INVALID_OPTION'],
    ['enableArrow of another type', () => new CheckpointManager('d', { enableArrow: 1 as unknown as boolean }), 'ERR_CKPT_INVALID_OPTION'],
  ];
  for (const [what, make, code] of bad) it(`refuse ${what}`, () => assert.throws(make, hasCode(code)));

  it('refuse bad names, indexes, hashes and options of calls', async () => {
    const manager = new CheckpointManager(directory, { enableArrow: false, logger: false });
    await assert.rejects(manager.saveCheckpoint('', 'o', ROWS), hasCode('ERR_CKPT_INVALID_ARGUMENT'));
    await assert.rejects(manager.loadCheckpoint('s', ''), hasCode('ERR_CKPT_INVALID_ARGUMENT'));
    await assert.rejects(manager.saveBatchCheckpoint('o', -1, ROWS), hasCode('ERR_CKPT_INVALID_ARGUMENT'));
    await assert.rejects(manager.saveBatchCheckpoint('o', 1.5, ROWS), hasCode('ERR_CKPT_INVALID_ARGUMENT'));
    await assert.rejects(manager.loadCheckpoint('s', 'o', { hash: 1 as unknown as string }), hasCode('ERR_CKPT_INVALID_OPTION'));
    await assert.rejects(manager.loadCheckpoint('s', 'o', { column: [] } as object), hasCode('ERR_CKPT_UNKNOWN_OPTION'));
    await assert.rejects(manager.saveCheckpoint('s', 'o', ROWS, { codec: 'zstd' } as object), hasCode('ERR_CKPT_UNKNOWN_OPTION'));
  });
});
