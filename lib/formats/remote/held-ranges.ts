import type { RowGroup } from 'hyparquet';
import { isCheckpointError } from '../../base/errors.js';
import { leavesOf, type Field } from '../parquet/fallback/fields.js';
import type { Column } from '../parquet/fallback/columns.js';
import { groupOf, startsOf } from '../parquet/fallback/group-starts.js';
import type { OpenedFile } from '../parquet/fallback/opened-file.js';
import type { ParquetFile } from '../parquet/fallback/parquet-file.js';
import { readField } from '../parquet/fallback/read-field.js';
import { pagePlaces, type PagePlace } from '../parquet/page-places.js';
import { chunkRanges } from './chunk-ranges.js';
import type { Range } from './ranges.js';

/** A column of a holder, and which of its rows are wanted: by row group, one where a row is. */
interface Wanted {
  id: string;
  file: ParquetFile;
  field: Field;
  /** The first row of each row group. */
  starts: readonly number[];
  marks: Map<number, Uint8Array>;
}

/**
 * Which bytes of the files that a thin checkpoint refers to have the values of columns in its row groups `groups`, by their ids. What of
 * the checkpoint itself tells it must be there. `byPages`: only the pages that have them, as the core reads them, not whole chunks. What is
 * wrong with the references is for the reader to tell.
 */
export async function heldRanges(
  { file }: OpenedFile,
  columns: readonly Column[],
  groups: readonly number[],
  byPages: boolean,
): Promise<Map<string, Range[]>> {
  const ranges = new Map<string, Range[]>();
  for (const column of columns) {
    const wanted = wantedOf(column);
    if (wanted.size === 0) continue;
    for (const group of groups) await mark(file, column, group, wanted).catch(ignoreDamage);
    for (const one of wanted.values()) {
      const known = ranges.get(one.id) ?? [];
      known.push(...(await rangesOf(one, byPages)));
      ranges.set(one.id, known);
    }
  }
  return ranges;
}

/** The columns of holders that have values of a column, by the numbers of the holders. */
function wantedOf({ shared }: Column): Map<number, Wanted> {
  const wanted = new Map<number, Wanted>();
  for (const { holder, number, column } of shared?.of ?? []) {
    const field = holder.field(column);
    if (field === undefined || isCheckpointError(holder.found)) continue;
    const file = holder.found;
    wanted.set(number, { id: holder.named.id, file, field, starts: startsOf(file), marks: new Map() });
  }
  return wanted;
}

/** Marks the rows to which a row group refers. */
async function mark(file: ParquetFile, { shared }: Column, group: number, wanted: ReadonlyMap<number, Wanted>): Promise<void> {
  if (shared === undefined) return;
  // Whoever reads the values compares the checksums.
  const rows = await readField(file, shared.rows, group, false);
  const numbers = shared.holders && (await readField(file, shared.holders, group, false));
  const only = shared.of[0]?.number;
  let near = 0;
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at];
    if (row === null || row === undefined) continue;
    const one = wanted.get((numbers === undefined ? only : numbers[at]) as number);
    if (one === undefined) continue;
    const { file: holder, starts, marks } = one;
    const number = Number(row);
    if (number < 0 || number >= holder.rows) continue;
    near = groupOf(starts, number, near);
    let marked = marks.get(near);
    if (marked === undefined) {
      marked = new Uint8Array(Number((holder.metadata.row_groups[near] as RowGroup).num_rows));
      marks.set(near, marked);
    }
    marked[number - (starts[near] as number)] = 1;
  }
}

async function rangesOf({ file, field, marks }: Wanted, byPages: boolean): Promise<Range[]> {
  const ranges: Range[] = [];
  for (const [group, marked] of marks) {
    const chunks = leavesOf(field).flatMap(({ ordinal }) => file.metadata.row_groups[group]?.columns[ordinal] ?? []);
    const pages = byPages ? await Promise.all(chunks.map((chunk) => pagePlaces(file, chunk, marked.length))) : [undefined];
    const part = pages.includes(undefined) ? undefined : partOf(pages as PagePlace[][], marked);
    for (const [at, chunk] of chunks.entries()) {
      if (part === undefined) ranges.push(...chunkRanges(chunk, file.dataEnd));
      else ranges.push(...pageRanges(pages[at] as PagePlace[], part, chunkRanges(chunk, file.dataEnd)[0]));
    }
  }
  return ranges;
}

/** The pages of a chunk in a part of the rows, and its dictionary, which is before the first of them. */
function pageRanges(pages: readonly PagePlace[], part: Uint8Array, chunk: Range | undefined): Range[] {
  const first = pages[0] as PagePlace;
  const dictionary: Range[] = chunk !== undefined && chunk[0] < first.start ? [[chunk[0], first.start]] : [];
  return [...dictionary, ...pages.filter((page) => touches(part, page)).map(({ start, end }): Range => [start, end])];
}

/**
 * The rows of all pages that are read for the marked ones, as `Part::of` of crates/arrow-ckpt/src/decode/part.rs: the leaves of a column
 * are read side by side. Undefined: all are, and the chunk is read as a whole.
 */
function partOf(leaves: readonly (readonly PagePlace[])[], marked: Uint8Array): Uint8Array | undefined {
  const part = Uint8Array.from(marked);
  for (let grows = true; grows;) {
    grows = false;
    for (const page of leaves.flat()) {
      if (!touches(part, page) || isFull(part, page)) continue;
      part.fill(1, page.firstRow, page.endRow);
      grows = true;
    }
  }
  return part.includes(0) ? part : undefined;
}

function touches(part: Uint8Array, { firstRow, endRow }: PagePlace): boolean {
  const at = part.indexOf(1, firstRow);
  return at >= 0 && at < endRow;
}

function isFull(part: Uint8Array, { firstRow, endRow }: PagePlace): boolean {
  const at = part.indexOf(0, firstRow);
  return at < 0 || at >= endRow;
}

function ignoreDamage(error: unknown): void {
  if (!isCheckpointError(error)) throw error;
}
