import type { LogicalPlan } from '../../columnar/plan.js';
import type { Compat } from '../../options/compat.js';
import { CheckpointError } from '../../base/errors.js';
import { loadBinding } from '../../base/addon/binding.js';
import { NativeLoad, type FileDescription, type Load } from './native/load.js';
import type { CheckpointInfo, FileOptions } from '../../options/options.js';
import { readKeyValues, type Footer } from './file-keys.js';
import { logicalColumns } from '../../columnar/logical-columns.js';
import type { FileHead } from '../../store/origin.js';
import { parquetOrigin } from './parquet-origin.js';

/** A Parquet file, ours or another writer's, that the core has open. */
export class NativeParquet<L extends Load | undefined = NativeLoad> {
  readonly path: string;
  readonly description: FileDescription;
  readonly footer: Footer;
  /** Undefined for a file that is not ours. */
  readonly plan: LogicalPlan | undefined;
  readonly compat: Compat | undefined;
  readonly #hash: string | null;
  readonly #metadata: Record<string, string>;
  readonly #load: L;

  /** `load`: what has opened the file, if anybody. */
  constructor(path: string, load: L, description: FileDescription) {
    this.path = path;
    this.#load = load;
    this.description = description;
    const { keyValues, createdBy, ours, tree } = description;
    this.footer = { path, keyValues, createdBy, ours, columns: tree.map((node) => node.name) };
    ({ plan: this.plan, compat: this.compat, hash: this.#hash, metadata: this.#metadata } = readKeyValues(this.footer));
  }

  /** Opens a file. It must be closed. @throws what is wrong with it */
  static async open(path: string, options: FileOptions = {}): Promise<NativeParquet> {
    const { verify = true, limits, text, duplicateColumns } = options;
    const binding = loadBinding();
    if (binding === null) throw new CheckpointError('ERR_CKPT_INTERNAL', 'arrow-ckpt has a bug: a native load without the binary');
    const load = NativeLoad.open(binding, path, {
      verify,
      ...(limits !== undefined && { limits }),
      ...(text !== undefined && { text }),
      renameDuplicates: duplicateColumns === 'rename',
    });
    try {
      return new NativeParquet(path, load, await load.opened());
    } catch (error) {
      load.close();
      throw error;
    }
  }

  /** What is known of it without reading its rows. */
  info(): CheckpointInfo {
    const { path, plan, description } = this;
    const { rows, bytes } = description;
    const columns = logicalColumns(description.columns, plan, rows);
    return { path, format: 'parquet', rows, bytes, hash: this.#hash, metadata: this.#metadata, columns };
  }

  head(): FileHead {
    return { hash: this.#hash, metadata: this.#metadata, origin: parquetOrigin(this.footer, this.compat) };
  }

  /** The handle that has opened the file, for one scan; `close` closes it, too. */
  get load(): L {
    return this.#load;
  }

  close(): void {
    this.#load?.close();
  }
}
