import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { CheckpointManager, readCheckpoint, writeCheckpoint, type Row } from 'arrow-ckpt';
import { expectedCheckpoints } from './support/expected-checkpoints.ts';
import { noBinding } from './support/readers.ts';
import { runProgram } from './support/run-program.ts';
import { suite } from './support/suite.ts';
import { tempFolder } from './support/temp-folder.ts';
import { dataPath, noTestData } from './support/test-data.ts';

const folder = tempFolder('manager-docetl');
let count = 0;
const OLD: Row[] = [{ a: 'old' }];
const NEW: Row[] = [{ a: 'new' }];

function quiet(): { manager: CheckpointManager; json: CheckpointManager; directory: string; warnings: string[] } {
  const directory = join(folder, `d${count++}`);
  const warnings: string[] = [];
  const logger = { info: () => {}, warn: (text: string) => void warnings.push(text) };
  return {
    manager: new CheckpointManager(directory, { logger }),
    json: new CheckpointManager(directory, { enableArrow: false, logger }),
    directory,
    warnings,
  };
}

function configOf(directory: string): unknown {
  return JSON.parse(readFileSync(join(directory, '.docetl_intermediate_config.json'), 'utf8'));
}

/** Makes a file older or newer than it is. */
function age(path: string, seconds: number): void {
  const time = new Date(statSync(path).mtimeMs - seconds * 1000);
  utimesSync(path, time, time);
}

/** A JSON checkpoint as DocETL writes it: a bare list, its hash in the configuration file. */
function docetlWrites(directory: string, step: string, operation: string, rows: Row[], hash: string): string {
  mkdirSync(join(directory, step), { recursive: true });
  const path = join(directory, step, `${operation}.json`);
  writeFileSync(path, JSON.stringify(rows));
  const file = join(directory, '.docetl_intermediate_config.json');
  const config = existsSync(file) ? (configOf(directory) as Record<string, Record<string, string>>) : {};
  writeFileSync(file, JSON.stringify({ ...config, [step]: { ...config[step], [operation]: hash } }, null, 2));
  return path;
}

describe('hashes in the configuration file of DocETL', { skip: noBinding }, () => {
  test('are written beside those in the files, and removed with a save without one', async () => {
    const { manager, directory } = quiet();
    await manager.saveCheckpoint('s', 'a', NEW);
    assert.ok(!existsSync(join(directory, '.docetl_intermediate_config.json')), 'no file for no hash');
    await manager.saveCheckpoint('s', 'a', NEW, { hash: 'h1' });
    await manager.saveCheckpoint('s', '__proto__', NEW, { hash: 'h2' });
    await manager.saveCheckpoint('t', 'a', NEW, { hash: 'h3' });
    assert.deepStrictEqual(configOf(directory), { s: { a: 'h1', ['__proto__']: 'h2' }, t: { a: 'h3' } });
    assert.equal(
      readFileSync(join(directory, '.docetl_intermediate_config.json'), 'utf8').split('\n')[1],
      '  "s": {',
      'indented as DocETL does',
    );
    await manager.saveCheckpoint('s', 'a', NEW);
    assert.deepStrictEqual(configOf(directory), { s: { ['__proto__']: 'h2' }, t: { a: 'h3' } });
    await manager.deleteCheckpoint('t', 'a');
    assert.deepStrictEqual(configOf(directory), { s: { ['__proto__']: 'h2' } });
  });

  test('count for files without one of their own', async () => {
    const { manager, directory } = quiet();
    docetlWrites(directory, 's', 'a', OLD, 'h1');
    assert.deepStrictEqual(await manager.loadCheckpoint('s', 'a', { hash: 'h1' }), OLD);
    assert.equal(await manager.loadCheckpoint('s', 'a', { hash: 'h2' }), null);
    assert.equal((await manager.getCheckpointInfo('s', 'a'))?.hash, 'h1');
    assert.equal((await manager.listCheckpoints())[0]?.hash, 'h1');
    await writeCheckpoint(join(directory, 's', 'foreign.parquet'), NEW);
    assert.equal(await manager.loadCheckpoint('s', 'foreign', { hash: 'h1' }), null);
  });

  test('a damaged configuration file proves nothing, and the next save makes a new one', async () => {
    const { manager, directory } = quiet();
    docetlWrites(directory, 's', 'a', OLD, 'h1');
    writeFileSync(join(directory, '.docetl_intermediate_config.json'), '{"s": {"a": "h1"');
    assert.equal(await manager.loadCheckpoint('s', 'a', { hash: 'h1' }), null);
    assert.deepStrictEqual(await manager.loadCheckpoint('s', 'a'), OLD);
    await manager.saveCheckpoint('s', 'b', NEW, { hash: 'h2' });
    assert.deepStrictEqual(configOf(directory), { s: { b: 'h2' } });
  });

  test('eight processes save fifty operations each: all four hundred hashes are there', { timeout: 240_000 }, async () => {
    const { manager, directory } = quiet();
    const ends = await Promise.all(
      Array.from({ length: 8 }, (_, index) => runProgram('save-hashes.mjs', { args: [directory, String(index), '50'], timeout: 200_000 })),
    );
    for (const { code, stderr } of ends) assert.equal(code, 0, stderr);
    const config = configOf(directory) as Record<string, Record<string, string>>;
    for (let index = 0; index < 8; index++) {
      assert.equal(Object.keys(config[`step${index % 3}`] ?? {}).length > 0, true);
      for (let operation = 0; operation < 50; operation++) {
        const name = `op-${index}-${operation}`;
        assert.equal(config[`step${index % 3}`]?.[name], `hash-${name}`);
        assert.deepStrictEqual(await manager.loadCheckpoint(`step${index % 3}`, name, { hash: `hash-${name}` }), [{ name }]);
      }
    }
    assert.deepStrictEqual(readdirSync(directory).sort(), ['.docetl_intermediate_config.json', 'step0', 'step1', 'step2']);
  });
});

