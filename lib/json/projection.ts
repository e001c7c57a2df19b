import { CheckpointError } from '../errors.js';
import { show } from '../messages.js';
import type { Row } from '../rows.js';

/** Keeps some of the top-level keys of rows. */
export class Projection {
  readonly #wanted: ReadonlySet<string>;
  readonly #missing: Set<string>;

  constructor(columns: readonly string[]) {
    this.#wanted = new Set(columns);
    this.#missing = new Set(columns);
  }

  /** The row with the wanted keys, in its own order. */
  of(row: Row): Row {
    const kept: Row = {};
    for (const key of Object.keys(row)) {
      if (!this.#wanted.has(key)) continue;
      this.#missing.delete(key);
      if (key !== '__proto__') kept[key] = row[key];
      else Object.defineProperty(kept, key, { value: row[key], enumerable: true, configurable: true, writable: true });
    }
    return kept;
  }

  /** To be called after the last row. @throws `ERR_CKPT_UNKNOWN_COLUMN` for a column that no row had */
  check(path: string): void {
    for (const column of this.#missing) {
      const message = `no row of ${path} has a column ${show(column)}; check the name, or leave columns out to load all`;
      throw new CheckpointError('ERR_CKPT_UNKNOWN_COLUMN', message, { path, column });
    }
  }
}
