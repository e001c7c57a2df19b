import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { isCheckpointError, JsonlCheckpointManager, ParquetCheckpointManager, readCheckpoint, writeCheckpoint, type Row } from 'arrow-ckpt';
import { Cluster, ConversationSummary } from 'arrow-ckpt/kura';
import { rejectsWith } from './support/codes.ts';
import { assertExact } from './support/exact.ts';
import { Lines } from './support/kura-stub.ts';
import { noBinding } from './support/readers.ts';
import { resultOf } from './support/run-program.ts';
import { tempFolder } from './support/temp-folder.ts';

const ROWS: Row[] = [
  { id: 1, title: 'one', tags: ['a'], at: new Date(0) },
  { id: 2, title: null, none: undefined },
];
const KINDS = { jsonl: JsonlCheckpointManager, parquet: ParquetCheckpointManager };
const root = tempFolder('kura-managers');
let count = 0;

const fresh = (): string => join(root, `d${count++}`);

for (const [format, Manager] of Object.entries(KINDS)) {
  describe(Manager.name, { skip: format === 'parquet' && noBinding }, () => {
    test("saves and loads in Kura's layout", async () => {
      const directory = fresh();
      const manager = new Manager(directory, { logger: false });
      assert.equal(await manager.loadCheckpoint('summaries'), null);
      assert.ok(!existsSync(directory));
      const path = await manager.saveCheckpoint('summaries', ROWS);
      assert.equal(path, join(directory, `summaries.${format}`));
      assert.equal(await manager.getCheckpointPath('summaries'), path);
      assertExact(await manager.loadCheckpoint('summaries'), ROWS);
      assertExact(await manager.loadCheckpoint('summaries', undefined, { columns: ['id'], where: { id: 2 } }), [{ id: 2 }]);
      assert.deepStrictEqual([manager.enabled, manager.directory], [true, directory]);
      async function* later(): AsyncGenerator<Row> {
        yield* ROWS;
      }
      await manager.saveCheckpoint('later', later());
      assertExact(await manager.loadCheckpoint('later'), ROWS);
    });

    test('names are alike with and without extension', async () => {
      const directory = fresh();
      const manager = new Manager(directory, { logger: false });
      const names = ['summaries', 'summaries.jsonl', 'summaries.parquet', 'summaries.json', 'summaries.jsonl.parquet'];
      for (const saved of names) {
        const path = await manager.saveCheckpoint(saved, [{ saved }]);
        assert.equal(path, join(directory, `summaries.${format}`));
        for (const name of names) {
          assert.deepStrictEqual(await manager.loadCheckpoint(name), [{ saved }]);
          assert.equal(await manager.getCheckpointPath(name), path);
          assert.equal((await manager.getCheckpointInfo(name))?.name, 'summaries');
        }
      }
      assert.deepStrictEqual(await manager.listCheckpoints(), ['summaries']);
      assert.equal(await manager.deleteCheckpoint('summaries.parquet'), true);
      assert.equal(await manager.deleteCheckpoint('summaries.jsonl'), false);
      assert.deepStrictEqual(await readdir(directory), []);
      for (const name of ['.jsonl', '.parquet', 'a.b', 'x.jsonl.gz']) {
        await manager.saveCheckpoint(name, [{ name }]);
        assert.deepStrictEqual(await manager.loadCheckpoint(name), [{ name }]);
      }
      assert.deepStrictEqual(await manager.listCheckpoints(), ['.jsonl', '.parquet', 'a.b', 'x.jsonl.gz']);
    });

    test('no rows are an empty checkpoint, which replaces the one before', async () => {
      const manager = new Manager(fresh(), { logger: false });
      await manager.saveCheckpoint('a', ROWS);
      await manager.saveCheckpoint('a', []);
      assert.deepStrictEqual(await manager.loadCheckpoint('a'), []);
      assert.deepStrictEqual(await manager.listCheckpoints(), ['a']);
      assert.deepStrictEqual((await manager.getCheckpointInfo('a'))?.rows, 0);
    });

    test('hash, metadata and schema', async () => {
      const manager = new Manager(fresh(), { logger: false });
      const rows = [{ id: 'i', name: 'n', description: 'd', slug: 's', chat_ids: [], parent_id: null, count: 0 }];
      await manager.saveCheckpoint('a', rows, { hash: 'h', metadata: { m: 'x' }, schema: Cluster });
      assert.equal(await manager.loadCheckpoint('a', undefined, { hash: 'other' }), null);
      const loaded = await manager.loadCheckpoint('a', Cluster, { hash: 'h' });
      const first: string | null | undefined = loaded?.[0]?.parent_id;
      assert.equal(first, null);
      assertExact(loaded, rows);
      const info = await manager.getCheckpointInfo('a');
      assert.deepStrictEqual([info?.hash, info?.metadata, info?.format, info?.rows], ['h', { m: 'x' }, format, 1]);
      assert.ok(Date.now() - info!.modified.getTime() < 60_000);
      await rejectsWith('ERR_CKPT_SCHEMA', () => manager.loadCheckpoint('a', ConversationSummary));
      await rejectsWith('ERR_CKPT_SCHEMA', () => manager.saveCheckpoint('a', [{ id: 1 }], { schema: Cluster }));
      assertExact(await manager.loadCheckpoint('a'), rows);
    });

    test('disabled it does nothing', async () => {
      const directory = fresh();
      await new Manager(directory, { logger: false }).saveCheckpoint('a', ROWS);
      const manager = new Manager(directory, { enabled: false, logger: false });
      assert.equal(manager.enabled, false);
      assert.equal(await manager.saveCheckpoint('b', ROWS), null);
      assert.equal(await manager.loadCheckpoint('a'), null);
      assert.equal(await manager.getCheckpointInfo('a'), null);
      assert.equal(await manager.deleteCheckpoint('a'), false);
      assert.deepStrictEqual(await manager.listCheckpoints(), []);
      assert.deepStrictEqual(await manager.getStats(), { type: Manager.name, enabled: false, directory, checkpoints: 0 });
      assert.deepStrictEqual(await readdir(directory), [`a.${format}`]);
    });

    test('keeps every name inside of the directory, and lists what it saved', async () => {
      const directory = fresh();
      const manager = new Manager(directory, { logger: false });
      const names = [
        '../out',
        '/abs',
        '..',
        'a\0b',
        'CON',
        '.hidden',
        'trailing.',
        'Extract',
        'extract',
        '100%',
        '\ud800',
        'é',
        'e\u0301',
        'x'.repeat(400),
      ];
      for (const name of names) assert.ok((await manager.saveCheckpoint(name, [{ name }]))!.startsWith(directory));
      for (const name of names) assert.deepStrictEqual(await manager.loadCheckpoint(name), [{ name }], name);
      assert.deepStrictEqual(await manager.listCheckpoints(), [...names].sort());
      assert.deepStrictEqual(await manager.getStats(), { type: Manager.name, enabled: true, directory, checkpoints: names.length });
      for (const name of names) assert.equal(await manager.deleteCheckpoint(name), true);
      assert.deepStrictEqual(await readdir(directory), []);
    });

    test('a damaged file is an error, and not in the list', async () => {
      const directory = fresh();
      const lines = new Lines();
      const manager = new Manager(directory, { logger: lines.logger });
      await manager.saveCheckpoint('good', ROWS);
      await writeFile(join(directory, `bad.${format}`), 'no checkpoint');
      await writeFile(join(directory, `.hidden.${format}`), '');
      await writeFile(join(directory, 'notes.txt'), '');
      await mkdir(join(directory, `folder.${format}`));
      lines.warnings.length = 0;
      assert.deepStrictEqual(await manager.listCheckpoints(), ['good']);
      assert.match(lines.warnings.join('\n'), /^'bad' is left out of the list: .*bad\.\w+ .*\(ERR_CKPT_NOT_A_CHECKPOINT\)$/);
      await assert.rejects(
        manager.loadCheckpoint('bad'),
        (error) => isCheckpointError(error) && error.path === join(directory, `bad.${format}`),
      );
      await assert.rejects(manager.getCheckpointInfo('bad'), isCheckpointError);
      assert.equal(await manager.deleteCheckpoint('bad'), true);
    });

    test('says what it did', async () => {
      const lines = new Lines();
      const manager = new Manager(fresh(), { logger: lines.logger });
      const path = await manager.saveCheckpoint('summaries.jsonl', ROWS);
      await manager.loadCheckpoint('summaries');
      await manager.loadCheckpoint('none');
      assert.match(lines.info[0]!, /^✓ Checkpoint 'summaries' saved at .+ \((JSONL|Arrow\/Parquet) \d+(B|\.\dKB)\)$/);
      assert.deepStrictEqual(lines.info.slice(1), [`✓ Loaded checkpoint 'summaries' from ${path}`]);
      assert.deepStrictEqual(lines.warnings, []);
    });

    test('refuses what is wrong with a call', async () => {
      const make =
        (options: object, directory: unknown = 'd') =>
        () =>
          new Manager(directory as string, options);
      await rejectsWith('ERR_CKPT_INVALID_ARGUMENT', make({}, ''));
      await rejectsWith('ERR_CKPT_UNKNOWN_OPTION', make({ enable: true }));
      await rejectsWith('ERR_CKPT_INVALID_OPTION', make({ enabled: 1 }), { message: /enabled/ });
      await rejectsWith('ERR_CKPT_INVALID_OPTION', make({ logger: {} }), { message: /logger/ });
      await rejectsWith('ERR_CKPT_INVALID_OPTION', make({ compat: 'docetl' }), { message: /CheckpointManager knows it/ });
      await rejectsWith('ERR_CKPT_INVALID_OPTION', make({ compat: 'pandas' }), { message: /one of docetl, kura/ });
      const manager = new Manager(fresh(), { logger: false });
      for (const name of ['', 5, null, undefined, 'x'.repeat(3000)]) {
        for (const call of [
          () => manager.saveCheckpoint(name as string, []),
          () => manager.loadCheckpoint(name as string),
          () => manager.deleteCheckpoint(name as string),
          () => manager.getCheckpointPath(name as string),
          () => manager.getCheckpointInfo(name as string),
        ])
          await rejectsWith('ERR_CKPT_INVALID_ARGUMENT', call, { message: /name/ });
      }
      await rejectsWith('ERR_CKPT_UNKNOWN_OPTION', () => manager.loadCheckpoint('a', undefined, { column: [] } as object));
      await rejectsWith('ERR_CKPT_INVALID_OPTION', () => manager.loadCheckpoint('a', undefined, { schema: Cluster } as object), {
        message: /second argument/,
      });
      await rejectsWith('ERR_CKPT_INVALID_OPTION', () => manager.loadCheckpoint('a', { columns: ['a'] } as never));
      await rejectsWith('ERR_CKPT_INVALID_OPTION', () => manager.loadCheckpoint('a', undefined, { torn: 'x' } as object), {
        message: /torn/,
      });
      await rejectsWith('ERR_CKPT_INVALID_OPTION', () => manager.loadCheckpoint('a', undefined, { hash: 1 } as object), {
        message: /hash/,
      });
      await rejectsWith('ERR_CKPT_INVALID_OPTION', () => manager.saveCheckpoint('a', [], { compat: 'docetl' }));
      const reason = new Error('enough');
      await assert.rejects(manager.loadCheckpoint('a', undefined, { signal: AbortSignal.abort(reason) }), (error) => error === reason);
      await assert.rejects(manager.saveCheckpoint('a', ROWS, { signal: AbortSignal.abort(reason) }), (error) => error === reason);
    });
  });
}

