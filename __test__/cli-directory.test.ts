import assert from 'node:assert/strict';
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { CheckpointManager, type Row } from 'arrow-ckpt';
import { cliJson, cliOk, noCli } from './support/run-cli.js';
import { suite } from './support/suite.js';
import { tempFolder } from './support/temp-folder.js';
import { dataPath, noTestData } from './support/test-data.js';

const rowsOf = (count: number): Row[] => Array.from({ length: count }, (_, id) => ({ id, title: `title of row ${id}`, tags: ['a', 'b'] }));

/** A directory with checkpoints as JSON, as Parquet and as both, with batches, and with files that are no checkpoints of a step. */
async function makeDirectory(directory: string): Promise<void> {
  const json = new CheckpointManager(directory, { enableArrow: false, logger: false });
  const arrow = new CheckpointManager(directory, { logger: false });
  await json.saveCheckpoint('extract', 'load', rowsOf(500));
  await json.saveCheckpoint('extract', 'odd/name', rowsOf(300));
  await arrow.saveCheckpoint('extract', 'clean', rowsOf(400), { hash: 'h'.repeat(40), metadata: { model: 'm' } });
  await json.saveCheckpoint('report', 'both', rowsOf(600));
  await json.migrateJsonToArrow('report', 'both');
  for (const index of [0, 1, 10]) await json.saveBatchCheckpoint('load', index, rowsOf(50));
  writeFileSync(join(directory, 'notes.txt'), 'no checkpoint');
  writeFileSync(join(directory, 'extract', '.load.json.1.abc.tmp'), '[');
}

/** Files that are no checkpoints for one reason each, beside good ones. */
function spoil(directory: string): void {
  mkdirSync(join(directory, 'bad'), { recursive: true });
  writeFileSync(join(directory, 'bad', 'torn.json'), '[{"a":1},{"a":');
  writeFileSync(join(directory, 'bad', 'object.json'), '{"a":1}');
  writeFileSync(join(directory, 'bad', 'scalars.json'), '[1,2]');
  writeFileSync(join(directory, 'bad', 'mixed.json'), '[{"a":1},"b",[]]');
  writeFileSync(join(directory, 'bad', 'empty.json'), '');
  writeFileSync(join(directory, 'bad', 'cut.parquet'), 'PAR1abc');
  writeFileSync(join(directory, 'bad', 'good.json'), '[{"a":1}]');
}
const BAD: Record<string, string> = {
  'bad/cut.parquet': 'ERR_CKPT_NOT_A_CHECKPOINT',
  'bad/empty.json': 'ERR_CKPT_TRUNCATED',
  'bad/mixed.json': 'ERR_CKPT_CORRUPT',
  'bad/object.json': 'ERR_CKPT_NOT_A_CHECKPOINT',
  'bad/scalars.json': 'ERR_CKPT_CORRUPT',
  'bad/torn.json': 'ERR_CKPT_TRUNCATED',
};

/** Each damaged file is named on stderr with its code, one by one; those of `but` are not. */
function assertNamed(stderr: string, but: readonly string[] = []): void {
  for (const [name, code] of Object.entries(BAD)) {
    const lines = stderr.split('\n').filter((line) => line.includes(join(name)));
    assert.equal(lines.length, but.includes(name) ? 0 : 1, `${name}: ${stderr}`);
    if (!but.includes(name)) assert.match(lines[0]!, new RegExp(`^error: .* \\[${code}\\]$`));
  }
}

