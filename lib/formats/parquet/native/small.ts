import type { PhysicalNode } from '../../../columnar/read/tree.js';
import { Arena } from '../../../columnar/read/views.js';
import { environment } from '../../../base/environment.js';
import type { WriteOptions } from '../../../options/options.js';
import type { Binding } from '../../../base/addon/binding.js';
import { nativeError } from './native-error.js';
import type { Block, FileDescription, Load } from './load.js';

/** Size of the arena of a small file: those of larger ones are pooled in sets (arenas.ts). */
const ARENA_BYTES = 256 << 10;
/** Arenas that are kept: small files are read one after another, or some at a time. */
const MAX_IDLE = 8;

const idle: Arena[] = [];

type SmallFile = NonNullable<Awaited<ReturnType<Binding['readSmall']>>>;
type SmallHead = Omit<FileDescription, 'columns' | 'rows' | 'bytes'>;

/** A small file whose rows are all in one block already: what `NativeLoad` is of a larger one, for one scan of everything. */
export class SmallLoad implements Load {
  #block: Block | undefined;
  #description: FileDescription | undefined;

  private constructor(
    readonly file: SmallFile,
    readonly arena: Arena,
  ) {
    if (file.bytes > 0) this.#block = { arena, index: 0, bytes: file.bytes, certain: true };
  }

  /** Reads it; undefined for a file that is not small, or with which anything is wrong: `NativeLoad` then finds out what. */
  static async read(binding: Binding, path: string, verify: boolean): Promise<SmallLoad | undefined> {
    const arena = idle.pop() ?? new Arena(ARENA_BYTES);
    const file = await binding.readSmall(path, verify, arena.bytes);
    if (file !== null) return new SmallLoad(file, arena);
    giveArena(arena);
    return undefined;
  }

  /** All that the file says of itself. Readers of files of one shape need it once: its `head` is the same for all of them. */
  get description(): FileDescription {
    const { head, columns, rows, size: bytes } = this.file;
    this.#description ??= {
      ...(JSON.parse(head) as SmallHead),
      columns: JSON.parse(columns) as FileDescription['columns'],
      rows,
      bytes,
    };
    return this.#description;
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

/** Saves a file whose records are all in one piece of memory, which is the core's until this is done. Resolves when it is durable. */
export async function saveSmall(
  binding: Binding,
  path: string,
  options: string,
  records: Uint8Array,
  keyValues: Record<string, string>,
): Promise<FileDescription> {
  const saved = binding.saveSmall(path, options, records, records.length, JSON.stringify(keyValues));
  const description = await saved.catch((error: Error) => {
    throw nativeError(error.message);
  });
  return JSON.parse(description) as FileDescription;
}

/** The options of a save as the core takes them. */
export function nativeOptions(options: WriteOptions): string {
  const { compression = 'auto', compressionLevel, rowGroupRows, threads } = options;
  // Tests want small pages.
  const pageRows = Number(environment('ARROW_CKPT_PAGE_ROWS')) || undefined;
  return JSON.stringify({ compression, compressionLevel, rowGroupRows, threads, pageRows });
}
