import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { BucketPlace } from '../../bucket/bucket-of.js';
import { ensureConditional } from '../../bucket/ensure-conditional.js';
import type { Row } from '../../base/rows.js';
import type { FileConditions } from '../../options/file-options.js';
import type { CheckpointInfo } from '../../options/options.js';
import type { Attachment, CheckpointStore } from '../../store/store.js';
import { storeFor } from '../choose.js';
import type { TypedWriteOptions } from '../parquet/column-types.js';
import { bytesOf } from './bytes-of.js';
import { extensionOf } from './extension-of.js';
import { refuseLocalOptions } from '../refuse-local-options.js';
import { remoteFolder } from '../../bucket/remote-folder.js';
import { told } from './told.js';

/** Twice as many as in a local file: some columns are then read by half of the requests. Large rows end a row group earlier. */
const ROW_GROUP_ROWS = 262_144;

/**
 * Saves rows to a local file, and makes the object of it by one request, which has the conditions.
 * @param store what writes the file; by default what the key asks for
 */
export async function writeRemote(
  place: BucketPlace,
  rows: Iterable<Row> | AsyncIterable<Row>,
  options: TypedWriteOptions,
  { ifAbsent, ifMatch }: FileConditions,
  { store, attachment }: { store?: CheckpointStore; attachment?: Attachment | undefined } = {},
): Promise<CheckpointInfo> {
  const { bucket, key, url } = place;
  refuseLocalOptions(options);
  const { signal } = options;
  if (ifAbsent === true || ifMatch !== undefined) await ensureConditional(place, signal);
  const folder = await remoteFolder();
  const local = join(folder, `object${extensionOf(key)}`);
  try {
    const given = { ...options, rowGroupRows: options.rowGroupRows ?? ROW_GROUP_ROWS };
    const info = await (store ?? storeFor(local)).write(local, rows, given, attachment);
    const onBytes = bytesOf(options, info.rows, info.rows);
    const { etag } = await bucket.put(key, local, {
      ...(ifAbsent !== undefined && { ifAbsent }),
      ...(ifMatch !== undefined && { ifMatch }),
      ...(signal !== undefined && { signal }),
      ...(onBytes !== undefined && { onBytes }),
    });
    return { ...info, path: url, etag };
  } catch (error) {
    throw told(error, local, url);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
