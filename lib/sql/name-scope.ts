/** Names as DuckDB tells them apart: it folds the case of ASCII alone. */
export function folded(name: string): string {
  return name.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** The names that `with` has given at one place of a question. Outside of their reach they stand for what the catalogue has. */
export class NameScope {
  readonly #parent: NameScope | undefined;
  readonly #places: ReadonlyMap<string, number>;
  /** How many of them are seen. */
  readonly #seen: number;

  private constructor(parent: NameScope | undefined, places: ReadonlyMap<string, number>, seen: number) {
    this.#parent = parent;
    this.#places = places;
    this.#seen = seen;
  }

  /** Of the whole question. */
  static readonly none = new NameScope(undefined, new Map(), 0);

  /**
   * With these names in their order. `within(n)`: inside of what the name of the number n stands for, which sees those before it; without a
   * number all are seen.
   */
  with(names: readonly string[]): { within: (seen?: number) => NameScope } {
    if (names.length === 0) return { within: () => this };
    const places = new Map(names.map((name, index) => [folded(name), index]));
    return { within: (seen = names.length) => new NameScope(this, places, seen) };
  }

  has(name: string): boolean {
    const place = this.#places.get(folded(name));
    return (place !== undefined && place < this.#seen) || (this.#parent?.has(name) ?? false);
  }
}