suite('a directory on the command line', noCli, () => {
  for (const command of ['analyze', 'migrate', 'list', 'verify']) {
    test(`${command} of one that is not there ends with 3, and makes none`, async () => {
      const folder = tempFolder('cli-none');
      const { stderr, stdout } = await cliOk([command, join(folder, 'none')], 3);
      assert.match(stderr, /^error: cannot read .*none: no such file or folder; check the path \[ERR_CKPT_NOT_FOUND\]\n$/);
      assert.equal(stdout, '');
      assert.ok(!existsSync(join(folder, 'none')));
    });

    test(`${command} of an empty one says so and ends with 0`, async () => {
      const { stderr } = await cliOk([command, tempFolder('cli-empty')]);
      if (command !== 'analyze') assert.match(stderr, /^no (?:JSON )?checkpoints (?:in|below) /);
    });
  }

  for (const command of ['analyze', 'migrate', 'list']) {
    test(`${command} of a file ends with 3`, async () => {
      const file = join(tempFolder('cli-file'), 'a.json');
      writeFileSync(file, '[]');
      assert.match((await cliOk([command, file], 3)).stderr, /is no folder; name the directory of the checkpoints \[ERR_CKPT_NOT_A_FILE\]/);
    });
  }

  describe('list', () => {
    test('shows every checkpoint with what its file tells, and counts batches', async () => {
      const directory = tempFolder('cli-list');
      await makeDirectory(directory);
      writeFileSync(join(directory, 'flat.json'), '[{"a":1}]');
      const document = await cliJson<{ checkpoints: Row[]; batches: Row[]; failures: Row[] }>(['list', directory]);
      const seen = document.checkpoints.map(({ step, operation, format, rows, hash, metadata }) => ({
        step,
        operation,
        format,
        rows,
        hash,
        metadata,
      }));
      assert.deepStrictEqual(seen, [
        { step: 'extract', operation: 'clean', format: 'parquet', rows: 400, hash: 'h'.repeat(40), metadata: { model: 'm' } },
        { step: 'extract', operation: 'load', format: 'json', rows: 500, hash: null, metadata: {} },
        { step: 'extract', operation: 'odd/name', format: 'json', rows: 300, hash: null, metadata: {} },
        { step: 'report', operation: 'both', format: 'parquet', rows: 600, hash: null, metadata: {} },
        { step: null, operation: 'flat.json', format: 'json', rows: 1, hash: null, metadata: {} },
      ]);
      for (const { path, bytes } of document.checkpoints) assert.equal(statSync(path as string).size, bytes);
      const bytes = [0, 1, 10].reduce((sum, index) => sum + statSync(join(directory, 'load_batches', `batch_${index}.json`)).size, 0);
      assert.deepStrictEqual(document.batches, [{ operation: 'load', batches: 3, bytes }]);
      assert.deepStrictEqual(document.failures, []);
      const { stdout } = await cliOk(['list', directory]);
      assert.match(stdout, /^Step +Operation +Format +Rows +Size +Modified +Hash\n/);
      assert.match(stdout, /^extract +clean +parquet +400 +[\d.]+ KB +\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ +hhhhhhhhhhhh…$/m);
      assert.match(stdout, /^load +3 +[\d.]+ KB$/m);
    });

    test('lists damaged ones with their errors, and ends with 1', async () => {
      const directory = tempFolder('cli-list-bad');
      await makeDirectory(directory);
      spoil(directory);
      const { stdout, stderr } = await cliOk(['list', directory, '--json'], 1);
      assertNamed(stderr);
      const { checkpoints } = JSON.parse(stdout) as { checkpoints: { step: string; path: string; error?: { code: string } }[] };
      assert.equal(checkpoints.filter(({ error }) => error === undefined).length, 5);
      for (const { path, error } of checkpoints) {
        assert.equal(error?.code, Object.entries(BAD).find(([name]) => path.endsWith(join(name)))?.[1], path);
      }
      assert.match((await cliOk(['list', directory], 1)).stdout, /^bad +torn +json +damaged +14 B .* ERR_CKPT_TRUNCATED$/m);
    });
  });

  describe('analyze', () => {
    interface Analysis {
      checkpoints: {
        step: string | null;
        operation: string;
        batch: number | null;
        jsonBytes: number | null;
        arrowBytes: number | null;
        estimatedArrowBytes: number | null;
      }[];
      totals: {
        jsonBytes: number;
        arrowBytes: number;
        both: Row;
        notMigrated: Row;
        arrowOnly: Row;
        estimated: { count: number; jsonBytes: number; arrowBytes: number } | null;
      };
      failures: Row[];
    }

    test('counts what exists, and savings only where both sizes are known', async () => {
      const directory = tempFolder('cli-analyze');
      await makeDirectory(directory);
      const size = (name: string): number => statSync(join(directory, name)).size;
      const { checkpoints, totals } = await cliJson<Analysis>(['analyze', directory]);
      const both = { json: size('report/both.json'), arrow: size('report/both.parquet') };
      const only = [
        'extract/load.json',
        'extract/odd%2Fname.json',
        'load_batches/batch_0.json',
        'load_batches/batch_1.json',
        'load_batches/batch_10.json',
      ].reduce((sum, name) => sum + size(name), 0);
      const clean = size('extract/clean.parquet');
      assert.deepStrictEqual(
        checkpoints.map(({ step, operation, batch }) => [step, operation, batch]),
        [
          ['extract', 'clean', null],
          ['extract', 'load', null],
          ['extract', 'odd/name', null],
          ['report', 'both', null],
          [null, 'load', 0],
          [null, 'load', 1],
          [null, 'load', 10],
        ],
      );
      assert.deepStrictEqual(totals, {
        jsonBytes: only + both.json,
        arrowBytes: clean + both.arrow,
        both: {
          count: 1,
          jsonBytes: both.json,
          arrowBytes: both.arrow,
          savedBytes: both.json - both.arrow,
          savedPercent: Math.round(((both.json - both.arrow) / both.json) * 1000) / 10,
        },
        notMigrated: { count: 5, jsonBytes: only },
        arrowOnly: { count: 1, arrowBytes: clean },
        estimated: null,
      });
    });

    test('prints the Storage Summary and a table', async () => {
      const directory = tempFolder('cli-summary');
      await makeDirectory(directory);
      const { stdout } = await cliOk(['analyze', directory]);
      assert.match(
        stdout,
        /^Storage Summary\n━{40}\nTotal JSON size: [\d.]+ KB\nTotal Arrow size: [\d.]+ KB\nTotal savings: [\d.]+ KB \(\d\d\.\d%\), of 1 checkpoint in both formats\n/,
      );
      assert.match(stdout, /^Not migrated: 5 checkpoints, [\d.]+ KB of JSON; --estimate measures what it would save$/m);
      assert.match(stdout, /^Arrow only: 1 checkpoint, [\d.]+ KB$/m);
      assert.match(stdout, /^Step +Operation +JSON size +Arrow size +Savings +Savings %$/m);
      assert.match(stdout, /^extract +clean +- +[\d.]+ KB +- +-$/m);
      assert.match(stdout, /^batches +load \(3 batches\) +[\d.]+ KB +- +- +-$/m);
    });

    test('is the summary of the note and no more where all is there in both formats', async () => {
      const directory = tempFolder('cli-summary-both');
      const json = new CheckpointManager(directory, { enableArrow: false, logger: false });
      await json.saveCheckpoint('report', 'both', rowsOf(600));
      await json.migrateJsonToArrow('report', 'both');
      const { stdout } = await cliOk(['analyze', directory]);
      assert.match(
        stdout,
        /^Storage Summary\n━{40}\nTotal JSON size: [\d.]+ KB\nTotal Arrow size: [\d.]+ KB\nTotal savings: [\d.]+ KB \(\d\d\.\d%\)\n\nStep/,
      );
    });

    test('measures what a migration makes, to the byte but for the hash, and changes nothing', async () => {
      const directory = tempFolder('cli-estimate');
      await makeDirectory(directory);
      const before = readdirSync(directory, { recursive: true }).sort();
      const { checkpoints, totals } = await cliJson<Analysis>(['analyze', directory, '--estimate']);
      assert.deepStrictEqual(readdirSync(directory, { recursive: true }).sort(), before);
      assert.equal(totals.estimated?.count, 5);
      assert.match(
        (await cliOk(['analyze', directory, '--estimate'])).stdout,
        /\nEstimated Arrow size of what is not migrated: .*\nEstimated savings: .*\nSavings with those estimated: /,
      );
      await cliOk(['migrate', directory]);
      const after = await cliJson<Analysis>(['analyze', directory]);
      for (const [index, { estimatedArrowBytes }] of checkpoints.entries())
        if (estimatedArrowBytes !== null) assert.equal(after.checkpoints[index]!.arrowBytes, estimatedArrowBytes);
    });

    test('names damaged files, counts them nowhere, and ends with 1', async () => {
      const directory = tempFolder('cli-analyze-bad');
      spoil(directory);
      for (const args of [[], ['--estimate']]) {
        const { stdout, stderr } = await cliOk(['analyze', directory, '--json', ...args], 1);
        assertNamed(stderr);
        const { totals, failures, checkpoints } = JSON.parse(stdout) as Analysis;
        assert.equal(failures.length, 6);
        assert.equal(checkpoints.length, 1);
        assert.equal(totals.jsonBytes, 9);
      }
    });
  });

  describe('migrate', () => {
    interface Migration {
      outcomes: {
        source: string;
        status: string;
        rows: number;
        arrowBytes: number | null;
        deleted: boolean;
        verified?: boolean;
        error?: { code: string };
      }[];
      totals: Record<string, number>;
    }

    test('a dry run measures file by file and changes nothing', async () => {
      const directory = tempFolder('cli-dry');
      await makeDirectory(directory);
      const before = readdirSync(directory, { recursive: true }).sort();
      const { outcomes, totals } = await cliJson<Migration>(['migrate', directory, '--dry-run']);
      assert.deepStrictEqual(
        outcomes.map(({ status }) => status),
        ['planned', 'planned', 'already', 'planned', 'planned', 'planned'],
      );
      assert.ok(outcomes.every(({ arrowBytes }) => arrowBytes! > 0));
      assert.equal(totals['planned'], 5);
      const { stdout } = await cliOk(['migrate', directory, '--dry-run']);
      assert.match(
        stdout,
        /^○ Would migrate: extract\/load\.json → load\.parquet, 500 rows, [\d.]+ KB → [\d.]+ KB \(\d\d\.\d% savings\)$/m,
      );
      assert.match(
        stdout,
        /\nWould migrate: 5\/6, 1 by an earlier run\n.*\nArrow size: .*, measured\nTotal size reduction: .*, once the JSON files are gone \(--delete-source\)\n$/,
      );
      assert.deepStrictEqual(readdirSync(directory, { recursive: true }).sort(), before);
    });

    test('migrates checkpoints and batches, keeps the JSON files, and does not do it twice', async () => {
      const directory = tempFolder('cli-migrate');
      await makeDirectory(directory);
      const { stdout } = await cliOk(['migrate', directory, '--compression', 'gzip']);
      assert.match(stdout, /^✓ Migrated: load_batches\/batch_10\.json → batch_10\.parquet, 50 rows, /m);
      assert.match(stdout, /\nSuccessfully migrated: 6\/6, 1 by an earlier run\n/);
      const checkpoints = new CheckpointManager(directory, { logger: false });
      assert.deepStrictEqual(await checkpoints.loadCheckpoint('extract', 'odd/name'), rowsOf(300));
      assert.deepStrictEqual(
        (await checkpoints.loadBatchCheckpoints('load')).map(({ length }) => length),
        [50, 50, 50],
      );
      assert.ok(existsSync(join(directory, 'extract', 'load.json')));
      const again = await cliJson<Migration>(['migrate', directory, '--verify']);
      assert.ok(again.outcomes.every(({ status, verified }) => status === 'already' && verified === true));
    });

    test('removes the JSON files when asked to', async () => {
      const directory = tempFolder('cli-delete');
      await makeDirectory(directory);
      const { totals } = await cliJson<Migration>(['migrate', directory, '--delete-source']);
      assert.deepStrictEqual([totals['migrated'], totals['already'], totals['deleted']], [5, 1, 6]);
      assert.deepStrictEqual(
        (readdirSync(directory, { recursive: true }) as string[]).filter((name) => /(?<!\.docetl_intermediate_config)\.json$/.test(name)),
        [],
      );
    });

    test('names what fails, does the rest, counts only what was done, and ends with 1', async () => {
      const directory = tempFolder('cli-migrate-bad');
      spoil(directory);
      const { stdout, stderr } = await cliOk(['migrate', directory, '--delete-source', '--json'], 1);
      // It is not asked for Parquet files.
      assertNamed(stderr, ['bad/cut.parquet']);
      const { totals } = JSON.parse(stdout) as Migration;
      assert.deepStrictEqual([totals['migrated'], totals['failed'], totals['jsonBytes'], totals['deleted']], [1, 5, 9, 1]);
      assert.deepStrictEqual(readdirSync(join(directory, 'bad')).sort(), [
        'cut.parquet',
        'empty.json',
        'good.parquet',
        'mixed.json',
        'object.json',
        'scalars.json',
        'torn.json',
      ]);
      assert.match((await cliOk(['migrate', directory], 1)).stdout, /\nSuccessfully migrated: 0\/5, 5 failed\n/);
    });

    test('fails file by file where there is no binary, and touches nothing', async () => {
      const directory = tempFolder('cli-migrate-json');
      spoil(directory);
      const { stderr } = await cliOk(['migrate', directory, '--delete-source'], 1, { env: { ARROW_CKPT_FORCE_JSON: '1' } });
      assert.match(stderr, /good\.json: there is no native binary/);
      assert.ok(existsSync(join(directory, 'bad', 'good.json')));
    });
  });

  describe('verify', () => {
    interface Verification {
      files: { path: string; ok: boolean; format?: string; rows?: number; checksums?: boolean; error?: { code: string; path: string } }[];
      whole: number;
      damaged: number;
      rows: number;
    }

    test('reads every file below the directory, at any depth', async () => {
      const directory = tempFolder('cli-verify');
      await makeDirectory(directory);
      mkdirSync(join(directory, 'a', 'b', 'c'), { recursive: true });
      writeFileSync(join(directory, 'a', 'b', 'c', 'deep.json'), '[{"a":1}]');
      symlinkSync(directory, join(directory, 'a', 'again'), 'junction');
      const { files, whole, damaged, rows } = await cliJson<Verification>(['verify', directory]);
      assert.deepStrictEqual([whole, damaged, rows], [9, 0, 1 + 500 + 300 + 400 + 600 * 2 + 150]);
      for (const { format, checksums } of files) assert.equal(checksums, format === 'parquet');
      const { stdout } = await cliOk(['verify', directory]);
      assert.match(stdout, /^✓ {2}extract[/\\]clean\.parquet +parquet +400 +[\d.]+ KB +compared$/m);
      assert.match(stdout, /\n9 files, all are whole; 2,551 rows read\n$/);
    });

    test('names each damaged file, one flipped bit among them, and ends with 1', async () => {
      const directory = tempFolder('cli-verify-bad');
      await makeDirectory(directory);
      spoil(directory);
      const flipped = join(directory, 'extract', 'clean.parquet');
      const bytes = readFileSync(flipped);
      bytes[100] = bytes[100]! ^ 4;
      writeFileSync(flipped, bytes);
      const { stdout, stderr } = await cliOk(['verify', directory, '--json'], 1);
      assertNamed(stderr);
      const { files, whole, damaged } = JSON.parse(stdout) as Verification;
      assert.deepStrictEqual([whole, damaged], [8, 7]);
      const found = files.find(({ path }) => path === flipped);
      assert.deepStrictEqual([found?.ok, found?.error?.code, found?.error?.path], [false, 'ERR_CKPT_CORRUPT', flipped]);
      assert.match((await cliOk(['verify', directory], 1)).stdout, /^✗ {2}bad[/\\]torn\.json +ERR_CKPT_TRUNCATED$/m);
    });

    test('of one file: 0, 1 for damage, 3 for none', async () => {
      const directory = tempFolder('cli-verify-one');
      spoil(directory);
      assert.equal((await cliJson<Verification>(['verify', join(directory, 'bad/good.json')])).rows, 1);
      const torn = await cliJson<Verification>(['verify', join(directory, 'bad/torn.json')], 1);
      assert.deepStrictEqual([torn.damaged, torn.files[0]?.error?.code], [1, 'ERR_CKPT_TRUNCATED']);
      assert.equal((await cliJson<{ error: { code: string } }>(['verify', join(directory, 'none')], 3)).error.code, 'ERR_CKPT_NOT_FOUND');
    });
  });

  test('files and folders that may not be read are named, and the rest goes on', async (t) => {
    if (process.getuid?.() !== 0) return t.skip('another user can only be tried by root');
    const directory = tempFolder('cli-denied');
    chmodSync(directory, 0o755);
    await makeDirectory(directory);
    chmodSync(join(directory, 'extract', 'load.json'), 0o600);
    chmodSync(join(directory, 'load_batches'), 0o700);
    for (const command of ['analyze', 'list', 'verify']) {
      const { stderr, stdout } = await cliOk([command, directory], 1, { uid: 65534 });
      assert.match(stderr, /^error: cannot read .*load\.json: permission denied.* \[ERR_CKPT_PERMISSION\]$/m, command);
      assert.match(stderr, /^error: cannot list .*load_batches: permission denied.* \[ERR_CKPT_PERMISSION\]$/m, command);
      assert.match(stdout, /clean/, command);
    }
    await cliOk(['verify', join(directory, 'extract', 'load.json')], 3, { uid: 65534 });
    chmodSync(directory, 0o700);
    for (const command of ['analyze', 'list', 'verify', 'migrate']) {
      assert.match((await cliOk([command, directory], 3, { uid: 65534 })).stderr, /^error: cannot list .* \[ERR_CKPT_PERMISSION\]\n$/);
    }
  });
});

