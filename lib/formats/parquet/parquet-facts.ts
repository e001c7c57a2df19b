import type { Compat } from '../../options/compat.js';
import type { CheckpointInfo } from '../../options/options.js';
import { logicalColumns, type FileColumn } from '../../columnar/logical-columns.js';
import type { LogicalPlan } from '../../columnar/plan.js';
import type { PhysicalNode } from '../../columnar/physical-node.js';
import type { Decode } from '../../compat/codec.js';
import { codecOf } from '../../compat/compat.js';
import type { OpenedFile } from '../../schema/open-fields.js';
import type { FileHead } from '../../store/origin.js';
import { isOurs, KEY_PANDAS, KEY_VERSION, readKeyValues, type Footer } from './file-keys.js';
import { deltaInfo } from './delta-info.js';
import { referencesOf, type References } from './references.js';
import type { FileDescription } from './native/load.js';

/** What a reader finds in a footer. */
interface Found {
  footer: Footer;
  rows: number;
  /** The size of the file. */
  bytes: number;
  columns: readonly FileColumn[];
  tree: readonly PhysicalNode[];
}

/** What a Parquet file says of itself. Either reader makes it of the footer, and so does a save; no row is read for it. */
export class ParquetFacts implements OpenedFile {
  readonly footer: Footer;
  readonly rows: number;
  readonly bytes: number;
  /** The top-level columns as they are stored. */
  readonly columns: readonly FileColumn[];
  readonly tree: readonly PhysicalNode[];
  /** Undefined for a file that is not ours. */
  readonly plan: LogicalPlan | undefined;
  /** The program in whose form the rows of a file of ours are. */
  readonly compat: Compat | undefined;
  readonly #hash: string | null;
  readonly #metadata: Record<string, string>;

  /** @throws `ERR_CKPT_CORRUPT`, `ERR_CKPT_UNSUPPORTED_FILE` for key-values that are not as a save writes them */
  constructor({ footer, rows, bytes, columns, tree }: Found) {
    this.footer = footer;
    this.rows = rows;
    this.bytes = bytes;
    this.columns = columns;
    this.tree = tree;
    ({ plan: this.plan, compat: this.compat, hash: this.#hash, metadata: this.#metadata } = readKeyValues(footer));
  }

  /** Of a file that the core has described. */
  static of(path: string, { keyValues, createdBy, ours, ...found }: FileDescription): ParquetFacts {
    const columns = found.tree.map((node) => node.name);
    return new ParquetFacts({ ...found, footer: { path, keyValues, createdBy, ours, columns } });
  }

  get path(): string {
    return this.footer.path;
  }

  /** Whether the file is as arrow-ckpt wrote it. */
  get ours(): boolean {
    return isOurs(this.footer);
  }

  /** What it has in other files; undefined for a whole file. */
  get references(): References | undefined {
    return this.ours ? referencesOf(this.footer.keyValues) : undefined;
  }

  /** The top-level keys of the rows, but for those of whole rows. */
  get keys(): readonly string[] {
    return this.plan === undefined ? this.footer.columns : this.plan.row.f.map((field) => field.k);
  }

  info(): CheckpointInfo {
    const { path, rows, bytes } = this;
    const columns = logicalColumns(this.columns, this.plan, rows);
    const delta = deltaInfo(path, bytes, rows, this.references);
    return { path, format: 'parquet', rows, bytes, hash: this.#hash, metadata: this.#metadata, columns, delta };
  }

  /** Another program that rewrote a checkpoint may have carried the version over, but it does not hold for its file. */
  head(): FileHead {
    const version = this.ours ? this.footer.keyValues[KEY_VERSION] : undefined;
    const formatVersion = version === undefined ? null : Number(version);
    const origin = { createdBy: this.footer.createdBy, formatVersion, compat: this.compat ?? null, checksums: formatVersion !== null };
    return { hash: this.#hash, metadata: this.#metadata, origin };
  }

  /**
   * What decodes the rows of a file of ours in another program's form, or of that program's own if the caller says that it may be one
   * (`asked`). A checkpoint of ours is in no other form than the one that it says, whatever its columns look like.
   */
  decode(asked: Compat | undefined): Decode | undefined {
    const { columns, footer, ours } = this;
    const compat = ours ? this.compat : asked;
    return compat === undefined ? undefined : codecOf(compat).decoder({ columns, pandas: footer.keyValues[KEY_PANDAS], ours });
  }
}
