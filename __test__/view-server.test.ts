import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readlinkSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { request, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { CheckpointManager, writeCheckpoint } from 'arrow-ckpt';
import { placeNames } from '../build/lib/cli/view/questions.js';
import { startViewer, type Viewer } from '../build/lib/cli/view/start-viewer.js';
import type {
  Alive,
  Difference,
  Entry,
  JsonSize,
  Listing,
  Opened,
  Profile,
  Rows,
  Shown,
  SqlRows,
  SqlTables,
} from '../build/lib/cli/view/wire.js';
import { loadBinding } from '../build/lib/base/addon/binding.js';
import { suite } from './support/suite.js';
import { tempFolder } from './support/temp-folder.js';

const folder = tempFolder('view-server');
const directory = join(folder, 'checkpoints');
const ASSETS = fileURLToPath(new URL('../dist/viewer/', import.meta.url));
const PNG = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]);
const SCRIPT = '<script>alert(1)</script>\u202e<img src=x onerror=alert(2)>';

const row = (id: number): object => ({
  id,
  title: `Row ${id}`,
  score: id === 7 ? Number.NaN : (id % 10) / 10,
  category: ['a', 'b', 'c'][id % 3],
  note: id % 4 === 0 ? null : 'x',
  ...(id % 5 === 0 && { extra: { deep: [id, { id }] } }),
});

let viewer: Viewer;
let entries: Entry[];

/** Asks as the page does. */
async function get<T>(question: string, asked: Record<string, string | number | readonly string[]> = {}, status = 200): Promise<T> {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(asked))
    for (const one of typeof value === 'object' ? value : [value]) params.append(name, String(one));
  const response = await fetch(`${viewer.url}api/${question}?${params}`);
  const body = await response.json();
  assert.equal(response.status, status, JSON.stringify(body));
  return body as T;
}

function idOf(operation: string): string {
  return entries.find((entry) => entry.operation === operation)?.id ?? assert.fail(operation);
}

/** Whether a descriptor is one of the page's own files. */
function isAsset(descriptor: string): boolean {
  try {
    return readlinkSync(descriptor).startsWith(ASSETS);
  } catch {
    return false;
  }
}

/** Asks with headers of somebody else, which `fetch` does not let through. */
function raw(
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: string }> {
  const { port } = new URL(viewer.url);
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, method, headers, timeout: 5000 }, (answer) => {
      let body = '';
      answer.setEncoding('utf8').on('data', (text: string) => (body += text));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body }));
    });
    asked.on('error', reject).end();
  });
}

