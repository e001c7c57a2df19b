/** Which chunk a row of a column is in. */
export class ChunkPlaces {
  /** The first row of each chunk. */
  readonly #starts: number[] = [];
  /** Rows of all chunks. */
  readonly length: number;
  /** The chunk that was found last: rows are mostly asked for in order. */
  #last = 0;

  constructor(chunks: readonly { readonly length: number }[]) {
    let length = 0;
    for (const chunk of chunks) {
      this.#starts.push(length);
      length += chunk.length;
    }
    this.length = length;
  }

  /** The number of the chunk of a row that there is, and the row's place in it. */
  of(row: number): [chunk: number, at: number] {
    const starts = this.#starts;
    if (!(row >= (starts[this.#last] as number) && row < (starts[this.#last + 1] ?? this.length))) {
      let low = 0;
      let high = starts.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if ((starts[middle] as number) <= row) low = middle;
        else high = middle - 1;
      }
      this.#last = low;
    }
    return [this.#last, row - (starts[this.#last] as number)];
  }
}
