import { CheckpointError } from '../base/errors.js';
import { show } from '../base/messages.js';
import type { ReadOptions } from '../options/options.js';
import type { Row } from '../base/rows.js';
import { firstKey, MISSING, pathOf, valueAt, type Path } from '../base/path.js';

/** The places that a reading refuses where no row has them: those of `columns` by default, none with `missing`, those of `where`, too, with `error`. */
export function refusedPaths({ columns = [], unknownColumns }: ReadOptions, conditions: readonly Path[]): Path[] {
  if (unknownColumns === 'missing') return [];
  return [...columns.map(pathOf), ...(unknownColumns === 'error' ? conditions : [])];
}

/** The error of a column that no row of a file has. `known`: keys that its rows have, where they can be told. */
export function unknownColumn(path: string, column: string, known: readonly string[] | undefined): CheckpointError {
  const message =
    known === undefined
      ? `no row of ${path} has a column ${show(column)}; check the name, or leave columns out to load all`
      : `${path} has no column ${show(column)}; it has ${known.slice(0, 20).join(', ')}${known.length > 20 ? ', ...' : ''}`;
  return new CheckpointError('ERR_CKPT_UNKNOWN_COLUMN', message, { path, column });
}

/** Looks for places in the rows of a file that shows no columns. A file without rows has every column. */
export class ColumnWatch {
  readonly #path: string;
  readonly #columns: Set<Path>;
  readonly #conditions: Set<Path>;
  #rows = 0;

  constructor(path: string, options: ReadOptions, conditions: readonly Path[]) {
    this.#path = path;
    const refused = new Set(refusedPaths(options, conditions));
    this.#conditions = new Set(conditions.filter((one) => refused.delete(one)));
    this.#columns = refused;
  }

  /** Rows of the file, all of a batch: also those that are not wanted. */
  see(rows: readonly Row[]): void {
    this.#rows += rows.length;
    // A name of `columns` counts as known by its first key: what is no object on the way is kept as it is.
    for (const path of this.#columns)
      if (rows.some((row) => Object.hasOwn(row, path.text) || Object.hasOwn(row, firstKey(path)))) this.#columns.delete(path);
    for (const path of this.#conditions) if (rows.some((row) => valueAt(row, path) !== MISSING)) this.#conditions.delete(path);
  }

  /** To be called after the last row. @throws `ERR_CKPT_UNKNOWN_COLUMN` */
  finish(): void {
    const [unknown] = [...this.#columns, ...this.#conditions];
    if (unknown !== undefined && this.#rows > 0) throw unknownColumn(this.#path, unknown.text, undefined);
  }
}
