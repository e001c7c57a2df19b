import { referencesOf } from '../references.js';
import { withPath } from '../../../base/errors.js';
import { checkVersion } from './check-version.js';
import { storedColumns, thinColumns, type Column } from './columns.js';
import { HolderFile } from './holder-file.js';
import { ParquetFile, type FallbackOpenOptions } from './parquet-file.js';

/** An open file with its columns as a plan knows them, and with the files that have values of some. */
export class OpenedFile {
  readonly file: ParquetFile;
  readonly columns: readonly Column[];
  readonly #holders: readonly HolderFile[];

  private constructor(file: ParquetFile, columns: readonly Column[], holders: readonly HolderFile[]) {
    this.file = file;
    this.columns = columns;
    this.#holders = holders;
  }

  /** Opens a file; the caller closes it. @throws `ERR_CKPT_FORMAT_VERSION` for one of a later version */
  static async open(path: string, options: FallbackOpenOptions = {}): Promise<OpenedFile> {
    const opened = await openOnce(path, options);
    if (!opened.#holders.some((holder) => holder.isMissing)) return opened;
    // The checkpoint may have been replaced meanwhile, and what the old one referred to swept.
    const again = await openOnce(path, options).catch(() => undefined);
    if (again === undefined) return opened;
    await opened.close();
    return again;
  }

  /** Of a footer that was read; undefined for one with values in other files. @throws `ERR_CKPT_FORMAT_VERSION` */
  static whole(file: ParquetFile): OpenedFile | undefined {
    checkVersion(file.footer);
    const isThin = file.footer.ours && referencesOf(file.keyValues) !== undefined;
    return isThin ? undefined : new OpenedFile(file, storedColumns(file), []);
  }

  static of(file: ParquetFile, columns: readonly Column[], holders: readonly HolderFile[]): OpenedFile {
    return new OpenedFile(file, columns, holders);
  }

  async close(): Promise<void> {
    for (const open of [this.file, ...this.#holders]) await open.close();
  }
}

async function openOnce(path: string, options: FallbackOpenOptions): Promise<OpenedFile> {
  const file = await ParquetFile.open(path, options);
  const holders: HolderFile[] = [];
  try {
    checkVersion(file.footer);
    const references = file.footer.ours ? referencesOf(file.keyValues) : undefined;
    if (references === undefined) return OpenedFile.of(file, storedColumns(file), holders);
    for (const holder of references.holders) holders.push(await HolderFile.open(holder, path, options));
    return OpenedFile.of(file, thinColumns(file, references, holders), holders);
  } catch (error) {
    for (const open of [file, ...holders]) await open.close();
    throw withPath(error, path);
  }
}
