import { CheckpointError } from '../base/errors.js';
import type { Row } from '../base/rows.js';
import type { CheckpointStore, OpenFile } from '../store/store.js';

interface Block {
  start: number;
  rows: readonly Row[];
}

/** Where the rows of a file are. */
interface Place {
  path: string;
  store: CheckpointStore;
  /** The row of the file that is the first of them. */
  base: number;
}

/** A file that has become a part of another. */
export interface FilePart {
  path: string;
  /** The row of the other that its first one is now. */
  begin: number;
}

/**
 * Blocks of a file that stay in memory beside a stream: rows come in nearly the order of the file, and now and then from a little before.
 */
const BLOCKS = 6;
/** A reading begins at a multiple of this. */
const ALIGNED = 4096;
/** So many rows are rather read over than begun anew behind them. */
const NEAR = 1 << 17;

/**
 * A file of results, read where they are asked for. It reads on from where it is, and begins anew only for rows that lie before it or far
 * ahead: results that are wanted in the order of the file cost one pass over it.
 */
export class KnownFile {
  #file: OpenFile | undefined;
  #reading: AsyncGenerator<Row[], void, undefined> | undefined;
  /** The number of the row that the reading gives next. */
  #next = 0;
  #blocks: Block[] = [];
  #last: Block = { start: 0, rows: [] };
  #place: Place;
  /** The place that is open. */
  #opened: Place | undefined;

  constructor(
    path: string,
    store: CheckpointStore,
    /** Keep all that was read: who asks holds all results anyway. */
    readonly keepsAll: boolean,
  ) {
    this.#place = { path, store, base: 0 };
  }

  get path(): string {
    return this.#place.path;
  }

  /** Its rows are in another file now, from row `begin` on. A reading that has begun goes on in the old one. */
  moveTo(path: string, store: CheckpointStore, begin: number): void {
    this.#place = { path, store, base: this.#place.base + begin };
  }

  /** `count` rows from `offset` on, if they are in memory. */
  takeNow(offset: number, count: number): readonly Row[] | undefined {
    const block = this.#blockOf(offset);
    if (block === undefined) return count === 0 ? [] : undefined;
    const from = offset - block.start;
    return from + count <= block.rows.length ? block.rows.slice(from, from + count) : undefined;
  }

  /** Reads `count` rows from `offset` on. @throws what reading the file throws */
  async take(offset: number, count: number): Promise<readonly Row[]> {
    const rows: Row[] = [];
    while (rows.length < count) {
      const at = offset + rows.length;
      const block = this.#blockOf(at) ?? (await this.#read(at));
      const from = at - block.start;
      const to = Math.min(block.rows.length, from + count - rows.length);
      for (let index = from; index < to; index++) rows.push(block.rows[index] as Row);
    }
    return rows;
  }

  /** The rows before `end`, from the first on. */
  async *before(end: number): AsyncGenerator<Row, void, undefined> {
    for await (const rows of (await this.#open()).batches({ limit: end })) yield* rows;
  }

  async close(): Promise<void> {
    await this.#reading?.return();
    this.#file?.close();
    this.#blocks = [];
  }

  #blockOf(offset: number): Block | undefined {
    if (holds(this.#last, offset)) return this.#last;
    // Sorted only where all are kept; there are few otherwise.
    const found = this.keepsAll ? bisect(this.#blocks, offset) : this.#blocks.find((block) => holds(block, offset));
    if (found !== undefined) this.#last = found;
    return found;
  }

  async #read(offset: number): Promise<Block> {
    const isFar = offset < this.#next || offset - this.#next > NEAR;
    if (this.#reading === undefined || (isFar && !this.keepsAll)) {
      await this.#reading?.return();
      // Rows that come in the reverse order are in one block, too.
      const start = this.keepsAll ? 0 : offset - (offset % ALIGNED);
      const file = await this.#open();
      this.#reading = file.batches({ offset: (this.#opened as Place).base + start });
      this.#next = start;
    }
    for (;;) {
      const step = await this.#reading.next();
      // The ledger says that there are more.
      if (step.done === true) throw shorter((this.#opened as Place).path);
      const block = { start: this.#next, rows: step.value };
      this.#next += block.rows.length;
      this.#blocks.push(block);
      if (!this.keepsAll && this.#blocks.length > BLOCKS) this.#blocks.shift();
      if (holds(block, offset)) return (this.#last = block);
    }
  }

  async #open(): Promise<OpenFile> {
    for (;;) {
      const place = this.#place;
      if (this.#file !== undefined && this.#opened === place) return this.#file;
      this.#file?.close();
      this.#file = undefined;
      try {
        const file = await place.store.open(place.path, {});
        this.#opened = place;
        return (this.#file = file);
      } catch (error) {
        // Moved in this moment.
        if (place === this.#place) throw error;
      }
    }
  }
}

function holds({ start, rows }: Block, offset: number): boolean {
  return offset >= start && offset < start + rows.length;
}

function bisect(blocks: readonly Block[], offset: number): Block | undefined {
  let low = 0;
  let high = blocks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const block = blocks[middle] as Block;
    if (holds(block, offset)) return block;
    if (block.start > offset) high = middle;
    else low = middle + 1;
  }
  return undefined;
}

function shorter(path: string): CheckpointError {
  return new CheckpointError('ERR_CKPT_CORRUPT', `${path} has fewer rows than its record of rows says`, { path });
}
