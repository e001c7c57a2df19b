import type { ColumnChunk } from 'hyparquet';
import type { ParquetFile } from './fallback/parquet-file.js';
import { Compact, WIRE } from './fallback/thrift.js';

/** A page of a column chunk: its bytes in the file, and its rows in the row group. */
export interface PagePlace {
  start: number;
  end: number;
  firstRow: number;
  endRow: number;
}

/** The data pages of a column chunk by its offset index; undefined where there is none that can be read. `rows`: of the row group. */
export async function pagePlaces(file: ParquetFile, chunk: ColumnChunk, rows: number): Promise<PagePlace[] | undefined> {
  const { offset_index_offset: offset, offset_index_length: length } = chunk;
  if (offset === undefined || length === undefined) return undefined;
  try {
    const pages = pagesIn(new Uint8Array(await file.read(Number(offset), length)));
    for (const [at, page] of pages.entries()) page.endRow = pages[at + 1]?.firstRow ?? rows;
    return pages.length === 0 ? undefined : pages;
  } catch {
    // The reader tells what is wrong with it.
    return undefined;
  }
}

function pagesIn(bytes: Uint8Array): PagePlace[] {
  const pages: PagePlace[] = [];
  const reader = new Compact(bytes);
  reader.fields((list, listKind) => {
    if (list !== 1 || listKind !== WIRE.LIST) return false;
    for (let left = reader.list(WIRE.STRUCT); left > 0; left--) {
      let [start, length, firstRow] = [0, 0, 0];
      reader.fields((id, kind) => {
        if (id === 1 && kind === WIRE.I64) start = Number(reader.i64());
        else if (id === 2 && kind === WIRE.I32) length = reader.i32();
        else if (id === 3 && kind === WIRE.I64) firstRow = Number(reader.i64());
        else return false;
        return true;
      });
      pages.push({ start, end: start + length, firstRow, endRow: firstRow });
    }
    return true;
  });
  return pages;
}
