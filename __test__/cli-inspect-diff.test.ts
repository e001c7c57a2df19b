import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { writeCheckpoint, type Row } from 'arrow-ckpt';
import { cliJson, cliOk, noCli } from './support/run-cli.js';
import { suite } from './support/suite.js';
import { tempFolder } from './support/temp-folder.js';
import { dataPath, noTestData } from './support/test-data.js';

suite('inspect', noCli, () => {
  const folder = tempFolder('cli-inspect');
  const rows: Row[] = Array.from({ length: 60 }, (_, id) => ({
    id,
    v: id === 9 ? 'nine' : id / 4,
    tags: ['a'],
    at: new Date(id),
    ...(id % 3 === 0 && { note: `n${id}` }),
  }));

  test('tells schema, sizes per column, codec, hash, metadata, and some rows', async () => {
    const path = join(folder, 'a.parquet');
    await writeCheckpoint(path, rows, { hash: 'h1', metadata: { model: 'm' }, compression: 'zstd' });
    const { columns, sample, ...facts } = await cliJson<{ columns: Row[]; sample: Row[] } & Row>(['inspect', path]);
    assert.match(facts['createdBy'] as string, /^arrow-ckpt version /);
    const bytes = statSync(path).size;
    assert.deepStrictEqual(
      { ...facts, createdBy: '' },
      {
        path,
        format: 'parquet',
        rows: 60,
        bytes,
        hash: 'h1',
        metadata: { model: 'm' },
        delta: null,
        createdBy: '',
        formatVersion: 1,
        compat: null,
        checksums: true,
        kept: { files: 0, bytes: 0 },
        inferred: null,
      },
    );
    assert.deepStrictEqual(
      columns.map(({ name, type, nulls, exceptions }) => ({ name, type, nulls, exceptions })),
      [
        { name: 'id', type: 'int64', nulls: 0, exceptions: 0 },
        { name: 'v', type: 'double', nulls: 1, exceptions: 1 },
        { name: 'tags', type: 'list<string>', nulls: null, exceptions: 0 },
        { name: 'at', type: 'timestamp[ms, UTC]', nulls: 0, exceptions: 0 },
        { name: 'note', type: 'string', nulls: 40, exceptions: 0 },
      ],
    );
    for (const column of columns) {
      assert.equal(column['percent'], Math.round(((column['bytes'] as number) / bytes) * 1000) / 10);
      assert.equal(column['codec'], 'zstd');
    }
    assert.deepStrictEqual(sample[1], { id: 1, v: 0.25, tags: ['a'], at: { $ckpt: 'date', v: 1 } });
    assert.equal(sample.length, 3);
    const { stdout } = await cliOk(['inspect', path, '-n', '1']);
    assert.match(stdout, /^File +.*a\.parquet\nFormat +parquet, arrow-ckpt format 1, written by arrow-ckpt version .*\nRows +60\n/);
    assert.match(stdout, /^Metadata +model = m$/m);
    assert.match(stdout, /^v +double +zstd +plain +\d+ B +\d+\.\d% +1 +1$/m);
    assert.match(stdout, /\n\nFirst row\n\{"id":0,.*\}\n$/);
  });

  test('of JSON it infers the columns from the first rows', async () => {
    const path = join(folder, 'a.json');
    await writeCheckpoint(path, rows, { hash: 'h1' });
    const { inferred, columns, formatVersion, checksums } = await cliJson<{ inferred: { fromRows: number; columns: Row[] } } & Row>([
      'inspect',
      path,
      '--rows',
      '0',
    ]);
    assert.deepStrictEqual([columns, formatVersion, checksums, inferred.fromRows], [[], 1, false, 60]);
    assert.deepStrictEqual(inferred.columns[4], { name: 'note', type: 'string', optional: true });
    const { stdout } = await cliOk(['inspect', path, '--rows', '0']);
    assert.match(stdout, /\nColumns, as a save would make them of the first 60 rows\nColumn +Type\nid +int64\n/);
    assert.match(stdout, /^note\? +string$/m);
  });

  test('of Parquet of another writer, with and without the binary', { skip: noTestData }, async () => {
    const path = dataPath('kura/parquet/clusters.parquet');
    for (const env of [{}, { ARROW_CKPT_FORCE_JSON: '1' }] as Record<string, string>[]) {
      const told = await cliJson<{ createdBy: string; formatVersion: null; checksums: boolean; rows: number; columns: Row[] }>(
        ['inspect', path],
        0,
        { env },
      );
      assert.match(told.createdBy, /^parquet-cpp-arrow/);
      assert.deepStrictEqual([told.formatVersion, told.checksums, told.rows], [null, false, 13]);
      assert.ok(told.columns.length > 3);
    }
  });
});

