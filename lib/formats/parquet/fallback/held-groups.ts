import type { RowGroup } from 'hyparquet';
import { leavesOf, type Field } from './fields.js';
import type { ParquetFile } from './parquet-file.js';
import { readField } from './read-field.js';

/** Bytes of decoded columns that are kept, about; the last one always. */
const KEPT_BYTES = 256 << 20;

/** The values of a column in one row group of a file. */
interface HeldGroup {
  group: number;
  values: readonly unknown[];
  bytes: number;
}

/**
 * Columns of files that others refer to, a row group at a time. Of each column the last row group is kept: who refers to rows in their
 * order has each decoded once.
 */
export class HeldGroups {
  readonly #verify: boolean;
  /** The one that was used last comes last. */
  readonly #kept = new Map<Field, HeldGroup>();
  #bytes = 0;

  constructor(verify: boolean) {
    this.#verify = verify;
  }

  /** The row group of a column that is at hand. */
  keptOf(field: Field): number | undefined {
    return this.#kept.get(field)?.group;
  }

  async values(file: ParquetFile, field: Field, group: number): Promise<readonly unknown[]> {
    if (this.keptOf(field) === group) return this.#keep(field, this.#take(field) as HeldGroup);
    this.#take(field);
    const bytes = bytesOf(file, field, group);
    // Those at hand go before others come.
    for (const other of this.#kept.keys()) if (this.#bytes + bytes > KEPT_BYTES) this.#take(other);
    return this.#keep(field, { group, values: await readField(file, field, group, this.#verify), bytes });
  }

  #keep(field: Field, held: HeldGroup): readonly unknown[] {
    this.#kept.set(field, held);
    this.#bytes += held.bytes;
    return held.values;
  }

  #take(field: Field): HeldGroup | undefined {
    const held = this.#kept.get(field);
    this.#bytes -= held?.bytes ?? 0;
    this.#kept.delete(field);
    return held;
  }
}

function bytesOf({ metadata }: ParquetFile, field: Field, group: number): number {
  const { columns } = metadata.row_groups[group] as RowGroup;
  return leavesOf(field).reduce((sum, { ordinal }) => sum + Number(columns[ordinal]?.meta_data?.total_uncompressed_size ?? 0), 0);
}
