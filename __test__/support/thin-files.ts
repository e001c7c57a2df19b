import { linkSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Row } from 'arrow-ckpt';
import { NativeSave } from '../../lib/formats/parquet/native/native-save.js';
import { KEY_PLAN, KEY_VERSION, THIN_VERSION } from '../../lib/formats/parquet/file-keys.js';
import { writeParquet } from '../../lib/formats/parquet/write-parquet.js';

type Pairs = Record<string, string>;

/** Saves rows with other key-values than a save would write. */
async function saveWith(path: string, rows: Row[], edit: (pairs: Pairs) => Pairs): Promise<void> {
  const { finish } = NativeSave.prototype;
  NativeSave.prototype.finish = function (pairs) {
    return finish.call(this, edit(pairs));
  };
  try {
    await writeParquet(path, rows, {});
  } finally {
    NativeSave.prototype.finish = finish;
  }
}

export interface ThinFile {
  /** The thin checkpoint. */
  path: string;
  /** The whole one that has the values, and its name in the pool. */
  whole: string;
  pool: string;
  id: string;
}

const ID = 'a1'.repeat(16);
const KEY = 'arrow-ckpt.footer-crc32c';

/**
 * Writes `whole.parquet` with these rows, and `thin.parquet` with the rows at `picks`: their columns `shared` are references to the
 * first, the others are the file's own.
 */
export async function writeThin(folder: string, rows: Row[], picks: number[], shared: string[]): Promise<ThinFile> {
  const [path, whole] = ['thin', 'whole'].map((name) => join(folder, 'step', `${name}.parquet`)) as [string, string];
  const pool = join(folder, '.ckpt', 'pool', `${ID}.holder`);
  mkdirSync(join(folder, '.ckpt', 'pool'), { recursive: true });
  mkdirSync(join(folder, 'step'), { recursive: true });
  await saveWith(whole, rows, (pairs) => ({ ...pairs, 'arrow-ckpt.id': ID }));
  linkSync(whole, pool);
  const bytes = readFileSync(whole);
  const digits = bytes.lastIndexOf(KEY) + KEY.length + 2;
  const footer = bytes.toString('latin1', digits, digits + 8);
  const holders = [{ id: ID, bytes: statSync(whole).size, footer, rows: rows.length, hint: 'step/whole.parquet' }];
  const refs = Object.fromEntries(shared.map((name) => [name, { t: 'string', r: `__ckpt_r_${name}`, of: [[0, name]] }]));
  let plan = '';
  const picked = picks.map((at) => rows[at] as Row);
  // What the rows are, which the stored columns do not tell.
  await saveWith(path, picked, (pairs) => ((plan = pairs[KEY_PLAN] as string), pairs));
  const stored = picked.map((row, at) =>
    Object.fromEntries(Object.entries(row).map(([key, value]) => (shared.includes(key) ? [`__ckpt_r_${key}`, picks[at]] : [key, value]))),
  );
  await saveWith(path, stored, (pairs) => ({
    ...pairs,
    [KEY_VERSION]: String(THIN_VERSION),
    [KEY_PLAN]: plan,
    'arrow-ckpt.holders': JSON.stringify(holders),
    'arrow-ckpt.refs': JSON.stringify(refs),
  }));
  return { path, whole, pool, id: ID };
}
