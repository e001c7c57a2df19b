import type { ReadOptions } from '../options/options.js';
import type { Row } from '../base/rows.js';
import { predicateOf, type Predicate } from './predicate.js';
import { pathOf, type Path } from '../base/path.js';
import { Projection } from './projection.js';
import { parseWhere, pathsOf } from '../options/where.js';

/** The selection of a load, undefined when all rows are wanted. */
export function selectionOf({ where, offset = 0, limit }: ReadOptions): Selection | undefined {
  if (where === undefined && offset === 0 && limit === undefined) return undefined;
  const filter = where === undefined ? undefined : parseWhere(where);
  const paths = filter === undefined ? [] : pathsOf(filter);
  return new Selection(filter === undefined ? undefined : predicateOf(filter), paths, offset, limit ?? Number.POSITIVE_INFINITY);
}

/**
 * Which rows of a load are wanted: those that `where` takes, less the first `offset` of them, `limit` at most. Rows come to it in order,
 * each once.
 */
export class Selection {
  readonly #wants: Predicate | undefined;
  /** What `where` looks at. */
  readonly paths: readonly Path[];
  #skip: number;
  #left: number;
  /** What rows keep, where others were loaded only for `where`. */
  #pick: Projection | undefined;

  constructor(wants: Predicate | undefined, paths: readonly Path[], offset: number, limit: number) {
    this.#wants = wants;
    this.paths = paths;
    this.#skip = offset;
    this.#left = limit;
  }

  /** No later row can be wanted. */
  get done(): boolean {
    return this.#left === 0;
  }

  /** What to load of rows so that `where` can be answered, undefined for all. `wanted`: what they shall have. */
  keeping(wanted: readonly string[] | undefined): Projection | undefined {
    if (wanted === undefined) return undefined;
    // A wanted `a` is no `a.b`: rows may have that as a key of their own.
    const more = this.paths.filter((path) => !wanted.some((name) => covers(pathOf(name), path)));
    if (more.length > 0) this.#pick = new Projection(wanted);
    return new Projection(wanted, more);
  }

  /**
   * Moves the wanted rows among those from `from` to `to` together, from `from` on, with the wanted columns only; gives how many there are.
   * `certain`: `where` takes them all.
   */
  keep(rows: Row[], from: number, to: number, certain = false): number {
    let end = from;
    for (let at = from; at < to && this.#left > 0; at++) {
      const row = rows[at] as Row;
      if (this.#takes(row, certain)) rows[end++] = this.#pick === undefined ? row : this.#pick.of(row);
    }
    return end - from;
  }

  /** The indices of the wanted rows among these. */
  choose(rows: readonly Row[], certain: boolean): number[] {
    const chosen: number[] = [];
    for (let at = 0; at < rows.length && this.#left > 0; at++) if (this.#takes(rows[at] as Row, certain)) chosen.push(at);
    return chosen;
  }

  #takes(row: Row, certain: boolean): boolean {
    if (!certain && this.#wants !== undefined && !this.#wants(row)) return false;
    if (this.#skip > 0) {
      this.#skip--;
      return false;
    }
    this.#left--;
    return true;
  }
}

/** Whether all that `path` may be is wanted with `name`. */
function covers(name: Path, { key, steps }: Path): boolean {
  return (key === undefined || key === name.key) && (steps === undefined || String(steps) === String(name.steps));
}