describe('a checkpoint in both formats', { skip: noBinding }, () => {
  test('the one with the wanted hash counts, whichever is newer', async () => {
    for (const newer of ['json', 'parquet']) {
      const { manager, directory } = quiet();
      const parquet = await manager.saveCheckpoint('s', 'a', NEW, { hash: 'p' });
      const json = docetlWrites(directory, 's', 'a', OLD, 'j');
      age(newer === 'json' ? parquet : json, 100);
      assert.deepStrictEqual(await manager.loadCheckpoint('s', 'a', { hash: 'p' }), NEW);
      assert.deepStrictEqual(await manager.loadCheckpoint('s', 'a', { hash: 'j' }), OLD);
      assert.equal(await manager.loadCheckpoint('s', 'a', { hash: 'x' }), null);
      assert.deepStrictEqual(await manager.loadCheckpoint('s', 'a'), newer === 'json' ? OLD : NEW, 'without a hash the newer');
      assert.deepStrictEqual(
        (await manager.getCheckpointInfo('s', 'a'))?.files.map(({ format }) => format),
        newer === 'json' ? ['json', 'parquet'] : ['parquet', 'json'],
      );
    }
  });

  test('an older JSON file does not take over the hash that was saved with Parquet', async () => {
    const { manager, directory } = quiet();
    const json = docetlWrites(directory, 's', 'a', OLD, 'stale');
    age(json, 100);
    const parquet = await manager.saveCheckpoint('s', 'a', NEW, { hash: 'h' });
    // As a clean-up that was interrupted leaves it.
    docetlWrites(directory, 's', 'a', OLD, 'h');
    age(json, 100);
    truncateSync(parquet, 100);
    await assert.rejects(manager.loadCheckpoint('s', 'a', { hash: 'other' }), { code: 'ERR_CKPT_TRUNCATED' });
    await manager.saveCheckpoint('s', 'b', NEW, { hash: 'h' });
    writeFileSync(join(directory, 's', 'b.json'), JSON.stringify(OLD));
    age(join(directory, 's', 'b.json'), 100);
    assert.deepStrictEqual(await manager.loadCheckpoint('s', 'b', { hash: 'h' }), NEW);
  });

  test('whose the hash of DocETL is no time of a file decides', async () => {
    for (const older of ['json', 'parquet']) {
      const { manager, directory } = quiet();
      const parquet = await manager.saveCheckpoint('s', 'a', NEW, { hash: 'h' });
      const json = docetlWrites(directory, 's', 'a', OLD, 'h');
      age(older === 'json' ? json : parquet, 100);
      assert.deepStrictEqual(await manager.loadCheckpoint('s', 'a', { hash: 'h' }), NEW, 'the one with the hash inside');
      // Without Parquet of this hash it is that of the JSON file.
      docetlWrites(directory, 's', 'a', OLD, 'h2');
      age(older === 'json' ? json : parquet, 100);
      assert.deepStrictEqual(await manager.loadCheckpoint('s', 'a', { hash: 'h2' }), OLD);
      assert.deepStrictEqual(await manager.loadCheckpoint('s', 'a', { hash: 'h' }), NEW);
    }
  });

  test('a damaged file is passed over for a good one, with a warning', async () => {
    for (const damaged of ['json', 'parquet']) {
      const { manager, directory, warnings } = quiet();
      const parquet = await manager.saveCheckpoint('s', 'a', NEW, { hash: 'h' });
      const json = docetlWrites(directory, 's', 'a', NEW, 'h');
      age(damaged === 'json' ? parquet : json, 100);
      truncateSync(damaged === 'json' ? json : parquet, damaged === 'json' ? 8 : 100);
      for (const options of [{}, { hash: 'h' }]) {
        warnings.length = 0;
        assert.deepStrictEqual(await manager.loadCheckpoint('s', 'a', options), NEW);
        // The hash is that of the Parquet file, which has it inside: then nobody asks for the JSON file.
        if (damaged === 'json' && 'hash' in options) assert.deepStrictEqual(warnings, []);
        else
          assert.match(
            warnings.join(),
            new RegExp(`could not load .*a\\.${damaged}, loaded .*a\\.${damaged === 'json' ? 'parquet' : 'json'} instead: .*ERR_CKPT`),
          );
      }
      assert.equal((await manager.getCheckpointInfo('s', 'a'))?.format, damaged === 'json' ? 'parquet' : 'json');
      truncateSync(damaged === 'json' ? parquet : json, damaged === 'json' ? 100 : 8);
      await assert.rejects(manager.loadCheckpoint('s', 'a'), { code: 'ERR_CKPT_TRUNCATED' });
    }
  });
});

