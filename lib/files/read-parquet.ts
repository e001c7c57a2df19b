import { Materialiser } from '../columnar/read/materialiser.js';
import { foreignRows, neededColumns, place, plannedRows, type PhysicalNode, type RowRead } from '../columnar/read/tree.js';
import type { LogicalPlan } from '../columnar/plan.js';
import { decodeRows, type Decode } from '../compat/compat.js';
import { CheckpointError, withPath } from '../errors.js';
import { loadBinding } from '../native/binding.js';
import { NativeLoad, type FileDescription } from '../native/load.js';
import type { CheckpointInfo, ReadOptions } from '../options.js';
import type { Row } from '../rows.js';
import { loadCheck, type LoadCheck, type OpenedFile } from '../schema/load-check.js';
import { decodeOf } from './decoding.js';
import { isOurs, readKeyValues, type Footer } from './file-keys.js';
import { logicalColumns } from './logical-columns.js';
import { parquetOrigin, type FileHead } from './origin.js';
import { Pace } from './pace.js';
import { selectionOf, type Selection } from './selection.js';

/** Rows to make room for at once: 32 MiB of pointers. */
const MAX_RESERVED_ROWS = 1 << 22;

/** Reads all rows of a Parquet file, ours or another writer's, through the core. */
export async function readParquet(path: string, options: ReadOptions): Promise<Row[]> {
  const scan = new ParquetScan(path, options);
  try {
    // Growing would copy the array again and again; but a footer may promise anything.
    const rows = Array<Row>(Math.min(await scan.begin(), MAX_RESERVED_ROWS));
    let made = 0;
    for (let more = await scan.next(rows, made); more !== undefined; more = await scan.next(rows, made)) made += more;
    rows.length = made;
    return rows;
  } catch (error) {
    throw withPath(error, path);
  } finally {
    scan.close();
  }
}

/** The same rows in batches of up to some thousand, each made when it is asked for: one or a few blocks are held. */
export async function* parquetBatches(path: string, options: ReadOptions): AsyncGenerator<Row[], void, undefined> {
  const scan = new ParquetScan(path, options);
  try {
    await scan.begin();
    for (;;) {
      const rows: Row[] = [];
      const more = await scan.next(rows, 0);
      if (more === undefined) return;
      rows.length = more;
      if (scan.fits && more > 0) yield rows;
    }
  } catch (error) {
    throw withPath(error, path);
  } finally {
    scan.close();
  }
}

/** One reading of a file from its first row to its last: `begin`, then `next` until there is nothing more, and `close` in any case. */
class ParquetScan {
  readonly #path: string;
  readonly #options: ReadOptions;
  readonly #check: LoadCheck | undefined;
  readonly #load: NativeLoad;
  readonly #pace: Pace;
  readonly #selection: Selection | undefined;
  #materialiser: Materialiser | undefined;
  #decode: Decode | undefined;
  /** Wanted rows so far. */
  #rows = 0;

  constructor(path: string, options: ReadOptions) {
    this.#path = path;
    this.#options = options;
    this.#check = loadCheck(options, path);
    this.#load = openNative(path, options.verify ?? true);
    this.#pace = new Pace(options);
    this.#selection = selectionOf(options);
  }

  /** False once a row did not fit the schema: `next` then only counts what else does not, and throws at the end. */
  get fits(): boolean {
    return this.#check === undefined || this.#check.fits;
  }

  /** Opens the file; resolves with the number of rows that its footer promises. */
  async begin(): Promise<number> {
    const path = this.#path;
    const file = await this.#load.opened();
    const footer = footerOf(file, path);
    const { plan, compat } = readKeyValues(footer);
    const { rows, columns: known } = file;
    this.#decode = decodeOf(footer, known, compat, this.#options.compat);
    const names = known.map((column) => column.name);
    const keys = this.#keys(this.#opened({ rows, columns: known, plan, ours: isOurs(footer) }), names, plan);
    const keep = keys === undefined ? undefined : new Set(keys);
    const tree = await this.#load.scan(keep === undefined ? undefined : columnIndices(file, plan, keep, path));
    const read: RowRead = plan === undefined ? foreignRows(tree) : plannedRows(plan, tree, keep);
    this.#materialiser = new Materialiser(read, place(tree).size, rows);
    this.#pace.totalRows = rows;
    return rows;
  }

