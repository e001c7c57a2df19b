import type { PhysicalNode } from '../../../columnar/physical-node.js';
import { Arena } from '../../../columnar/read/views.js';
import { environment } from '../../../base/environment.js';
import type { WriteOptions } from '../../../options/options.js';
import type { Binding } from '../../../base/addon/binding.js';
import { nativeError } from './native-error.js';
import type { Block, FileDescription, Load } from './load.js';
import type { ShareRequest } from '../pool.js';

/** Size of the arena of a small file: those of larger ones are pooled in sets (arenas.ts). */
const ARENA_BYTES = 256 << 10;
/** Arenas that are kept: small files are read one after another, or some at a time. */
const MAX_IDLE = 8;
/** Words before the texts about a file: see `read_small` of crates/arrow-ckpt-node/src/small.rs. */
const WORDS = 5;

const idle: Arena[] = [];

type SmallHead = Omit<FileDescription, 'columns' | 'rows' | 'bytes'>;

/** A small file whose rows are all in one block already: what `NativeLoad` is of a larger one, for one scan of everything. */
export class SmallLoad implements Load {
  readonly rows: number;
  readonly #at: number;
  #block: Block | undefined;
  #description: FileDescription | undefined;

  /** `at`: where in the arena is what is known of the file. */
  private constructor(
    readonly arena: Arena,
    at: number,
  ) {
    this.#at = at;
    this.rows = this.#word(0);
    const bytes = this.#word(2);
    if (bytes > 0) this.#block = { arena, index: 0, bytes, certain: true };
  }

  /**
   * Reads it; undefined for a file that is not small, or with which anything is wrong: `NativeLoad` then finds out what. `describes`: the
   * columns may be asked for; else they are there only of a file in another program's form.
   */
  static async read(binding: Binding, path: string, verify: boolean, describes: boolean): Promise<SmallLoad | undefined> {
    const arena = idle.pop() ?? new Arena(ARENA_BYTES);
    const at = await binding.readSmall(path, verify, describes, arena.bytes);
    if (at !== null) return new SmallLoad(arena, at);
    giveArena(arena);
    return undefined;
  }

  #word(index: number): number {
    return this.arena.u32[this.#at / 4 + index] as number;
  }

  /** What the file says of itself but for its columns, as JSON: the same for all files of one shape. It is the arena's. */
  get head(): Buffer {
    return this.#text(0, this.#word(3));
  }

  #text(from: number, bytes: number): Buffer {
    const start = this.#at + WORDS * 4 + from;
    return this.arena.bytes.subarray(start, start + bytes);
  }

  /** All that the file says of itself. Readers of files of one shape need it once. */
  get description(): FileDescription {
    return (this.#description ??= this.#described());
  }

  #described(): FileDescription {
    const { head, rows } = this;
    const columns = this.#text(head.length, this.#word(4)).toString() || '[]';
    return {
      ...(JSON.parse(head.toString()) as SmallHead),
      columns: JSON.parse(columns) as FileDescription['columns'],
      rows,
      bytes: this.#word(1),
    };
  }

  async scan(): Promise<PhysicalNode[]> {
    return this.description.tree;
  }

  async next(): Promise<Block | undefined> {
    return this.take();
  }

  /** The block of all rows; undefined when it was taken, or there are none. */
  take(): Block | undefined {
    const block = this.#block;
    this.#block = undefined;
    return block;
  }

  release(): void {
    giveArena(this.arena);
  }

  close(): void {
    this.#block = undefined;
  }
}

function giveArena(arena: Arena): void {
  if (idle.length < MAX_IDLE) idle.push(arena);
}

/** What the core tells of a file that it has saved in one step. */
export type SmallSave = Pick<FileDescription, 'rows' | 'bytes' | 'columns'>;

/** Saves a file whose records are all in one piece of memory, which is the core's until this is done. Resolves when it is durable. */
export async function saveSmall(
  binding: Binding,
  path: string,
  options: string,
  records: Uint8Array,
  keyValues: Record<string, string>,
): Promise<SmallSave> {
  const saved = binding.saveSmall(path, options, records, records.length, JSON.stringify(keyValues));
  const description = await saved.catch((error: Error) => {
    throw nativeError(error.message);
  });
  return JSON.parse(description) as SmallSave;
}

/** The options of a save as the core takes them. `share`: with which earlier files, and the name of the new one for later ones. */
export function nativeOptions(options: WriteOptions, share?: ShareRequest & { id: string; anySize: boolean }): string {
  const { compression = 'auto', compressionLevel, rowGroupRows, pages, threads } = options;
  // Tests want small pages.
  const pageRows = Number(environment('ARROW_CKPT_PAGE_ROWS')) || undefined;
  return JSON.stringify({ compression, compressionLevel, rowGroupRows, pages, threads, pageRows, share });
}
