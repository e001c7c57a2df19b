import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readCheckpoint, writeCheckpoint, type CheckpointSchema, type Row } from 'arrow-ckpt';
import { release, type Release } from './engines/catalogue.ts';
import { install } from './engines/install.ts';
import { assertExact } from './support/exact.ts';
import { FOLDER_STORES } from './support/part-folders.ts';
import { expectInPython } from './support/python-expected.ts';
import { noPython, runPython } from './support/python.ts';
import { noBinding } from './support/readers.ts';
import { tempFolder } from './support/temp-folder.ts';

/** `npm run test:folders`: the programs take minutes to install, and Java must be there. */
const skip = noBinding || (process.env.ARROW_CKPT_FOLDERS === 'all' ? false : 'npm run test:folders runs it');

interface Writer extends Release {
  name: 'spark' | 'ray' | 'dask' | 'daft';
  /** What it makes of the names of folders: Dask writes values into them as they are, and a slash ends a name. */
  kinds?: (string | null)[];
}

const KINDS = ['a b/c=ü%', 'x:y?*', null, 'plain'];
const ENGINES: Writer[] = [
  { name: 'spark', ...release('4.3.0', 'pyspark==4.3.0') },
  { name: 'ray', ...release('2.60.0', 'ray==2.60.0 pyarrow==25.0.1 pandas==2.3.3') },
  {
    name: 'dask',
    kinds: ['a b', 'x:y?*', null, 'plain'],
    ...release('2026.8.0', 'dask[dataframe]==2026.8.0 pyarrow==25.0.1 pandas==3.1.1'),
  },
  { name: 'daft', ...release('0.7.26', 'daft==0.7.26 pyarrow==25.0.1') },
];
const SCRIPT = fileURLToPath(new URL('python/engine_folders.py', import.meta.url));
/** One run of an engine. */
const TIMEOUT_MS = 300_000;

const rowsOf = (kinds: readonly (string | null)[]): Row[] =>
  Array.from({ length: 1000 }, (_, id) => ({
    id,
    text: id % 7 === 0 ? null : `row ${id} ü😀`,
    score: id / 8,
    year: 2020 + (id % 3),
    kind: kinds[id % 4],
  }));
const ordered = (rows: Row[]): Row[] =>
  rows.map(({ id, text, score, year, kind }) => ({ id, text, score, year, kind })).sort((a, b) => (a.id as number) - (b.id as number));

const schema: CheckpointSchema = {
  columns: [
    { name: 'id', type: 'number', stored: 'int64' },
    { name: 'text', type: 'string', nullable: true },
    { name: 'more', type: 'struct', optional: true, fields: [{ name: 'a', type: 'number', optional: true }] },
  ],
};

describe('folders of engines', { skip }, () => {
  for (const engine of ENGINES) {
    describe(`${engine.name} ${engine.version}`, () => {
      const folder = tempFolder(`engine-folders-${engine.name}`);
      const theirs = join(folder, 'theirs');
      let python: string;
      const run = (...args: string[]): string =>
        execFileSync(python, [SCRIPT, engine.name, ...args], {
          encoding: 'utf8',
          timeout: TIMEOUT_MS,
          stdio: ['ignore', 'pipe', 'pipe'],
          env: { ...process.env, PYTHONUTF8: '1', PYTHONDONTWRITEBYTECODE: '1' },
        });

      before(() => {
        const home = install({ name: `folders-${engine.name}`, registry: 'pip' }, engine);
        if (!('python' in home)) throw new Error('no Python');
        ({ python } = home);
        run('write', theirs);
      });

      test('the package for Python reads the same from what it writes', { skip: noPython }, async () => {
        const names = readdirSync(theirs).filter((name) => !name.endsWith('.expected'));
        for (const name of names) await expectInPython(join(theirs, name));
        assert.equal(await runPython('check_folders.py', theirs), `${names.length} equal\n`);
      });

      for (const [reader, store] of Object.entries(FOLDER_STORES)) {
        test(`what it writes loads, ${reader} reader`, async () => {
          assertExact(ordered(await store.read(join(theirs, 'plain.parquet'), {})), rowsOf(KINDS));
          assertExact(ordered(await store.read(join(theirs, 'hive'), {})), rowsOf(engine.kinds ?? KINDS));
          const some = await store.read(join(theirs, 'hive'), { where: { kind: 'x:y?*', year: 2021 }, columns: ['id'] });
          assert.deepStrictEqual(
            some.map(({ id }) => id as number).sort((a, b) => a - b),
            Array.from({ length: 1000 }, (_, id) => id).filter((id) => id % 4 === 1 && id % 3 === 1),
          );
        });

        test(`its VARIANT columns load, ${reader} reader`, { skip: engine.name !== 'spark' && 'it writes none' }, async () => {
          const byId = (rows: Row[]): Row[] => rows.sort((a, b) => (a.id as number) - (b.id as number));
          const v = (id: number): object => ({ a: id, b: ['x', null, { c: id % 2 === 0 }] });
          const expected = Array.from({ length: 100 }, (_, id) => ({ id, v: v(id), l: [v(id)], m: { k: v(id) } }));
          assertExact(byId(await store.read(join(theirs, 'variant'), {})), expected);
          const typed = (id: number): object => ({ a: id, b: ['x', null], d: new Date('2024-02-29'), e: '1.10' });
          assertExact(
            byId(await store.read(join(theirs, 'shredded'), {})),
            expected.map(({ id }) => ({ id, v: typed(id) })),
          );
        });
      }

      test('it reads folders of ours: parts of one save, and of several with fixedColumns', async () => {
        const rows: Row[] = Array.from({ length: 900 }, (_, id) => ({
          id,
          text: id % 9 === 0 ? null : `text ${id}`,
          ...(id > 600 && { more: id % 2 === 0 ? {} : { a: id } }),
        }));
        const [parts, fixed] = [join(folder, 'parts.parquet'), join(folder, 'fixed.parquet')];
        await writeCheckpoint(parts, rows, { parts: 4, schema });
        for (const at of [0, 1, 2])
          await writeCheckpoint(join(fixed, `part-${at}.parquet`), rows.slice(at * 300, at * 300 + 300), { schema, fixedColumns: true });
        assertExact(await readCheckpoint(fixed), rows);
        const told = run('read', parts, fixed).trim().split('\n').slice(-2);
        const expected = { rows: 900, sum: (900 * 899) / 2, nulls: 100 };
        assert.deepStrictEqual(
          told.map((line) => JSON.parse(line)),
          [expected, expected],
        );
      });
    });
  }
});
