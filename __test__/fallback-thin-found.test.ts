import assert from 'node:assert/strict';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import type { Row } from 'arrow-ckpt';
import { fallbackStore } from '../lib/formats/parquet/fallback/fallback-store.ts';
import { bothGive, codeOf } from './support/both-readers.ts';
import { assertExact } from './support/exact.ts';
import { pairIn } from './support/footer-pairs.ts';
import { noBinding } from './support/readers.ts';
import { tempFolder } from './support/temp-folder.ts';
import { BASE, holdersIn, OTHER, THIN, THIN_ROWS, ThinDirectory } from './support/thin-directory.ts';

const IDS = THIN_ROWS.map(({ id }) => ({ id }));

describe('the files that a thin checkpoint needs are found without the binary as with it', { skip: noBinding }, () => {
  process.env['ARROW_CKPT_SHARE_ANY'] = '1';
  const directory = new ThinDirectory(tempFolder('thin-found'));
  before(() => directory.make());

  /** What becomes of the files: what reading the column that needs them comes to. */
  const STATES: Record<string, [change: (root: string) => void, code?: string]> = {
    'nothing happened': [() => {}],
    'the base was deleted': [(root) => rmSync(join(root, BASE))],
    'the pool has another file': [(root) => holdersIn(root).forEach((path) => copyFileSync(join(root, OTHER), path))],
    'the pool has rubbish': [(root) => holdersIn(root).forEach((path) => writeFileSync(path, 'PAR1 rubbish'))],
    'the pool has a folder': [
      (root) =>
        holdersIn(root).forEach((path) => {
          rmSync(path);
          mkdirSync(path);
        }),
    ],
    'the pool is gone': [(root) => rmSync(join(root, '.ckpt'), { recursive: true })],
    'the pool is gone, and so is the base': [
      (root) => {
        rmSync(join(root, '.ckpt'), { recursive: true });
        rmSync(join(root, BASE));
      },
      'ERR_CKPT_BASE',
    ],
    'the base was replaced, and the pool is gone': [
      (root) => {
        rmSync(join(root, '.ckpt'), { recursive: true });
        copyFileSync(join(root, OTHER), join(root, BASE));
      },
      'ERR_CKPT_BASE',
    ],
    'the file is in the trash': [
      (root) => {
        mkdirSync(join(root, '.ckpt', 'trash'), { recursive: true });
        for (const path of holdersIn(root)) renameSync(path, path.replace('pool', 'trash').replace('.holder', '.17'));
        rmSync(join(root, BASE));
      },
    ],
    'the thin file was copied alone': [
      (root) => {
        const [bytes] = [readFileSync(join(root, THIN))];
        rmSync(root, { recursive: true });
        mkdirSync(join(root, 'step'), { recursive: true });
        writeFileSync(join(root, THIN), bytes);
      },
      'ERR_CKPT_BASE',
    ],
  };
  for (const [what, [change, code]] of Object.entries(STATES)) {
    test(what, async () => {
      const root = directory.copy();
      change(root);
      const given = await bothGive(join(root, THIN));
      assertExact(given.ids, IDS);
      assert.deepEqual(
        (given.told as Row[]).map(({ name }) => name),
        ['id', 'text'],
      );
      const { delta } = await fallbackStore.info(join(root, THIN));
      // Another file in its place is found out when it is opened.
      if (!what.includes('replaced')) assert.equal(delta?.holders[0]?.present, code === undefined);
      if (code === undefined) assertExact(given.rows, THIN_ROWS);
      else assert.equal(codeOf(given.rows), code);
      if (code !== 'ERR_CKPT_BASE') return;
      const error = (await fallbackStore.read(join(root, THIN), {}).catch((thrown: unknown) => thrown)) as Error & { column?: string };
      assert.match(error.message, /'text'.*id [0-9a-f]{32}.*base\.parquet.*missing.*columns.*\.ckpt.*materialize/);
      assert.equal(error.column, 'text');
    });
  }

  test('a bit of the other file flipped, wherever it is', async () => {
    const root = directory.copy();
    rmSync(join(root, BASE));
    const [{ id }] = JSON.parse(pairIn(join(root, THIN), 'arrow-ckpt.holders')) as [{ id: string }];
    const holder = join(root, '.ckpt', 'pool', `${id}.holder`);
    const bytes = readFileSync(holder);
    chmodSync(holder, 0o644);
    const met = new Set<unknown>();
    let bad = bytes;
    for (let at = 4; at < bytes.length; at += 211) {
      const copy = Buffer.from(bytes);
      copy[at]! ^= 1 << (at % 8);
      writeFileSync(holder, copy);
      const { rows } = await bothGive(join(root, THIN));
      if (codeOf(rows) === undefined) assertExact(rows, THIN_ROWS);
      met.add(codeOf(rows));
      if (codeOf(rows) === 'ERR_CKPT_CORRUPT') bad = copy;
    }
    assert.deepEqual(met, new Set([undefined, 'ERR_CKPT_CORRUPT', 'ERR_CKPT_BASE']));
    writeFileSync(holder, bad);
    const error = (await fallbackStore.read(join(root, THIN), {}).catch((thrown: unknown) => thrown)) as Error & { path?: string };
    assert.equal(error.path, holder);
    assert.match(error.message, /thin\.parquet/);
  });
});