suite('diff', noCli, () => {
  const folder = tempFolder('cli-diff');
  const at = (name: string): string => join(folder, name);
  const base: Row[] = Array.from({ length: 30 }, (_, id) => ({ id, title: `title ${id}`, meta: { tags: ['a', 'b'], n: id } }));

  interface Diff {
    matchedBy: string | string[];
    same: boolean;
    counts: Record<string, number>;
    schema: { added: Row[]; removed: Row[]; changed: Row[] } | null;
    rows: { change: string; a: number | null; b: number | null; key?: Row; differences?: Row[]; row?: Row }[];
    notShown: number;
  }
  const diff = async (a: Row[], b: Row[], code: number, ...args: string[]): Promise<Diff> => {
    await writeCheckpoint(at('a.parquet'), a);
    await writeCheckpoint(at('b.json'), b);
    return cliJson<Diff>(['diff', at('a.parquet'), at('b.json'), ...args], code);
  };

  test('equal rows of two formats end with 0', async () => {
    const told = await diff(base, base, 0);
    assert.deepStrictEqual(
      [told.same, told.counts, told.rows, told.schema],
      [true, { equal: 30, changed: 0, added: 0, removed: 0 }, [], null],
    );
    assert.equal((await cliOk(['diff', at('a.parquet'), at('b.json')])).stdout, 'no row differs (30 and 30 rows)\n');
  });

  test('tells the paths of what is added, removed and changed inside of rows', async () => {
    const other = structuredClone(base);
    other[2] = { id: 2, meta: { tags: ['a', 'x', 'c'], n: '2' }, more: null };
    other.push({ id: 30 });
    const { rows, counts } = await diff(base, other, 1);
    assert.deepStrictEqual(counts, { equal: 29, changed: 1, added: 1, removed: 0 });
    assert.deepStrictEqual(rows, [
      {
        change: 'changed',
        a: 2,
        b: 2,
        differences: [
          { path: 'title', change: 'removed', from: 'title 2' },
          { path: 'meta.tags[1]', change: 'changed', from: 'b', to: 'x' },
          { path: 'meta.tags[2]', change: 'added', to: 'c' },
          { path: 'meta.n', change: 'changed', from: 2, to: '2' },
          { path: 'more', change: 'added', to: null },
        ],
      },
      { change: 'added', a: null, b: 30, row: { id: 30 } },
    ]);
    const { stdout } = await cliOk(['diff', at('a.parquet'), at('b.json')], 1);
    assert.equal(
      stdout,
      'row 2\n  - title: "title 2"\n  ~ meta.tags[1]: "b" → "x"\n  + meta.tags[2]: "c"\n  ~ meta.n: 2 → "2"\n  + more: null\nrow 30\n  + {"id":30}\n\n' +
        '30 and 31 rows: 1 changed, 1 only in the second, 29 equal\n',
    );
  });

  test('is exact about values, and about the order of keys only when asked to', async () => {
    const pairs: [unknown, unknown][] = [
      [0, -0],
      [1, 1n],
      [null, undefined],
      [Number.NaN, null],
      [new Date(1), new Date(2)],
      [new Uint8Array([1]), new Uint8Array([2])],
      [[], {}],
      ['1', 1],
    ];
    const a = pairs.map(([v]) => ({ v, same: Number.NaN }));
    const b = pairs.map(([, v]) => ({ v, same: Number.NaN }));
    const { counts, rows } = await diff(a, b, 1);
    assert.equal(counts['changed'], pairs.length);
    assert.deepStrictEqual(rows[2]!.differences, [{ path: 'v', change: 'changed', from: null, to: { $ckpt: 'undefined' } }]);
    const swapped = base.map(({ id, title, meta }) => ({ title, meta, id }));
    assert.equal((await diff(base, swapped, 0)).same, true);
    const strict = await diff(base, swapped, 1, '--strict-order', '--limit', '1');
    assert.deepStrictEqual(
      [strict.counts['changed'], strict.rows[0]!.differences, strict.notShown],
      [30, [{ path: '', change: 'order' }], 29],
    );
  });

  test('with a key rows are matched wherever they stand, those of one key in their order', async () => {
    const other = structuredClone(base.filter(({ id }) => id !== 4)).reverse();
    (other[0]!['meta'] as Row)['n'] = 'x';
    other.push({ id: 99 }, { id: 99 });
    const { rows, counts, matchedBy } = await diff(base, other, 1, '--key', 'id');
    assert.deepStrictEqual(matchedBy, ['id']);
    assert.deepStrictEqual(counts, { equal: 28, changed: 1, added: 2, removed: 1 });
    assert.deepStrictEqual(rows, [
      { change: 'changed', a: 29, b: 0, key: { id: 29 }, differences: [{ path: 'meta.n', change: 'changed', from: 29, to: 'x' }] },
      { change: 'added', a: null, b: 29, key: { id: 99 }, row: { id: 99 } },
      { change: 'added', a: null, b: 30, key: { id: 99 }, row: { id: 99 } },
      { change: 'removed', a: 4, b: null, key: { id: 4 }, row: base[4] },
    ]);
    const twice = [
      { k: 1, j: 'a', v: 1 },
      { k: 1, j: 'a', v: 2 },
      { k: 1, j: 'b', v: 3 },
      { j: 'a', v: 4 },
    ];
    assert.equal((await diff(twice, [twice[2]!, twice[0]!, twice[3]!, twice[1]!], 0, '--key', 'k,j')).same, true);
    assert.match(
      (await cliOk(['diff', at('a.parquet'), at('b.json'), '--key', 'nope'], 2)).stderr,
      /a\.parquet has a column 'nope' to match by \[ERR_CKPT_UNKNOWN_COLUMN\]/,
    );
  });

  test('shows as many rows as the limit, and counts all', async () => {
    const other = base.map((row) => ({ ...row, title: 'other' }));
    const few = await diff(base, other, 1, '--limit', '2');
    assert.deepStrictEqual([few.rows.length, few.notShown, few.counts['changed']], [2, 28, 30]);
    const { stdout } = await cliOk(['diff', at('a.parquet'), at('b.json'), '--limit', '0'], 1);
    assert.equal(stdout, '30 and 30 rows: 30 changed, 0 equal; 30 not shown, see --limit\n');
  });

  test('tells how the columns of two Parquet files differ', async () => {
    await writeCheckpoint(at('a.parquet'), [{ id: 1, old: 'x' }]);
    await writeCheckpoint(at('c.parquet'), [{ id: 1.5, young: true }]);
    const { schema } = await cliJson<Diff>(['diff', at('a.parquet'), at('c.parquet')], 1);
    assert.deepStrictEqual(
      [schema?.added.map(({ path }) => path), schema?.removed.map(({ path }) => path), schema?.changed.map(({ path }) => path)],
      [['young'], ['old'], ['id']],
    );
    const { stdout } = await cliOk(['diff', at('a.parquet'), at('c.parquet')], 1);
    assert.match(stdout, /^columns\n {2}- old: string\n {2}\+ young: boolean\n {2}~ id: int64 → double\n\nrow 0\n/);
  });

  test('reads CSV by inference, and shows few of many places', async () => {
    writeFileSync(at('a.csv'), 'id,ok\n1,true\n2,\n');
    await writeCheckpoint(at('b.json'), [
      { id: 1, ok: true },
      { id: 2, ok: null },
    ]);
    await cliOk(['diff', at('a.csv'), at('b.json')]);
    const vector = (first: number) => [{ v: Array.from({ length: 100 }, (_, i) => i + first) }];
    await diff(vector(0), vector(1), 1);
    const { stdout } = await cliOk(['diff', at('a.parquet'), at('b.json')], 1);
    assert.match(stdout, /\n {2}… 60 more places\n/);
  });

  describe('of files that cannot be read', () => {
    test('ends with 3 or 1, and names the file', async () => {
      await writeCheckpoint(at('a.parquet'), base);
      assert.match((await cliOk(['diff', at('a.parquet'), at('none.json')], 3)).stderr, /none\.json: no such file/);
      writeFileSync(at('torn.parquet'), readFileSync(at('a.parquet')).subarray(0, 300));
      assert.match((await cliOk(['diff', at('torn.parquet'), at('a.parquet')], 1)).stderr, /torn\.parquet.* \[ERR_CKPT_TRUNCATED\]/);
    });
  });
});