  /** Shows the file to the schema; gives the columns that are wanted. */
  #opened(file: OpenedFile): readonly string[] | undefined {
    const check = this.#check;
    if (check === undefined) return this.#options.columns;
    if (this.#decode === undefined) return check.opened(file);
    // The columns are of other types than the rows.
    check.begin();
    return this.#options.columns;
  }

  /** The keys to load where the caller wants `columns`. */
  #keys(columns: readonly string[] | undefined, names: readonly string[], plan: LogicalPlan | undefined): readonly string[] | undefined {
    if (this.#selection === undefined) return columns;
    const known = new Set(plan === undefined ? names : plan.row.f.map((field) => field.k));
    const { keys, unknown } = this.#selection.keys(columns, known);
    // Whole rows are in no column: any key may be in one of them.
    if (unknown !== undefined && plan?.x === undefined) throw unknownColumn(this.#path, unknown, [...known]);
    return keys;
  }

  /** Puts the next wanted rows into `rows` from index `at` on; resolves with how many, undefined after the last. */
  async next(rows: Row[], at: number): Promise<number | undefined> {
    const block = this.#selection?.done === true ? undefined : await this.#load.next();
    if (block === undefined) {
      this.#pace.finish();
      this.#check?.finish();
      return undefined;
    }
    const read = (this.#materialiser as Materialiser).put(block.arena, rows, at);
    this.#load.release(block.index);
    let more = this.#decode === undefined ? read : decodeRows(this.#decode, rows, at, at + read);
    if (this.#selection !== undefined) more = this.#selection.keep(rows, at, at + more);
    if (this.#check !== undefined) await this.#check.run(rows, at, at + more, this.#rows);
    this.#rows += more;
    this.#pace.advance(read);
    if (this.#pace.due) await this.#pace.turn();
    return more;
  }

  close(): void {
    this.#load.close();
  }
}

/** What is known of a Parquet file without reading its rows. */
export async function parquetInfo(path: string): Promise<CheckpointInfo> {
  const file = await described(path);
  const { plan, hash, metadata } = readKeyValues(footerOf(file, path));
  const { rows, bytes } = file;
  return { path, format: 'parquet', rows, bytes, hash, metadata, columns: logicalColumns(file.columns, plan, rows) };
}

/** What a Parquet file says of itself in its key-values. */
export async function parquetHead(path: string): Promise<FileHead> {
  const footer = footerOf(await described(path), path);
  const { hash, metadata, compat } = readKeyValues(footer);
  return { hash, metadata, origin: parquetOrigin(footer, compat) };
}

async function described(path: string): Promise<FileDescription> {
  const load = openNative(path, true);
  try {
    return await load.opened();
  } finally {
    load.close();
  }
}

function footerOf({ keyValues, createdBy, tree }: FileDescription, path: string): Footer {
  return { path, keyValues, createdBy, columns: tree.map((node) => node.name) };
}

function openNative(path: string, verify: boolean): NativeLoad {
  const binding = loadBinding();
  if (binding === null) throw new CheckpointError('ERR_CKPT_INTERNAL', 'arrow-ckpt has a bug: a native load without the binary');
  return new NativeLoad(binding, path, verify);
}

/** The top-level columns of the file that hold the wanted keys. */
function columnIndices(file: FileDescription, plan: LogicalPlan | undefined, keep: ReadonlySet<string>, path: string): number[] {
  const names = file.tree.map((node: PhysicalNode) => node.name);
  const { names: needed, unknown } =
    plan === undefined ? { names: keep, unknown: [...keep].find((key) => !names.includes(key)) } : neededColumns(plan, keep);
  if (unknown !== undefined) throw unknownColumn(path, unknown, plan === undefined ? names : plan.row.f.map((field) => field.k));
  return names.flatMap((name, index) => (needed.has(name) ? [index] : []));
}

/** The error of a column that the file does not have. */
export function unknownColumn(path: string, column: string, known: readonly string[]): CheckpointError {
  const message = `${path} has no column '${column}'; it has ${known.slice(0, 20).join(', ')}`;
  return new CheckpointError('ERR_CKPT_UNKNOWN_COLUMN', message, { path, column });
}
