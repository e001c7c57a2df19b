/** What was made for the keys that were asked for last: a bounded memory of what is dear to make and the same each time. */
export class Recent<T> {
  readonly #made = new Map<string, T>();

  constructor(readonly most: number) {}

  /** What belongs to `key`, made if it is not here. What `make` throws is not kept. */
  of(key: string, make: () => T): T {
    const made = this.#made.has(key) ? (this.#made.get(key) as T) : make();
    this.#made.delete(key);
    this.#made.set(key, made);
    if (this.#made.size > this.most) this.#made.delete(this.#made.keys().next().value as string);
    return made;
  }
}
