/** {@link Recent} by bytes that lie in memory of others: no string is made of them to look for what belongs to them. */
export class RecentBytes<T> {
  /** The last that was asked for comes first. */
  readonly #made: { key: Buffer; made: T }[] = [];

  constructor(readonly most: number) {}

  /** What belongs to `key`, made if it is not here; then the bytes are copied. What `make` throws is not kept. */
  of(key: Buffer, make: () => T): T {
    const index = this.#made.findIndex((known) => known.key.equals(key));
    const entry = this.#made[index] ?? { key: Buffer.from(key), made: make() };
    if (index === 0) return entry.made;
    if (index > 0) this.#made.splice(index, 1);
    this.#made.unshift(entry);
    if (this.#made.length > this.most) this.#made.pop();
    return entry.made;
  }
}
