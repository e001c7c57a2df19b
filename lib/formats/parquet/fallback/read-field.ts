import type { RowGroup } from 'hyparquet';
import { assembleColumn } from './assemble-column.js';
import { leavesOf, type Field } from './fields.js';
import type { LeafData } from './leaf-data.js';
import { decodingError, type ParquetFile } from './parquet-file.js';
import { readLeaf } from './read-leaf.js';
import { textError } from './text-mode.js';

/** The values of a field in a row group. `verify`: its checksums are compared. */
export async function readField(file: ParquetFile, field: Field, group: number, verify: boolean): Promise<unknown[]> {
  const { columns, num_rows: rows } = file.metadata.row_groups[group] as RowGroup;
  const leaves = new Map<number, LeafData>();
  try {
    for (const leaf of leavesOf(field)) {
      const checksums = verify ? group * file.leaves : null;
      leaves.set(leaf.ordinal, await readLeaf(file, leaf, columns[leaf.ordinal]!.meta_data!, checksums));
    }
    return assembleColumn(field, leaves, Number(rows));
  } catch (error) {
    const text = file.footer.ours ? undefined : textError(error, file.path, field.name);
    throw text ?? decodingError(error, file.path, field.name);
  }
}
