type Numbers = Uint8Array | Uint16Array | Uint32Array | Float64Array;

const BLOCK_BITS = 16;
const BLOCK = 1 << BLOCK_BITS;

/** Any number of numbers in blocks of memory: to grow copies nothing, what was never set is 0, and blocks of zeros take no memory. */
export class NumberColumn {
  readonly #blocks: (Numbers | undefined)[] = [];

  constructor(readonly type: new (length: number) => Numbers) {}

  get(index: number): number {
    return this.#blocks[index >>> BLOCK_BITS]?.[index & (BLOCK - 1)] ?? 0;
  }

  set(index: number, value: number): void {
    const at = index >>> BLOCK_BITS;
    let block = this.#blocks[at];
    if (block === undefined) {
      if (value === 0) return;
      while (this.#blocks.length <= at) this.#blocks.push(undefined);
      block = this.#blocks[at] = new this.type(BLOCK);
    }
    block[index & (BLOCK - 1)] = value;
  }
}

/** Integers that are nearly always what `usual` says: where they are, they take no memory. */
export class UsualColumn extends NumberColumn {
  constructor(
    type: new (length: number) => Numbers,
    readonly usual: (index: number) => number,
  ) {
    super(type);
  }

  override get(index: number): number {
    return (super.get(index) ^ this.usual(index)) >>> 0;
  }

  override set(index: number, value: number): void {
    super.set(index, (value ^ this.usual(index)) >>> 0);
  }
}
