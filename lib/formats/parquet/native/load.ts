import { align8 } from '../../../columnar/layout.js';
import { Arena } from '../../../columnar/read/views.js';
import type { PhysicalNode } from '../../../columnar/physical-node.js';
import { CheckpointError } from '../../../base/errors.js';
import type { Limits } from '../../../options/limits.js';
import type { TextMode } from '../../../options/options.js';
import type { FileColumn } from '../../../columnar/logical-columns.js';
import type { NativeFilter } from '../native-filter.js';
import { ARENA_BYTES, BLOCK_BYTES, BLOCK_ROWS, giveArenas, takeArenas } from './arenas.js';
import type { Binding, NativeReader } from '../../../base/addon/binding.js';
import { nativeCall, nativeError } from './native-error.js';
import type { ArrowStream } from '../../../options/arrow-options.js';
import type { PieceSource } from '../arrow/arrow-pieces.js';
import { held } from './held.js';
import type { Arriving } from '../../../store/arriving.js';
import { roomFor } from './room-for.js';
import { BLOCK, COUNT, END, ERROR, NEED, OPENED, TREE } from './events.js';

/** The core's description of an open file. */
export interface FileDescription {
  rows: number;
  bytes: number;
  createdBy: string | null;
  /** Whether arrow-ckpt wrote the file last. */
  ours: boolean;
  keyValues: Record<string, string>;
  columns: FileColumn[];
  tree: PhysicalNode[];
  /** Of a save that was to refer to other files: why its file is whole. */
  keptWhole?: string;
}

/** How the core is to open a file: see `OpenOptions` of crates/arrow-ckpt/src/decode/file.rs. */
export interface NativeOpenOptions {
  verify: boolean;
  limits?: Limits;
  text?: TextMode;
  renameDuplicates?: boolean;
}

/** What the core is to read; undefined = all. */
interface ScanRequest {
  /** Top-level columns by their index in the file; `leaves`: only these of a column's leaves. */
  columns: { column: number; leaves?: number[] }[] | undefined;
  /** Rows of which it is false are left out, as far as the core can tell. */
  filter: NativeFilter | undefined;
  /** First row, row after the last: ascending, not overlapping. */
  ranges: [number, number][] | undefined;
  /** Decoding threads. */
  threads: number | undefined;
  /** The most rows in a block. @default 4096 */
  blockRows?: number;
  /** The most rows in the first block; later ones may have as many as came before them. @default no bound */
  firstRows?: number;
  /** The size of a block in bytes, about. @default 1 MiB */
  blockBytes?: number;
}

/** Rows of a scan. */
export interface Block {
  arena: Arena;
  index: number;
  /** How many bytes of the arena it takes. */
  bytes: number;
  /** The filter is true of all of them: nobody needs to look again. */
  certain: boolean;
}

/** What a scan needs of an open file. */
export interface Load {
  /** Starts a scan; resolves with the physical tree of its blocks. */
  scan(request: ScanRequest): Promise<PhysicalNode[]>;
  /** The next block, its arena for the caller's reading until `release`; undefined after the last. */
  next(): Promise<Block | undefined>;
  /** Gives a block's arena back. */
  release(index: number): void;
  close(): void;
}

/**
 * One open file of the core. Arenas are the core's until BLOCK or NEED, and again after `release` or `replace`: the rule that
 * crates/arrow-ckpt-node/src/memory.rs builds on.
 */
export class NativeLoad implements Load {
  readonly #native: NativeReader;
  #opened: FileDescription | undefined;
  #tree: PhysicalNode[] | undefined;
  #error: unknown;
  /** Ends what is told of bytes on their way. */
  #unlisten: (() => void) | undefined;
  #arriving: Arriving | undefined;
  #ended = false;
  #closed = false;
  #counted: { certain: number; doubtful: number } | undefined;
  #arenas: Arena[] = [];
  readonly #blocks: Block[] = [];
  #wake: (() => void) | undefined;