describe('scanning, sizes, clearing', { skip: noBinding }, () => {
  test('scanCheckpoint gives the rows one by one', async () => {
    const { manager } = quiet();
    const rows = Array.from({ length: 10_000 }, (_, id) => ({ id }));
    await manager.saveCheckpoint('s', 'a', rows, { hash: 'h' });
    let sum = 0;
    for await (const row of manager.scanCheckpoint<{ id: number }>('s', 'a', { hash: 'h', where: { id: { $lt: 5000 } } })) sum += row.id;
    assert.equal(sum, (4999 * 5000) / 2);
    for await (const row of manager.scanCheckpoint('s', 'a')) {
      assert.deepStrictEqual(row, { id: 0 });
      break;
    }
    const missing = async (options: object) => {
      for await (const _ of manager.scanCheckpoint('s', 'a', options)) assert.fail('no row may come');
    };
    await assert.rejects(missing({ hash: 'x' }), { code: 'ERR_CKPT_NOT_FOUND', message: /operation 'a' in step 's' with this hash/ });
    await assert.rejects(missing({ colums: [] }), { code: 'ERR_CKPT_UNKNOWN_OPTION' });
  });

  test('sizes count both formats and batches', async () => {
    const { manager, directory } = quiet();
    const path = await manager.saveCheckpoint('s', 'a', NEW);
    const batch = await manager.saveBatchCheckpoint('a', 0, NEW);
    const json = docetlWrites(directory, 's', 'a', OLD, 'h');
    const size = (file: string) => statSync(file).size;
    assert.equal(await manager.getCheckpointSize('s', 'a'), size(path) + size(json));
    assert.equal(await manager.getCheckpointSize('s', 'none'), null);
    assert.equal(await manager.getTotalCheckpointSize(), size(path) + size(json) + size(batch));
  });

  test('what is not ours stays', async () => {
    const { manager, directory } = quiet();
    await manager.saveCheckpoint('s', 'a', NEW, { hash: 'h' });
    await manager.saveCheckpoint('s', 'b', NEW, { hash: 'h' });
    await manager.saveCheckpoint('t', 'a', NEW, { hash: 'h' });
    await manager.saveBatchCheckpoint('a', 0, NEW);
    writeFileSync(join(directory, 't', 'notes.txt'), 'mine');
    writeFileSync(join(directory, 'README'), 'mine');
    assert.equal(await manager.deleteCheckpoint('s', 'b'), true);
    assert.equal(await manager.deleteCheckpoint('s', 'b'), false);
    assert.equal(await manager.clearStep('s'), 1);
    assert.equal(await manager.clearStep('s'), 0);
    assert.ok(!existsSync(join(directory, 's')));
    assert.deepStrictEqual(configOf(directory), { t: { a: 'h' } });
    assert.equal(await manager.deleteBatchCheckpoints('none'), false);
    assert.equal(await manager.clearAll(), 2);
    assert.deepStrictEqual(readdirSync(directory).sort(), ['README', 't']);
    assert.deepStrictEqual(readdirSync(join(directory, 't')), ['notes.txt']);
    assert.equal(await manager.clearAll(), 0);
  });

  test('a manager goes on in the format of a directory', async () => {
    const { manager, json, directory } = quiet();
    assert.equal((await CheckpointManager.detect(directory, { logger: false })).enableArrow, true);
    assert.ok(!existsSync(directory), 'nothing is made');
    await json.saveCheckpoint('s', 'a', NEW);
    assert.equal((await CheckpointManager.detect(directory, { logger: false })).enableArrow, false);
    await manager.saveCheckpoint('s', 'b', NEW);
    assert.equal((await CheckpointManager.detect(directory, { logger: false })).enableArrow, true, 'a tie');
    assert.equal((await CheckpointManager.detect(directory, { logger: false, enableArrow: false })).enableArrow, false);
  });

  test('temporaries of dead processes go with the first save of a process', async () => {
    const { manager, directory } = quiet();
    mkdirSync(join(directory, 's'), { recursive: true });
    const names = ['.a.parquet.999999999.abc.tmp', `.a.parquet.${process.pid}.abc.tmp`, '.a.parquet.999999999.abd.tmp', '.mine.tmp'];
    for (const name of names) writeFileSync(join(directory, 's', name), '');
    for (const name of [names[0]!, names[1]!, names[3]!]) age(join(directory, 's', name), 7200);
    await manager.saveCheckpoint('s', 'a', NEW);
    assert.deepStrictEqual(readdirSync(join(directory, 's')).sort(), [names[3], names[1], names[2], 'a.parquet'].sort());
  });

  test('without a directory nothing is kept', async () => {
    const manager = new CheckpointManager(null, { logger: false });
    assert.equal(manager.directory, null);
    assert.equal(await manager.saveCheckpoint('s', 'a', NEW, { hash: 'h' }), '');
    assert.equal(await manager.saveBatchCheckpoint('a', 0, NEW), '');
    assert.equal(await manager.loadCheckpoint('s', 'a'), null);
    assert.equal(await manager.loadCheckpoint('s', 'a'), null);
    assert.deepStrictEqual(await manager.loadBatchCheckpoints('a'), []);
    assert.deepStrictEqual(await manager.listBatchCheckpoints('a'), []);
    assert.deepStrictEqual(await manager.listCheckpoints(), []);
    assert.equal(await manager.getCheckpointInfo('s', 'a'), null);
    assert.equal(await manager.getCheckpointSize('s', 'a'), null);
    assert.equal(await manager.getTotalCheckpointSize(), 0);
    assert.equal(await manager.migrateJsonToArrow('s', 'a'), false);
    assert.equal(await manager.deleteCheckpoint('s', 'a'), false);
    assert.equal(await manager.deleteBatchCheckpoints('a'), false);
    assert.equal(await manager.clearStep('s'), 0);
    assert.equal(await manager.clearAll(), 0);
    await assert.rejects(manager.scanCheckpoint('s', 'a').next(), { code: 'ERR_CKPT_NOT_FOUND' });
    await assert.rejects(
      manager.saveCheckpoint('s', 'a', NEW, { hash: 1 as never }),
      { code: 'ERR_CKPT_INVALID_OPTION' },
      'a wrong call is wrong all the same',
    );
  });
});

