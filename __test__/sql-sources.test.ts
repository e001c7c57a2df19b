import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { CheckpointManager, readCheckpoint, writeCheckpoint, type Row } from 'arrow-ckpt';
import { openSql } from 'arrow-ckpt/sql';
import { STUB_KEYS } from './support/bucket-stub/s3-dialect.ts';
import { BucketStub } from './support/bucket-stub/stub.ts';
import { rejectsWith } from './support/codes.ts';
import { factsOfFile } from '../lib/sql/facts-of-files.ts';
import { leavesNanOut } from '../lib/sql/leaves-nan-out.ts';
import { sparkFolder } from './support/part-folders.ts';
import { noPython, runPython } from './support/python.ts';
import { noBinding } from './support/readers.ts';
import { saveSteps, STEPS } from './support/shared-steps.ts';
import { suite } from './support/suite.ts';
import { tempFolder } from './support/temp-folder.ts';

const staged = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith(`.arrow-ckpt-sql.${process.pid}.`));

suite('what SQL can be asked of', noBinding, () => {
  const folder = tempFolder('sql-sources');
  let count = 0;
  const fresh = (): { directory: string; manager: CheckpointManager } => {
    const directory = join(folder, `${count++} [odd]'s *?`);
    return { directory, manager: new CheckpointManager(directory, { logger: false }) };
  };

  test('thin files have the values that they share', async () => {
    const { directory } = fresh();
    const manager = await saveSteps(directory, { base: 'auto' });
    assert.ok((await manager.getCheckpointInfo('work', 'again'))!.delta !== null);
    await using db = await openSql(directory, { threads: 2 });
    for (const { step, operation, rows } of STEPS) {
      const found = await db.query(`select * from ${step}.${operation} order by id`);
      assert.deepStrictEqual(found, rows, operation);
    }
    rmSync(join(directory, '.ckpt'), { recursive: true });
    rmSync(join(directory, 'read'), { recursive: true });
    await db.refresh();
    await rejectsWith('ERR_CKPT_BASE', () => db.query('select count(*) from work.again'), { message: /work\.again cannot be read/ });
  });

  test('folders of parts are one table, with the columns of their folders', async () => {
    const { directory } = fresh();
    const parts = { 'year=2024/part-0.parquet': [{ id: 1, n: 1 }], 'year=2025/part-0.parquet': [{ id: 2, n: 2.5, more: 'x' }] };
    mkdirSync(join(directory, 'spark'), { recursive: true });
    const path = await sparkFolder(join(directory, 'spark/rows.parquet'), parts);
    for (const source of [directory, path]) {
      await using db = await openSql(source);
      const { name, rows } = db.tables()[0]!;
      assert.deepStrictEqual([name, rows], [source === path ? 'rows' : 'spark.rows', 2]);
      assert.deepStrictEqual(await db.query(`select * from ${name} order by id`), [
        { id: 1, n: 1, more: null, year: 2024 },
        { id: 2, n: 2.5, more: 'x', year: 2025 },
      ]);
    }
  });

  test('a checkpoint that becomes another while a question begins is asked for anew, or is a change', async () => {
    const { directory, manager } = fresh();
    const json = new CheckpointManager(directory, { logger: false, enableArrow: false });
    const save = (by: CheckpointManager): Promise<string> => by.saveCheckpoint('process', 'extract', [{ id: 1 }]);
    await save(manager);
    await using db = await openSql(directory, { threads: 1 });
    for (let times = 0; times < 40; times++) {
      // Parquet and JSON in turn: files of other names, of which the one before is removed.
      const saving = save(times % 2 === 0 ? json : manager);
      const asked = Array.from({ length: 3 }, async (_, at) => {
        await new Promise((resolve) => setTimeout(resolve, 3 * at));
        return db.query('select id from process.extract').catch((error: { code: string }) => error.code);
      });
      for (const answer of await Promise.all(asked)) if (answer !== 'ERR_CKPT_CHANGED') assert.deepStrictEqual(answer, [{ id: 1 }]);
      await saving;
    }
    assert.deepStrictEqual(await db.query('select id from process.extract'), [{ id: 1 }]);
  });

  test('batches of a map are one table, whatever their types are', async () => {
    const { directory, manager } = fresh();
    const batches: Row[][] = [[{ a: 1, b: null }], [{ a: 2.5, b: 'x' }], [{ a: 3, b: 4 }, { b: 'y' }, { b: 5 }, { b: 'z' }]];
    for (const [index, rows] of batches.entries()) await manager.saveBatchCheckpoint('extract', index, rows, { step: 'process' });
    await manager.saveBatchCheckpoint('other', 0, [{ a: 1 }]);
    await using db = await openSql(directory);
    assert.deepStrictEqual(
      db.tables().map(({ name, kind, step }) => [name, kind, step]),
      [
        ['other_batches', 'batches', null],
        ['process.extract_batches', 'batches', 'process'],
      ],
    );
    const all = batches.flat().map(({ a = null, b = null }) => ({ a, b }));
    assert.deepStrictEqual(await db.query('from process.extract_batches'), all);
  });

  test('JSON goes through a temporary file, which is gone at the end', async () => {
    const { directory } = fresh();
    const rows: Row[] = [
      { id: 1, at: new Date(5), big: 2n ** 70n },
      { id: 2, list: [1, 'a'] },
    ];
    await new CheckpointManager(directory, { logger: false, enableArrow: false }).saveCheckpoint('process', 'extract', rows);
    await writeCheckpoint(join(directory, 'loose.jsonl'), [{ a: 1 }, { b: 'x' }]);
    const before = staged();
    const db = await openSql(directory);
    assert.deepStrictEqual(staged(), before);
    assert.deepStrictEqual(await db.query('select id, "at", big, list from process.extract order by id'), [
      { id: 1, at: new Date(5), big: 2n ** 70n, list: null },
      { id: 2, at: null, big: null, list: [1, 'a'] },
    ]);
    assert.deepStrictEqual(await db.query('from loose'), [
      { a: 1, b: null },
      { a: null, b: 'x' },
    ]);
    assert.deepStrictEqual(
      db.tables().map(({ rows: known }) => known),
      [2, 2],
    );
    assert.equal(staged().length, before.length + 1);
    await db.close();
    assert.deepStrictEqual(staged(), before);
  });

  test('closing ends what is being put aside, and leaves nothing', async () => {
    const { directory } = fresh();
    const manager = new CheckpointManager(directory, { logger: false, enableArrow: false });
    await manager.saveCheckpoint(
      'process',
      'extract',
      Array.from({ length: 100_000 }, (_, id) => ({ id, text: `text ${id}` })),
    );
    const before = staged();
    for (const ms of [0, 1, 2, 3, 4, 6, 8, 12, 20, 60]) {
      const db = await openSql(directory, { threads: 1 });
      const asked = db.query('select count(*) as n from process.extract').catch((error: unknown) => error);
      await new Promise((resolve) => setTimeout(resolve, ms));
      await db.close();
      // Before the question has told it: closing waits for what it removes.
      assert.deepStrictEqual(staged(), before, `after ${ms} ms`);
      const { code } = (await asked) as { code?: string };
      assert.ok(code === 'ERR_CKPT_CLOSED' || code === undefined, code);
      await new Promise((resolve) => setTimeout(resolve, 100));
      assert.deepStrictEqual(staged(), before, `later than ${ms} ms`);
    }
  });

  test('of several that wait for rows to be put aside one may go: the others get their answer', async () => {
    const { directory } = fresh();
    const manager = new CheckpointManager(directory, { logger: false, enableArrow: false });
    await manager.saveCheckpoint(
      'process',
      'extract',
      Array.from({ length: 50_000 }, (_, id) => ({ id, text: `text ${id}` })),
    );
    await using db = await openSql(directory, { threads: 1 });
    const reason = new Error('enough');
    const [first, second] = [new AbortController(), new AbortController()];
    const ask = (signal?: AbortSignal): Promise<unknown> =>
      db.query('select count(*) as n from process.extract', [], signal === undefined ? {} : { signal }).catch((error: unknown) => error);
    const asked = [ask(first.signal), ask(second.signal), ask(), ask(), ask()];
    await new Promise((resolve) => setTimeout(resolve, 30));
    second.abort(reason);
    assert.equal(await asked[1], reason);
    first.abort(reason);
    const n = [{ n: 50_000 }];
    assert.deepStrictEqual(await Promise.all(asked), [reason, reason, n, n, n]);
  });

  test('several directories are asked together', async () => {
    const [one, two] = [fresh(), fresh()];
    await one.manager.saveCheckpoint('process', 'extract', [
      { id: 1, n: 1 },
      { id: 2, n: 2 },
    ]);
    await two.manager.saveCheckpoint('process', 'extract', [
      { id: 1, n: 1 },
      { id: 2, n: 3 },
    ]);
    await using db = await openSql({ before: one.directory, Main: two.directory });
    assert.deepStrictEqual(
      db.tables().map(({ name }) => name),
      ['before.process.extract', 'Main_2.process.extract'],
    );
    const changed = await db.query(
      'select id, b.n as old, a.n as new from before.process.extract b join main_2.process.extract a using (id) where b.n <> a.n',
    );
    assert.deepStrictEqual(changed, [{ id: 2, old: 2, new: 3 }]);
    await rejectsWith('ERR_CKPT_INVALID_ARGUMENT', () => db.save('a', 'b', 'select 1'), { message: /before, Main/ });
    const path = await db.save('sql', 'changed', 'select 7 as seven', { directory: 'before', hash: 'h', metadata: { made: 'here' } });
    assert.deepStrictEqual(await readCheckpoint(path), [{ seven: 7 }]);
    assert.deepStrictEqual(await db.query('from before.sql.changed'), [{ seven: 7 }]);
    assert.equal((await one.manager.getCheckpointInfo('sql', 'changed'))?.hash, 'h');
  });

  test('names that DuckDB cannot use, or cannot tell apart, get a number', async () => {
    const { directory, manager } = fresh();
    const steps = ['temp', 'Memory', 'system', 'main', 'Step', 'step', 'information_schema', 'with "quotes" and.dots', 'select'];
    for (const step of steps) await manager.saveCheckpoint(step, 'Order', [{ step }]);
    await manager.saveCheckpoint('step', 'order', [{ step: 'twin' }]);
    await using db = await openSql(directory);
    const tables = db.tables();
    assert.equal(new Set(tables.map(({ name }) => name.toLowerCase())).size, steps.length + 1);
    for (const { name, step, operation } of tables)
      assert.deepStrictEqual(await db.query(`from ${name}`), [{ step: operation === 'order' ? 'twin' : step }], name);
    assert.deepStrictEqual(tables.find(({ step }) => step === 'temp')?.path, ['temp_2', 'Order']);
  });

  test('a damaged checkpoint is told, and the others can be asked', async () => {
    const { directory, manager } = fresh();
    const bad = await manager.saveCheckpoint('process', 'bad', [{ id: 1 }]);
    await manager.saveCheckpoint('process', 'good', [{ id: 2 }]);
    await manager.saveCheckpoint('process', 'none', []);
    await manager.saveCheckpoint('process', 'keyless', [{}, {}]);
    truncateSync(bad, 40);
    writeFileSync(join(directory, 'process/text.json'), 'not json');
    await using db = await openSql(directory);
    const problems = db.tables().map(({ operation, problem }) => [operation, problem?.code ?? null]);
    assert.deepStrictEqual(problems, [
      ['bad', 'ERR_CKPT_TRUNCATED'],
      ['good', null],
      ['keyless', null],
      ['none', null],
      ['text', null],
    ]);
    await rejectsWith('ERR_CKPT_TRUNCATED', () => db.query('from process.bad'), { path: bad, message: /process\.bad/ });
    await rejectsWith('ERR_CKPT_NOT_A_CHECKPOINT', () => db.query('from process.text'));
    assert.deepStrictEqual(await db.query('from process.good'), [{ id: 2 }]);
    assert.deepStrictEqual(await db.query('select count(*) as n from process.keyless'), [{ n: 2 }]);
    assert.deepStrictEqual(await db.query('from process.none'), []);
    await manager.saveCheckpoint('process', 'bad', [{ id: 3 }]);
    await db.refresh();
    assert.deepStrictEqual(await db.query('from process.bad'), [{ id: 3 }]);
  });

  test('a checkpoint that was replaced is read anew, and one that is replaced meanwhile is an error', async () => {
    const { directory, manager } = fresh();
    const many = Array.from({ length: 200_000 }, (_, id) => ({ id, text: `row ${id}` }));
    await manager.saveCheckpoint('process', 'extract', many);
    await using db = await openSql(directory);
    assert.deepStrictEqual(await db.query('select count(*) as n from process.extract'), [{ n: 200_000 }]);
    const { batches } = await db.ask('select * from process.extract');
    assert.ok((await batches.next()).value!.length > 0);
    await manager.saveCheckpoint('process', 'extract', [{ other: 1 }]);
    await rejectsWith('ERR_CKPT_CHANGED', async () => {
      for await (const _ of batches);
    });
    assert.deepStrictEqual(await db.query('from process.extract'), [{ other: 1 }]);
    await manager.saveCheckpoint('process', 'later', [{ id: 1 }]);
    assert.deepStrictEqual(await db.query('from process.later'), [{ id: 1 }]);
    await rejectsWith('ERR_CKPT_SQL', () => db.query('from latter'), {
      message: /no table latter; there is process\.extract, process\.later/,
    });
    await rejectsWith('ERR_CKPT_SQL', () => db.query('from later'), { message: /did you mean process\.later/ });
  });
});

