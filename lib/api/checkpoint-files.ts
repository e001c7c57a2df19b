import { throwIfAborted } from '../base/halt.js';
import { remotePlace } from '../bucket/bucket-of.js';
import { checkFileReadOptions, checkFileWriteOptions, type FileReadOptions, type FileWriteOptions } from '../options/file-options.js';
import { checkFilePath, type CheckpointInfo } from '../options/options.js';
import { rowsOfCall } from '../base/rows-of-call.js';
import type { Row, RowLike } from '../base/rows.js';
import { checkSchemaOptions } from '../schema/contract.js';
import type { StandardSchemaV1 } from '../options/standard-schema-v1.js';
import { arrowSource, isArrowStream } from '../formats/parquet/arrow/arrow-source.js';
import type { ArrowStream } from '../options/arrow-options.js';
import { readAll, storeFor } from '../formats/choose.js';
import { remote } from '../formats/remote.js';
import { saveTo } from '../formats/save-to.js';
import { withShare } from '../formats/with-share.js';

/**
 * Saves rows as one checkpoint file; resolves when it is durable. Until then, and after a failure, the old file at `path` is intact.
 * Folders on the way are made.
 *
 * The file is Parquet. It is JSON if `path` ends in `.json`, where the native binary is missing (one warning a process; `info.fallback`
 * says why), or with `ARROW_CKPT_FORCE_JSON=1`; it is JSON lines if `path` ends in `.jsonl` or `.ndjson`. `info.format` says which.
 *
 * `path` may be a URL of a bucket: docs/buckets.md. The object is then made by one request, and is the old or the new one.
 *
 * Arrow batches may come as a table of apache-arrow or flechette, as the bytes of an IPC stream or file, or as a C stream in an External,
 * which is taken: docs/arrow.md.
 *
 * An array counts as it is at the call. A row is read once, at some time before the promise settles: do not change its values until then,
 * nor transfer or resize its buffers. One that is gone when its turn comes is refused; an accessor or a Proxy that always gives something
 * else is saved as it was read, or refused.
 *
 * @throws `ERR_CKPT_ROWS_NOT_ITERABLE`, `ERR_CKPT_ROW_NOT_OBJECT`, `ERR_CKPT_UNSUPPORTED_VALUE`, `ERR_CKPT_TOO_DEEP`, `ERR_CKPT_SCHEMA`,
 * `ERR_CKPT_ARROW` for the rows; `ERR_CKPT_LIMIT` for more text in one row, or in one column of a row group, than can be held;
 * `ERR_CKPT_INVALID_ARGUMENT`, `ERR_CKPT_UNKNOWN_OPTION`, `ERR_CKPT_INVALID_OPTION`, `ERR_CKPT_UNKNOWN_CODEC` for the call;
 * `ERR_CKPT_NOT_A_FILE`, `ERR_CKPT_PERMISSION`, `ERR_CKPT_READ_ONLY`, `ERR_CKPT_NO_SPACE`, `ERR_CKPT_IO` for the file system. What an
 * iterable or a schema of yours throws is passed on.
 */
export async function writeCheckpoint<T extends RowLike = RowLike>(
  path: string,
  rows: Iterable<NoInfer<T>> | AsyncIterable<NoInfer<T>> | ArrowStream | Uint8Array,
  options?: FileWriteOptions,
): Promise<CheckpointInfo> {
  checkFilePath(path);
  const { save, conditions, bucket } = checkFileWriteOptions(path, options, 'writeCheckpoint');
  checkSchemaOptions(save);
  throwIfAborted(save.signal);
  const arrow = arrowSource(rows);
  const batches = arrow && (await import('../formats/parquet/arrow/arrow-rows.js')).arrowRows(arrow, save.signal);
  const given = batches ?? rowsOfCall(rows as Iterable<T>);
  const place = remotePlace(path, bucket);
  try {
    // Awaited here, so that a stack has this call.
    if (place !== undefined) return await (await remote()).writeRemote(place, given, save, conditions);
    return await saveTo(storeFor(path), path, given, await withShare(path, save));
  } finally {
    // After an abort the conversion ends soon, and its temporary goes; but nobody knows when a C stream gives its next batch.
    if (arrow !== undefined && !isArrowStream(arrow)) await batches?.return();
  }
}

/**
 * Loads all rows of a checkpoint: exactly those that were saved, or what `schema` makes of them. Also opens Parquet files of other writers,
 * JSON arrays of objects, and a JSON object a line in files named `.jsonl` or `.ndjson`; Parquet and JSON are known by their contents.
 *
 * @throws `ERR_CKPT_NOT_FOUND`, `ERR_CKPT_NOT_A_FILE`, `ERR_CKPT_NOT_A_CHECKPOINT`, `ERR_CKPT_TRUNCATED`, `ERR_CKPT_CORRUPT`,
 * `ERR_CKPT_UNSUPPORTED_FILE`, `ERR_CKPT_FORMAT_VERSION`, `ERR_CKPT_LIMIT` for the file; `ERR_CKPT_UNKNOWN_COLUMN`, `ERR_CKPT_SCHEMA`;
 * those of the call and the file system as {@link writeCheckpoint}; for a URL those of docs/errors.md, Buckets. What a schema throws is
 * passed on.
 */
export async function readCheckpoint<S extends StandardSchemaV1>(
  path: string,
  options: FileReadOptions & { schema: S },
): Promise<StandardSchemaV1.InferOutput<S>[]>;
export async function readCheckpoint<T extends RowLike = Row>(path: string, options?: NoInfer<FileReadOptions<T>>): Promise<T[]>;
export async function readCheckpoint(path: string, options?: FileReadOptions): Promise<Row[]> {
  checkFilePath(path);
  const { read, bucket } = checkFileReadOptions(path, options, 'readCheckpoint');
  checkSchemaOptions(read);
  throwIfAborted(read.signal);
  const place = remotePlace(path, bucket);
  return place === undefined ? await readAll(path, read) : await (await remote()).readRemote(place, read);
}
