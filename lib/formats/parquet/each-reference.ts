import { ParquetFile } from './fallback/parquet-file.js';
import { throwIfAborted } from '../../base/halt.js';
import type { Field } from './fallback/fields.js';
import { readField } from './fallback/read-field.js';
import type { ColumnReference } from './references.js';

/** A row whose value is in another file: which of the holders, and the row there. */
type OnReference = (holder: number, row: number) => void;

/** Goes through the references of a column of a thin file, in its rows' order. The columns of them are small, and read as plain numbers. */
export async function eachReference(
  path: string,
  { r, h, of }: ColumnReference,
  onReference: OnReference,
  signal?: AbortSignal,
): Promise<void> {
  const file = await ParquetFile.open(path);
  try {
    const field = (name: string): Field => file.fields.find((each) => each.name === name) as Field;
    const only = of[0]?.[0] ?? 0;
    for (let group = 0; group < file.metadata.row_groups.length; group++) {
      throwIfAborted(signal);
      const rows = await readField(file, field(r), group, true);
      const holders = h === undefined ? undefined : await readField(file, field(h), group, true);
      for (const [at, row] of rows.entries())
        if (row !== null && row !== undefined) onReference(holders === undefined ? only : Number(holders[at]), Number(row));
    }
  } finally {
    await file.close();
  }
}

/** The bytes of each stored column of a Parquet file. */
export async function storedBytes(path: string): Promise<{ bytes: number; rows: number; columns: Map<string, number> }> {
  const file = await ParquetFile.open(path);
  try {
    const columns = new Map<string, number>();
    for (const group of file.metadata.row_groups)
      for (const { meta_data: chunk } of group.columns) {
        const name = chunk?.path_in_schema[0];
        if (name !== undefined) columns.set(name, (columns.get(name) ?? 0) + Number(chunk?.total_compressed_size ?? 0));
      }
    return { bytes: file.bytes, rows: file.rows, columns };
  } finally {
    await file.close();
  }
}