suite('directories that DocETL wrote', noTestData, () => {
  const cases = [
    { directory: 'arrow-381', expected: expectedCheckpoints('docetl-arrow-381') },
    { directory: 'mixed', expected: expectedCheckpoints('docetl-mixed-and-380', 'mixed') },
    { directory: 'arrow-380', expected: expectedCheckpoints('docetl-mixed-and-380', 'arrow-380') },
    { directory: 'json-edges', expected: expectedCheckpoints('docetl-json-edges') },
  ];
  for (const { directory, expected } of cases) {
    test(`docetl/${directory}: every checkpoint loads with its hash, every batch`, async () => {
      const manager = new CheckpointManager(dataPath(`docetl/${directory}`), { logger: false });
      const listed = new Map((await manager.listCheckpoints()).map((entry) => [`${entry.step}/${entry.operation}`, entry]));
      for (const [name, rows] of expected) {
        const [step, operation] = name.split('/') as [string, string];
        if (step.endsWith('_batches')) {
          const batches = await manager.loadBatchCheckpoints(step.slice(0, -'_batches'.length));
          assert.deepStrictEqual(batches[Number(operation.slice('batch_'.length))], rows, name);
          continue;
        }
        const info = listed.get(name);
        assert.ok(info !== undefined, name);
        if (rows === null) {
          await assert.rejects(manager.loadCheckpoint(step, operation), { code: 'ERR_CKPT_TRUNCATED' });
          continue;
        }
        assert.equal(info.rows, rows.length, name);
        assert.match(info.hash ?? '', /^[0-9a-f]{64}$/, name);
        assert.deepStrictEqual(await manager.loadCheckpoint(step, operation, { hash: info.hash as string }), rows, name);
        assert.equal(await manager.loadCheckpoint(step, operation, { hash: 'another' }), null);
        const scanned: Row[] = [];
        for await (const row of manager.scanCheckpoint(step, operation)) scanned.push(row);
        assert.deepStrictEqual(scanned, rows, name);
      }
    });
  }

  test('the JSON directory of today loads, and migrates without a loss', { skip: noBinding }, async () => {
    const directory = join(folder, 'migrated');
    cpSync(dataPath('docetl/json-before'), directory, { recursive: true });
    const manager = new CheckpointManager(directory, { logger: false });
    const before = await manager.listCheckpoints();
    assert.equal(before.length, 12);
    for (const { step, operation, path, hash } of before) {
      const rows = await readCheckpoint(path);
      assert.equal(await manager.migrateJsonToArrow(step, operation, { keepJson: false }), true);
      assert.ok(!existsSync(path));
      const info = await manager.getCheckpointInfo(step, operation);
      assert.deepStrictEqual([info?.format, info?.hash, info?.rows], ['parquet', hash, rows.length]);
      const loaded = await manager.loadCheckpoint(step, operation, { hash: hash as string });
      assert.equal(JSON.stringify(loaded), JSON.stringify(rows));
    }
    assert.deepStrictEqual(await manager.listBatchCheckpoints('extract_medications'), [0, 1]);
    assert.deepStrictEqual(readdirSync(join(directory, 'extract_medications_batches')).sort(), ['batch_0.parquet', 'batch_1.parquet']);
  });
});
