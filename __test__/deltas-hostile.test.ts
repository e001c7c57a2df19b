import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { writeCheckpoint, type Row } from 'arrow-ckpt';
import type { ThinOutcome } from './programs/thin-outcomes.ts';
import { editPairs, pairIn } from './support/footer-pairs.ts';
import { noBinding } from './support/readers.ts';
import { cli, noCli } from './support/run-cli.ts';
import { resultOf } from './support/run-program.ts';
import { suite } from './support/suite.ts';
import { tempFolder } from './support/temp-folder.ts';
import { BASE, BASE_ROWS, BOTH, holdersIn, OTHER, THIN, THIN_ROWS, ThinDirectory } from './support/thin-directory.ts';

/** Of each state one call in so many is tried, others of each; `ARROW_CKPT_HOSTILE=all` tries all. */
const EVERY = process.env['ARROW_CKPT_HOSTILE'] === 'all' ? '1' : '5';

type Code = 'ERR_CKPT_BASE' | 'ERR_CKPT_CORRUPT' | 'ERR_CKPT_LIMIT';
type Outcomes = Record<string, Record<string, ThinOutcome>>;

/** The pool's file, and the one that has the name: they are one, and so is what is written over them in place. */
const everywhere = (root: string): string[] => [...holdersIn(root).filter((path) => path.includes(idIn(root))), join(root, BASE)];
const namedIn = (root: string, of = THIN): Row => (JSON.parse(pairIn(join(root, of), 'arrow-ckpt.holders')) as [Row])[0];
const idIn = (root: string): string => String(namedIn(root)['id']);
const edit = (path: string, key: string, value: unknown): void =>
  editPairs(path, path, { [`arrow-ckpt.${key}`]: { value: typeof value === 'string' ? value : JSON.stringify(value) } });
const inPlace = (root: string, change: (bytes: Buffer) => Uint8Array): void =>
  everywhere(root).forEach((path) => writeFileSync(path, change(readFileSync(path))));
const withoutPool = (root: string): void => rmSync(join(root, '.ckpt'), { recursive: true });
/** References to rows of the base, as no save writes them. */
async function refer(root: string, picks: number[]): Promise<void> {
  const [path, plain] = [join(root, THIN), join(root, 'step', 'plain.parquet')];
  const named = namedIn(root);
  await writeCheckpoint(plain, BASE_ROWS.slice(0, 3));
  await writeCheckpoint(path, picks.map((row, id) => ({ id, row })), { hash: 'h', metadata: { a: 'b' } }); // prettier-ignore
  editPairs(path, path, {
    'arrow-ckpt.version': { value: '2' },
    'arrow-ckpt.plan': { value: pairIn(plain, 'arrow-ckpt.plan') },
    'arrow-ckpt.hash': { key: 'arrow-ckpt.holders', value: JSON.stringify([named]) },
    'arrow-ckpt.metadata': { key: 'arrow-ckpt.refs', value: JSON.stringify({ text: { t: 'string', r: 'row', of: [[0, 'text']] } }) },
  });
}
/** The file says of another, or of itself, what would be right of it. */
const nowRefersTo = (root: string, of: string, rows: number): void => {
  const path = join(root, of);
  const bytes = readFileSync(path);
  const footer = bytes.toString('latin1', bytes.lastIndexOf('arrow-ckpt.footer-crc32c') + 26).slice(0, 8);
  edit(join(root, THIN), 'holders', [{ ...namedIn(root), id: pairIn(path, 'arrow-ckpt.id'), bytes: bytes.length, footer, rows, hint: of }]);
};

/** What was done to the files, and what must come of it. Where the footer already shows it, no column can be read. */
const STATES: Record<string, [change: (root: string) => unknown, code: Code, atOpen?: true]> = {
  'the holder is missing': [(root) => [withoutPool(root), rmSync(join(root, BASE))], 'ERR_CKPT_BASE'],
  'it was replaced': [(root) => [withoutPool(root), copyFileSync(join(root, OTHER), join(root, BASE))], 'ERR_CKPT_BASE'],
  'another checkpoint was written over it in place': [
    (root) => everywhere(root).forEach((path) => copyFileSync(join(root, OTHER), path)),
    'ERR_CKPT_BASE',
  ],
  'rubbish was written over it': [(root) => inPlace(root, (bytes) => bytes.fill(7)), 'ERR_CKPT_BASE'],
  'it was emptied': [(root) => everywhere(root).forEach((path) => truncateSync(path)), 'ERR_CKPT_BASE'],
  'it was cut': [(root) => inPlace(root, (bytes) => bytes.subarray(0, -100)), 'ERR_CKPT_BASE'],
  'it has another length': [
    (root) => inPlace(root, (bytes) => Buffer.concat([bytes.subarray(0, 4), Buffer.alloc(8), bytes.subarray(4)])),
    'ERR_CKPT_BASE',
  ],
  'it has another id': [(root) => everywhere(root).forEach((path) => edit(path, 'id', 'ab'.repeat(16))), 'ERR_CKPT_BASE'],
  'it has another footer': [
    (root) => everywhere(root).forEach((path) => edit(path, 'digests', pairIn(path, 'arrow-ckpt.digests').replace('values', 'blocks'))),
    'ERR_CKPT_BASE',
  ],
  'its data are damaged': [(root) => inPlace(root, (bytes) => bytes.fill(0, 4, 500)), 'ERR_CKPT_CORRUPT'],
  'it has fewer rows than is said': [(root) => edit(join(root, THIN), 'holders', [{ ...namedIn(root), rows: 7 }]), 'ERR_CKPT_CORRUPT'],
  'a row below its first': [(root) => refer(root, [3, -1]), 'ERR_CKPT_CORRUPT'],
  'a row beyond its last': [(root) => refer(root, [3, BASE_ROWS.length]), 'ERR_CKPT_CORRUPT'],
  'a row beyond all numbers': [(root) => refer(root, [3, 2 ** 52]), 'ERR_CKPT_CORRUPT'],
  'a column of another type': [
    (root) => edit(join(root, THIN), 'refs', pairIn(join(root, THIN), 'arrow-ckpt.refs').replace('[0,"text"]', '[0,"id"]')),
    'ERR_CKPT_CORRUPT',
  ],
  'a column that it does not have': [
    (root) => edit(join(root, THIN), 'refs', pairIn(join(root, THIN), 'arrow-ckpt.refs').replace('[0,"text"]', '[0,"none"]')),
    'ERR_CKPT_CORRUPT',
  ],
  'the file refers to itself': [(root) => nowRefersTo(root, THIN, THIN_ROWS.length), 'ERR_CKPT_CORRUPT', true],
  'the holder itself refers to others': [(root) => nowRefersTo(root, BOTH, 192), 'ERR_CKPT_CORRUPT'],
  '65 holders': [(root) => edit(join(root, THIN), 'holders', many(65)), 'ERR_CKPT_LIMIT', true],
};
const many = (count: number): Row[] =>
  Array.from({ length: count }, (_, at) => ({ id: at.toString(16).padStart(32, '0'), bytes: 1, footer: '00000000', rows: 1, hint: '' }));

