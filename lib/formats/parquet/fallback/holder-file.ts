import { CheckpointError, isCheckpointError, type CheckpointErrorCode } from '../../../base/errors.js';
import { placesOf } from '../pool.js';
import { KEY_ID, type Holder } from '../references.js';
import { checkPageIndexes } from './check-indexes.js';
import { checkVersion } from './check-version.js';
import { checkSumsAreThere, KEY_FOOTER_CRC } from './checksums.js';
import type { Field } from './fields.js';
import { ParquetFile, type FallbackOpenOptions } from './parquet-file.js';

/** What lies there may well be the right one: who may read it, or has memory or files left, has it. */
const TROUBLE: ReadonlySet<CheckpointErrorCode> = new Set(['ERR_CKPT_PERMISSION', 'ERR_CKPT_IO', 'ERR_CKPT_LIMIT']);
const ABSENT: ReadonlySet<CheckpointErrorCode> = new Set(['ERR_CKPT_NOT_FOUND']);

/**
 * A file that has values of a thin checkpoint, or why it cannot be read. Where it is looked for, and what must be right about it: see
 * crates/arrow-ckpt/src/decode/holders.rs.
 */
export class HolderFile {
  readonly named: Holder;
  readonly found: ParquetFile | CheckpointError;

  private constructor(named: Holder, found: ParquetFile | CheckpointError) {
    this.named = named;
    this.found = found;
  }

  /** Looks for one that the checkpoint at `path` refers to. */
  static async open(named: Holder, path: string, options: FallbackOpenOptions): Promise<HolderFile> {
    try {
      return new HolderFile(named, await find(named, path, options));
    } catch (error) {
      if (!isCheckpointError(error)) throw error;
      return new HolderFile(named, error);
    }
  }

  get isMissing(): boolean {
    return isCheckpointError(this.found) && this.found.code === 'ERR_CKPT_BASE';
  }

  /** The open file, for who wants a column of it. @throws `ERR_CKPT_BASE` where it is missing or another one */
  file(column: string): ParquetFile {
    const { found } = this;
    if (!isCheckpointError(found)) return found;
    const { id, hint } = this.named;
    const was = hint === '' ? '' : `, last seen as ${hint}`;
    const advice =
      'read the other columns with `columns`, or copy the whole directory with its .ckpt, or materialize the checkpoint where its directory is';
    const what = this.isMissing ? `${found.message}; ${advice}` : found.message;
    const message = `column '${column}' has values in another file (id ${id}${was}): ${what}`;
    throw new CheckpointError(found.code, message, { column, cause: found, ...(found.path !== undefined && { path: found.path }) });
  }

  /** A column of it as it is stored there. */
  field(name: string): Field | undefined {
    return isCheckpointError(this.found) ? undefined : this.found.fields.find((field) => field.name === name);
  }

  async close(): Promise<void> {
    if (!isCheckpointError(this.found)) await this.found.close();
  }
}

async function find(named: Holder, path: string, options: FallbackOpenOptions): Promise<ParquetFile> {
  const others: string[] = [];
  let trouble: CheckpointError | undefined;
  for (const place of placesOf(named, path)) {
    const file = await openStored(place, options);
    if (!isCheckpointError(file)) {
      const other = difference(file, named);
      if (other === undefined) return checkRows(file, named);
      await file.close();
      others.push(`${place} has another ${other}`);
    } else if (TROUBLE.has(file.code)) trouble ??= file;
    else if (!ABSENT.has(file.code)) others.push(file.message.includes(place) ? file.message : `${place}: ${file.message}`);
  }
  if (trouble !== undefined) throw trouble;
  const what = others.length === 0 ? 'it is missing' : `it is missing; what is there is another file (${[...new Set(others)].join('; ')})`;
  throw new CheckpointError('ERR_CKPT_BASE', what);
}

/** A file as it is stored, or why it cannot be opened. */
async function openStored(path: string, options: FallbackOpenOptions): Promise<ParquetFile | CheckpointError> {
  let file: ParquetFile | undefined;
  try {
    file = await ParquetFile.open(path, options);
    checkVersion(file.footer);
    if (options.verify !== false) {
      checkSumsAreThere(file.footer, file.metadata.row_groups.length * file.leaves);
      await checkPageIndexes(file);
    }
    return file;
  } catch (error) {
    await file?.close();
    if (isCheckpointError(error)) return error;
    throw error;
  }
}

/** In what a file is not the one that is meant. */
function difference({ footer, keyValues, bytes }: ParquetFile, named: Holder): string | undefined {
  if (!footer.ours || keyValues[KEY_ID] !== named.id) return 'id';
  if (bytes !== named.bytes) return 'length';
  return keyValues[KEY_FOOTER_CRC] === named.footer ? undefined : 'footer';
}

async function checkRows(file: ParquetFile, named: Holder): Promise<ParquetFile> {
  const { path, rows } = file;
  if (rows === named.rows) return file;
  await file.close();
  const message = `the file is corrupt: it has ${rows} rows, and a checkpoint that refers to it says ${named.rows}`;
  throw new CheckpointError('ERR_CKPT_CORRUPT', `${path}: ${message}`, { path });
}