test('the codec is snappy, unless another is asked for', { skip: noBinding }, async () => {
  const codecs = async (options: object, saving: object = {}) => {
    const manager = new ParquetCheckpointManager(fresh(), { logger: false, ...options });
    await manager.saveCheckpoint('a', [{ a: 'x' }], saving as never);
    return (await manager.getCheckpointInfo('a'))!.columns[0]!.codec;
  };
  assert.equal(await codecs({}), 'snappy');
  assert.equal(await codecs({ compression: 'zstd', compressionLevel: 3 }), 'zstd');
  assert.equal(await codecs({ compression: 'zstd', compressionLevel: 3 }, { compression: 'gzip' }), 'gzip');
  await rejectsWith('ERR_CKPT_UNKNOWN_CODEC', () => codecs({ compression: 'zip' }));
  await rejectsWith('ERR_CKPT_INVALID_OPTION', () => codecs({ compressionLevel: 3 }), { message: /snappy/ });
});

describe('a directory that Kura wrote', () => {
  test('names that its managers gave an extension more', async () => {
    const directory = fresh();
    await mkdir(directory);
    await writeFile(join(directory, 'summaries.jsonl.jsonl'), '{"a":1}\n');
    await writeFile(join(directory, 'clusters.parquet.jsonl'), '{"a":2}\n');
    await writeFile(join(directory, 'empty.jsonl'), '');
    const manager = new JsonlCheckpointManager(directory, { logger: false });
    assert.deepStrictEqual(await manager.listCheckpoints(), ['clusters', 'empty', 'summaries']);
    assert.deepStrictEqual(await manager.loadCheckpoint('summaries'), [{ a: 1 }]);
    assert.deepStrictEqual(await manager.loadCheckpoint('clusters.parquet'), [{ a: 2 }]);
    assert.deepStrictEqual(await manager.loadCheckpoint('empty'), []);
    assert.equal(await manager.getCheckpointPath('summaries'), join(directory, 'summaries.jsonl.jsonl'));
    await utimes(join(directory, 'summaries.jsonl.jsonl'), 1, 1);
    await writeFile(join(directory, 'summaries.jsonl'), '{"a":3}\n');
    assert.deepStrictEqual(await manager.loadCheckpoint('summaries'), [{ a: 3 }]);
    await manager.saveCheckpoint('summaries', [{ a: 4 }]);
    assert.deepStrictEqual((await readdir(directory)).sort(), ['clusters.parquet.jsonl', 'empty.jsonl', 'summaries.jsonl']);
  });

  test('other JSON of the same name is neither loaded nor removed', { skip: noBinding }, async () => {
    const directory = fresh();
    await mkdir(directory);
    // As Kura dumps its conversations.
    const dump = join(directory, 'conversations.json');
    for (const text of ['[{"chat_id": "a"}, {"chat_id": "b"}]', '[\n  {\n    "a": 1\n  }\n]', '{"a": 1}', '']) {
      await writeFile(dump, text);
      const manager = new ParquetCheckpointManager(directory, { logger: false });
      assert.deepStrictEqual(await manager.listCheckpoints(), []);
      assert.equal(await manager.loadCheckpoint('conversations.json'), null);
      await manager.saveCheckpoint('conversations', [{ a: 1 }]);
      assert.equal(await manager.deleteCheckpoint('conversations'), true);
      assert.equal(await readFile(dump, 'utf8'), text);
    }
    // What is saved without the native binary is a checkpoint.
    for (const rows of [[{ a: 1 }], [], [{}], [{ a: 1n }]]) {
      await writeCheckpoint(dump, rows);
      const manager = new ParquetCheckpointManager(directory, { logger: false });
      assert.deepStrictEqual(await manager.loadCheckpoint('conversations'), rows);
      assert.deepStrictEqual(await manager.listCheckpoints(), ['conversations']);
      await manager.saveCheckpoint('conversations', [{ b: 1 }]);
      assert.deepStrictEqual(await readdir(directory), ['conversations.parquet']);
      await manager.deleteCheckpoint('conversations');
    }
  });

  test('both managers in one directory keep to their own files', { skip: noBinding }, async () => {
    const directory = fresh();
    const jsonl = new JsonlCheckpointManager(directory, { logger: false });
    const parquet = new ParquetCheckpointManager(directory, { logger: false });
    await jsonl.saveCheckpoint('a', [{ from: 'jsonl' }]);
    await parquet.saveCheckpoint('a', [{ from: 'parquet' }]);
    assert.deepStrictEqual(await jsonl.loadCheckpoint('a'), [{ from: 'jsonl' }]);
    assert.deepStrictEqual(await parquet.loadCheckpoint('a.jsonl'), [{ from: 'parquet' }]);
    await jsonl.deleteCheckpoint('a.parquet');
    assert.deepStrictEqual(await readdir(directory), ['a.parquet']);
  });
});

