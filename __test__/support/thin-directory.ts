import assert from 'node:assert/strict';
import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { writeCheckpoint, type Row } from 'arrow-ckpt';
import { LONG, rowsOfKind } from './shared-kinds.ts';

const GROUPS = { rowGroupRows: 64 } as const;
const OTHERS: Row[] = Array.from({ length: 200 }, (_, id) => ({ id, text: `other ${id} ${LONG}` }));

/** The rows of the base. */
export const BASE_ROWS: Row[] = Array.from({ length: 200 }, (_, id) => ({ id, text: `${id} ${LONG}` }));
/** Those of the thin checkpoint, whose texts are all in the base. */
export const THIN_ROWS = BASE_ROWS.toReversed();
/** From the directory: the thin checkpoint, one that refers to two files, and their bases. */
export const [THIN, BOTH, BASE, OTHER] = ['thin', 'both', 'base', 'other'].map((name) => join('step', `${name}.parquet`)) as [
  string,
  string,
  string,
  string,
];

/** A directory of checkpoints with a pool, and copies of it that may be harmed. */
export class ThinDirectory {
  readonly #folder: string;
  readonly path: string;
  #copies = 0;

  constructor(folder: string) {
    this.#folder = folder;
    this.path = join(folder, 'made');
  }

  /** Small files share only with `ARROW_CKPT_SHARE_ANY=1`. */
  async make(): Promise<void> {
    const { path: pool } = this;
    const bases = [BASE, OTHER].map((name) => join(pool, name));
    for (const [at, rows] of [BASE_ROWS, OTHERS].entries()) await writeCheckpoint(bases[at]!, rows, { base: 'auto', pool, ...GROUPS });
    const { delta } = await writeCheckpoint(join(pool, THIN), THIN_ROWS, { base: bases[0]!, pool, ...GROUPS });
    assert.equal(delta?.holders.length, 1);
    const news = rowsOfKind('text', 64).map(({ id, value }) => ({ id, text: value }));
    const rows = [...THIN_ROWS.slice(0, 64), ...OTHERS.slice(0, 64), ...news];
    const both = await writeCheckpoint(join(pool, BOTH), rows, { base: bases, pool, ...GROUPS });
    assert.equal(both.delta?.holders.length, 2);
  }

  copy(): string {
    const path = join(this.#folder, String(this.#copies++));
    cpSync(this.path, path, { recursive: true });
    return path;
  }
}

/** The files in a pool. */
export function holdersIn(root: string): string[] {
  const pool = join(root, '.ckpt', 'pool');
  return readdirSync(pool).map((name) => join(pool, name));
}