suite('what a thin checkpoint refers to is not what it was', noBinding || noCli, () => {
  process.env['ARROW_CKPT_SHARE_ANY'] = '1';
  const directory = new ThinDirectory(tempFolder('deltas-hostile'));
  const roots = new Map<string, string>();
  const told: Record<string, Outcomes> = {};
  let id = '';
  const read = (paths: string[], env: Record<string, string>): Promise<{ all: Outcomes; peakMB: number }> =>
    resultOf('thin-outcomes.ts', { args: paths, env, timeout: 120_000 });

  before(async () => {
    await directory.make();
    id = idIn(directory.path);
    for (const [state, [change]] of Object.entries(STATES)) {
      const root = directory.copy();
      await change(root);
      roots.set(state, root);
    }
    const paths = [...roots.values()].map((root) => join(root, THIN));
    for (const [reader, env] of Object.entries({ native: {}, 'without the binary': { ARROW_CKPT_FORCE_JSON: '1' } }))
      told[reader] = (await read([EVERY, ...paths], env)).all;
  });

  for (const [state, [, code, atOpen]] of Object.entries(STATES)) {
    test(`${state}: ${code} in every call, never rows`, async () => {
      const path = join(roots.get(state) as string, THIN);
      for (const [reader, all] of Object.entries(told)) {
        const calls = Object.entries(all[path]!);
        assert.ok(calls.length > 40 / Number(EVERY), `${calls.length} calls`);
        for (const [call, given] of calls) {
          const what = `${reader}, ${call}: ${JSON.stringify(given)}`;
          // A column of its own needs no other file, and its rows are its own.
          if (call.endsWith(' id') && atOpen !== true) {
            const rows = state.startsWith('a row') ? 2 : THIN_ROWS.length;
            assert.ok('rows' in given && given.rows === rows, what);
            continue;
          }
          assert.ok('code' in given, what);
          assert.equal(given.code, code, what);
          if (code === 'ERR_CKPT_BASE') for (const part of [id, 'base.parquet', "'text'"]) assert.ok(given.message.includes(part), what);
          if (code !== 'ERR_CKPT_LIMIT') assert.match(given.message, /text|holder|file/, what);
          assert.match(given.message, /thin\.parquet|base\.parquet|\.holder/, what);
        }
      }
    });
  }

  test('SQL views are made of what is right, and of no other file', async () => {
    for (const state of Object.keys(STATES)) {
      const { stdout } = await cli(['sql', roots.get(state) as string, '--json']);
      const { views } = JSON.parse(stdout) as { views: { operation: string; sql?: string }[] };
      const view = views.find(({ operation }) => operation === 'thin');
      // DuckDB compares no checksums of ours, and finds no row where there is none, and no column. The same id is the same save.
      const isLeft = /data are|^a (?:row|column)|another footer|holder itself/.test(state);
      assert.equal(view?.sql !== undefined, isLeft, `${state}: ${JSON.stringify(view)}`);
    }
  });

  test('a million holders: refused by both readers, before there is anything to hold', async () => {
    const root = directory.copy();
    const path = join(root, THIN);
    edit(path, 'holders', many(1_000_000));
    for (const env of [{}, { ARROW_CKPT_FORCE_JSON: '1' }]) {
      const { all, peakMB } = await read(['0', path], env);
      for (const [call, given] of Object.entries(all[path]!))
        assert.ok('code' in given && given.code === 'ERR_CKPT_LIMIT', `${call}: ${JSON.stringify(given)}`);
      assert.ok(peakMB < 900, `${peakMB} MB`);
    }
  });
});
