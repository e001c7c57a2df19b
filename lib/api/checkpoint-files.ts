import { throwIfAborted } from '../base/halt.js';
import {
  checkPath,
  checkReadOptions,
  checkWriteOptions,
  type CheckpointInfo,
  type ReadOptions,
  type WriteOptions,
} from '../options/options.js';
import { rowsOfCall } from '../base/rows-of-call.js';
import type { Row, RowLike } from '../base/rows.js';
import { checkSchemaOptions } from '../schema/contract.js';
import type { StandardSchemaV1 } from '../options/standard-schema-v1.js';
import { readAll, storeFor } from '../formats/choose.js';

/**
 * Saves rows as one checkpoint file and resolves when it is durable. Until then the file that was at `path` is intact, and after a failure
 * it still is.
 *
 * The file is Parquet; it is JSON if `path` ends in `.json`, or where the native binary is missing (one warning a process), or with
 * `ARROW_CKPT_FORCE_JSON=1`; it is JSON lines if `path` ends in `.jsonl` or `.ndjson`. `info.format` says which, and `info.fallback` why
 * it is JSON where Parquet was asked for.
 *
 * Of an array those rows are saved that it has at the call: what is added, removed or replaced while the save runs makes no difference. A row itself is read once, at some time before the promise settles: do not
 * change its values until then, and do not transfer or resize the buffers in it. One that is gone when its turn comes is refused; an accessor or a Proxy that always gives something else is saved as it was read, or refused. Folders on the way to `path` are made.
 *
 * @throws CheckpointError `ERR_CKPT_ROWS_NOT_ITERABLE`, `ERR_CKPT_ROW_NOT_OBJECT`, `ERR_CKPT_UNSUPPORTED_VALUE`, `ERR_CKPT_TOO_DEEP` for the
 * rows; `ERR_CKPT_SCHEMA` for rows that do not fit `schema`; `ERR_CKPT_INVALID_ARGUMENT`, `ERR_CKPT_UNKNOWN_OPTION`, `ERR_CKPT_INVALID_OPTION`, `ERR_CKPT_UNKNOWN_CODEC` for the call;
 * `ERR_CKPT_NOT_A_FILE`, `ERR_CKPT_PERMISSION`, `ERR_CKPT_READ_ONLY`, `ERR_CKPT_NO_SPACE`, `ERR_CKPT_IO` for the file system; `ERR_CKPT_LIMIT` for
 * more text in one row, or in one column of a row group, than can be held. An error that an iterable or a schema of yours throws is passed on as it is.
 */
export async function writeCheckpoint<T extends RowLike = RowLike>(
  path: string,
  rows: Iterable<NoInfer<T>> | AsyncIterable<NoInfer<T>>,
  options?: WriteOptions,
): Promise<CheckpointInfo> {
  checkPath(path);
  const checked = checkWriteOptions(options);
  checkSchemaOptions(checked);
  throwIfAborted(checked.signal);
  return storeFor(path).write(path, rowsOfCall(rows), checked);
}

/**
 * Loads all rows of a checkpoint: exactly the rows that were saved, or with `schema` what that makes of them. Also opens Parquet files of other writers, JSON arrays of objects,
 * and files of a JSON object a line whose name ends in `.jsonl` or `.ndjson`; Parquet and JSON are recognised by their contents, not by the name.
 *
 * @throws CheckpointError `ERR_CKPT_NOT_FOUND`, `ERR_CKPT_NOT_A_FILE`, `ERR_CKPT_NOT_A_CHECKPOINT`, `ERR_CKPT_TRUNCATED`, `ERR_CKPT_CORRUPT`,
 * `ERR_CKPT_UNSUPPORTED_FILE`, `ERR_CKPT_FORMAT_VERSION`, `ERR_CKPT_LIMIT` for the file, `ERR_CKPT_UNKNOWN_COLUMN` for `columns`, `ERR_CKPT_SCHEMA` for
 * `schema`, and those of the call and the file system as `writeCheckpoint`. An error that a schema of yours throws is passed on as it is.
 */
export async function readCheckpoint<S extends StandardSchemaV1>(
  path: string,
  options: ReadOptions & { schema: S },
): Promise<StandardSchemaV1.InferOutput<S>[]>;
export async function readCheckpoint<T extends RowLike = Row>(path: string, options?: ReadOptions): Promise<T[]>;
export async function readCheckpoint(path: string, options?: ReadOptions): Promise<Row[]> {
  checkPath(path);
  const checked = checkReadOptions(options);
  checkSchemaOptions(checked);
  throwIfAborted(checked.signal);
  return readAll(path, checked);
}
