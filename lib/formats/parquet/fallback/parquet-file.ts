import { isError } from '../../../base/realm.js';
import { open, type FileHandle } from 'node:fs/promises';
import { CheckpointError, fromSystemError, isCheckpointError } from '../../../base/errors.js';
import { checkMetadata } from './check-metadata.js';
import { checkFooter } from './checksums.js';
import type { Footer } from '../file-keys.js';
import { leavesOf, topLevelFields, type Field } from './fields.js';
import { refuseDuplicates, renameDuplicates } from './duplicate-names.js';
import { isFooterOurs, isWriterOurs } from './footer-origin.js';
import { parseMetadata, type Metadata } from './parse-metadata.js';
import { loadHyparquet, type Hyparquet } from './hyparquet.js';
import type { FileLimits } from '../../../options/limits.js';
import type { DuplicateColumns, TextMode } from '../../../options/options.js';
import { checkLimit, effectiveLimits } from './limits.js';
import { setTextMode } from './text-mode.js';

const MAGIC = 'PAR1';
const ENCRYPTED_MAGIC = 'PARE';
/** Magic, an empty footer's length, magic. */
const SMALLEST = 12;

/** Of the options of a load, what an open needs. */
export interface FallbackOpenOptions {
  limits?: FileLimits | undefined;
  verify?: boolean | undefined;
  text?: TextMode | undefined;
  duplicateColumns?: DuplicateColumns | undefined;
}

/** An open Parquet file with its footer read. */
export class ParquetFile {
  readonly path: string;
  readonly bytes: number;
  readonly metadata: Metadata;
  /** The top-level fields of the schema. */
  readonly fields: Field[];
  /** Leaves of the schema: chunks of a row group. */
  readonly leaves: number;
  readonly rows: number;
  /** The key-value pairs of the footer; of pairs with one key the first, as the native reader has it. */
  readonly keyValues: Record<string, string>;
  /** The footer as far as its key-values are concerned. */
  readonly footer: Footer;
  /** What the file may ask for. */
  readonly limits: Required<FileLimits>;
  readonly #handle: FileHandle;
  #decoders: Promise<Hyparquet> | undefined;

  private constructor(
    path: string,
    handle: FileHandle,
    bytes: number,
    { metadata, ours }: { metadata: Metadata; ours: boolean },
    limits: Required<FileLimits>,
    { text = 'strict', duplicateColumns }: FallbackOpenOptions,
  ) {
    this.path = path;
    this.bytes = bytes;
    this.metadata = metadata;
    this.keyValues = Object.fromEntries((metadata.key_value_metadata ?? []).toReversed().map(({ key, value }) => [key, value ?? '']));
    this.limits = limits;
    this.fields = topLevelFields(metadata.schema, path, limits.depth);
    if (!ours) setTextMode(this.fields, text);
    if (duplicateColumns === 'rename') renameDuplicates(this.fields);
    else refuseDuplicates(this.fields, path);
    this.leaves = this.fields.reduce((sum, field) => sum + leavesOf(field).length, 0);
    this.rows = checkMetadata(metadata, { path, end: this.dataEnd, limits, leaves: this.leaves });
    this.footer = {
      path,
      keyValues: this.keyValues,
      createdBy: metadata.created_by ?? null,
      ours,
      columns: this.fields.map((field) => field.name),
    };
    this.#handle = handle;
  }

  /** Opens a file; the caller closes it. `verify`: with the footer's checksum, if it has one. */
  static async open(path: string, options: FallbackOpenOptions = {}): Promise<ParquetFile> {
    const { verify = true } = options;
    const limits = effectiveLimits(options.limits);
    let handle: FileHandle | undefined;
    try {
      handle = await open(path, 'r');
      const { size } = await handle.stat();
      const footer = await readFooter(handle, size, path, limits.footerBytes);
      return new ParquetFile(path, handle, size, readMetadata(footer, path, limits, verify), limits, options);
    } catch (error) {
      await handle?.close();
      throw fromSystemError(error, 'read', path);
    }
  }

  /** Where the footer begins. */
  get dataEnd(): number {
    return this.bytes - 8 - this.metadata.metadata_length;
  }