suite('SQL over the URL of a file', noBinding, () => {
  const folder = tempFolder('sql-url');
  const requests: string[] = [];
  let server: Server;
  let origin: string;

  before(async () => {
    server = createServer((request, response) => {
      const bytes = readFileSync(join(folder, request.url!));
      const [, from = '', to = ''] = /bytes=(\d*)-(\d*)/.exec(request.headers.range ?? '') ?? [];
      const start = from === '' ? Math.max(0, bytes.length - Number(to)) : Number(from);
      const end = from === '' || to === '' ? bytes.length - 1 : Math.min(Number(to), bytes.length - 1);
      requests.push(`${request.method} ${request.url}`);
      response.writeHead(206, { etag: '"1"', 'content-range': `bytes ${start}-${end}/${bytes.length}`, 'content-length': end - start + 1 });
      response.end(bytes.subarray(start, end + 1));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => void server.close());

  test('its footer is read at once, the rest when it is asked for', async () => {
    const rows = Array.from({ length: 30_000 }, (_, id) => ({ id, text: `${(id * 2654435761) % 4294967296} and ${id}` }));
    const path = join(folder, 'rows.parquet');
    await writeCheckpoint(path, rows);
    await writeCheckpoint(join(folder, 'text.json'), [{ a: 1 }]);
    await using db = await openSql({ p: `${origin}/rows.parquet`, j: `${origin}/text.json` });
    assert.deepStrictEqual(
      db.tables().map(({ name, rows: known }) => [name, known]),
      [
        ['p.rows', 30_000],
        ['j.text', null],
      ],
    );
    const before = requests.length;
    assert.deepStrictEqual(await db.query('select max(id) as most from p.rows'), [{ most: 29_999 }]);
    assert.ok(requests.length > before);
    const after = requests.length;
    assert.deepStrictEqual(await db.query('select count(*) as n from p.rows r join j.text t on r.id = t.a'), [{ n: 1 }]);
    assert.equal(requests.slice(after).filter((request) => request.includes('rows')).length, 0, 'it was fetched once');
    appendFileSync(path, 'x');
    assert.deepStrictEqual(await db.query('select count(*) as n from p.rows'), [{ n: 30_000 }]);
    assert.ok(existsSync(path));
  });
});

suite('SQL over a directory in a bucket', noBinding, () => {
  const stub = new BucketStub('s3');
  const environment = { ...process.env };
  before(async () => {
    await stub.start();
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_S3: stub.origin,
      AWS_ACCESS_KEY_ID: STUB_KEYS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: STUB_KEYS.secretAccessKey,
      AWS_SESSION_TOKEN: 'canary-session',
    });
  });
  after(async () => {
    for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
    Object.assign(process.env, environment);
    await stub.stop();
  });

  test('its checkpoints are tables, and answers are saved there', async () => {
    const url = 's3://bucket/runs';
    const manager = new CheckpointManager(url, { logger: false });
    await manager.saveCheckpoint('process', 'extract', [
      { id: 1, score: 0.5 },
      { id: 2, score: Number.NaN },
    ]);
    await new CheckpointManager(url, { logger: false, enableArrow: false }).saveCheckpoint('a step', 'text', [{ id: 2, text: 'two' }]);
    await using db = await openSql(`${url}/`);
    assert.deepStrictEqual(
      db.tables().map(({ name, rows, problem }) => [name, rows, problem]),
      [
        ['"a step".text', null, null],
        ['process.extract', 2, null],
      ],
    );
    assert.deepStrictEqual(await db.query('select text, score from process.extract join "a step".text using (id)'), [
      { text: 'two', score: Number.NaN },
    ]);
    const path = await db.save('report', 'top', 'select id from process.extract where score < 1', { hash: 'h' });
    assert.equal(path, `${url}/report/top.parquet`);
    assert.deepStrictEqual(await db.query('from report.top'), [{ id: 1 }]);
    assert.deepStrictEqual(await manager.loadCheckpoint('report', 'top', { hash: 'h' }), [{ id: 1 }]);
    const gone = await openSql('s3://bucket/nothing');
    assert.deepStrictEqual(gone.tables(), []);
    await gone.close();
  });
});

suite('columns of other writers that DuckDB cannot tell apart', noBinding, () => {
  const folder = tempFolder('sql-twins');

  test('have their own values, in one file and in parts', { skip: noPython }, async () => {
    await runPython('case_twins.py', folder);
    await using db = await openSql(folder, { threads: 1 });
    const rows = (first: number): unknown[] => [
      { id: first, key: 1.5, KEY_1: 'x', key_1_1: true, _: 7 },
      { id: first + 1, key: Number.NaN, KEY_1: 'y', key_1_1: false, _: 8 },
    ];
    assert.deepStrictEqual(await db.query('from twins order by id'), rows(0));
    assert.deepStrictEqual(await db.query('select id from twins where key > 2'), [{ id: 1 }]);
    const parts = await openSql(join(folder, 'parts.parquet'), { threads: 1 });
    assert.deepStrictEqual(await parts.query('from parts order by id'), [...rows(0), ...rows(2)]);
    assert.deepStrictEqual(
      parts.tables()[0]?.columns?.map(({ name, key }) => [name, key]),
      [
        ['id', 'id'],
        ['key', 'key'],
        ['KEY_1', 'KEY'],
        ['key_1_1', 'key_1'],
        ['_', ''],
      ],
    );
    await parts.close();
  });
});

suite('NaN in files whose bounds leave it out', noBinding, () => {
  const folder = tempFolder('sql-nan');

  test('is not lost: files of other writers', { skip: noPython }, async () => {
    await runPython('nan_beside_bounds.py', folder);
    await using db = await openSql(join(folder, 'nan.parquet'));
    for (const [condition, ids] of [
      ['x > 3', [2, 4]],
      ["x = 'NaN'", [2, 4]],
      ['s.x > 3', [2, 4]],
      ['not x <= 5', [2, 4]],
      ['x < 1', [0, 3]],
    ] as const)
      assert.deepStrictEqual(
        await db.query(`select id from nan where ${condition} order by id`),
        ids.map((id) => ({ id })),
        condition,
      );
    assert.deepStrictEqual(await db.query('select max(x) as x from nan'), [{ x: Number.NaN }]);
  });

  test('our files up to 0.1.0 are recognised by the order of their columns, and later ones are not', async () => {
    const golden = (name: string): Promise<boolean> => old(join(fileURLToPath(new URL('.', import.meta.url)), 'fixtures/golden/v1', name));
    const old = async (path: string): Promise<boolean> => leavesNanOut(await factsOfFile(path));
    assert.deepStrictEqual(
      [await golden('plain.parquet'), await golden('nested.parquet'), await golden('gzip.parquet')],
      [true, true, false],
    );
    const path = join(folder, 'new.parquet');
    await writeCheckpoint(path, [{ a: 1.5, s: { b: [Number.NaN] } }]);
    assert.equal(await old(path), false);
  });
});