  private constructor(make: (onEvent: ConstructorParameters<Binding['NativeReader']>[2]) => NativeReader) {
    // The core holds on to the callback: this must not, or a handle that its user has forgotten would stay for ever, with its thread and
    // its file.
    const weak = new WeakRef(this);
    this.#native = make((kind, first, second, text) => {
      const load = weak.deref();
      if (load !== undefined) load.#onEvent(kind, first, second, text);
    });
  }

  /** `arriving`: where not all bytes of the file are there yet. */
  static open(binding: Binding, path: string, options: NativeOpenOptions, arriving?: Arriving): NativeLoad {
    const given = JSON.stringify({ ...options, arriving: arriving !== undefined });
    const load = new NativeLoad((onEvent) => new binding.NativeReader(path, given, onEvent));
    return load.#listen(arriving);
  }

  #listen(arriving: Arriving | undefined): this {
    this.#arriving = arriving;
    this.#unlisten = arriving?.listen({
      arrived: (start, end) => this.#native.arrived(start, end),
      failed: (error) => {
        this.#error ??= error;
        this.#wake?.();
      },
    });
    return this;
  }

  #onEvent(kind: number, first: number, second: number, text: string): void {
    if (kind === BLOCK) {
      const certain = second % 2 === 1;
      this.#blocks.push({ arena: this.#arenas[first] as Arena, index: first, bytes: Math.floor(second / 2), certain });
    } else if (kind === NEED) {
      try {
        const larger = roomFor(second, () => new Arena(align8(second)));
        this.#arenas[first] = larger;
        this.#native.replace(first, larger.bytes);
        return;
      } catch (error) {
        this.#error = error;
      }
    } else if (kind === OPENED) this.#opened = text === '' ? undefined : (JSON.parse(text) as FileDescription);
    else if (kind === TREE) this.#tree = JSON.parse(text) as PhysicalNode[];
    else if (kind === END) this.#ended = true;
    else if (kind === COUNT) this.#counted = { certain: first, doubtful: second };
    else if (kind === ERROR) this.#error = nativeError(text);
    this.#wake?.();
  }

  /** Another handle of the same open file, for a scan of its own. This one must be open. */
  fork(): NativeLoad {
    return new NativeLoad((onEvent) => this.#native.fork(onEvent)).#listen(this.#arriving);
  }

  /** Resolves when the file is open. Throws what is wrong with it. */
  async opened(): Promise<FileDescription> {
    while (this.#opened === undefined) await this.#event();
    return this.#opened;
  }

  async scan(request: ScanRequest): Promise<PhysicalNode[]> {
    this.#arenas = takeArenas();
    this.#native.scan(
      JSON.stringify({ blockRows: BLOCK_ROWS, blockBytes: BLOCK_BYTES, ...request }),
      this.#arenas.map((arena) => arena.bytes),
    );
    while (this.#tree === undefined) await this.#event();
    return this.#tree;
  }

  async next(): Promise<Block | undefined> {
    if (this.#closed) throw this.#closedError();
    while (this.#blocks.length === 0 && !this.#ended) await this.#event();
    const block = this.#blocks.shift();
    if (block === undefined) giveArenas(this.#arenas);
    return block;
  }

  release(index: number): void {
    this.#native.release(index);
  }

  /**
   * The memory of a block for good: its arena, with another for the core in its place, or a copy of what the block takes of it if that is
   * less than half.
   */
  keep({ arena, index, bytes }: Block): Arena {
    if (bytes * 2 < arena.capacity) {
      const copy = new Arena(align8(bytes));
      copy.bytes.set(arena.bytes.subarray(0, bytes));
      this.release(index);
      return copy;
    }
    const fresh = new Arena(ARENA_BYTES);
    this.#arenas[index] = fresh;
    this.#native.replace(index, fresh.bytes);
    return arena;
  }

  /** Counts the rows of which a filter is certainly true, and those of which it may be. */
  async count(filter: NativeFilter): Promise<{ certain: number; doubtful: number }> {
    this.#native.count(JSON.stringify(filter));
    while (this.#counted === undefined) await this.#event();
    return this.#counted;
  }

  /** A C stream of the open file: see `crates/arrow-ckpt-node/src/capsule.rs`. */
  arrowStream(binding: Binding, request: string): ArrowStream {
    return nativeCall(() => binding.arrowStream(this.#native, request) as ArrowStream);
  }

  /** The open file as an IPC stream, in pieces. */
  arrowPieces(binding: Binding, request: string): PieceSource {
    return nativeCall(() => new binding.NativeIpc(this.#native, request));
  }

  /** Ends the core's thread when it has nothing more to do. The file stays open for forks. */
  rest(): void {
    this.#native.rest();
  }

  /** Ends the core's thread, and closes the file; harmless when that is done. */
  close(): void {
    this.#closed = true;
    this.#unlisten?.();
    this.#native.close();
    this.#wake?.();
  }

  #closedError(): CheckpointError {
    return new CheckpointError('ERR_CKPT_CLOSED', 'the reader was closed while this was read; open the checkpoint again');
  }

  async #event(): Promise<void> {
    if (this.#error !== undefined) throw this.#error;
    if (this.#closed) throw this.#closedError();
    await held(this, (resolve) => {
      this.#wake = resolve;
    });
  }
}
