import { Arena } from '../columnar/read/views.js';
import type { PhysicalNode } from '../columnar/read/tree.js';
import type { CheckpointError } from '../errors.js';
import type { FileColumn } from '../files/logical-columns.js';
import type { NativeFilter } from '../select/pushdown.js';
import { BLOCK_BYTES, BLOCK_ROWS, giveArenas, takeArenas } from './arenas.js';
import type { Binding, NativeReader } from './binding.js';
import { nativeError } from './errors.js';
import { BLOCK, END, ERROR, NEED, OPENED, TREE } from './events.js';

/** What the core tells of an open file. */
export interface FileDescription {
  rows: number;
  bytes: number;
  createdBy: string | null;
  keyValues: Record<string, string>;
  columns: FileColumn[];
  tree: PhysicalNode[];
}

/** What the core is to read; undefined = all. */
export interface ScanRequest {
  /** Top-level columns by their index in the file; `leaves`: only these of a column's leaves. */
  columns: { column: number; leaves?: number[] }[] | undefined;
  /** Rows of which it is false are left out, as far as the core can tell. */
  filter: NativeFilter | undefined;
  /** First row, row after the last: ascending, not overlapping. */
  ranges: [number, number][] | undefined;
}

/** Rows of a scan. */
export interface Block {
  arena: Arena;
  index: number;
  /** The filter is true of all of them: nobody needs to look again. */
  certain: boolean;
}

/**
 * One open file of the core. Arenas are the core's until BLOCK or NEED, and again after `release` or `replace`: the rule that
 * crates/arrow-ckpt-node/src/memory.rs builds on.
 */
export class NativeLoad {
  readonly #native: NativeReader;
  #opened: FileDescription | undefined;
  #tree: PhysicalNode[] | undefined;
  #error: CheckpointError | undefined;
  #ended = false;
  #arenas: Arena[] = [];
  readonly #blocks: Block[] = [];
  #wake: (() => void) | undefined;

  private constructor(make: (onEvent: ConstructorParameters<Binding['NativeReader']>[2]) => NativeReader) {
    this.#native = make((kind, first, second, text) => this.#onEvent(kind, first, second, text));
  }

  static open(binding: Binding, path: string, verify: boolean): NativeLoad {
    return new NativeLoad((onEvent) => new binding.NativeReader(path, verify, onEvent));
  }

  #onEvent(kind: number, first: number, second: number, text: string): void {
    if (kind === BLOCK) this.#blocks.push({ arena: this.#arenas[first] as Arena, index: first, certain: second === 1 });
    else if (kind === NEED) {
      const larger = new Arena(second + 7 - ((second + 7) % 8));
      this.#arenas[first] = larger;
      this.#native.replace(first, larger.bytes);
      return;
    } else if (kind === OPENED) this.#opened = JSON.parse(text) as FileDescription;
    else if (kind === TREE) this.#tree = JSON.parse(text) as PhysicalNode[];
    else if (kind === END) this.#ended = true;
    else if (kind === ERROR) this.#error = nativeError(text);
    this.#wake?.();
  }

  /** Resolves when the file is open. Throws what is wrong with it. */
  async opened(): Promise<FileDescription> {
    while (this.#opened === undefined) await this.#event();
    return this.#opened;
  }

  /** Starts a scan; resolves with the physical tree of its blocks. */
  async scan(request: ScanRequest): Promise<PhysicalNode[]> {
    this.#arenas = takeArenas();
    this.#native.scan(
      JSON.stringify({ ...request, blockRows: BLOCK_ROWS, blockBytes: BLOCK_BYTES }),
      this.#arenas.map((arena) => arena.bytes),
    );
    while (this.#tree === undefined) await this.#event();
    return this.#tree;
  }

  /** The next block, its arena for the caller's reading until `release`; undefined after the last. */
  async next(): Promise<Block | undefined> {
    while (this.#blocks.length === 0 && !this.#ended) await this.#event();
    const block = this.#blocks.shift();
    if (block === undefined) giveArenas(this.#arenas);
    return block;
  }

  release(index: number): void {
    this.#native.release(index);
  }

  /** Ends the core's thread; harmless when it has ended. */
  close(): void {
    this.#native.close();
  }

  async #event(): Promise<void> {
    if (this.#error !== undefined) throw this.#error;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }
}
