import type { AnyColumn } from '../../columnar/columns/column.js';
import { CheckpointError } from '../../base/errors.js';
import { invalid } from '../../base/messages.js';
import { parseWhere, pathsOf, type Filter } from '../../options/where.js';
import { predicateOf } from '../../select/predicate.js';
import { unknownColumn } from '../../select/unknown-columns.js';
import type { OpenFile } from '../../store/store.js';
import { whereOf } from '../rows/where-of.js';
import { sortedBy } from './sorted-by.js';

/** Which rows a table shows, and in which order. */
export interface Asked {
  /** Filters as `--where` takes them; all must hold. */
  where: readonly string[];
  sort: { column: string; descending: boolean } | null;
}

/** The numbers of the rows in their order; null for all rows as they are in the file. */
export interface RowOrder {
  total: number;
  numbers: Uint32Array | null;
}

/** Rows that are sorted: their numbers and values must have room in memory. */
const MOST_SORTED = 20_000_000;

/**
 * Finds the rows that the filters take, and sorts them.
 * @throws `ERR_CKPT_INVALID_OPTION`, `ERR_CKPT_UNKNOWN_COLUMN` for what cannot be asked, `ERR_CKPT_LIMIT` for too many rows to sort
 */
export async function rowOrder(file: OpenFile, { where, sort }: Asked, signal: AbortSignal): Promise<RowOrder> {
  const given = whereOf(where);
  const taken = given === undefined ? null : await rowsTaken(file, parseWhere(given), signal);
  if (sort === null) return { total: taken?.length ?? file.info.rows, numbers: taken };
  const total = taken?.length ?? file.info.rows;
  if (file.info.rows > MOST_SORTED) {
    const message = `this checkpoint has ${file.info.rows} rows, and a table can be sorted up to ${MOST_SORTED}`;
    throw new CheckpointError('ERR_CKPT_LIMIT', message, { path: file.info.path });
  }
  const column = await columnOf(file, sort.column, signal);
  return { total, numbers: sortedBy(column, taken ?? Uint32Array.from({ length: total }, (_, row) => row), sort.descending) };
}

async function columnOf(file: OpenFile, name: string, signal: AbortSignal): Promise<AnyColumn> {
  const { columns } = await file.columns({ columns: [name], signal });
  if (columns[0] === undefined) throw invalid(`there is no column ${name} to sort by`);
  return columns[0];
}

/** The numbers of the rows that a filter takes, ascending. Only the columns that it looks at are read. */
async function rowsTaken(file: OpenFile, filter: Filter, signal: AbortSignal): Promise<Uint32Array> {
  const isTaken = predicateOf(filter);
  const columns = columnsOf(file, filter);
  const found = new Numbers();
  let number = 0;
  for await (const batch of file.batches({ signal, ...(columns !== undefined && { columns }) })) {
    for (const row of batch) {
      if (isTaken(row)) found.push(number);
      number++;
    }
  }
  return found.all();
}

/** The columns that a filter looks at; undefined where the file has none of its own. A name that no row has is most likely a slip. */
function columnsOf({ info }: OpenFile, filter: Filter): string[] | undefined {
  if (info.format !== 'parquet') return undefined;
  const names = info.columns.map(({ name }) => name);
  const wanted = new Set<string>();
  for (const { text, key, steps } of pathsOf(filter)) {
    const own = names.filter((name) => name === key || name === steps?.[0]);
    if (own.length === 0) throw unknownColumn(info.path, text, names);
    for (const name of own) wanted.add(name);
  }
  return [...wanted];
}

/** Numbers that grow in number. */
class Numbers {
  #numbers = new Uint32Array(1024);
  #length = 0;

  push(number: number): void {
    if (this.#length === this.#numbers.length) {
      const more = new Uint32Array(2 * this.#length);
      more.set(this.#numbers);
      this.#numbers = more;
    }
    this.#numbers[this.#length++] = number;
  }

  all(): Uint32Array {
    return this.#numbers.slice(0, this.#length);
  }
}