suite("DocETL's directories on the command line", noCli || noTestData, () => {
  test("a migration of today's JSON, and what analyze and verify make of it", async () => {
    const directory = join(tempFolder('cli-docetl'), 'checkpoints');
    cpSync(dataPath('docetl/json-before'), directory, { recursive: true });
    const estimate = await cliJson<{ totals: { notMigrated: Row; estimated: Row } }>(['analyze', directory, '--estimate']);
    assert.equal(estimate.totals.notMigrated['count'], 16);
    const { totals } = await cliJson<{ totals: Row }>(['migrate', directory, '--delete-source', '--verify']);
    assert.deepStrictEqual([totals['migrated'], totals['failed'], totals['deleted']], [16, 0, 16]);
    const { checkpoints } = await cliJson<{ checkpoints: Row[] }>(['list', directory]);
    assert.equal(checkpoints.length, 12);
    assert.ok(checkpoints.every(({ hash, format }) => format === 'parquet' && (hash as string).length === 64));
    assert.equal((await cliJson<{ damaged: number }>(['verify', directory])).damaged, 0);
    const original = dataPath('docetl/json-before/review_analysis/analyze_sentiment.json');
    await cliOk(['diff', original, join(directory, 'review_analysis/analyze_sentiment.parquet'), '--strict-order']);
  });

  test('a mixed directory, the lists of hashes left out, and the damaged file of a failed save', async () => {
    const mixed = await cliJson<{ totals: { both: Row; arrowOnly: Row } }>(['analyze', dataPath('docetl/mixed')]);
    assert.deepStrictEqual([mixed.totals.both['count'], mixed.totals.arrowOnly['count']], [1, 3]);
    const arrow = await cliJson<{ files: { path: string }[] }>(['verify', dataPath('docetl/arrow-381')]);
    assert.ok(arrow.files.every(({ path }) => !path.endsWith('_input_hashes.json')));
    const { stderr } = await cliOk(['verify', dataPath('docetl/json-edges')], 1);
    assert.match(stderr, /damaged_after_failed_save\.json.* \[ERR_CKPT_TRUNCATED\]\n$/);
  });

  test('rows of its Parquet as they were saved, with --compat', async () => {
    const path = dataPath('docetl/arrow-381/medical_info_extraction/extract_medications.parquet');
    await cliOk(['diff', path, dataPath('docetl/json-before/medical_info_extraction/extract_medications.json'), '--compat', 'docetl']);
    const target = join(tempFolder('cli-compat'), 'out.json');
    await cliOk(['convert', path, target, '--read-compat', 'docetl', '--bare']);
    await cliOk(['diff', target, dataPath('docetl/json-before/medical_info_extraction/extract_medications.json')]);
  });
});