suite('view', loadBinding() === null ? 'no native binary' : false, () => {
  before(async () => {
    const manager = new CheckpointManager(directory, { logger: false });
    await manager.saveCheckpoint(
      'process',
      'extract',
      Array.from({ length: 3000 }, (_, id) => row(id)),
      { hash: 'h', metadata: { [SCRIPT]: SCRIPT } },
    );
    await manager.saveCheckpoint('process', SCRIPT, [
      {
        html: SCRIPT,
        [SCRIPT]: 1,
        long: 'é'.repeat(1_000_000),
        image: PNG,
        date: new Date(0),
        big: 10n ** 20n,
        zero: -0,
        nothing: undefined,
      },
      {
        html: 'plain',
        image: Uint8Array.from([1, 2, 3]),
        chat: [
          { role: 'user', content: 'hello' },
          { role: 'assistant', content: null, tool_calls: [] },
        ],
      },
    ]);
    await new CheckpointManager(directory, { enableArrow: false, logger: false }).saveCheckpoint('process', 'text', [{ id: 1 }, { id: 2 }]);
    await manager.saveCheckpoint('process', 'torn', [row(1)]);
    truncateSync(join(directory, 'process', 'torn.parquet'), 30);
    viewer = await startViewer({ paths: [directory], port: 0, assets: ASSETS });
    entries = (await get<Listing>('list')).places.flatMap((place) => place.entries);
  });

  after(() => viewer.close());

  describe('the server of view', () => {
    test('lists checkpoints with their sizes; a damaged one has its reason, and the rest is there', async () => {
      const byName = new Map(entries.map((entry) => [entry.operation, entry]));
      assert.equal(byName.size, 4);
      const extract = byName.get('extract');
      assert.deepEqual([extract?.rows, extract?.hash, extract?.error, extract?.sharedBytes], [3000, 'h', null, 0]);
      assert.equal(extract?.bytes, statSync(join(directory, 'process', 'extract.parquet')).size);
      assert.equal(byName.get('torn')?.error?.code, 'ERR_CKPT_TRUNCATED');
      await get('open', { id: idOf('torn') }, 422);
    });

    test('gives any rows in order, and how many there are', async () => {
      const asked = { id: idOf('extract'), column: ['id', 'note', 'extra'] };
      const first = await get<Rows>('rows', { ...asked, offset: 2990, limit: 50 });
      assert.deepEqual([first.total, first.numbers.length, first.numbers[0]], [3000, 10, 2990]);
      assert.deepEqual(first.cells[2], [
        ['number', '2992'],
        ['null', 'null'],
        ['missing', ''],
      ]);
      assert.deepEqual(first.cells[0]?.[2], ['object', '{deep: [2990, {id: 2990}]}', 1]);
      assert.deepEqual((await get<Rows>('rows', { ...asked, offset: 5000 })).cells, []);
    });

    test('filters as --where does, and sorts with nulls and missing values at the end', async () => {
      const asked = { id: idOf('extract'), column: ['id', 'score'] };
      const some = await get<Rows>('rows', { ...asked, where: ['score>=0.5', 'category=a'], limit: 500 });
      const expected = Array.from({ length: 3000 }, (_, id) => id).filter((id) => id !== 7 && id % 10 >= 5 && id % 3 === 0);
      assert.equal(some.total, expected.length);
      assert.deepEqual(some.numbers, expected.slice(0, 500));
      const most = await get<Rows>('rows', { ...asked, sort: 'score', descending: 'true', limit: 3 });
      // NaN is behind all numbers; descending it is the first.
      assert.deepEqual(most.numbers, [7, 9, 19]);
      const last = await get<Rows>('rows', { ...asked, sort: 'extra', offset: 2999, limit: 1 });
      assert.deepEqual(last.numbers, [2999]);
      const text = await get<Rows>('rows', { ...asked, sort: 'title', where: ['id<12'], limit: 12 });
      assert.deepEqual(text.numbers, [0, 1, 10, 11, 2, 3, 4, 5, 6, 7, 8, 9]);
      const { error } = await get<{ error: { code: string } }>('rows', { ...asked, where: 'nothing=1' }, 400);
      assert.equal(error.code, 'ERR_CKPT_UNKNOWN_COLUMN');
      await get('rows', { ...asked, where: '{' }, 400);
      await get('rows', { ...asked, limit: 501 }, 400);
      await get('rows', { ...asked, offset: '-1' }, 400);
    });

    test('values that are large or odd are cut and named, never run', async () => {
      const id = idOf(SCRIPT);
      const { cells } = await get<Rows>('rows', { id, column: ['html', 'long', 'image', 'date', 'big', 'zero', 'nothing', 'chat'] });
      const text = JSON.stringify(cells);
      assert.ok(text.length < 5000, 'a cell does not grow with its value');
      assert.ok(!text.includes('\u202e') && text.includes('<script>'), 'marks of direction are escapes, and tags are text');
      assert.deepEqual(cells[0]?.slice(2, 7), [
        ['image', Buffer.from(PNG).toString('hex'), 12],
        ['date', '1970-01-01T00:00:00.000Z'],
        ['bigint', '100000000000000000000'],
        ['number', '-0'],
        ['undefined', 'undefined'],
      ]);
      assert.deepEqual([cells[0]?.[1]?.[0], cells[0]?.[1]?.[2]], ['string', 1_000_000]);
      assert.deepEqual([cells[1]?.[2], cells[1]?.[7]?.[0]], [['bytes', '010203', 3], 'chat']);
      const shown = await get<Extract<Shown, { kind: 'object' }>>('row', { id, row: 0 });
      const long = new Map(shown.entries).get('long');
      assert.ok(long?.kind === 'string' && long.text.length === 20_000 && long.size === 1_000_000);
      const more = await get<Shown>('row', { id, row: 0, path: '["long"]', from: 999_990 });
      assert.deepEqual(more, { kind: 'string', text: 'é'.repeat(10), size: 1_000_000 });
      await get('row', { id, row: 2 }, 404);
      await get('row', { id, row: 0, path: '["constructor"]' }, 404);
      await get('row', { id, row: 0, path: '{}' }, 400);
    });

    test('only PNG and JPEG are pictures, with their type and no other', async () => {
      const id = idOf(SCRIPT);
      const path = new URL(viewer.url).pathname;
      const picture = await raw(`${path}api/image?id=${id}&row=0&path=["image"]`);
      assert.deepEqual(
        [picture.status, picture.headers['content-type'], picture.headers['x-content-type-options']],
        [200, 'image/png', 'nosniff'],
      );
      await get('image', { id, row: 1, path: '["image"]' }, 400);
      await get('image', { id, row: 0, path: '["html"]' }, 400);
    });

    test('profiles of columns: nulls, distinct values, ends, histogram, the most frequent', async () => {
      const id = idOf('extract');
      const score = await get<Profile>('profile', { id, column: 'score' });
      assert.deepEqual([score.rows, score.nulls, score.missing, score.min, score.max], [3000, 0, 0, '0', '0.9']);
      assert.equal(
        score.histogram?.bars.reduce((sum, { count }) => sum + count, 0),
        2999,
      );
      const category = await get<Profile>('profile', { id, column: 'category' });
      assert.deepEqual(
        [category.distinct, category.top[0]],
        [
          { count: 3, isExact: true },
          { cell: ['string', 'a'], count: 1000 },
        ],
      );
      const note = await get<Profile>('profile', { id, column: 'note' });
      assert.deepEqual([note.nulls, note.distinct?.count], [750, 1]);
      const extra = await get<Profile>('profile', { id, column: 'extra' });
      assert.deepEqual([extra.missing, extra.distinct, extra.histogram], [2400, null, null]);
      await get('profile', { id, column: 'none' }, 400);
    });

    test('profiles of numbers that have no order, or are as far apart as can be', async () => {
      const path = join(directory, 'process', 'numbers.parquet');
      await writeCheckpoint(path, [
        { none: Number.NaN, far: Number.MAX_VALUE, date: new Date(Number.NaN) },
        { none: 2, far: -Number.MAX_VALUE, date: new Date(5) },
        { none: 1, far: 0, date: new Date(1) },
      ]);
      const id = (await get<Listing>('list')).places[0]?.entries.find(({ operation }) => operation === 'numbers')?.id ?? '';
      const none = await get<Profile>('profile', { id, column: 'none' });
      assert.deepEqual([none.min, none.max], ['1', '2']);
      const date = await get<Profile>('profile', { id, column: 'date' });
      assert.deepEqual([date.min, date.max], ['1970-01-01T00:00:00.001Z', '1970-01-01T00:00:00.005Z']);
      const bars = (await get<Profile>('profile', { id, column: 'far' })).histogram?.bars ?? [];
      assert.deepEqual([bars.length, bars[0]?.count, bars[12]?.count, bars[23]?.count], [24, 1, 1, 1]);
      assert.deepEqual([bars[0]?.from, bars[23]?.to], [-Number.MAX_VALUE, Number.MAX_VALUE]);
      for (const [at, { from, to }] of bars.entries()) assert.ok(Number.isFinite(from) && from < to, `${at}`);
      rmSync(path);
    });

    test('sizes as JSON: counted of few rows, estimated of many, from three places', async () => {
      const exact = Buffer.byteLength(JSON.stringify(Array.from({ length: 3000 }, (_, id) => row(id))));
      const { bytes, isExact } = await get<JsonSize>('size', { id: idOf('extract') });
      assert.ok(!isExact && Math.abs(bytes - exact) < 0.05 * exact, `${bytes}, not ${exact}`);
      assert.deepEqual(await get<JsonSize>('size', { id: idOf('text') }), { bytes: 19, isExact: true });
    });

    test('a JSON checkpoint is a table, too', async () => {
      const opened = await get<Opened>('open', { id: idOf('text') });
      assert.deepEqual([opened.rows, opened.columns.map(({ name }) => name)], [2, ['id']]);
      assert.equal((await get<Rows>('rows', { id: idOf('text'), column: 'id', where: 'id=2' })).total, 1);
    });

    test('a checkpoint that is replaced while it is shown says so, and is then the new one', async () => {
      const path = join(directory, 'process', 'later.parquet');
      await writeCheckpoint(path, [{ a: 1 }]);
      const id = (await get<Listing>('list')).places[0]?.entries.find(({ operation }) => operation === 'later')?.id ?? '';
      const { state } = await get<Opened>('open', { id });
      assert.deepEqual(await get<Alive>('alive', { id, state }), { changed: false });
      await writeCheckpoint(path, [{ a: 1 }, { a: 2 }]);
      assert.deepEqual(await get<Alive>('alive', { id, state }), { changed: true });
      const { error } = await get<{ error: { code: string } }>('rows', { id, state, column: 'a' }, 409);
      assert.equal(error.code, 'ERR_CKPT_CHANGED');
      assert.equal((await get<Opened>('open', { id })).rows, 2);
      rmSync(path);
      assert.deepEqual(await get<Alive>('alive', { id, state }), { changed: true });
      await get('open', { id }, 404);
    });
  });

  describe('the difference of two checkpoints', () => {
    const ids = { a: '', b: '', json: '' };

    before(async () => {
      const manager = new CheckpointManager(directory, { logger: false });
      const rows = Array.from({ length: 2500 }, (_, id) => row(id));
      await manager.saveCheckpoint('runs', 'one', rows);
      // The other way round, with changes in three rows, one gone, and two that are new.
      const others = rows
        .map((each, id) => (id % 1000 === 1 ? Object.assign({}, each, { title: `changed ${id}`, list: [1] }) : each))
        .filter((_, id) => id !== 2400);
      await manager.saveCheckpoint('runs', 'two', [...others.reverse(), { id: 9000 }, { id: 9001 }]);
      await new CheckpointManager(directory, { enableArrow: false, logger: false }).saveCheckpoint('runs', 'json', [{ id: 1, title: 'x' }]);
      entries = (await get<Listing>('list')).places.flatMap((place) => place.entries);
      Object.assign(ids, { a: idOf('one'), b: idOf('two'), json: idOf('json') });
    });

    test('rows are matched by a key, wherever they stand', async () => {
      const found = await get<Difference>('difference', { ...ids, key: 'id' });
      assert.deepEqual(found.counts, { equal: 2496, changed: 3, added: 2, removed: 1 });
      assert.deepEqual(found.columns, { added: ['list'], removed: [], changed: [] });
      const first = found.rows.find(({ change }) => change === 'changed');
      assert.deepEqual([first?.a, first?.b, first?.differences.map(({ path }) => path)], [2001, 497, ['title', 'list']]);
      assert.deepEqual(first?.differences[0]?.to, { kind: 'string', text: 'changed 2001', size: 12 });
      assert.equal(found.rows.find(({ change }) => change === 'removed')?.a, 2400);
    });

    test('all are counted, as many as are wanted are told', async () => {
      const found = await get<Difference>('difference', { ...ids, limit: 2 });
      assert.deepEqual([found.matchedBy, found.rows.length], [[], 2]);
      const { changed, added, removed, equal } = found.counts;
      assert.equal(found.notShown, changed + added + removed - 2);
      assert.deepEqual([equal + changed + removed, equal + changed + added], [2500, 2501]);
    });

    test('rows of one key are matched in their order; a file is the same as itself', async () => {
      const found = await get<Difference>('difference', { a: ids.a, b: ids.a, key: 'category' });
      assert.deepEqual(found.counts, { equal: 2500, changed: 0, added: 0, removed: 0 });
    });

    test('JSON is told by its own path; a column that is not there is an error', async () => {
      const found = await get<Difference>('difference', { a: ids.json, b: ids.a, key: 'id' });
      assert.equal(found.a.path, join(directory, 'runs', 'json.json'));
      await get('difference', { ...ids, key: 'list' }, 400);
    });
  });

  describe('questions in SQL', () => {
    test('places have the names of their files and folders; what signs a URL is in none', () => {
      const [one, two] = ['https://host/runs/a.parquet?X-Amz-Signature=secret/x', 's3://bucket/b?c'];
      assert.deepEqual(placeNames(['runs/1/', './1', one, two]), { '1': 'runs/1/', '1_2': './1', 'a.parquet': one, b: two });
    });

    test('an answer has its columns and first rows; what is no question is refused', async () => {
      const tables = await get<SqlTables>('tables');
      assert.ok(tables.some(({ name }) => name === 'process.extract'));
      const answer = await get<SqlRows>('sql', { text: 'select category, count(*) as n from process.extract group by 1 order by 1' });
      assert.deepEqual(answer.cells, [
        [
          ['string', 'a'],
          ['number', '1000'],
        ],
        [
          ['string', 'b'],
          ['number', '1000'],
        ],
        [
          ['string', 'c'],
          ['number', '1000'],
        ],
      ]);
      const many = await get<SqlRows>('sql', { text: 'select id from process.extract' });
      assert.deepEqual([many.cells.length, many.isMore], [1000, true]);
      for (const text of ['drop table x', "select * from read_csv('/etc/passwd')", 'select 1; select 2', 'select nothing'])
        assert.match((await get<{ error: { code: string } }>('sql', { text }, 400)).error.code, /^ERR_CKPT_SQL/, text);
    });
  });

  describe('who may ask the server of view', () => {
    const path = (): string => new URL(viewer.url).pathname;

    test('the address has a token of 32 characters; without it there is nothing', async () => {
      assert.match(path(), /^\/[\w-]{32}\/$/);
      for (const wrong of ['/', '/api/list', `/${'x'.repeat(32)}/api/list`, `${path().slice(0, -2)}/api/list`, '/page.js', '//api/list'])
        assert.equal((await raw(wrong)).status, 404, wrong);
    });

    test('other hosts, origins and sites are refused', async () => {
      const list = `${path()}api/list`;
      assert.equal((await raw(list)).status, 200);
      for (const host of ['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example:80', '10.0.0.1', '0.0.0.0'])
        assert.ok((await raw(list, { host })).status >= 400, host);
      for (const host of ['localhost:8080', '127.0.0.1:1', '[::1]:80']) assert.equal((await raw(list, { host })).status, 200, host);
      const own = new URL(viewer.url).host;
      assert.equal((await raw(list, { origin: `http://${own}` })).status, 200);
      for (const origin of ['http://evil.example', 'null', `https://${own}`, 'http://127.0.0.1:1'])
        assert.equal((await raw(list, { origin })).status, 403, origin);
      for (const site of ['cross-site', 'same-site']) assert.equal((await raw(list, { 'sec-fetch-site': site })).status, 403, site);
    });

    test('it only reads: other methods are refused', async () => {
      for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'])
        assert.equal((await raw(`${path()}api/list`, {}, method)).status, 405, method);
      const head = await raw(path(), {}, 'HEAD');
      assert.deepEqual([head.status, head.body], [200, '']);
    });

    test('every answer keeps others out, and nothing is kept', async () => {
      for (const each of [path(), `${path()}page.js`, `${path()}page.css`, `${path()}api/list`, '/nothing']) {
        const { headers } = await raw(each);
        const policy = String(headers['content-security-policy']);
        assert.match(policy, /^default-src 'none'; script-src 'self'; /, each);
        assert.ok(!policy.includes('unsafe') && policy.includes("frame-ancestors 'none'"), each);
        assert.deepEqual(
          [headers['cache-control'], headers['x-frame-options'], headers['referrer-policy']],
          ['no-store', 'DENY', 'no-referrer'],
          each,
        );
      }
    });

    test('the page holds nothing of a checkpoint, and asks nobody else', async () => {
      const [page, style] = [await raw(path()), await raw(`${path()}page.css`)];
      assert.ok(!page.body.includes('<script>') && !page.body.includes('extract'));
      assert.ok(!/(?:src|href)="(?!data:|page\.)/.test(page.body));
      assert.ok(!/url\(|@import/.test(style.body), 'the style loads nothing');
    });

    test('no request names a file that is not listed', async () => {
      for (const id of ['../../etc/passwd', '/etc/passwd', join(directory, 'process', 'extract.parquet'), '__proto__', ''])
        await get('open', { id }, 404);
      for (const each of [
        '..%2f..%2fpackage.json',
        '../package.json',
        'page.js/../../package.json',
        'api/__proto__',
        'api/constructor',
        'api/list/more',
      ])
        assert.equal((await raw(`${path()}${each}`)).status, 404, each);
    });
  });

  describe('starting and ending a viewer', () => {
    test('what is asked for and not waited for keeps no file open', { skip: process.platform !== 'linux' }, async () => {
      const open = (): number => readdirSync('/proc/self/fd').filter((fd) => isAsset(`/proc/self/fd/${fd}`)).length;
      for (let at = 0; at < 20; at++) assert.equal((await raw(`${new URL(viewer.url).pathname}page.js`, {}, 'HEAD')).status, 200);
      for (let at = 0; at < 20; at++) {
        await new Promise<void>((resolve) => {
          const asked = request(
            { host: '127.0.0.1', port: new URL(viewer.url).port, path: `${new URL(viewer.url).pathname}page.js` },
            (answer) => {
              answer.once('data', () => asked.destroy());
              answer.once('close', resolve).on('error', () => {});
            },
          );
          asked.on('error', () => resolve()).end();
        });
      }
      for (let waited = 0; open() > 0 && waited < 100; waited++) await new Promise((resolve) => setTimeout(resolve, 20));
      assert.equal(open(), 0);
    });

    test('a port that is taken says so', async () => {
      const other = createServer();
      await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
      const { port } = other.address() as AddressInfo;
      await assert.rejects(startViewer({ paths: [directory], port, assets: ASSETS }), {
        code: 'ERR_CKPT_IO',
        message: `port ${port} is taken, perhaps by another viewer; choose another by --port, or leave it out for one that is free`,
      });
      other.close();
    });

    test('a path that is not there is told at once; a file alone, damaged or not, is a place', async () => {
      await assert.rejects(startViewer({ paths: [join(folder, 'none')], port: 0, assets: ASSETS }), { code: 'ERR_CKPT_NOT_FOUND' });
      const torn = join(folder, 'torn.parquet');
      writeFileSync(torn, 'PAR1');
      const own = await startViewer({ paths: [torn, join(directory, 'process', 'extract.parquet')], port: 0, assets: ASSETS });
      const { places } = (await (await fetch(`${own.url}api/list`)).json()) as Listing;
      assert.deepEqual(
        places.map(({ kind, entries: [entry] }) => [kind, entry?.error === null ? entry.rows : entry?.error?.code]),
        [
          ['file', 'ERR_CKPT_NOT_A_CHECKPOINT'],
          ['file', 3000],
        ],
      );
      await own.close();
    });

    test('the end does not wait for text that is being staged', async () => {
      const own = tempFolder('view-staging');
      const json = join(own, 'rows.json');
      writeFileSync(json, JSON.stringify(Array.from({ length: 300_000 }, (_, id) => ({ id, text: `text ${id}` }))));
      const temporaries = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith(`.arrow-ckpt-view.${process.pid}.`));
      const before = temporaries();
      const one = await startViewer({ paths: [json], port: 0, assets: ASSETS });
      const { places } = (await (await fetch(`${one.url}api/list`)).json()) as Listing;
      const opened = fetch(`${one.url}api/open?id=${places[0]?.entries[0]?.id}`).then(
        ({ status }) => status,
        () => 'ended',
      );
      while (temporaries().length === before.length) await new Promise((resolve) => setTimeout(resolve, 5));
      await one.close();
      assert.equal(await opened, 'ended');
      assert.deepEqual(temporaries(), before);
    });

    test('nothing of it is left: no temporary of a JSON checkpoint, no change in the directory', async () => {
      const own = tempFolder('view-temporaries');
      const temporaries = join(own, 'temporaries');
      mkdirSync(temporaries);
      const before = process.env['TMPDIR'];
      process.env['TMPDIR'] = temporaries;
      try {
        const json = join(own, 'rows.json');
        writeFileSync(json, '[{"a":1}]');
        const seen = statSync(json, { bigint: true }).mtimeNs;
        const one = await startViewer({ paths: [json], port: 0, assets: ASSETS });
        const { places } = (await (await fetch(`${one.url}api/list`)).json()) as Listing;
        const opened = await fetch(`${one.url}api/open?id=${places[0]?.entries[0]?.id}`);
        assert.equal(opened.status, 200);
        assert.equal(readdirSync(temporaries).length, 1);
        await one.close();
        assert.deepEqual([readdirSync(temporaries), readdirSync(own).sort()], [[], ['rows.json', 'temporaries']]);
        assert.equal(statSync(json, { bigint: true }).mtimeNs, seen);
      } finally {
        if (before === undefined) delete process.env['TMPDIR'];
        else process.env['TMPDIR'] = before;
      }
    });
  });
});
