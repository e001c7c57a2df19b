import type { FileColumn } from '../columnar/logical-columns.js';
import type { Pace } from '../base/pace.js';
import type { Row } from '../base/rows.js';

/** What is known of a Parquet file before its rows. */
export interface ForeignFile {
  columns: readonly FileColumn[];
  /** The key-value `pandas` of the footer, which pandas writes through pyarrow. */
  pandas: string | undefined;
  /** arrow-ckpt wrote it, in the form of the program at hand. */
  ours: boolean;
}

/** Rows in the form of another program. */
export interface Encoded {
  rows: Row[];
  /** Rows that show the types of the columns beforehand. */
  samples: Row[];
}

/** How another program keeps rows in Parquet. */
export interface CompatCodec {
  /**
   * The rows that make columns which the program reads back as these rows.
   * @throws CheckpointError `ERR_CKPT_NOT_COMPATIBLE` with `row`, `column` and the reason, where it could not
   */
  encode(rows: readonly Row[], pace: Pace): Encoded | Promise<Encoded>;
  /**
   * What makes of the file's rows those that were saved, undefined for a row that stands for none. Undefined where the rows are as they
   * were saved, or where the file is not of this program.
   */
  decoder(file: ForeignFile): Decode | undefined;
}

/** The saved row of a row of the file. */
export type Decode = (row: Row) => Row | undefined;
