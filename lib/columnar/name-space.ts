/**
 * Names of columns in the file. A key is its own name where every engine takes it; empty keys, control characters, lone surrogates and
 * twins that differ only in case (Spark and DuckDB fold it) get a name beside it, and the logical plan keeps the key.
 */
export class NameSpace {
  readonly #taken = new Set<string>();

  /** The name to use for `key`, taken from now on. */
  take(key: string): string {
    // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
    const base = key.toWellFormed().replace(/[\u0000-\u001f\u007f]/g, '_') || '_';
    for (let count = 1; ; count++) {
      const name = count === 1 ? base : `${base}_${count}`;
      const folded = name.toLowerCase();
      if (!this.#taken.has(folded)) {
        this.#taken.add(folded);
        return name;
      }
    }
  }
}