describe('a JSONL file that is torn', () => {
  async function torn(bytes: number, options: object = {}): Promise<{ manager: JsonlCheckpointManager; lines: Lines; path: string }> {
    const lines = new Lines();
    const manager = new JsonlCheckpointManager(fresh(), { logger: lines.logger });
    const path = (await manager.saveCheckpoint('a', [{ a: 1 }, { a: 2 }, { a: 3 }], options))!;
    await truncate(path, (await readFile(path)).length - bytes);
    lines.info.length = 0;
    return { manager, lines, path };
  }

  test('gives the rows before, and a warning with line and file', async () => {
    const { manager, lines, path } = await torn(3);
    assert.deepStrictEqual(await manager.loadCheckpoint('a'), [{ a: 1 }, { a: 2 }]);
    assert.equal(lines.warnings.length, 1);
    const warning = `${path} ends too early, at byte 21, in the middle of line 3 (row 2); save it again; loaded the 2 rows before (ERR_CKPT_TRUNCATED)`;
    assert.equal(lines.warnings[0], warning);
    assert.deepStrictEqual(await manager.loadCheckpoint('a', undefined, { where: { a: 2 } }), [{ a: 2 }]);
    assert.deepStrictEqual(await manager.listCheckpoints(), ['a']);
  });

  test('with a header too, and where whole rows are missing', async () => {
    for (const [bytes, message] of [
      [3, /in the middle of line 4 \(row 2\)/],
      [8, /its header says 3 rows, but there are 2/],
    ] as const) {
      const { manager, lines } = await torn(bytes, { hash: 'h' });
      assert.deepStrictEqual(await manager.loadCheckpoint('a', undefined, { hash: 'h' }), [{ a: 1 }, { a: 2 }]);
      assert.match(lines.warnings[0]!, message);
    }
  });

  test('is an error where that is asked for, in readCheckpoint, and where nothing is left', async () => {
    const { manager, path } = await torn(3);
    await rejectsWith('ERR_CKPT_TRUNCATED', () => manager.loadCheckpoint('a', undefined, { torn: 'refuse' }), { path, row: 2 });
    await rejectsWith('ERR_CKPT_TRUNCATED', () => readCheckpoint(path), { path, row: 2, message: /line 3/ });
    await rejectsWith('ERR_CKPT_TRUNCATED', () => manager.getCheckpointInfo('a'), { path });
    const { manager: other } = await torn(20);
    await rejectsWith('ERR_CKPT_TRUNCATED', () => other.loadCheckpoint('a'), { row: 0 });
  });

  test('damage elsewhere is an error', async () => {
    const { manager, path } = await torn(0);
    await writeFile(path, '{"a":1}\n{"a":\n{"a":3}\n');
    await rejectsWith('ERR_CKPT_CORRUPT', () => manager.loadCheckpoint('a'), { path, row: 1, message: /line 2/ });
  });
});

test('without the native binary Parquet is read and JSON is written', { skip: noBinding }, async () => {
  const directory = fresh();
  await new ParquetCheckpointManager(directory, { logger: false }).saveCheckpoint('old', [{ a: 1 }]);
  await writeCheckpoint(
    join(directory, 'kura.parquet'),
    [{ id: 'i', name: 'n', description: 'd', slug: 's', chat_ids: ['c'], parent_id: null }],
    {
      compat: 'kura',
    },
  );
  // One of another version is none.
  const env = { NAPI_RS_NATIVE_LIBRARY_PATH: join(import.meta.dirname, 'programs/other-version.cjs') };
  const outcome = await resultOf<object>('kura-fallback.mjs', { args: [directory], env });
  assert.deepStrictEqual(outcome, {
    old: [{ a: 1 }],
    kura: [{ id: 'i', name: 'n', description: 'd', slug: 's', chat_ids: ['c'], parent_id: null }],
    saved: 'new.json',
    replaced: ['kura.parquet', 'new.json', 'old.json'],
    same: true,
    list: ['kura', 'new', 'old'],
    code: 'ERR_CKPT_NOT_COMPATIBLE',
    warnings: ['ARROW_CKPT_NO_BINARY'],
  });
});
