import { CheckpointError } from '../base/errors.js';
import { show } from '../base/messages.js';
import type { ReadOptions } from '../options/options.js';
import { isPlainObject, type Row } from '../base/rows.js';
import { pathOf, type Path } from '../base/path.js';

/**
 * The places that a reading refuses where no row has them: those of `columns` by default, none with `missing`, those of `where`, too, with
 * `error`.
 */
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

/** A place that rows are searched for, and the most keys on its way behind which they had an object, and null. */
interface Sought {
  path: Path;
  objects: number;
  nulls: number;
}

/**
 * Looks for places in the rows of a file that shows no columns. Places are known as those of a Parquet file with these rows are: where a
 * row has them, or has something on their way that is neither null nor an object. Null counts where no row has an object. A file without
 * rows has every column.
 */
export class ColumnWatch {
  readonly #path: string;
  readonly #sought: Set<Sought>;
  #rows = 0;

  constructor(path: string, options: ReadOptions, conditions: readonly Path[]) {
    this.#path = path;
    this.#sought = new Set(refusedPaths(options, conditions).map((path) => ({ path, objects: 0, nulls: 0 })));
  }

  /** Rows of the file, all of a batch: also those that are not wanted. */
  see(rows: readonly Row[]): void {
    this.#rows += rows.length;
    for (const one of this.#sought) if (rows.some((row) => isFound(one, row))) this.#sought.delete(one);
  }

  /** To be called after the last row. @throws `ERR_CKPT_UNKNOWN_COLUMN` */
  finish(): void {
    const unknown = [...this.#sought].find(({ objects, nulls }) => nulls <= objects);
    if (unknown !== undefined && this.#rows > 0) throw unknownColumn(this.#path, unknown.path.text, undefined);
  }
}

/** Whether a row shows that the place is known. */
function isFound(sought: Sought, row: Row): boolean {
  const { key, steps } = sought.path;
  if (key !== undefined && Object.hasOwn(row, key)) return true;
  let value: unknown = row;
  for (const [index, step] of (steps ?? []).entries()) {
    if (value === null || value === undefined) {
      sought.nulls = Math.max(sought.nulls, index);
      return false;
    }
    if (!isPlainObject(value)) return true;
    sought.objects = Math.max(sought.objects, index);
    if (!Object.hasOwn(value, step)) return false;
    value = value[step];
  }
  return steps !== undefined;
}