  /** What decodes its pages: loaded when the first is read, as who looks at footers alone needs none. @throws `ERR_CKPT_LIMIT` */
  decoders(): Promise<Hyparquet> {
    return (this.#decoders ??= loadHyparquet());
  }

  /** The bytes from `start` on; `ERR_CKPT_TRUNCATED` when the file ends before them. */
  async read(start: number, length: number): Promise<ArrayBuffer> {
    try {
      return await readExactly(this.#handle, this.bytes, start, length, this.path);
    } catch (error) {
      throw fromSystemError(error, 'read', this.path);
    }
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

async function readFooter(handle: FileHandle, size: number, path: string, most: number): Promise<Uint8Array> {
  const start = text(await readExactly(handle, size, 0, Math.min(4, size), path));
  if (start === ENCRYPTED_MAGIC) throw encrypted(path);
  if (start !== MAGIC)
    throw new CheckpointError('ERR_CKPT_NOT_A_CHECKPOINT', `${path} is not a Parquet file: it does not begin with PAR1`, { path });
  if (size < SMALLEST) {
    throw new CheckpointError('ERR_CKPT_NOT_A_CHECKPOINT', `${path} is not a Parquet file: it has only ${size} bytes`, { path });
  }
  const tail = await readExactly(handle, size, size - 8, 8, path);
  const end = text(tail.slice(4));
  if (end === ENCRYPTED_MAGIC) throw encrypted(path);
  if (end !== MAGIC) {
    throw new CheckpointError('ERR_CKPT_TRUNCATED', `${path} is cut short: its footer is missing; restore it or save it again`, { path });
  }
  const length = new DataView(tail).getUint32(0, true);
  if (length > size - SMALLEST) {
    throw new CheckpointError('ERR_CKPT_CORRUPT', `${path} is damaged: its footer is said to be longer than the file`, { path });
  }
  checkLimit(length, most, 'the footer', path);
  return new Uint8Array(await readExactly(handle, size, size - 8 - length, length + 8, path));
}

/** The metadata, and whether they are of a file that arrow-ckpt wrote last: only then the checksum is one of theirs. */
function readMetadata(
  footer: Uint8Array,
  path: string,
  limits: Required<FileLimits>,
  verify: boolean,
): { metadata: Metadata; ours: boolean } {
  // Before anything is parsed: damage may say anything.
  const byBytes = isFooterOurs(Buffer.from(footer.buffer, footer.byteOffset, footer.byteLength - 8));
  if (byBytes && verify) checkFooter(footer, path);
  const metadata = parseFooter(footer, path, limits);
  if (byBytes) return { metadata, ours: true };
  const keys = (metadata.key_value_metadata ?? []).map(({ key }) => key);
  const ours = isWriterOurs(metadata.created_by, keys);
  if (ours && verify) checkFooter(footer, path);
  return { metadata, ours };
}

function parseFooter(footer: Uint8Array, path: string, limits: Required<FileLimits>): Metadata {
  try {
    // Behind it stand its length and PAR1.
    return parseMetadata(footer.subarray(0, -8), limits, path);
  } catch (cause) {
    if (isCheckpointError(cause)) throw cause;
    throw new CheckpointError('ERR_CKPT_CORRUPT', `${path}: the footer is damaged (${(cause as Error).message})`, { path, cause });
  }
}

async function readExactly(handle: FileHandle, size: number, start: number, length: number, path: string): Promise<ArrayBuffer> {
  if (start < 0 || length < 0 || start + length > size) {
    throw new CheckpointError('ERR_CKPT_TRUNCATED', `${path} is cut short: it has ${size} bytes, and ${start + length} are needed`, {
      path,
    });
  }
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length;) {
    const { bytesRead } = await handle.read(bytes, done, length - done, start + done);
    if (bytesRead === 0) throw new CheckpointError('ERR_CKPT_TRUNCATED', `${path} became shorter while it was read`, { path });
    done += bytesRead;
  }
  return bytes.buffer;
}

function encrypted(path: string): CheckpointError {
  return new CheckpointError('ERR_CKPT_UNSUPPORTED_FILE', `${path} is encrypted, which arrow-ckpt cannot read`, { path });
}

function text(bytes: ArrayBuffer): string {
  return Buffer.from(bytes).toString('latin1');
}

/** An error of decoding as a coded one that names file and column. */
export function decodingError(cause: unknown, path: string, column: string): unknown {
  if (isCheckpointError(cause)) return cause;
  if (isTooLarge(cause)) {
    const message = `${path}: column '${column}' has more than JavaScript holds in one piece (${(cause as Error).message})`;
    return new CheckpointError('ERR_CKPT_LIMIT', message, { path, column, cause });
  }
  const message = isError(cause) ? cause.message : String(cause);
  const unsupported = /unsupported|not supported|unhandled/i.test(message);
  return new CheckpointError(
    unsupported ? 'ERR_CKPT_UNSUPPORTED_FILE' : 'ERR_CKPT_CORRUPT',
    unsupported
      ? `${path}: column '${column}' uses what this reader cannot read (${message})`
      : `${path}: column '${column}' is damaged (${message})`,
    { path, column, cause },
  );
}

/** A text of more than V8 holds in one, or memory that there is not. */
function isTooLarge(cause: unknown): boolean {
  if ((cause as NodeJS.ErrnoException).code === 'ERR_STRING_TOO_LONG') return true;
  return cause instanceof RangeError && /allocation failed|invalid (array|typed array|string) length/i.test(cause.message);
}
