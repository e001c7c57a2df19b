import { storeOf } from '../../formats/choose.js';
import { pathsOf, type Filter } from '../../options/where.js';
import { predicateOf } from '../../select/predicate.js';
import { ColumnWatch } from '../../select/unknown-columns.js';
import { digest } from '../digest.js';
import type { StoredFailure } from '../failure-record.js';
import { KnownTable } from '../known-table.js';
import type { LedgerRow } from '../ledger.js';
import { recordOf } from '../read-batches.js';
import { RowSet } from '../row-set.js';
import type { CheckedForget } from './forget-options.js';
import type { ResultFile } from './result-files.js';
import { ResultPlaces } from './result-places.js';

/** Which rows are to be forgotten. */
export class Forgotten {
  /** Undefined: any key. */
  readonly #keys: KnownTable | undefined;
  /** By hash: the rows that have a result as it is asked for, with the content of that result. Undefined: any row. */
  readonly #matching: ReadonlyMap<string | null, RowSet> | undefined;
  /** The keys that were met. */
  readonly #met = new KnownTable();

  private constructor(keys: KnownTable | undefined, matching: ReadonlyMap<string | null, RowSet> | undefined) {
    this.#keys = keys;
    this.#matching = matching;
  }

  /**
   * What is asked for, in these files. @throws what reading them throws, `ERR_CKPT_UNKNOWN_COLUMN` where rows fit a condition on a column
   * that none of them has: a wrong name must not cost all results
   */
  static async of({ keys, where }: CheckedForget, found: readonly ResultFile[], stem: string): Promise<Forgotten> {
    const table = keys === undefined ? undefined : tableOf(keys);
    return new Forgotten(table, where === undefined ? undefined : await matching(where, table, found, stem));
  }

  /** How many rows of the input were met. */
  get rows(): number {
    return this.#met.size;
  }

  /** Whether a row of a file with this hash goes. */
  has(row: Pick<LedgerRow, 'keyHigh' | 'keyLow' | 'high' | 'low'>, hash: string | null): boolean {
    const { keyHigh, keyLow } = row;
    if (this.#keys !== undefined && this.#keys.find(keyHigh, keyLow) < 0) return false;
    if (this.#matching !== undefined && this.#matching.get(hash)?.has(row) !== true) return false;
    this.#meet(keyHigh, keyLow);
    return true;
  }

  /** Whether a failure goes: it has no results that a condition could be about. */
  hasFailure({ key }: StoredFailure): boolean {
    if (this.#keys === undefined || this.#matching !== undefined) return false;
    const { high, low } = digest(key);
    if (this.#keys.find(high, low) < 0) return false;
    this.#meet(high, low);
    return true;
  }

  #meet(high: number, low: number): void {
    if (this.#met.find(high, low) < 0) this.#met.add(high, low);
  }
}

function tableOf(keys: readonly string[]): KnownTable {
  const table = new KnownTable();
  for (const key of keys) {
    const { high, low } = digest(key);
    if (table.find(high, low) < 0) table.add(high, low);
  }
  return table;
}

async function matching(
  where: Filter,
  keys: KnownTable | undefined,
  found: readonly ResultFile[],
  stem: string,
): Promise<Map<string | null, RowSet>> {
  const sets = new Map<string | null, RowSet>();
  const matches = predicateOf(where);
  const watch = new ColumnWatch(stem, { unknownColumns: 'error' }, pathsOf(where));
  let any = false;
  for (const { path, hash } of found) {
    const set = sets.get(hash) ?? new RowSet();
    sets.set(hash, set);
    const rows = (await recordOf(path))?.rows ?? [];
    const places = new ResultPlaces(
      path,
      rows.map(({ count }) => count),
    );
    for await (const results of (await storeOf(path)).batches(path, {})) {
      watch.see(results);
      for (const result of results) {
        const row = rows[places.next()] as LedgerRow;
        if (!matches(result) || (keys !== undefined && keys.find(row.keyHigh, row.keyLow) < 0)) continue;
        set.add(row);
        any = true;
      }
    }
  }
  if (any) watch.finish();
  return sets;
}
